"""What a real player in Chromium reports, and what becomes of it."""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, Response, expect
from sqlalchemy import select

from library.marks.tables import Seen
from library.plays.tables import Play, View, Watcher
from tests.browser.conftest import DEVICES, press_play, put_film
from tests.server.conftest import Put
from tests.support.server import Served, in_thread, new_data, password

pytestmark = [pytest.mark.slow, pytest.mark.browser, pytest.mark.dear(103)]

SECONDS, COUNTS_S = 20, 8
"""The clip, and what must be played of it for a view: every second is a second of waiting here. As it is set
where nobody says otherwise, it is played in test_river.py."""

WAITING = "() => JSON.parse(localStorage.getItem('weike.beats') ?? '[]').length"


def _tells_of(answer: Response, at_s: float) -> bool:
    ranges = json.loads(answer.request.post_data or "{}").get("ranges", [])
    return any(end_s >= at_s - 0.5 for _start_s, end_s in ranges)


class Visitor:
    """Somebody at the clip's page, and the rows of what they do."""

    def __init__(self, context: BrowserContext, served: Served, clip: str) -> None:
        self.context, self.served, self.clip = context, served, clip
        self.page: Page = context.new_page()

    def open(self, path: str = "") -> None:
        """Open the clip's page, or another one."""
        self.page.goto(self.served.base_url + (path or f"/clips/{self.clip}"))

    def sign_in(self, username: str) -> None:
        """Sign in through the form."""
        self.page.goto(f"{self.served.base_url}/sign-in")
        self.page.fill("main input[name=username]", username)
        self.page.fill("main input[name=password]", password(username))
        self.page.click("main form button.primary")
        self.page.wait_for_url(f"{self.served.base_url}/")

    def play(self, until_s: float) -> None:
        """Play on, and pause at a moment."""
        press_play(self.page)
        self.page.wait_for_function(
            f"() => document.querySelector('video').currentTime >= {until_s}"
            " || document.querySelector('video').ended",
            timeout=180_000,
        )

    def pause(self) -> dict[str, Any]:
        """Pause; returns what the server says to the beat that tells of the last moment before it: another
        one, which is due by the clock, may be under way."""
        told: list[Response] = []
        self.page.on("response", lambda answer: told.append(answer) if "/beats" in answer.url else None)
        at_s = self.page.evaluate(
            "() => { const video = document.querySelector('video'); video.pause(); return video.currentTime }"
        )
        self.until("the pause is told", lambda: any(_tells_of(one, at_s) for one in told))
        said: dict[str, Any] = next(one for one in told if _tells_of(one, at_s)).json()
        return said

    def rows(self, table: Any) -> list[Any]:
        """The rows of this clip, in order."""
        with self.served.ports.db.read() as session:
            return list(session.scalars(select(table).where(table.clip_id == self.clip)))

    def until(self, what: str, holds: Callable[[], bool]) -> None:
        """Wait for something in the database."""
        end = time.monotonic() + 60
        while time.monotonic() < end:
            if holds():
                return
            self.page.wait_for_timeout(100)
        raise AssertionError(what)


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """A library in this process, without a worker, in which a view is had sooner.

    A machine that is busy with other tests may begin to play seconds before the server hears of it: what is
    believed beyond the clock is more than usual (what the clock forbids: tests/library/plays).
    """
    data = new_data(tmp_path_factory.mktemp("served") / "data")
    beyond_s = 3.0 * COUNTS_S
    with in_thread(
        data, view_min_s=COUNTS_S, view_short_clip_s=2 * COUNTS_S, view_slack_s=beyond_s
    ) as running:
        yield running


@pytest.fixture(scope="module")
def put(served: Served, tmp_path_factory: pytest.TempPathFactory) -> Put:
    """A published lesson with a real clip of SECONDS."""
    return put_film(served, tmp_path_factory.mktemp("film"), SECONDS)


@pytest.fixture(params=["phone", "desktop"])
def watcher(request: pytest.FixtureRequest, chromium: Browser, served: Served, put: Put) -> Iterator[Visitor]:
    """A fresh profile; the clip's earlier plays are forgotten, and where they stopped."""
    with served.ports.db.write() as session:
        for table in (Play, View, Watcher, Seen):
            for row in session.scalars(select(table)):
                session.delete(row)
    context = chromium.new_context(**DEVICES[request.param], locale="zh-CN")
    yield Visitor(context, served, put.clip)
    context.close()


@pytest.mark.parametrize("watcher", ["phone"], indirect=True)
def test_what_is_long_enough_counts_once_a_reload_none_and_the_rest_completes(watcher: Visitor) -> None:
    watcher.open("/search?q=x")
    watcher.page.evaluate(f"location.href = '/clips/{watcher.clip}'")
    watcher.page.wait_for_selector("#views", state="attached")
    watcher.play(COUNTS_S + 2)
    told = watcher.pause()
    assert told["counted"], told
    assert "why" not in told, "an honest player is believed"
    assert COUNTS_S + 1 <= told["credited_s"] <= COUNTS_S + 4
    [view] = watcher.rows(View)
    assert (view.kind, view.source) == ("visitor", "search")
    watcher.open(f"/clips/{watcher.clip}?t=0")  # else it goes on where it stopped
    watcher.play(COUNTS_S + 1)
    assert watcher.pause()["counted"]
    assert len(watcher.rows(View)) == 1
    [seen] = watcher.rows(Watcher)
    assert seen.completed_at is None
    watcher.page.evaluate("document.querySelector('video').currentTime = 9")
    watcher.play(SECONDS)
    watcher.until("watched to the end, in two plays", lambda: bool(watcher.rows(Watcher)[0].completed_at))
    assert len(watcher.rows(View)) == 1


