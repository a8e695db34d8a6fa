"""What a member and a lecturer do most, in the Firefox that Debian brings."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect, sync_playwright

from tests.browser.elsewhere.conftest import SAID, Course
from tests.support.server import Served, password

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.dear(22)]

AT = "document.querySelector('#video').currentTime"
SILENT = {"media.autoplay.default": 0, "media.volume_scale": "0.0"}
"""Nobody taps before what is tested plays, and nobody is to hear it."""


@pytest.fixture(scope="module")
def firefox(firefox_path: Path) -> Iterator[Browser]:
    """Driven by WebDriver BiDi, which the channel's name chooses: nothing of Firefox is patched."""
    with sync_playwright() as playwright:
        browser = playwright.firefox.launch(
            channel="moz-firefox", executable_path=str(firefox_path), firefox_user_prefs=SILENT
        )
        yield browser
        browser.close()


@dataclass
class Visit:
    """A profile at the library."""

    page: Page
    base_url: str

    def open(self, path: str) -> None:
        """Open a page of the library."""
        self.page.goto(self.base_url + path)

    def sign_in(self, username: str) -> None:
        """Sign in through the form."""
        self.open("/sign-in")
        self.page.fill("main input[name=username]", username)
        self.page.fill("main input[name=password]", password(username))
        self.page.click("main form button.primary")
        expect(self.page.locator("header .menu summary")).to_contain_text(username)


@pytest.fixture
def visit(firefox: Browser, served: Served) -> Iterator[Visit]:
    """A fresh profile; the test fails when a page's scripts failed or something was not there."""
    context = firefox.new_context(viewport={"width": 1280, "height": 900}, locale="zh-CN")
    page = context.new_page()
    troubles: list[str] = []
    page.on("pageerror", lambda error: troubles.append(str(error)))
    page.on("console", lambda line: troubles.append(line.text) if line.type == "error" else None)
    page.on("response", lambda got: troubles.append(f"{got.status} {got.url}") if got.status >= 400 else None)
    yield Visit(page, served.base_url)
    context.close()
    assert troubles == []


def test_it_plays_with_captions_and_without_in_the_quality_chosen_and_goes_on(
    visit: Visit, course: Course
) -> None:
    page, (first, second) = visit.page, course.clips
    visit.open(f"/clips/{first}")
    page.locator("[data-do=begin]").click()
    page.wait_for_function(f"() => {AT} > 1.2", timeout=30_000)
    expect(page.locator("#caption")).to_contain_text(SAID)
    page.locator("[data-do=captions]").click()
    expect(page.locator("#caption")).to_be_hidden()
    before = page.evaluate(AT)
    page.wait_for_function(f"(before) => {AT} > before + 0.3", arg=before)

    segments: list[str] = []
    page.on("request", lambda asked: segments.append(asked.url) if asked.url.endswith(".m4s") else None)
    page.select_option("#quality", "360p")
    page.locator("#seek").focus()
    page.keyboard.press("Home")
    page.wait_for_function(f"() => {AT} < 5 && document.querySelector('#video').videoHeight === 360")
    assert any("/360p/" in url for url in segments)

    page.evaluate("document.title = 'the same page'")
    page.locator("#controls a[rel=next]").click()
    page.wait_for_url(f"**/clips/{second}")
    page.wait_for_function(f"() => !document.querySelector('#video').paused && {AT} > 0.5", timeout=30_000)
    expect(page.locator("#quality")).to_have_value("360p")


def test_signing_in_searching_and_the_way_to_the_sentence(visit: Visit, course: Course) -> None:
    page = visit.page
    visit.sign_in("member")
    page.fill("#q", SAID)
    page.press("#q", "Enter")
    found = page.locator("main a.moment").first
    expect(found).to_contain_text(SAID)
    found.click()
    page.wait_for_url(f"**/clips/{course.clips[0]}?t=*")
    expect(page.locator(".cues [aria-current]")).to_contain_text(SAID)


def test_a_file_is_handed_over(visit: Visit, recording: Path) -> None:
    page = visit.page
    visit.sign_in("lecturer")
    visit.open("/upload")
    page.set_input_files("#files", str(recording))
    card = page.locator("#uploads > li")
    expect(card.locator("[data-part=state]")).to_contain_text("已传完", timeout=20_000)
    card.locator("input[name=lecturer]").fill("韩老师")
    expect(card.locator("[data-part=saved]")).to_contain_text("已自动保存")
