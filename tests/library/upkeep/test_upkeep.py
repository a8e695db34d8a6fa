"""What takes space: counted, kept with its day, forecast, and asked for by one worker at a time."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

import obstore
import pytest
from hypothesis import given
from hypothesis import strategies as st
from obstore.store import LocalStore

from library.core.clock import utc_now
from library.core.database import Database
from library.core.errors import Conflict
from library.intake import queries as intake
from library.intake.files.sweeping import Sweep
from library.intake.rules import RecordingState
from library.upkeep import actions, again, queries
from library.upkeep.measuring import Measuring
from library.upkeep.rules import SPACE, Figures, Forecast, Sum, Task, forecast
from tests.support import factories

NOW = datetime(2026, 3, 12, tzinfo=UTC)
_DAYS = timedelta(days=1)


@given(st.integers(2, 60), st.integers(0, 10**15), st.integers(1, 10**12), st.integers(0, 10**15))
def test_a_library_that_grows_evenly_is_full_when_it_is(days: int, size: int, daily: int, room: int) -> None:
    before = [(NOW - n * _DAYS, size + (days - n) * daily) for n in range(days, 0, -1)]
    told = forecast(before, NOW, size + days * daily, room)
    assert told is not None
    assert told.bytes_a_day == pytest.approx(daily)
    assert told.days == pytest.approx(room / daily, abs=1 + room / daily / 1e9)


def test_nothing_is_forecast_from_too_little_and_what_shrinks_lasts() -> None:
    assert forecast([], NOW, 5, 10) is None
    assert forecast([(NOW - timedelta(hours=30), 1)], NOW, 5, 10) is None
    assert forecast([(NOW - 90 * _DAYS, 1)], NOW, 5, 10) is None, "longer ago than sixty days"
    assert forecast([(NOW - 10 * _DAYS, 15)], NOW, 5, 10) == Forecast(-1.0, None)
    assert forecast([(NOW - 10 * _DAYS, 5)], NOW, 105, -3) == Forecast(10.0, 0), "more than there is room"


def _measuring(db: Database, tmp_path: Path) -> Measuring:
    store = LocalStore(prefix=tmp_path / "objects", mkdir=True)
    (tmp_path / "work").mkdir()
    sweep = Sweep(db, store, tmp_path / "work", utc_now, timedelta(0), timedelta(days=30))
    uploads = tmp_path / "uploads"
    uploads.mkdir()
    (uploads / "half").write_bytes(b"x" * 70)
    return Measuring(db, store, tmp_path, {"uploads": uploads, "gone": tmp_path / "none"}, sweep)


def test_each_object_is_counted_under_its_kind_and_its_lesson(db: Database, tmp_path: Path) -> None:
    with db.write() as session:
        lesson = factories.lesson(session, "余村", clips=2)
        clips = [(clip.id, clip.plan) for clip in lesson.clips]
        lesson_id = lesson.id
    measuring = _measuring(db, tmp_path)
    for clip_id, plan in clips:
        for n in range(3):
            obstore.put(measuring.store, f"clips/{clip_id}/{plan}/{n}.m4s", b"x" * 100)
    obstore.put(measuring.store, f"materials/{lesson_id}/f1/file", b"x" * 11)
    obstore.put(measuring.store, "clips/0000000000000001/old/0.m4s", b"x" * 40)
    obstore.put(measuring.store, "strange/thing", b"x" * 5)
    found = measuring.measure()
    assert found is not None
    assert {kind: found.kinds[kind] for kind in ("clips", "materials", "other", "uploads")} == {
        "clips": Sum(7, 640),
        "materials": Sum(1, 11),
        "other": Sum(1, 5),
        "uploads": Sum(1, 70),
    }
    assert found.kinds["database"].size_bytes > 0
    assert list(found.lessons) == [(lesson_id, 611)]
    assert found.goes == {"clip": Sum(1, 40)}
    assert Figures.of(found.as_json()) == found, "it comes back from the table as it was"


_DEAD = timedelta(seconds=90)


def test_one_worker_takes_what_was_asked_and_another_takes_up_what_it_left(db: Database) -> None:
    now = utc_now()
    with db.write() as session:
        actions.ask_daily(session, now)
        actions.ask_daily(session, now)
        assert not actions.ask(session, None, Task.MEASURE, now), "it waits already"
    with db.write() as session:
        taken = actions.take(session, now, "one", _DEAD)
        assert taken is not None
        assert actions.take(session, now, "two", _DEAD) is None
        assert queries.latest(session) is None
    with db.write() as session:
        alive = now + _DEAD
        assert actions.beat(session, taken, alive, 40.0)
        assert actions.take(session, alive + _DEAD, "two", _DEAD) is None, "it has given a sign of life"
        later = alive + _DEAD + timedelta(seconds=1)
        again = actions.take(session, later, "two", _DEAD)
        assert again is not None
        assert (again.id, again.turn) == (taken.id, taken.turn + 1)
        assert not actions.beat(session, taken, later, 50.0), "it was frozen only: it hears that it is over"
        assert not actions.end(session, taken, later, {"files": 1})
        assert actions.end(session, again, later, Figures(kinds={"clips": Sum(1, 9)}).as_json())
    with db.read() as session:
        latest = queries.latest(session)
        assert latest is not None
        assert latest.figures.total == 9
        assert queries.totals(session, later) == [(later, 9)]
        assert queries.waiting(session) == []


def test_what_a_worker_had_begun_when_it_was_stopped_could_not_be_asked_for_in_hours(db: Database) -> None:
    with db.write() as session:
        assert actions.ask(session, None, Task.MEASURE, NOW)
        taken = actions.take(session, NOW, "one", _DEAD)
        assert taken is not None
        assert actions.take(session, NOW, "two", _DEAD) is None, "one at a time"
        actions.let_go(session, taken)
        again = actions.take(session, NOW, "two", _DEAD)
        assert again is not None, "whoever comes next goes on"
        actions.let_go_all(session, "one", SPACE)
        assert actions.take(session, NOW, "one", _DEAD) is None, "another's is left alone"
        actions.let_go_all(session, "two", SPACE)
        once_more = actions.take(session, NOW, "two", _DEAD)
        assert once_more is not None, "it begins, so it is at nothing"
        assert actions.end(session, once_more, NOW, {})
        actions.let_go(session, once_more)
        assert actions.take(session, NOW, "one", _DEAD) is None, "what is done is done"


def test_all_again_that_was_not_all_did_not_say_so(db: Database) -> None:
    with db.write() as session:
        lessons = [factories.lesson(session, f"第{n}课", clips=1) for n in range(3)]
        ids = []
        for lesson in lessons:
            row = factories.recording(session, lesson)
            row.state = RecordingState.FAILED
            ids.append(row.id)
        staff = factories.person(session)
        assert not again.retry_failed(session, staff, most=2)
        left = intake.in_state(session, RecordingState.FAILED)
        assert [one.id for one in left] == sorted(ids)[2:], "the oldest went first"
        assert again.retry_failed(session, staff, most=2)
        with pytest.raises(Conflict, match="nothing_to_retry"):
            again.retry_failed(session, staff)


def test_what_somebody_gave_up_is_over_for_whoever_is_at_it(db: Database) -> None:
    with db.write() as session:
        assert actions.ask(session, None, Task.SWEEP, NOW)
        taken = actions.take(session, NOW, "one", _DEAD)
        assert taken is not None
        actions.give_up(session, taken.id, None, NOW)
        assert not actions.beat(session, taken, NOW, 1.0)
        assert not actions.end(session, taken, NOW, {"files": 3})
        with pytest.raises(Conflict, match="nothing_to_cancel"):
            actions.give_up(session, taken.id, None, NOW)
        assert actions.ask(session, None, Task.SWEEP, NOW), "the button is free"
