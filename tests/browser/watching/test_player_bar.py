"""The player's own bar in a real Chromium: seeking with pictures, keys, captions, sound, the big screen."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, FloatRect, Page, Request, Route, expect

import server
from tests.browser.conftest import DEVICES, press_play
from tests.server.conftest import Put
from tests.support.server import Served

pytestmark = [pytest.mark.slow, pytest.mark.browser, pytest.mark.dear(16)]

STATIC = Path(server.__file__).parent / "static"
AT = "document.querySelector('video').currentTime"


class Watching:
    """Somebody at the clip's page."""

    def __init__(self, page: Page, url: str) -> None:
        self.page = page
        self.asked: list[str] = []
        self.troubles: list[str] = []
        page.on("request", self._ask)
        page.on("pageerror", lambda error: self.troubles.append(str(error)))
        page.on("console", lambda line: self.troubles.append(line.text) if line.type == "error" else None)
        page.goto(url)
        page.wait_for_function("() => document.querySelector('#stage').classList.contains('ready')")
        self.slider = page.locator("#seek")

    def _ask(self, request: Request) -> None:
        self.asked.append(request.url)

    def strip_requests(self) -> list[str]:
        """What was fetched of the strip."""
        return [url.rsplit("/", 1)[-1] for url in self.asked if "/strip/" in url]

    def at(self) -> float:
        """Where the picture is."""
        at: float = self.page.evaluate(AT)
        return at

    def box(self) -> FloatRect:
        """The seek bar on the screen."""
        box = self.slider.bounding_box()
        assert box is not None
        return box

    def until_near(self, at: float) -> None:
        """Wait until the picture is near a moment."""
        self.page.wait_for_function(f"() => Math.abs({AT} - {at}) < 1.2", timeout=30_000)


@pytest.fixture(params=["desktop", "phone"])
def watching(
    request: pytest.FixtureRequest, chromium: Browser, served: Served, put: Put
) -> Iterator[Watching]:
    """A fresh profile at the clip."""
    context = chromium.new_context(**DEVICES[request.param], locale="zh-CN")
    seen = Watching(context.new_page(), f"{served.base_url}/clips/{put.clip}")
    yield seen
    context.close()
    assert seen.troubles == []


def shown_tile(page: Page) -> tuple[int, int]:
    """Column and row of the picture that is shown."""
    x, y = page.evaluate(
        "() => { const s = getComputedStyle(document.querySelector('#seek-tip span'));"
        " return [parseInt(s.backgroundPositionX), parseInt(s.backgroundPositionY)] }"
    )
    return -x // 160, -y // 90


@pytest.mark.parametrize("watching", ["desktop"], indirect=True)
def test_the_pointer_over_the_bar_shows_the_picture_of_that_moment(watching: Watching) -> None:
    page = watching.page
    expect(page.locator("#player-bar")).to_be_visible()
    assert watching.strip_requests() == []
    box = watching.box()
    middle = box["y"] + box["height"] / 2
    page.mouse.move(box["x"] + box["width"] / 2 + 2, middle)
    expect(page.locator("#seek-tip time")).to_have_text("0:20")
    expect(page.locator("#seek-tip span")).to_be_visible()
    assert shown_tile(page) == (0, 1)  # the eleventh of twenty, two seconds each
    page.mouse.move(box["x"] + box["width"] - 1, middle)
    assert shown_tile(page) == (9, 1)
    tip = page.locator("#seek-tip").bounding_box()
    assert tip is not None
    assert tip["x"] + tip["width"] <= box["x"] + box["width"] + 1
    assert watching.strip_requests() == ["index.vtt", "00001.jpg"]
    assert watching.at() < 1
    page.mouse.click(box["x"] + box["width"] * 0.75, middle)
    watching.until_near(30)
    page.mouse.move(box["x"], middle - 200)
    expect(page.locator("#seek-tip")).to_be_hidden()


def test_a_finger_on_the_bar_moves_the_picture_when_it_is_lifted(watching: Watching) -> None:
    page, box = watching.page, watching.box()
    y = box["y"] + box["height"] / 2
    page.mouse.move(box["x"] + 9, y)
    page.mouse.down()
    for part in (0.2, 0.3, 0.4, 0.5):
        page.mouse.move(box["x"] + box["width"] * part, y)
    expect(page.locator("#seek-tip")).to_be_visible()
    expect(page.locator("#player-at")).to_have_text("0:20")
    assert watching.at() < 1
    page.mouse.up()
    watching.until_near(20)


def test_the_bar_obeys_keys_and_says_where_it_is(watching: Watching) -> None:
    page = watching.page
    watching.slider.focus()
    for key, at in (("ArrowRight", 5), ("PageUp", 35), ("ArrowDown", 30), ("Home", 0), ("ArrowUp", 5)):
        page.keyboard.press(key)
        watching.until_near(at)
    expect(watching.slider).to_have_attribute("aria-valuetext", "0:05，共 0:40")
    assert watching.slider.get_attribute("aria-label") == "播放位置"
    page.keyboard.press(" ")
    page.wait_for_function("() => !document.querySelector('video').paused")
    expect(page.locator("[data-do=play]")).to_have_attribute("aria-label", "暂停")
    page.locator("[data-do=play]").click()
    page.wait_for_function("() => document.querySelector('video').paused")
    paused_at = watching.at()
    page.keyboard.press("ArrowRight")  # the button has the focus: arrows still seek
    watching.until_near(paused_at + 5)


