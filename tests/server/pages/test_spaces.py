"""One rule for spaces (server/web/language/filling.py), held over every sentence and every sample page."""

from __future__ import annotations

import re
from html.parser import HTMLParser

import pytest
from babel.messages.pofile import read_po
from markupsafe import Markup

from server.web.language.filling import CHINESE, fill
from server.web.templating import Renderer
from tests.server.pages.catalogue import catalogue_path, extract
from tests.server.pages.samples import pages

pytestmark = pytest.mark.dear(20)

HAN = "\u3400-\u9fff"
TWO_CHINESE_APART = re.compile(f"[{CHINESE}] [{CHINESE}]")
CLINGING = re.compile(f"[{HAN}](?:[A-Za-z0-9]|%\\()|(?:[A-Za-z0-9]|%\\(\\w+\\)s)[{HAN}]")
AS_SAID = {"%(year)s年", "20大", "12号"}
"""Dates are written as one, and what people say, and numbers of documents, are quoted as they are."""
QUERIES = ("绿水青山 产业", "乡村振兴 -旅游", "讲师:王芳 专题:党史 年份:2026")
TYPED = ("三会一课 怎么开", "一 二", "，， 三农=三農", "好日子的故事。 适合支部")
"""What the samples have somebody type is theirs."""


def chinese_sentences() -> list[str]:
    found = []
    for message in extract():
        if message.id:
            found += [message.id] if isinstance(message.id, str) else list(message.id)
    return sorted(set(found))


def without_what_is_said(sentence: str) -> str:
    for words in AS_SAID:
        sentence = sentence.replace(words, "")
    for words in (*QUERIES, *TYPED):
        sentence = sentence.replace(words, "q")
    return sentence


@pytest.mark.slow
def test_every_sentence_keeps_to_the_rule() -> None:
    wrong = [
        sentence
        for sentence in map(without_what_is_said, chinese_sentences())
        if CLINGING.search(sentence) or TWO_CHINESE_APART.search(sentence)
    ]
    assert wrong == []


@pytest.mark.parametrize(
    ("sentence", "values", "filled"),
    [
        ("真正播放满 %(min)s 算一次观看。", {"min": "10 秒"}, "真正播放满 10 秒算一次观看。"),
        ("同一个人 %(n)s 分钟内", {"n": 60}, "同一个人 60 分钟内"),
        ("%(name)s 的菜单", {"name": "王芳"}, "王芳的菜单"),
        ("%(name)s 的菜单", {"name": "Li"}, "Li 的菜单"),
        ("管理 %(name)s", {"name": "王芳"}, "管理王芳"),
        ("缺少 %(missing)s。", {"missing": "中文字体"}, "缺少中文字体。"),
        ("%(a)s %(b)s", {"a": "甲", "b": "乙"}, "甲 乙"),
        ("Manage %(name)s now", {"name": "王芳"}, "Manage 王芳 now"),
        ("到 %(part)s%% 为止", {"part": 5}, "到 5% 为止"),
        ("名字 %(name)s", {"name": "两 个 词"}, "名字两 个 词"),
    ],
)
def test_a_place_is_filled_by_the_rule(sentence: str, values: dict[str, object], filled: str) -> None:
    assert fill(sentence, values) == filled
    assert fill(Markup(sentence), values) == filled  # noqa: S704


def test_what_is_put_into_markup_is_escaped() -> None:
    assert fill(Markup("管理 %(name)s"), {"name": "<b>"}) == Markup("管理 &lt;b&gt;")


KEEP_LINES = {"agenda", "kept-lines", "said"}
"""Classes whose style is `white-space: pre-line`."""


class Texts(HTMLParser):
    """The texts of a page that people read, each as it stands between two tags; where lines are kept as they
    were typed, line by line."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.found: list[str] = []
        self._silent = self._lines = False
        self.feed(page)

    def handle_starttag(self, tag: str, attributes: list[tuple[str, str | None]]) -> None:
        self._silent = tag in ("script", "style")
        worn = set((dict(attributes).get("class") or "").split())
        self._lines = tag == "textarea" or bool(worn & KEEP_LINES)
        self.found += [value for name, value in attributes if name in ("aria-label", "title") and value]

    def handle_endtag(self, tag: str) -> None:
        self._silent = False

    def handle_data(self, data: str) -> None:
        if not self._silent and data.strip():
            self.found += [" ".join(one.split()) for one in (data.splitlines() if self._lines else [data])]


@pytest.mark.slow
def test_no_page_has_a_space_between_two_chinese_words(renderer: Renderer) -> None:
    wrong = {
        (name, text)
        for name, page in pages().items()
        for text in map(without_what_is_said, Texts(renderer.render(page)).found)
        if TWO_CHINESE_APART.search(text)
    }
    assert wrong == set()


@pytest.mark.slow
def test_no_translation_says_everything_twice() -> None:
    with catalogue_path("en").open("rb") as file:
        catalog = read_po(file, locale="en")
    said: list[str] = []
    for message in catalog:
        if message.id:
            said += [message.string] if isinstance(message.string, str) else list(message.string or ())
    twice = [form for form in said if len(form) > 8 and form[: len(form) // 2] == form[len(form) // 2 :]]
    assert twice == []
    assert [form for form in said if re.search(r"\bparted by\b|\bPresent password\b", form)] == []
