"""Moving the cuts of a lecture: with a mouse, a finger and the keyboard, until the new clips play."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

import httpx
import pytest
from playwright.sync_api import Locator, Page, Route, expect

from tests.browser.conftest import Visit, press_play
from tests.flow import media
from tests.support.client import Person
from tests.support.server import Process, password

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.dear(44)]

LENGTH_S = 60
"""Six sentences with pauses between them (tests/flow/media.py).

A cut in the n-th pause stands at 10 n - 0.5 s, half a second before the next word.
"""

TEXTS = (
    "第一句讲初心。",
    "第二句讲使命。",
    "第三句讲担当。",
    "第四句讲服务。",
    "第五句讲纪律。",
    "第六句讲总结。",
)


@pytest.fixture(scope="module")
def talk(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A minute of somebody speaking, with a transcript beside it."""
    video = media.make(tmp_path_factory.mktemp("talk") / "talk.mp4", LENGTH_S)
    media.subtitles(video.with_suffix(".srt"), list(TEXTS))
    return video


def _upload(server: Process, video: Path, transcript: Path) -> str:
    """A lesson of one clip that plays; returns its id."""
    with Person(server.base_url).sign_in("lecturer", password("lecturer")) as lecturer:
        lesson = lecturer.new_lesson("不忘初心", lecturer="韩老师")
        assert lecturer.transcript(lesson, transcript).status_code == 200
        lecturer.upload(lesson, video)
        assert lecturer.wait(lesson)["recording"] == "ready"
    return lesson


@pytest.fixture(scope="module")
def lesson(server: Process, talk: Path) -> str:
    """A lesson whose cuts stay as they are."""
    return _upload(server, talk, talk.with_suffix(".srt"))


@pytest.fixture
def lesson_to_cut(server: Process, talk: Path, tmp_path: Path) -> str:
    """A lesson of one's own."""
    own = tmp_path / "talk.mp4"
    # A byte behind the last box makes it another file for the library and the same film for ffmpeg.
    own.write_bytes(talk.read_bytes() + b"\0\0\0\x09free!")
    return _upload(server, own, talk.with_suffix(".srt"))


def _clips(server: Process, lesson: str) -> list[tuple[str, float, float, str]]:
    with Person(server.base_url).sign_in("lecturer", password("lecturer")) as lecturer:
        cuts = lecturer.api("GET", f"/lessons/{lesson}/cuts").json()
    return [(c["id"], c["start_s"], c["end_s"], c["title"]) for c in cuts["clips"]]


def _times(page: Page) -> list[float]:
    """Where the cuts stand, as the page says it; a pause is heard on a grid of 50 ms."""
    texts = page.locator(".cut-row:visible [data-part=time]").all_inner_texts()
    return [60 * float(text.partition(":")[0]) + float(text.partition(":")[2]) for text in texts]


def near(*seconds: float) -> object:
    """These moments, give or take what hearing a pause may differ by."""
    return pytest.approx(list(seconds), abs=0.2)


def _with_mouse(page: Page, handle: Locator, right_px: float) -> None:
    handle.scroll_into_view_if_needed()
    box = handle.bounding_box()
    assert box is not None
    x, y = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
    page.mouse.move(x, y)
    page.mouse.down()
    page.mouse.move(x + right_px, y, steps=8)
    page.mouse.up()


def _with_finger(page: Page, handle: Locator, right_px: float) -> None:
    handle.scroll_into_view_if_needed()
    box = handle.bounding_box()
    assert box is not None
    x, y = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
    touch = page.context.new_cdp_session(page)

    def send(kind: str, *points: dict[str, float]) -> None:
        touch.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": list(points)})

    send("touchStart", {"x": x, "y": y})
    for step in range(1, 9):
        send("touchMove", {"x": x + right_px * step / 8, "y": y})
    send("touchEnd")


def _save_and_wait(page: Page, base_url: str, lesson: str) -> str:
    """Save; returns what the progress page says was saved, once the new clips are made."""
    page.click("#save")
    page.wait_for_url(f"{base_url}/lessons/{lesson}/progress")
    said = page.locator("main > .flash.done").inner_text()
    expect(page.locator("#overall-state")).to_have_text("处理完成", timeout=120_000)
    return said


