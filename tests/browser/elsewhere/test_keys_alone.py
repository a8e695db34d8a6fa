"""From the front door to what one came for with keys alone; at every stop the focus is seen."""

from __future__ import annotations

import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, expect

from library.core.clock import utc_now
from library.declaring import actions as declaring
from library.declaring.actions import Given
from tests.browser.elsewhere.conftest import SAID, Course
from tests.browser.elsewhere.keys import Keys
from tests.server.conftest import Shelf
from tests.support.server import Process, Served

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.dear(77)]

AT = "document.querySelector('#video').currentTime"


@pytest.fixture
def keys(chromium: Browser) -> Iterator[Keys]:
    """A low window, in which the sticky parts take much; no finger, no mouse."""
    context = chromium.new_context(viewport={"width": 1280, "height": 620}, locale="zh-CN")
    made = Keys(context.new_page())
    yield made
    context.close()
    assert not made.wrong, "\n".join(made.wrong)


@pytest.fixture
def short_film(tmp_path: Path, system_ffmpeg_path: Path) -> Path:
    """Eight seconds, which are soon made."""
    file = tmp_path / "余村的一天.mp4"
    command = [str(system_ffmpeg_path), "-v", "error", "-f", "lavfi", "-i", "testsrc2=s=320x240:r=5:d=8"]
    command += ["-f", "lavfi", "-i", "sine=d=8", "-c:v", "libx264", "-preset", "ultrafast"]
    subprocess.run([*command, "-pix_fmt", "yuv420p", str(file)], check=True, timeout=60)
    return file


def test_from_signing_in_over_a_file_to_published(keys: Keys, server: Process, short_film: Path) -> None:
    page = keys.page
    keys.sign_in(server.base_url, "lecturer")
    keys.to("nav.sections a[href$='/upload']")
    keys.press("Enter")
    page.wait_for_url("**/upload")
    keys.to("#files")
    with page.expect_file_chooser() as chooser:
        keys.press("Space")
    chooser.value.set_files(str(short_film))
    keys.to("#uploads input[name=title]")
    keys.press("Control+a")
    keys.type("余村的一天")
    keys.to("#uploads input[name=lecturer]")
    keys.press("Control+a")
    keys.type("韩老师")
    expect(page.locator("#uploads [data-part=saved]")).to_contain_text("已自动保存")
    keys.to("#uploads [data-part=progress-link]", "Shift+Tab")
    keys.press("Enter")
    expect(page.locator("main")).to_contain_text("处理完成", timeout=120_000)
    keys.through()
    page.context.clear_cookies()

    keys.sign_in(server.base_url, "staff")
    keys.to("nav.sections a[href$='/review']")
    keys.press("Enter")
    page.wait_for_url("**/review")
    keys.to("form[action$='/publish'] button")
    keys.press("Enter")
    expect(page.locator(".flash.done")).to_be_visible()
    expect(page.locator("form[action$='/publish']")).to_have_count(0)


def test_from_the_queue_to_a_decision(keys: Keys, served: Served, course: Course) -> None:
    put = Shelf(served).lesson()
    with served.ports.db.write() as session:
        declaring.declare(
            session, Shelf(served).viewer("lecturer"), put.lesson, utc_now(), Given(checked=None)
        )
    page = keys.page
    keys.sign_in(served.base_url, "staff")
    page.goto(f"{served.base_url}/declarations")
    keys.to("#queue li a")
    keys.press("Enter")
    expect(page.locator("h1")).to_have_text(put.title)
    keys.through()
    while page.locator("#approve-form input[type=checkbox]:not(:checked)").count():
        keys.to("#approve-form input[type=checkbox]:not(:checked)")
        keys.press("Space")
    keys.to("#approve-form button[value=approve]")
    keys.press("Enter")
    page.wait_for_url("**/declarations")
    expect(page.locator(".flash", has_text="已通过")).to_be_visible()


def test_from_a_word_to_the_clip_and_the_next_one(keys: Keys, served: Served, course: Course) -> None:
    page, (first, second) = keys.page, course.clips
    keys.sign_in(served.base_url, "member")
    keys.to("#q")
    keys.type(SAID)
    keys.press("Enter")
    page.wait_for_selector("main a.moment")
    keys.to("main a.moment")
    keys.press("Enter")
    page.wait_for_url(f"**/clips/{first}?t=*")
    keys.through()
    page.evaluate("() => { document.activeElement.blur(); scrollTo(0, 0) }")
    keys.to(".skip")
    keys.press("Enter")
    if not page.evaluate("() => document.activeElement.id === 'player-play'"):
        keys.to("#player-play")
    keys.press("Space")
    page.wait_for_function(f"() => {AT} > 1.2", timeout=30_000)
    expect(page.locator("#caption")).to_contain_text(SAID)
    keys.to("[data-do=captions]")
    keys.press("Enter")
    expect(page.locator("#caption")).to_be_hidden()
    keys.press("Space")
    expect(page.locator("#caption")).to_be_visible()
    keys.to("[data-do=more]")
    keys.press("Enter")
    expect(page.locator("#player-more")).to_be_visible()
    keys.to("#sleep")
    keys.press("Escape")
    expect(page.locator("#player-more")).to_be_hidden()
    expect(page.locator("[data-do=more]")).to_be_focused()
    keys.to("#controls a[rel=next]")
    keys.press("Enter")
    page.wait_for_url(f"**/clips/{second}")
    page.wait_for_function(f"() => !document.querySelector('#video').paused && {AT} > 0.3", timeout=30_000)


@pytest.mark.parametrize("size", [(360, 740), (720, 450)], ids=str)
def test_what_sticks_covered_the_stop_that_one_went_back_to(
    keys: Keys, served: Served, course: Course, size: tuple[int, int]
) -> None:
    """The pages on which something stays while one scrolls, on a phone and at twice the size."""
    page = keys.page
    page.set_viewport_size({"width": size[0], "height": size[1]})
    keys.sign_in(served.base_url, "lecturer")
    cut, _ = Shelf(served).cut()
    for path in (
        f"/clips/{course.clips[0]}",
        f"/lessons/{course.lesson}/words",
        f"/lessons/{course.lesson}/cover",
        f"/lessons/{cut.lesson}/cut",
        f"/reflections/write?lesson={course.lesson}",
    ):
        page.goto(served.base_url + path, wait_until="networkidle")
        keys.through()
        keys.through("Shift+Tab")
