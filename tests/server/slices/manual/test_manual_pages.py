"""The manual inside of the pages: every link in it, and every link to it, leads somewhere."""

from __future__ import annotations

import re
from pathlib import Path
from urllib.parse import unquote

import pytest

from server.slices.manual import book
from server.web.help_links import PLACES, PLACES_OF_ENDS, help_at
from tests.support.server import ROOT, Served

NAMES = sorted({*book.CHAPTERS["zh-CN"], *book.CHAPTERS["en"], "start"})


def _places(name: str) -> set[str]:
    told = book.chapter(name)
    assert told is not None, f"the manual has no chapter {name}"
    return set(re.findall(r' id="([^"]+)"', told.html))


@pytest.mark.parametrize("place", [to for _, to in (*PLACES, *PLACES_OF_ENDS)])
def test_what_pages_say_about_themselves_stands_in_the_manual(place: str) -> None:
    name, _, heading = place.partition("#")
    assert book.anchor_of(heading) == heading
    assert heading in _places(name)


@pytest.mark.parametrize("name", NAMES)
def test_every_link_of_a_chapter_leads_somewhere(name: str) -> None:
    told = book.chapter(name, "/weike")
    assert told is not None
    for href in re.findall(r'<a href="([^"]*)"', told.html):
        if href.startswith("http"):
            continue
        path, _, at = href.partition("#")
        chapter = path.removeprefix("/weike/help/") or name
        assert not at or unquote(at) in _places(chapter), href


@pytest.mark.parametrize("file", sorted((ROOT / "docs" / "manual").rglob("*.md")), ids=lambda one: one.name)
def test_the_manual_links_to_nothing_that_pages_do_not_show(file: Path) -> None:
    for href in re.findall(r"\]\(([^)]+)\)", file.read_text("utf-8")):
        assert book.link(href, file.parent, ""), href


def test_nothing_in_a_chapter_becomes_a_tag_of_its_own() -> None:
    html = "".join(told.html for name in NAMES if (told := book.chapter(name)) is not None)
    assert set(re.findall(r"<([a-z0-9]+)", html)) <= {
        *("h1", "h2", "h3", "p", "ul", "ol", "li", "table", "thead", "tbody", "tr", "th", "td"),
        *("a", "code", "pre", "strong", "em", "br", "hr", "blockquote", "img"),
    }


@pytest.mark.slow
def test_words_are_found_and_the_reader_is_led_to_them(served: Served) -> None:
    with served.nobody() as visitor:
        page = visitor.http.get("/help", params={"q": "恢复码"}).text
        found = re.search(r'<a href="/help/administrator#([^"]+)"', page)
        assert found is not None
        chapter = visitor.http.get("/help/administrator").text
        assert f'id="{found[1]}"' in chapter
        assert "手册里没有这些字" in visitor.http.get("/help", params={"q": "火箭发射"}).text
        assert visitor.http.get("/help/../settings.md").status_code == 404
        assert visitor.http.get("/help/nothing").status_code == 404
        assert f'href="{help_at("/counting", "zh-CN")}"' in visitor.http.get("/counting").text
        english = visitor.http.get("/help", headers={"accept-language": "en"}).text
        assert "/help/runbook" in english


def test_addresses_that_somebody_makes_up_fill_no_memory() -> None:
    before = book._read.cache_info().currsize
    assert [book.chapter(f"random-{n}") for n in range(100)] == [None] * 100
    assert book._read.cache_info().currsize == before
