"""With JavaScript off: read, search, watch, sign in, hand in a reflection; what needs scripts says so."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser.conftest import DEVICES
from tests.browser.elsewhere.conftest import SAID, Course
from tests.support.server import Served, password

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.dear(9)]

AT = "document.querySelector('.plain-stage video').currentTime"

STATE = """(() => {
  const { currentSrc, paused, readyState, error } = document.querySelector('.plain-stage video');
  return [currentSrc, paused, readyState, error?.message];
})()"""


@pytest.fixture
def page(chromium: Browser, served: Served) -> Iterator[Page]:
    """A phone whose browser runs no scripts; nothing that a page asks for may be missing."""
    context = chromium.new_context(
        **DEVICES["phone"], java_script_enabled=False, locale="zh-CN", base_url=served.base_url
    )
    opened = context.new_page()
    missing: list[str] = []
    opened.on(
        "response", lambda got: missing.append(f"{got.status} {got.url}") if got.status >= 400 else None
    )
    yield opened
    context.close()
    assert missing == []


def sign_in(page: Page, username: str) -> None:
    """Sign in through the form."""
    page.goto("/sign-in")
    page.fill("main input[name=username]", username)
    page.fill("main input[name=password]", password(username))
    page.click("main form button.primary")
    expect(page.locator("header .menu summary")).to_contain_text(username)


def test_a_sentence_is_found_read_and_watched_with_its_captions(page: Page, course: Course) -> None:
    page.goto("/")
    page.fill("#q", SAID)
    page.press("#q", "Enter")
    page.locator("main a.moment").first.click()
    page.wait_for_url(f"**/clips/{course.clips[0]}?t=*")
    expect(page.locator(".cues")).to_contain_text(SAID)
    video = page.locator(".plain-stage video")
    expect(video).to_have_attribute("controls", "")
    video.focus()
    page.keyboard.press("Space")
    track = "document.querySelector('.plain-stage video').textTracks[0]"
    said = f"[...{track}.activeCues ?? []].map((one) => one.text)"
    for _ in range(120):  # to wait within the page, it would have to run scripts
        at, cues = page.evaluate(f"[{AT}, {said}]")
        if at > 1.2 and cues:
            break
        page.wait_for_timeout(250)
    assert at > 1.2, page.evaluate(STATE)
    assert SAID in cues[0]
    page.locator("#controls a[rel=next]").click()
    page.wait_for_url(f"**/clips/{course.clips[1]}")
    expect(page.locator(".plain-stage video")).to_be_visible()


def test_another_clip_beside_what_nobody_had_saved_was_not_found(page: Page, course: Course) -> None:
    sign_in(page, "member")
    page.goto(f"/reflections/write?clip={course.clips[0]}")
    page.locator(".clip-choice a").last.click()
    expect(page.locator(".clip-choice a").last).to_have_attribute("aria-current", "true")
    page.fill("#text", "听到这里，我想起第一次调解邻里纠纷的那个晚上。")
    page.click("#go-check")
    page.wait_for_url("**/check")
    page.click("form[action$='/send'] button")
    expect(page.locator(".flash", has_text="已送给支部")).to_be_visible()


def test_the_upload_page_offered_a_place_to_drop_files_that_did_nothing(page: Page) -> None:
    sign_in(page, "lecturer")
    page.goto("/upload")
    expect(page.locator("main .flash.problem")).to_contain_text("上传需要 JavaScript")
    expect(page.locator("#drop")).to_be_hidden()