def test_playing_sound_and_captions(watching: Watching) -> None:
    page = watching.page
    page.locator("[data-do=begin]").click()
    page.wait_for_function(f"() => {AT} > 0.3", timeout=30_000)
    expect(page.locator("[data-do=begin]")).to_be_hidden()
    page.locator("video").click(position={"x": 20, "y": 20})
    page.wait_for_function("() => document.querySelector('video').paused")
    page.keyboard.press("m")
    assert page.evaluate("document.querySelector('video').muted")
    captions = page.locator("[data-do=captions]")
    expect(captions).to_have_attribute("aria-pressed", "true")
    captions.click()
    assert page.evaluate("document.querySelector('video').textTracks[0].mode") == "disabled"
    expect(captions).to_have_attribute("aria-pressed", "false")
    page.reload()
    expect(page.locator("[data-do=captions]")).to_have_attribute("aria-pressed", "false")


@pytest.mark.parametrize("watching", ["desktop"], indirect=True)
def test_on_the_big_screen_the_bar_leaves_and_comes_back(watching: Watching) -> None:
    page = watching.page
    page.locator("#player-bar [data-do=screen]").click()
    page.wait_for_function("() => document.fullscreenElement?.id === 'stage'")
    page.evaluate("document.activeElement.blur(); document.querySelector('video').play()")
    page.mouse.move(300, 300)
    page.wait_for_function("() => document.querySelector('#stage').classList.contains('idle')")
    page.mouse.move(320, 300)
    page.wait_for_function("() => !document.querySelector('#stage').classList.contains('idle')")
    page.locator("#player-bar [data-do=screen]").click()
    page.wait_for_function("() => !document.fullscreenElement")


def test_without_a_whole_screen_for_the_stage_the_browsers_controls_stay(
    chromium: Browser, served: Served, put: Put
) -> None:
    context = chromium.new_context(**DEVICES["desktop"])
    for name in ("fullscreenEnabled", "webkitFullscreenEnabled"):
        context.add_init_script(f"Object.defineProperty(document, '{name}', {{ value: false }})")
    page = context.new_page()
    page.goto(f"{served.base_url}/clips/{put.clip}")
    expect(page.locator("#player-bar [data-do=play]")).to_be_hidden()
    expect(page.locator("#seek")).to_be_hidden()
    expect(page.locator("#volume")).to_be_hidden()
    expect(page.locator("#speed")).to_be_visible()  # theirs has no choice of speed everywhere
    # With no source theirs would play nothing.
    assert page.locator("a.skip").get_attribute("href") == "#stage"
    page.locator(".begin").click()
    page.wait_for_function(f"() => {AT} > 0.2", timeout=30_000)
    expect(page.locator(".begin")).to_be_hidden()
    assert page.evaluate("document.querySelector('video').controls")
    context.close()


def test_a_tap_before_the_player_is_ready_plays(chromium: Browser, served: Served, put: Put) -> None:
    """On a slow line the player's script comes late; who has pressed play by then need not press again."""
    context = chromium.new_context(**DEVICES["phone"], locale="zh-CN")
    page = context.new_page()
    waiting: list[Route] = []
    page.route("**/static/chunk-*", lambda asked: waiting.append(asked) if slow else asked.continue_())
    slow = True
    page.goto(f"{served.base_url}/clips/{put.clip}", wait_until="commit")
    page.wait_for_function("() => document.querySelector('video')")
    page.wait_for_timeout(500)
    assert waiting, "nothing of the player comes later"
    press_play(page)
    slow = False
    for asked in waiting:
        asked.continue_()
    page.wait_for_function(f"() => {AT} > 0.2", timeout=30_000)
    context.close()


def test_when_the_engine_could_not_be_fetched_the_player_was_silent_and_dead(
    chromium: Browser, served: Served, put: Put
) -> None:
    context = chromium.new_context(**DEVICES["desktop"], locale="zh-CN")
    page = context.new_page()
    engine = next(one.name for one in STATIC.glob("chunk-*.js") if "hlsMediaAttaching" in one.read_text())
    page.route(f"**/static/{engine}", lambda asked: asked.abort())
    page.goto(f"{served.base_url}/clips/{put.clip}")
    page.wait_for_function("() => document.querySelector('#stage').classList.contains('ready')")
    page.locator("#player-play").click()
    expect(page.locator("#stage-note")).to_contain_text("网络断了", timeout=30_000)
    page.unroute(f"**/static/{engine}")
    page.locator("#stage-note button").click()
    page.wait_for_function(f"() => {AT} > 0.2 && !document.querySelector('video').paused", timeout=30_000)
    page.wait_for_function("() => document.querySelector('#stage-note').hidden")
    context.close()
