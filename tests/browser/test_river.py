"""From a file on a lecturer's device to a counted view and a found sentence, through the pages alone."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import CUES, Visit, press_play
from tests.support.client import Person
from tests.support.server import Process, password

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.dear(85)]

PLAYED = "() => document.querySelector('video').currentTime"


@pytest.fixture(scope="module")
def library(server: Process, lecture: Path) -> str:
    """A published lesson; returns its id. Made over HTTP: the upload page has a test of its own."""
    with Person(server.base_url).sign_in("lecturer", password("lecturer")) as lecturer:
        lesson = lecturer.new_lesson("枫桥经验七十年", lecturer="韩老师", topics="基层治理")
        assert lecturer.transcript(lesson, lecture.with_suffix(".srt")).status_code == 200
        lecturer.upload(lesson, lecture)
        assert lecturer.wait(lesson)["recording"] == "ready"
    with Person(server.base_url).sign_in("staff", password("staff")) as staff:
        assert staff.post(f"/lessons/{lesson}/publish").status_code == 303
    return lesson


@pytest.fixture(scope="module")
def opening(tmp_path_factory: pytest.TempPathFactory, system_ffmpeg_path: Path, lecture: Path) -> Path:
    """The first half minute of the lecture with its words: what is uploaded on each device is made sooner."""
    file = tmp_path_factory.mktemp("opening") / lecture.name
    command = [
        str(system_ffmpeg_path),
        "-v",
        "error",
        "-i",
        str(lecture),
        "-t",
        "30",
        "-c",
        "copy",
        str(file),
    ]
    subprocess.run(command, check=True)
    words = "\n\n".join(CUES.split("\n\n")[:2])
    file.with_suffix(".srt").write_text(words, encoding="utf-8")
    return file


def _play(page: Page) -> None:
    page.wait_for_selector("video")
    press_play(page)


def _views(page: Page) -> int:
    return int(page.locator("#views").get_attribute("data-views") or "-1")


def test_a_lecturer_uploads_a_file_and_watches_the_steps(visit: Visit, opening: Path, tmp_path: Path) -> None:
    own = tmp_path / f"第一课 {visit.page.viewport_size}.mp4"
    # A byte behind the last box makes it another file for the library and the same film for ffmpeg.
    own.write_bytes(
        opening.read_bytes() + b"\0\0\0\x09free" + bytes([visit.page.viewport_size["width"] % 256])
    )
    visit.sign_in("lecturer")
    visit.open("/upload")
    page = visit.page
    page.set_input_files("#files", str(own))
    card = page.locator("#uploads > li")
    card.locator("input[name=lecturer]").fill("韩老师")
    card.locator("input[name=topics]").fill("基层治理、调解")
    card.locator("input[name=transcript]").set_input_files(str(opening.with_suffix(".srt")))
    card.locator("[data-part=progress-link]").click(timeout=60_000)
    expect(page.locator("main")).to_contain_text("制作第 1 个短视频", timeout=60_000)
    # The page learns of the end by itself, without being loaded again.
    page.wait_for_selector("main a[href^='/clips/']", timeout=180_000)
    expect(page.locator("main")).to_contain_text("处理完成", timeout=60_000)
    page.locator("main a[href^='/clips/']").first.click()
    expect(page.locator("#transcript")).to_contain_text("小事不出村")
    expect(page.locator(".meta").first).to_contain_text("韩老师")


def test_ten_seconds_of_playing_count_once_and_a_reload_counts_none(visit: Visit, library: str) -> None:
    page = visit.page
    visit.open(f"/lessons/{library}")
    page.locator("a[href^='/clips/']").first.click()
    page.wait_for_selector("#views", state="attached")
    before = _views(page)
    _play(page)
    page.wait_for_function(
        "n => Number(document.querySelector('#views').dataset.views) === n + 1", arg=before, timeout=60_000
    )
    assert page.evaluate(PLAYED) >= 10
    page.reload()
    _play(page)
    page.wait_for_function("() => document.querySelector('video').currentTime > 11.5", timeout=60_000)
    with page.expect_response(lambda answer: "/beats" in answer.url and answer.ok):
        page.evaluate("document.querySelector('video').pause()")
    page.reload()
    assert _views(page) == before + 1


def _rendition_loads(page: Page, wanted: str, since: int, visit: Visit) -> bool:
    for _ in range(240):
        if any(url.endswith(".m4s") and f"/{wanted}/" in url for url in visit.requests[since:]):
            return True
        page.wait_for_timeout(250)
    return False


@pytest.mark.parametrize("visit", ["desktop"], indirect=True)  # a minute of waiting: once is enough
def test_a_fast_line_gets_the_better_rendition_and_a_slow_one_the_smaller(visit: Visit, library: str) -> None:
    page = visit.page
    line = visit.context.new_cdp_session(page)

    def limit(bytes_per_s: int) -> None:
        line.send(
            "Network.emulateNetworkConditions",
            {
                "offline": False,
                "latency": 50,
                "downloadThroughput": bytes_per_s,
                "uploadThroughput": bytes_per_s,
            },
        )

    visit.open(f"/lessons/{library}")
    # Not the loopback's gigabytes: the player forgets a line's speed by halves, and would need a minute.
    limit(300_000)
    page.locator("a[href^='/clips/']").first.click()
    _play(page)
    assert _rendition_loads(page, "480p", 0, visit), "the better rendition is not loaded on a fast line"
    limit(10_000)
    since = len(visit.requests)
    page.evaluate("document.querySelector('video').currentTime = 50")
    assert _rendition_loads(page, "360p", since, visit), "a line of 10 kB/s still gets the better rendition"


def test_a_searched_phrase_opens_where_it_is_said(visit: Visit, library: str) -> None:
    page = visit.page
    visit.open("/")
    page.fill("input[type=search]", "小事不出村")
    page.press("input[type=search]", "Enter")
    hit = page.locator("main a[href^='/clips/']").first
    expect(page.locator("main mark").first).to_contain_text("小事不出村")
    hit.click()
    present = page.locator(".cues [aria-current]")
    expect(present).to_contain_text("小事不出村")  # before anything plays
    _play(page)
    page.wait_for_function(
        "() => document.querySelector('video').getVideoPlaybackQuality().totalVideoFrames > 5", timeout=60_000
    )
    page.evaluate("document.querySelector('video').pause()")
    # Seen and not only heard, and no longer than the clip: each segment brings the sound of its own picture.
    video = "document.querySelector('video')"
    length_s = page.evaluate(f"{video}.duration")
    assert (
        abs(length_s - page.evaluate("JSON.parse(document.querySelector('#clip').textContent).duration_s"))
        < 0.5
    )
    said_at_s = 20.0
    assert said_at_s - 3 <= page.evaluate(PLAYED) <= said_at_s + 3
    expect(present).to_contain_text("小事不出村")


def test_a_tap_on_a_line_of_the_text_jumps_there(visit: Visit, library: str) -> None:
    page = visit.page
    visit.open(f"/lessons/{library}")
    page.locator("a[href^='/clips/']").first.click()
    page.wait_for_url("**/clips/**")
    page.wait_for_load_state("load")  # without its scripts a line is a link, and waits for a tap on play
    page.locator(".cues a", has_text="村民自己商量").click()
    page.wait_for_function(
        "() => Math.abs(document.querySelector('video').currentTime - 62.5) < 3", timeout=60_000
    )
