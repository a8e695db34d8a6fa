"""What a machine heard, on the page of transcripts while it hears and after; two transcripts side by side."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, expect

from library.catalog import cue_queries
from library.catalog import queries as catalog
from library.catalog import transcript_versions as versions
from library.catalog.actions import put_cues
from library.catalog.rules import CueLine, CueSource, TranscriptQuality
from library.hearing import actions
from library.hearing.actions import NewChunk
from library.hearing.rules import RecognitionState
from library.hearing.tables import Recognition
from library.intake import queries as intake
from library.intake.transcripts import taking
from library.intake.transcripts.aligning import Place, Places
from library.intake.transcripts.repairing import Repaired
from library.intake.transcripts.taking import Words
from tests.browser.conftest import DEVICES, Visit
from tests.server.conftest import Shelf
from tests.support import factories
from tests.support.server import Served, in_thread, new_data, password

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.dear(11)]

HEARD = (
    CueLine(0.0, 4.0, "中国供产党成立了", "", CueSource.RECOGNISED, 0.5, ((2, 3),)),
    CueLine(4.0, 8.0, "供产党员要带头", "", CueSource.RECOGNISED, 0.6),
    CueLine(8.0, 12.0, "学习三会一课", "", CueSource.RECOGNISED, 0.9),
)
SCRIPT = ("中国共产党成立了。", "共产党员要带头。", "这一段没有讲。")


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """A library in this process, whose worker is these tests."""
    with in_thread(new_data(tmp_path_factory.mktemp("hearing") / "data")) as running:
        yield running


def heard_lesson(server: Served) -> str:
    """A lesson of a minute whose recording waits to be heard."""
    put = Shelf(server).lesson(recording="ready")
    with server.ports.db.write() as session:
        lesson, row = catalog.lesson(session, put.lesson), intake.recording_of(session, put.lesson)
        assert row is not None
        factories.heard(row, 60.0)
        lesson.duration_s = 60.0
        put_cues(session, lesson, TranscriptQuality.NONE, ())  # what is given is never replaced
        actions.want(session, lesson.id, None, server.ports.clock())
    return put.lesson


def heard_on(server: Served, lesson_id: str, until_s: float, lines: tuple[CueLine, ...] = ()) -> None:
    """Hear the recording on, as the worker does it; to its end where lines come of it."""
    now = server.ports.clock()
    with server.ports.db.write() as session:
        lesson, row = catalog.lesson(session, lesson_id), intake.recording_of(session, lesson_id)
        assert row is not None
        one = session.get_one(Recognition, row.id)
        if one.state is RecognitionState.WAITING:
            actions.begin(session, one, track=0, model="fake", now=now)
        actions.keep(session, row.id, one.run, NewChunk(one.heard_s, until_s, []))
        if lines:
            repair = Repaired(2, 2, "三会议课", "三会一课", 8.0).to_json()
            new = versions.NewVersion(TranscriptQuality.RECOGNISED, lines, repairs=[repair])
            taking.take_heard(session, lesson, None, new, now)
            actions.done(session, row.id, one.run, now)


def test_hearing_is_followed_and_what_comes_of_it_is_decided_about(visit: Visit, server: Served) -> None:
    page, lesson = visit.page, heard_lesson(server)
    visit.sign_in("lecturer")
    visit.open(f"/lessons/{lesson}/transcripts")
    expect(page.locator("#recognition")).to_have_attribute("data-state", "waiting")
    heard_on(server, lesson, 30.0)
    expect(page.locator("#recognition [data-part=percent]")).to_have_text("50%", timeout=10_000)
    heard_on(server, lesson, 60.0, HEARD)
    expect(page.locator("#draft li")).to_have_count(3, timeout=10_000)  # the page came anew by itself
    expect(page.locator("#draft u.doubtful")).to_have_text("供")
    page.locator("#repairs").get_by_role("button").click()
    expect(page.locator("#repairs .tag")).to_have_text("已改回")
    expect(page.locator("#draft")).to_contain_text("学习三会议课")
    given_script(server, lesson)
    page.reload()
    expect(page.locator("#unsaid")).to_contain_text(SCRIPT[2])
    page.locator("#beyond li").get_by_role("button").click()
    expect(page.locator("#beyond li").get_by_role("button")).to_contain_text("不要")
    with server.ports.db.read() as session:
        assert [line.text for line in cue_queries.cues(session, lesson)] == [*SCRIPT[:2], HEARD[2].text]
    fits(page)


def given_script(server: Served, lesson_id: str) -> None:
    """Give a script, and lay it over what was heard."""
    with server.ports.db.write() as session:
        lesson = catalog.lesson(session, lesson_id)
        words = Words(False, tuple(CueLine(None, None, text) for text in SCRIPT))
        now = server.ports.clock()
        n = taking.take(session, lesson, words, now, replace=True).version.n
        places = Places((Place(0.0, 4.0, 0.9), Place(4.0, 8.0, 0.9), None), (HEARD[2],))
        taking.place(session, lesson, n, places, now)


def fits(page: Page) -> None:
    over = page.evaluate("() => document.documentElement.scrollWidth - innerWidth")
    assert over <= 0, "the page is wider than its screen"


@pytest.mark.parametrize("device", ["phone", "desktop"])
def test_lines_are_chosen_by_keyboard_and_without_any_script(
    chromium: Browser, server: Served, device: str
) -> None:
    lesson = heard_lesson(server)
    heard_on(server, lesson, 60.0, HEARD)
    given_script(server, lesson)
    context = chromium.new_context(**DEVICES[device], locale="zh-CN", java_script_enabled=False)
    page = context.new_page()
    page.goto(f"{server.base_url}/sign-in")
    page.fill("main input[name=username]", "lecturer")
    page.fill("main input[name=password]", password("lecturer"))
    page.click("main form button.primary")
    page.goto(f"{server.base_url}/lessons/{lesson}/transcripts")
    page.get_by_role("link", name="与现在的对照").first.click()
    rows = page.locator(".compare-row")
    expect(rows).to_have_count(3)
    rows.nth(0).locator("input[value=keep]").focus()
    page.keyboard.press("ArrowUp")
    expect(rows.nth(0).locator("input[value=right]")).to_be_checked()
    page.keyboard.press("Tab")  # the time of the next place, or its choice
    if not rows.nth(1).locator("input[value=keep]").evaluate("(field) => field === document.activeElement"):
        page.keyboard.press("Tab")
    page.keyboard.press("ArrowDown")
    expect(rows.nth(1).locator("input[value=left]")).to_be_checked()
    page.keyboard.press("Enter")
    expect(page.locator(".flash.done")).to_contain_text("存成新的一版")
    expect(rows).to_have_count(1)
    with server.ports.db.read() as session:
        said = [(line.text, line.source) for line in cue_queries.cues(session, lesson)]
    assert said == [(HEARD[0].text, "corrected"), (SCRIPT[1], "corrected")]
    context.close()
