"""The studio in a browser: a cover of the second that plays, find and replace, two who correct, a reload."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import Visit, press_play
from tests.browser.test_words import lesson, library, rows, server, stored, texts
from tests.support.client import Person
from tests.support.server import Process, password

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.dear(21)]

__all__ = ["lesson", "library", "server"]

SAVED = "已保存。"


def test_the_second_that_plays_becomes_the_cover(visit: Visit, server: Process, lesson: str) -> None:
    page = visit.page
    visit.sign_in("lecturer")
    visit.open(f"/lessons/{lesson}/cover")
    assert not [url for url in visit.requests if "/media/" in url and ".m4s" in url]  # nothing before a tap
    page.click("#cover-player summary")
    page.wait_for_function("() => document.getElementById('cover-video').src")
    press_play(page)
    page.wait_for_function("() => document.getElementById('cover-video').currentTime > 0.3")
    page.evaluate("() => document.getElementById('cover-video').pause()")
    page.click("#cover-take")
    expect(page.locator("#cover-taken")).to_be_visible()
    page.click("[data-fill]")
    page.click(".cover-bar button.primary")
    expect(page.locator(".flash.done")).to_contain_text("已保存为草稿")  # viewers see the lesson already
    shown = page.locator(".cover-shown img")
    assert re.search(r"/[0-9a-f]{12}/cover", str(shown.get_attribute("src")))
    page.wait_for_function("() => document.querySelector('.cover-shown img').naturalWidth > 0")
    page.click("text=换回系统选的画面")
    expect(page.locator(".cover-now .meta")).to_contain_text("系统自己选的")


def test_what_is_found_is_seen_before_it_is_replaced_and_undone_at_once_after_a_reload(
    visit: Visit, server: Process, lesson: str
) -> None:
    page = visit.page
    visit.sign_in("lecturer")
    visit.open(f"/lessons/{lesson}/words")
    before = texts(page)
    page.click("#find-open")
    page.fill("#find-what", "供产党")
    page.fill("#find-with", "共产党")
    hits = page.locator("#find-hits li")
    expect(hits).to_have_count(2)
    expect(hits.nth(0)).to_contain_text("中国供产党共产党成立了")  # what was, what will be
    assert texts(page) == before  # only looked at
    page.click("#find-all")
    expect(page.locator("#save-words")).to_have_text(SAVED)
    changed = texts(page)
    assert changed[:2] == ["中国共产党成立了", "共产党员要带头"]
    assert [one["text"] for one in stored(server, lesson)["lines"]] == changed
    page.reload()
    expect(rows(page)).to_have_count(len(before))
    assert texts(page) == changed
    page.click("#undo")  # one step, though it was in two lines, and of the page before this one
    assert texts(page) == before
    expect(page.locator("#save-words")).to_have_text(SAVED)
    assert [one["text"] for one in stored(server, lesson)["lines"]] == before
    page.click("#redo")
    assert texts(page) == changed
    expect(page.locator("#save-words")).to_have_text(SAVED)


def test_somebody_else_with_the_same_words_is_named(visit: Visit, server: Process, lesson: str) -> None:
    visit.sign_in("lecturer")
    other = Person(server.base_url).sign_in("staff", password("staff"))
    with other:
        at = f"/lessons/{lesson}/transcript/editors"
        assert other.api("POST", at, json={"window": "staff0000001"}).status_code == 200
        visit.open(f"/lessons/{lesson}/words")
        expect(visit.page.locator("#word-others")).to_contain_text("也在校对这节课")
        other.api("POST", at, json={"window": "staff0000001", "leaving": True})
    with visit.page.expect_response(lambda got: got.url.endswith("/transcript/editors")):
        visit.page.reload()
    expect(visit.page.locator("#save-words")).to_be_visible()
    # Of the lecturer's own windows of the tests before, which were shut without a word, it may still tell.
    expect(visit.page.locator("#word-others")).not_to_contain_text("也在校对这节课")