@pytest.mark.parametrize("watcher", ["desktop"], indirect=True)
def test_dragging_to_the_end_completes_nothing(watcher: Visitor) -> None:
    watcher.open()
    watcher.play(2)
    watcher.page.evaluate(f"document.querySelector('video').currentTime = {SECONDS - 3}")
    watcher.play(SECONDS)
    watcher.until("the end is reported", lambda: any(p.credited_s >= 3 for p in watcher.rows(Play)))
    [play] = watcher.rows(Play)
    assert play.credited_s < 10
    assert not play.completed
    assert watcher.rows(View) == []


@pytest.mark.parametrize("watcher", ["phone"], indirect=True)
def test_what_was_watched_without_a_network_is_reported_when_it_is_back(watcher: Visitor) -> None:
    watcher.open()
    watcher.play(3)
    watcher.context.set_offline(True)
    watcher.play(16)
    watcher.page.evaluate("document.querySelector('video').pause()")
    watcher.page.wait_for_function(f"{WAITING} > 0")
    assert watcher.rows(View) == []
    watcher.page.wait_for_timeout(2000)
    watcher.context.set_offline(False)
    watcher.page.wait_for_function(f"{WAITING} === 0", timeout=60_000)
    [play] = watcher.rows(Play)
    assert play.credited_s >= 15
    assert play.doubted == []
    assert len(watcher.rows(View)) == 1


@pytest.mark.parametrize("watcher", ["desktop"], indirect=True)
def test_leaving_the_page_reports_what_was_played(watcher: Visitor) -> None:
    watcher.open()
    watcher.play(5)
    watcher.open("/counting")
    watcher.until("the last seconds arrive", lambda: watcher.rows(Play)[0].credited_s >= 4.5)


@pytest.mark.parametrize("watcher", ["phone"], indirect=True)
def test_who_was_watching_a_lesson_that_is_withdrawn_watched_on_for_nothing(
    watcher: Visitor, put: Put
) -> None:
    staff = watcher.served.person("staff")
    watcher.open()
    watcher.play(2)
    assert staff.api("POST", f"/lessons/{put.lesson}/withdraw").status_code == 200
    try:
        note = watcher.page.locator("#stage-note")
        expect(note).to_contain_text("这节课已经撤下", timeout=60_000)  # with the next beat
        assert watcher.page.evaluate("document.querySelector('video').paused")
        note.locator("button").click()
        watcher.page.wait_for_url("**/lessons")
    finally:
        assert staff.api("POST", f"/lessons/{put.lesson}/publish").status_code == 200


@pytest.mark.parametrize("watcher", ["phone"], indirect=True)
def test_a_number_typed_and_then_play_pressed_was_nobodys_screening(watcher: Visitor) -> None:
    watcher.sign_in("member")
    watcher.open()
    watcher.page.locator("#screening summary").click()
    watcher.page.locator("#screening input[name=people]").fill("12")
    watcher.play(1)
    expect(watcher.page.locator("#screening-now")).to_contain_text("集体观看 · 12 人")
    watcher.until("the play is a screening", lambda: [p.people for p in watcher.rows(Play)][-1:] == [12])


def test_people_who_sit_together_are_one_screening(watcher: Visitor) -> None:
    page = watcher.page
    watcher.open()
    expect(page.locator("#screening")).to_have_count(0)  # nobody has signed in
    watcher.sign_in("member")
    watcher.open()
    watcher.play(3)
    page.locator("#screening summary").click()
    people = page.locator("#screening input[name=people]")
    people.fill("1")
    page.locator("#screening-form button").click()
    expect(page.locator("#screening-now")).to_be_hidden()  # the browser itself asks for two at least
    people.fill("30")
    alone_s = page.evaluate("document.querySelector('video').currentTime")
    page.locator("#screening-form button").click()
    expect(page.locator("#screening-now")).to_contain_text("集体观看 · 30 人")
    expect(page.locator("#screening")).to_be_hidden()
    page.wait_for_function("() => document.querySelector('video').currentTime < 2")
    before = page.locator("#views").get_attribute("data-views")
    watcher.play(12)
    watcher.until("the screening counts", lambda: len(watcher.rows(View)) == 1)
    [view] = watcher.rows(View)
    assert (view.kind, view.people) == ("group", 30)
    expect(page.locator("#screening-now")).to_contain_text("已计入")
    assert page.locator("#views").get_attribute("data-views") == before, (
        "screenings are a figure of their own"
    )
    page.locator("#screening-end").click()
    expect(page.locator("#screening-now")).to_be_hidden()
    expect(page.locator("#screening")).to_be_visible()
    assert page.evaluate("document.querySelector('video').paused")
    kinds = sorted(play.kind for play in watcher.rows(Play))
    assert kinds == ["group", "member"]
    [alone] = [play for play in watcher.rows(Play) if play.kind == "member"]
    assert 2.5 <= alone.credited_s <= alone_s + 3, "what was watched before is one's own"
