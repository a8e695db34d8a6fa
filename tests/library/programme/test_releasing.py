"""What is due comes out once: two processes, a killed one, a clock set back, a weekend off."""

from __future__ import annotations

import os
import signal
from datetime import datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import select

from library.audit.rules import Deed
from library.audit.tables import AuditEntry
from library.core.clock import CHINA
from library.core.database import Database, open_database
from library.core.permits import Role
from library.programme import actions, queries
from library.programme.actions import desk_of
from library.programme.releasing import release, release_all
from library.programme.rules import Draft, Plan
from library.programme.weeks import Week
from tests.support import factories as make
from tests.support.databases import NOW, Databases
from tests.support.processes import FORKS

WEEK = Week(2026, 49)
EIGHT = datetime(2026, 11, 30, 8, tzinfo=CHINA)
SECOND = timedelta(seconds=1)


def planned(db: Database, weeks: int = 1) -> str:
    """Plan some weeks at the root, all to come out on the Monday before theirs or on it; its id."""
    with db.write() as session:
        root = make.root(session)
        desk = desk_of(make.person(session, (Role.STAFF, root)), root, NOW)
        actions.put(session, desk, WEEK, Draft(theme="第 49 周"))
        if weeks > 1:
            actions.copy(session, desk, WEEK, [WEEK.after(n) for n in range(1, weeks)])
        return root.id


def plan(db: Database, node_id: str, week: Week = WEEK) -> Plan:
    with db.read() as session:
        found = queries.plan_of(session, node_id, week)
        assert found is not None
        return found


def told(db: Database) -> int:
    """How often the ledger says that something came out."""
    with db.read() as session:
        rows = session.scalars(select(AuditEntry).where(AuditEntry.deed == Deed.PROGRAMME))
        return sum(row.details.get("what") == "out" for row in rows)


def test_not_before_its_time_and_then_once_whatever_the_clock_says(db: Database) -> None:
    root = planned(db)
    assert release_all(db, lambda: EIGHT - SECOND) == []
    assert plan(db, root).released_at is None
    [out] = release_all(db, lambda: EIGHT)
    assert (out.week, out.late) == ("2026-W49", timedelta())
    for now in (EIGHT + SECOND, EIGHT - timedelta(hours=1), EIGHT, EIGHT + timedelta(days=400)):
        assert release_all(db, lambda now=now: now) == []  # type: ignore[misc]
    assert plan(db, root).released_at == EIGHT
    assert not plan(db, root).late
    assert told(db) == 1


def test_a_weekend_off_is_a_late_release_that_says_so(db: Database) -> None:
    root = planned(db)
    back = EIGHT + timedelta(days=2, hours=1)
    [out] = release_all(db, lambda: back)
    found = plan(db, root)
    assert (found.late, found.due_at, found.released_at) == (True, EIGHT, back)
    assert out.late == timedelta(days=2, hours=1)


def _killed(url: str) -> None:
    db = open_database(url)
    with db.write() as session:
        assert len(release(session, EIGHT)) == 1
        os.kill(os.getpid(), signal.SIGKILL)


def _let_out(url: str, begin: Any, found: Any) -> None:
    db = open_database(url)
    begin.wait(60)
    found.put([one.week for one in release_all(db, lambda: EIGHT + timedelta(days=800))])
    db.close()


@pytest.mark.slow
@pytest.mark.parametrize("kind", ["sqlite", pytest.param("postgres", marks=pytest.mark.postgres)])
def test_a_killed_one_let_out_nothing_and_two_together_let_out_each_once(
    databases: Databases, kind: str
) -> None:
    with databases.url(kind) as url:
        db = open_database(url)
        root = planned(db, 60)
        dies = FORKS.Process(target=_killed, args=(url,))
        dies.start()
        dies.join(60)
        assert dies.exitcode == -signal.SIGKILL
        assert plan(db, root).released_at is None
        begin, found = FORKS.Barrier(2), FORKS.Queue()
        both = [FORKS.Process(target=_let_out, args=(url, begin, found)) for _ in range(2)]
        for one in both:
            one.start()
        out = [week for _ in both for week in found.get(timeout=60)]
        for one in both:
            one.join(60)
        assert sorted(out) == [str(WEEK.after(n)) for n in range(60)]
        assert told(db) == 60
        db.close()


def test_another_moment_counts_until_it_came_out(db: Database) -> None:
    root = planned(db)
    later = EIGHT + timedelta(hours=3, minutes=7)
    with db.write() as session:
        node = make.root(session)
        desk = desk_of(make.person(session, (Role.STAFF, node)), node, NOW)
        actions.put(session, desk, WEEK, Draft(theme="第 49 周", due_at=later))
    assert release_all(db, lambda: EIGHT) == []
    assert len(release_all(db, lambda: later)) == 1
    assert plan(db, root).due_at == later
