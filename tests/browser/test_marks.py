"""Going on where one stopped, with an account and without; notes, favourites, questions beside the clip."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, expect

from library.catalog.permits import LessonState
from tests.browser.conftest import Visit, press_play
from tests.server.conftest import Put, Shelf
from tests.support.server import Served

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.dear(22)]
AT = "() => document.querySelector('video').currentTime"


@pytest.fixture
def server(served: Served) -> Served:
    """The library in this process, in which there is a film."""
    return served


def watch_to(page: Page, second: float) -> tuple[float, str]:
    """Play, go to a second, play on a little and stop; returns where that was, also as pages say it."""
    press_play(page)
    page.wait_for_function("() => document.querySelector('video').readyState >= 2")
    page.evaluate("(s) => { document.querySelector('video').currentTime = s }", second)
    page.wait_for_function("(s) => document.querySelector('video').currentTime > s + 0.3", arg=second)
    page.evaluate("() => document.querySelector('video').pause()")
    at_s: float = page.evaluate(AT)
    return at_s, f"0:{int(at_s):02}"


def begins_at(page: Page, second: float) -> None:
    """Press play and see where it begins."""
    press_play(page)
    page.wait_for_function("() => document.querySelector('video').currentTime > 0.2")
    at_s = page.evaluate(AT)
    assert second - 0.5 <= at_s <= second + 6, at_s
    page.evaluate("() => document.querySelector('video').pause()")


def test_with_an_account_it_goes_on_and_a_second_in_the_address_wins(visit: Visit, put: Put) -> None:
    page = visit.page
    visit.sign_in("member")
    visit.open(f"/clips/{put.clip}")
    with page.expect_response(lambda got: got.url.endswith("/position")) as told:
        stopped_s, words = watch_to(page, 12.0)
    assert told.value.status == 204
    assert page.evaluate("() => localStorage.getItem('weike.places')") is None, (
        "a shared machine tells nobody"
    )
    visit.open(f"/lessons/{put.lesson}")
    page.click(".acts a.big:has-text('继续')")
    expect(page.locator("#resume")).to_contain_text(f"从 {words} 接着播放")
    begins_at(page, stopped_s)
    visit.open(f"/clips/{put.clip}?t=20")
    expect(page.locator("#resume")).to_be_hidden()
    begins_at(page, 20.0)
    visit.open("/my-learning/history")
    expect(page.locator(".watched", has_text=put.title)).to_be_visible()
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")


def test_without_an_account_this_device_remembers_until_it_is_cleared(visit: Visit, put: Put) -> None:
    page = visit.page
    visit.open(f"/clips/{put.clip}")
    stopped_s, words = watch_to(page, 14.0)
    visit.open("/")
    here = page.locator("#go-on-here")
    expect(here.locator("a", has_text=put.title)).to_be_visible()
    visit.open(f"/lessons/{put.lesson}")
    page.click("#go-on-lesson")
    expect(page.locator("#resume")).to_contain_text(f"从 {words} 接着播放")
    begins_at(page, stopped_s)
    visit.open("/lessons")
    expect(page.locator(".card", has_text=put.title).locator(".tag:has-text('看到')")).to_be_visible()
    assert not [url for url in visit.requests if url.endswith("/position")], "the site was told nothing"
    visit.open("/")
    here.locator("button").click()
    visit.open(f"/clips/{put.clip}")
    expect(page.locator("#resume")).to_be_hidden()
    begins_at(page, 0.0)


def test_notes_favourites_and_questions_beside_the_clip(visit: Visit, put: Put) -> None:
    page = visit.page
    visit.sign_in("other")
    visit.open(f"/clips/{put.clip}")
    keep = page.locator("form.keep button").first
    keep.click()
    expect(keep).to_have_attribute("aria-pressed", "true")
    _stopped_s, words = watch_to(page, 9.0)
    page.click("#notes summary")
    page.locator("#notes textarea").first.fill("回去查一查账本")
    expect(page.locator("#notes input[name=at]").first).to_have_value(words)
    page.click("#notes form[data-send] button.primary")
    item = page.locator("#notes li", has_text="回去查一查账本")
    expect(item).to_be_visible()
    page.evaluate("() => { document.querySelector('video').currentTime = 30 }")
    item.locator("a").click()
    page.wait_for_function("() => document.querySelector('video').currentTime < 20")
    item.get_by_role("button", name="修改").click()
    page.locator("#notes li textarea").fill("账本查过了")
    page.locator("#notes li button.primary").click()
    expect(page.locator("#notes li", has_text="账本查过了")).to_be_visible()
    page.click("#questions summary")
    page.locator("#questions textarea").fill("这一年的账在哪里？")
    page.click("#questions form[data-send] button.primary")
    expect(page.locator("#questions li", has_text="这一年的账在哪里？")).to_contain_text("等待答复")
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    page.reload()
    expect(page.locator("form.keep button").first).to_have_attribute("aria-pressed", "true")
    page.click("#notes summary")
    page.once("dialog", lambda dialog: dialog.accept())
    page.locator("#notes li", has_text="账本查过了").get_by_role("button", name="删除").click()
    expect(page.locator("#notes li")).to_have_count(0)
    # Taken back again, so that the other device finds what this one found.
    keep.click()
    expect(keep).to_have_attribute("aria-pressed", "false")
    visit.open("/questions/mine")
    page.once("dialog", lambda dialog: dialog.accept())
    page.get_by_role("button", name="撤回").first.click()
    expect(page.locator(".flash", has_text="提问已撤回")).to_be_visible()


AS_THE_PLAYER_GOES_ON = """async (url) => {
    const page = new DOMParser().parseFromString(await (await fetch(url)).text(), 'text/html');
    for (const id of ['beside', 'clip']) {
        document.getElementById(id).replaceWith(document.adoptNode(page.getElementById(id)));
    }
}"""


def test_what_is_being_typed_stays_with_its_clip_when_another_one_opens(
    visit: Visit, put: Put, served: Served
) -> None:
    other = Shelf(served).lesson(LessonState.PUBLISHED)
    page = visit.page
    visit.sign_in("other")
    visit.open(f"/clips/{put.clip}")
    page.click("#notes summary")
    page.locator("#notes textarea").first.fill("写到一半的话")
    page.locator("#notes input[name=at]").first.fill("0:07")
    page.evaluate(AS_THE_PLAYER_GOES_ON, f"/clips/{other.clip}")
    expect(page.locator("#beside")).to_have_attribute("data-clip", other.clip)
    expect(page.locator("#notes textarea").first).to_have_value("写到一半的话")
    expect(page.locator("#notes")).to_contain_text(put.title)
    with page.expect_response(
        lambda got: got.url.endswith("/notes") and got.request.method == "POST"
    ) as sent:
        page.click("#notes form[data-send] button.primary")
    assert (sent.value.json()["clip"], sent.value.json()["at_s"]) == (put.clip, 7.0)
    expect(page.locator("#notes textarea").first).to_have_value("")
    expect(page.locator("#notes")).not_to_contain_text(put.title)


def test_what_a_device_remembers_is_offered_after_signing_in_and_taken_only_when_asked(
    visit: Visit, put: Put, server: Served
) -> None:
    page, asked = visit.page, "没看完的课，要记到您的账号里吗"
    visit.open(f"/clips/{put.clip}")
    _stopped_s, words = watch_to(page, 18.0)
    visit.open("/")
    kept = page.evaluate("() => localStorage.getItem('weike.places')")
    for nonsense in (
        "{",
        "[7, null, {}]",
        '[{"clip": "../x", "lesson": "l", "at": 9, "of": 60, "ms": 9e15}]',
    ):
        page.evaluate("(text) => localStorage.setItem('weike.places', text)", nonsense)
        if nonsense == "{":
            visit.sign_in("other")
        visit.open("/my-learning")
        expect(page.locator("main h1")).to_be_visible()
        page.wait_for_timeout(300)
        expect(page.get_by_text(asked)).to_have_count(0)
    page.evaluate("(text) => localStorage.setItem('weike.places', text)", kept)
    visit.open("/my-learning")
    box = page.locator("section[aria-labelledby=taking]")
    expect(box).to_contain_text(f"1 节{asked}")
    expect(box).to_contain_text(f"第 1 段 {words}")
    box.get_by_text("不用", exact=True).click()
    expect(box).to_have_count(0)
    visit.open("/my-learning")
    page.wait_for_timeout(300)
    expect(box).to_have_count(0)
    assert not [url for url in visit.requests if url.endswith("/api/v1/positions")], "nothing was told"
    page.evaluate("() => localStorage.removeItem('weike.places.asked')")
    visit.open("/my-learning")
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    box.get_by_text("记到我的账号", exact=True).click()
    expect(page.locator("main .flash")).to_contain_text("已记到您的账号：1 节课")
    assert page.evaluate("() => localStorage.getItem('weike.places')") is None
    visit.open("/my-learning")
    expect(page.locator("main")).to_contain_text(f"从 {words} 继续")
    visit.open(f"/clips/{put.clip}")
    expect(page.locator("#resume")).to_contain_text(f"从 {words} 接着播放")
