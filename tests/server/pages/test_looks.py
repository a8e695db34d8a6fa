"""What one would not be proud of on a page, as far as its text tells: the place lit in the navigation, rows
with two chief buttons, empty pages that lead nowhere, sentences without an end."""

from __future__ import annotations

import re
from html.parser import HTMLParser

import pytest

from server.web.navigation import section_of
from server.web.parts import NavigationLink
from server.web.templating import Renderer
from tests.server.pages.samples import pages
from tests.support.registry import REGISTRY

pytestmark = [pytest.mark.slow, pytest.mark.every]

SAMPLES = pages()
ROWS = {"acts", "work-acts", "line", "controls"}
"""Classes of what lays buttons side by side."""
VOID = {"img", "input", "br", "meta", "link", "source", "track", "path", "rect", "circle", "col", "wbr", "hr"}


class Looks(HTMLParser):
    """Which entries of the bar are lit; the chief buttons of each row; what stands in each empty state."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.lit: list[str] = []
        self.rows: list[list[str]] = []
        self.empty: list[dict[str, str]] = []
        self._open: list[tuple[str, set[str]]] = []
        self._row: list[tuple[int, list[str]]] = []
        self._empty: list[tuple[int, dict[str, str]]] = []
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        attributes = {name: value or "" for name, value in attrs}
        classes = set(attributes.get("class", "").split())
        if tag == "a" and "aria-current" in attributes and any("sections" in one for _, one in self._open):
            self.lit.append(attributes["href"])
        if "primary" in classes and self._row and "hidden" not in attributes:
            depth, chief = self._row[-1]
            if all(name != "details" for name, _ in self._open[depth:]):  # what unfolds has a row of its own
                chief.append(str(attributes))
        if self._empty and tag in ("a", "button", "input"):
            self._empty[-1][1]["way"] = tag
        if tag in VOID:
            return
        self._open.append((tag, classes))
        if classes & ROWS:
            self._row.append((len(self._open), []))
        if {"panel", "empty"} <= classes:
            self._empty.append((len(self._open), {}))

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """An element of a drawing: it holds nothing."""

    def handle_data(self, data: str) -> None:
        if self._empty and data.strip() and self._open[-1][0] in ("p", "li", "strong"):
            self._empty[-1][1]["words"] = data.strip()

    def handle_endtag(self, tag: str) -> None:
        if tag in VOID or not any(name == tag for name, _ in self._open):
            return
        while self._open:
            depth = len(self._open)
            if self._row and self._row[-1][0] == depth:
                self.rows.append(self._row.pop()[1])
            if self._empty and self._empty[-1][0] == depth:
                self.empty.append(self._empty.pop()[1])
            if self._open.pop()[0] == tag:
                break


@pytest.fixture(scope="module")
def looks(renderer: Renderer) -> dict[str, Looks]:
    """All sample pages in Chinese, as far as their looks stand in their text."""
    return {name: Looks(renderer.render(page)) for name, page in SAMPLES.items()}


def test_the_studio_lights_up_ones_own_lessons_and_not_all_lessons(looks: dict[str, Looks]) -> None:
    bar = [NavigationLink(url=url, label="") for url in ("/", "/lessons", "/mine", "/stats")]
    expected = {
        "/": "/",
        "/lessons?topic=a": "/lessons",
        "/lessons/x1": "/lessons",
        "/clips/x1?t=3": "/lessons",
        "/topics/x1": "/lessons",
        "/lessons/x1/studio": "/mine",
        "/lessons/x1/transcripts/compare": "/mine",
        "/lessons/x1/stats?range=all": "/stats",
        "/account": "",
    }
    assert {path: section_of(path, bar) for path in expected} == expected
    assert section_of("/lessons/x1/studio", bar[:2]) == "/lessons", "who has no lessons of their own"
    assert {name: one.lit for name, one in looks.items() if len(one.lit) > 1} == {}
    assert looks["studio"].lit == ["/mine"]


def test_no_row_has_two_chief_buttons(looks: dict[str, Looks]) -> None:
    assert {name: row for name, one in looks.items() for row in one.rows if len(row) > 1} == {}


def test_every_empty_state_says_what_to_do_or_when_it_fills(looks: dict[str, Looks]) -> None:
    """The manual that is not installed has the shortest: a sentence. None has a heading alone."""
    bare = {name for name, one in looks.items() for state in one.empty if not state}
    assert sum(len(one.empty) for one in looks.values()) > 40, "the class is called otherwise now"
    assert bare == set()


def test_every_sentence_of_a_code_has_an_end() -> None:
    """What was typed stood last, and what to do began in the same breath: 看不懂这个分数：九十请写数字。"""
    bare = {
        code: part
        for code, sentence in REGISTRY.phrases.sentences.items()
        for part in sentence
        if part and not re.search(r"[。？！：；…）”]$", part)
    }
    assert bare == {}
