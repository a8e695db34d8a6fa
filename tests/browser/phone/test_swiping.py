"""Swiping from clip to clip on a phone: by touch and by keyboard, counted, nothing fetched before a tap."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect
from sqlalchemy import select

import server
from library.catalog.tables import Clip
from library.intake.files.objects import clip_prefix
from library.plays.rules import Source
from library.plays.tables import View
from tests.browser.conftest import DEVICES, Visit, put_film
from tests.server.conftest import Put
from tests.support import factories
from tests.support.server import Served

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.dear(32)]
CLIP_S = 14
STATIC = Path(server.__file__).parent / "static"


@pytest.fixture(scope="module")
def films(served: Served, tmp_path_factory: pytest.TempPathFactory) -> list[Put]:
    """Three published lessons with a clip each; the newest is the last."""
    made = [put_film(served, tmp_path_factory.mktemp("film"), CLIP_S) for _ in range(3)]
    with served.ports.db.write() as session:
        for put in made:
            clip = session.get_one(Clip, put.clip)
            folder = served.data / "objects" / clip_prefix(put.clip, factories.PLAN)
            rungs = [one for one in folder.iterdir() if re.fullmatch(r"\d+p|audio", one.name)]
            clip.sizes = {one.name: sum(file.stat().st_size for file in one.iterdir()) for one in rungs}
    return made


@dataclass
class Phone:
    """The page, and the addresses that it asked for."""

    page: Page
    asked: list[str]

    def media(self, clip: str) -> list[str]:
        """The pieces of video that were asked for of a clip."""
        of_clip = [url for url in self.asked if clip in url and url.endswith((".m4s", ".mp4"))]
        return [url.rsplit("/", 1)[1] for url in of_clip]


@pytest.fixture
def phone(chromium: Browser, served: Served, films: list[Put]) -> Iterator[Phone]:
    """The page on a phone, as somebody opens it who has never been here."""
    context = chromium.new_context(**DEVICES["phone"], locale="zh-CN", reduced_motion="reduce")
    opened = context.new_page()
    troubles: list[str] = []
    opened.on("pageerror", lambda error: troubles.append(str(error)))
    asked: list[str] = []
    opened.on("request", lambda one: asked.append(one.url))
    opened.goto(f"{served.base_url}/feed")
    expect(opened.locator(".swiping")).to_be_attached()
    yield Phone(opened, asked)
    context.close()
    assert troubles == []


def swipe(page: Page) -> None:
    """Draw a finger up over the picture."""
    box = page.locator("#feed").bounding_box()
    assert box is not None
    x, low, high = box["x"] + box["width"] / 2, box["y"] + 0.9 * box["height"], box["y"] + 0.2 * box["height"]
    line = page.context.new_cdp_session(page)

    def touch(kind: str, *points: dict[str, float]) -> None:
        line.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": list(points)})

    touch("touchStart", {"x": x, "y": low})
    for n in range(1, 11):
        touch("touchMove", {"x": x, "y": low + (high - low) * n / 10})
    touch("touchEnd")


CURRENT = """() => [...document.querySelectorAll('.feed-clip')].find((one) => Math.abs(
    one.getBoundingClientRect().top - document.getElementById('feed').getBoundingClientRect().top) < 3)?.id"""
"""The clip that fills the screen."""


def test_a_finger_leads_to_the_next_clip_and_what_is_played_is_counted(
    phone: Phone, films: list[Put], served: Served
) -> None:
    page, media = phone.page, phone.media
    newest, second, last = (put.clip for put in reversed(films))
    page.wait_for_timeout(500)
    for clip in (newest, second, last):
        assert media(clip) == [], "nobody has tapped"
    assert page.evaluate(CURRENT) == f"clip-{newest}"
    page.tap(f"#clip-{newest} .feed-stage")
    expect(page.locator("#video.shown")).to_be_visible(timeout=15_000)
    page.wait_for_function("() => document.getElementById('video').currentTime > 11", timeout=30_000)
    assert set(media(second)) == {"init.mp4", "00001.m4s"}, "how the next one begins, and no more"
    assert media(last) == []

    swipe(page)
    page.wait_for_function(
        f"() => document.getElementById('video').classList.contains('shown')"
        f" && document.querySelector('#clip-{second} .feed-play').textContent === '暂停'",
        timeout=15_000,
    )
    page.wait_for_function(f"() => ({CURRENT})() === 'clip-{second}'")
    assert page.locator("video").count() == 1, "one element: a phone lets no other begin by itself"
    page.wait_for_timeout(500)
    with served.ports.db.read() as session:
        views = session.scalars(select(View).where(View.clip_id == newest)).all()
        assert [one.source for one in views] == [Source.FEED]
        assert session.scalars(select(View).where(View.clip_id == second)).all() == []


def test_keys_lead_through_it_why_is_told_on_request_and_it_ends(phone: Phone, films: list[Put]) -> None:
    page, media = phone.page, phone.media
    newest, second, last = (put.clip for put in reversed(films))
    for key, clip in (("j", second), ("ArrowDown", last), ("k", second), ("ArrowUp", newest)):
        page.keyboard.press(key)
        page.wait_for_function(f"() => ({CURRENT})() === 'clip-{clip}'")
        assert media(clip) == [], "going by plays nothing that nobody began"
    why = page.locator(f"#clip-{newest} .feed-why")
    expect(why.locator("p")).to_be_hidden()
    why.locator("summary").click()
    expect(why.locator("p")).to_contain_text("最近发布的课")
    page.keyboard.press("m")
    page.select_option("#saving", "sound")
    page.locator("#feed").evaluate("(feed) => document.activeElement.blur()")
    page.keyboard.press(" ")
    page.wait_for_function("() => document.getElementById('video').currentTime > 0.2", timeout=15_000)
    assert all("/audio/" in url for url in phone.asked if url.endswith(".m4s"))
    for _ in range(4):
        page.keyboard.press("j")
    expect(page.locator("#all-done")).to_be_in_viewport()
    page.wait_for_function("() => document.getElementById('video').paused")
    page.reload()
    expect(page.locator("#mute")).to_have_attribute("aria-pressed", "true")
    expect(page.locator("#saving")).to_have_value("sound")
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")


def test_when_the_engine_could_not_be_fetched_a_tap_did_nothing_ever_after(
    phone: Phone, films: list[Put]
) -> None:
    page, newest = phone.page, films[-1].clip
    engine = next(one.name for one in STATIC.glob("chunk-*.js") if "hlsMediaAttaching" in one.read_text())
    page.route(f"**/static/{engine}", lambda asked: asked.abort())
    page.tap(f"#clip-{newest} .feed-stage")
    expect(page.locator("#trouble")).to_contain_text("请点“播放”再试一次", timeout=15_000)
    button = page.locator(f"#clip-{newest} .feed-play")
    expect(button).to_have_text("播放")
    page.unroute(f"**/static/{engine}")
    button.tap()
    expect(page.locator("#video.shown")).to_be_visible(timeout=15_000)
    expect(page.locator("#trouble")).to_be_hidden()
    expect(button).to_have_text("暂停")


def test_without_scripts_it_is_a_list_of_clips(chromium: Browser, served: Served, films: list[Put]) -> None:
    context = chromium.new_context(**DEVICES["phone"], java_script_enabled=False, locale="zh-CN")
    page = context.new_page()
    page.goto(f"{served.base_url}/feed")
    titles = page.locator(".feed-clip h2 a")
    assert [one.get_attribute("href") for one in titles.all()] == [
        f"/clips/{put.clip}" for put in reversed(films)
    ]
    expect(page.locator("#choices")).to_be_hidden()
    context.close()


WATCHED_S = 6.5
"""Far enough to be a place: whoever stopped earlier begins from the start."""


@pytest.mark.parametrize("who", ["member", ""])
def test_what_is_watched_by_swiping_goes_on_on_the_clips_own_page(
    chromium: Browser, served: Served, films: list[Put], who: str
) -> None:
    newest, second = films[-1].clip, films[-2].clip
    context = chromium.new_context(
        viewport={"width": 360, "height": 740},
        is_mobile=True,
        has_touch=True,
        locale="zh-CN",
        reduced_motion="reduce",
    )
    page = context.new_page()
    told: list[str] = []
    page.on("request", lambda one: told.append(one.url) if one.url.endswith("/position") else None)
    if who:
        Visit(context, page, served.base_url, [], []).sign_in(who)
    page.goto(f"{served.base_url}/feed")
    line = page.locator(f"#clip-{newest} .feed-resume")
    expect(line).to_be_hidden()
    page.tap(f"#clip-{newest} .feed-stage")
    page.wait_for_function(
        f"() => document.getElementById('video').currentTime > {WATCHED_S}", timeout=30_000
    )
    swipe(page)
    page.wait_for_function(
        f"() => ({CURRENT})() === 'clip-{second}' && document.getElementById('video').currentTime > 0.3",
        timeout=15_000,
    )
    page.wait_for_timeout(300)
    assert [url.split("/")[-2] for url in told] == [newest] * bool(who), "one for a clip, none of a guest"
    expect(line).to_contain_text("从 0:0")
    place = page.locator(f"#clip-{newest} .feed-resume [data-say]").text_content()

    page.goto(f"{served.base_url}/clips/{newest}")
    expect(page.locator("#resume")).to_contain_text(str(place))
    page.goto(f"{served.base_url}/feed")
    expect(line).to_contain_text(str(place))
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    page.tap(f"#clip-{newest} .feed-stage")
    page.wait_for_function("() => document.getElementById('video').currentTime > 0.2", timeout=15_000)
    assert page.evaluate("() => document.getElementById('video').currentTime") > WATCHED_S - 1
    line.locator("button").tap()
    page.wait_for_function("() => document.getElementById('video').currentTime < 4")
    if who:
        page.goto(f"{served.base_url}/my-learning/history")
        expect(page.locator(".watched", has_text=films[-1].title)).to_be_visible()
    context.close()