@pytest.mark.parametrize("visit", ["desktop"], indirect=True)
def test_cuts_are_moved_and_only_what_changed_is_made_again(
    visit: Visit, server: Process, lesson_to_cut: str
) -> None:
    page, lesson = visit.page, lesson_to_cut
    visit.sign_in("lecturer")
    (whole,) = _clips(server, lesson)
    # Somebody watches the old clip all the while.
    watching = visit.context.new_page()
    watching.goto(f"{visit.base_url}/clips/{whole[0]}")
    press_play(watching)
    watching.wait_for_function("() => document.querySelector('video').currentTime > 0.2", timeout=60_000)

    visit.open(f"/lessons/{lesson}")
    page.click("main a[href$='/cut']")
    expect(page.locator("#save")).to_be_disabled()
    for n in (0, 1):
        page.locator(".piece [data-act=split]").nth(n).click()
    assert _times(page) == near(29.5, 49.5), "in the pause nearest to the middle"
    expect(page.locator("#save-words")).to_have_text("3 个重新制作。旧的在新的做好之前照常播放。")
    said = _save_and_wait(page, visit.base_url, lesson)
    assert said == "已保存。3 个重新制作。旧的在新的做好之前照常播放。"
    first = _clips(server, lesson)
    assert [clip[2] for clip in first] == near(29.5, 49.5, 60)
    assert [clip[1] for clip in first] == [0, first[0][2], first[1][2]]

    page.click("#finished a[href$='/cut']")
    page.locator(".cut-row:visible [data-act=look]").nth(1).click()
    expect(page.locator("#near-panel [data-part=before]")).to_have_text(TEXTS[4])
    expect(page.locator("#near-panel [data-part=after]")).to_have_text(TEXTS[5])
    chosen = page.locator("#near .handle.chosen")
    # The strip is drawn with the next frame: until then the handle of the first cut is the chosen one.
    expect(chosen).to_have_attribute("aria-valuetext", re.compile(r"^0:49"))
    ten_s_px = page.locator("#near canvas").evaluate("canvas => canvas.clientWidth / 4")
    _with_mouse(page, chosen, 8 - ten_s_px)
    assert _times(page) == near(29.5, 39.5), "a cut that is dragged near to a pause jumps into it"
    page.locator(".piece input").first.fill("初心与使命")
    expect(page.locator("#save-words")).to_contain_text("1 个短视频保持不变，2 个重新制作")
    _save_and_wait(page, visit.base_url, lesson)
    second = _clips(server, lesson)
    assert second[0] == (*first[0][:3], "初心与使命"), "the clip that did not change is the same one"
    assert [clip[2] for clip in second] == near(29.5, 39.5, 60)
    assert {clip[0] for clip in second[1:]}.isdisjoint(clip[0] for clip in first)

    page.click("#finished a.primary")
    page.wait_for_url(f"{visit.base_url}/lessons/{lesson}/studio")
    visit.open(f"/lessons/{lesson}")
    expect(page.locator(".clips li")).to_have_count(3)
    expect(page.locator(".clips li").first).to_contain_text("第 1 段：初心与使命")
    page.locator(".clips li").nth(1).locator("a").first.click()
    expect(page.locator(".cues")).to_contain_text(TEXTS[3])
    press_play(page)
    page.wait_for_function("() => document.querySelector('video').currentTime > 0.2", timeout=60_000)
    # The old clip plays on for whoever watches it.
    watching.evaluate("document.querySelector('video').currentTime = 50")
    watching.wait_for_function("() => document.querySelector('video').currentTime > 50.2", timeout=60_000)


def test_changing_without_saving(visit: Visit, lesson: str) -> None:
    """Everything that can be done by hand, on both kinds of device, without waiting for a clip."""
    page = visit.page
    drag: Callable[[Page, Locator, float], None] = (
        _with_finger if page.viewport_size["width"] < 600 else _with_mouse
    )
    visit.sign_in("lecturer")
    visit.open(f"/lessons/{lesson}/cut")
    page.locator(".piece [data-act=split]").click()
    assert _times(page) == near(29.5)

    # The keyboard: a tenth, a second, the next pause.
    handle = page.locator("#whole .handle.chosen")
    handle.focus()
    page.keyboard.press("ArrowRight")
    page.keyboard.press("Shift+ArrowRight")
    page.keyboard.press("Shift+ArrowRight")
    assert _times(page) == near(31.6)
    expect(page.locator("#near-panel [data-part=through-words]")).to_have_text(TEXTS[3])
    page.locator("[data-do=mend]").click()
    assert _times(page) == near(29.5)
    handle.focus()
    page.keyboard.press("PageUp")
    assert _times(page) == near(39.5)
    # The strip is drawn with the next frame.
    expect(handle).to_have_attribute("aria-valuetext", page.locator("[data-part=time]").first.inner_text())

    # The beginning is pulled in: ten seconds of the whole lecture, to a pause.
    ten_s_px = page.locator("#whole canvas").evaluate("canvas => canvas.clientWidth / 6")
    drag(page, page.locator("#whole .handle").first, ten_s_px)
    expect(page.locator(".piece.dropped [data-part=times]")).to_have_text("0:00 – 0:09")
    expect(page.locator(".piece:not(.dropped)")).to_have_count(2)
    page.locator(".piece:not(.dropped) [data-act=drop]").first.click()
    expect(page.locator(".piece:not(.dropped)")).to_have_count(1)
    expect(page.locator(".piece:not(.dropped) [data-act=drop]")).to_be_disabled()

    # All the way back, and forth.
    for _ in range(6):
        page.click("#undo")
    expect(page.locator("#undo")).to_be_disabled()
    expect(page.locator("#save-words")).to_have_text("还没有改动。")
    page.click("#redo")
    assert _times(page) == near(29.5)
    page.locator("[data-act=merge]:visible").click()
    expect(page.locator("#save-words")).to_have_text("还没有改动。")

    # What a cut sounds like, from the clip that plays; its address has run out meanwhile.
    page.locator(".piece [data-act=split]").click()
    refused: list[Route] = []

    def refuse_once(route: Route) -> None:
        if refused:
            route.continue_()
        else:
            refused.append(route)
            route.fulfill(status=403)

    page.route("**/master.m3u8", refuse_once)
    page.locator("[data-do=hear]").click()
    page.wait_for_function(
        "() => Math.abs(document.querySelector('#cut-video').currentTime - 32.5) < 0.3"
        " && document.querySelector('#cut-video').paused",
        timeout=60_000,
    )
    assert page.locator("#listen-problem").is_hidden()
    assert refused
    visit.troubles[:] = [line for line in visit.troubles if "403" not in line]

    # Leaving asks first.
    asked: list[str] = []
    page.on("dialog", lambda dialog: (asked.append(dialog.type), dialog.accept()))
    page.locator(".crumb a").click()
    page.wait_for_url(f"{visit.base_url}/lessons/{lesson}")
    assert asked == ["beforeunload"]


@pytest.mark.parametrize("visit", ["phone"], indirect=True)
def test_somebody_else_was_faster(visit: Visit, server: Process, lesson: str) -> None:
    page = visit.page
    visit.sign_in("lecturer")
    visit.open(f"/lessons/{lesson}/cut")
    page.locator(".piece input").fill("我起的名字")
    with Person(server.base_url).sign_in("staff", password("staff")) as staff:
        cuts = staff.api("GET", f"/lessons/{lesson}/cuts").json()
        clips = [{"start_s": c["start_s"], "end_s": c["end_s"], "title": "别人的名字"} for c in cuts["clips"]]
        saved = staff.api("PUT", f"/lessons/{lesson}/cuts", json={"version": cuts["version"], "clips": clips})
        assert saved.status_code == httpx.codes.OK, saved.text
    page.click("#save")
    expect(page.locator("#conflict")).to_be_visible()
    assert page.locator(".piece input").input_value() == "我起的名字"
    assert [title for *_, title in _clips(server, lesson)] == ["别人的名字"], (
        "nothing is written over unasked"
    )
    page.click("#conflict-mine")
    page.wait_for_url(f"{visit.base_url}/lessons/{lesson}")
    expect(page.locator("main > .flash.done")).to_have_text("已保存。1 个改名。不用重新制作，马上生效。")
    expect(page.locator(".clips li")).to_contain_text("第 1 段：我起的名字")
    visit.troubles[:] = [line for line in visit.troubles if "409" not in line]
