"""What is due comes out: once, whoever else is at it, whatever was killed, whichever way a clock went."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from library.audit import actions as audit
from library.audit.rules import Deed
from library.core.clock import Clock
from library.core.database import Database
from library.core.permits import node_token
from library.notices import actions as notices
from library.notices.actions import News
from library.notices.rules import Kind
from library.programme import queries
from library.programme.rules import LATE
from library.programme.tables import Release, WeekPlan

AT_ONCE = 500
"""Plans that come out in one transaction: others want to write too."""


@dataclass(frozen=True)
class Released:
    """A plan that has just come out: whose, of which week, when it should have."""

    plan_id: str
    node_id: str
    week: str
    due_at: datetime
    late: timedelta


def release(session: Session, now: datetime, most: int = AT_ONCE) -> list[Released]:
    """Let out what is due, at most `most` plans; returns those that this very call let out.

    One statement takes them: `released_at` is written where it is empty, and rows that somebody else is
    taking are passed over. So of two workers each plan is one's; who is killed before the commit took
    nothing, and a clock that goes back finds it written already.
    """
    waits = (Release.released_at.is_(None), Release.due_at <= now)
    some = select(Release.plan_id).where(*waits).order_by(Release.due_at, Release.plan_id).limit(most)
    taken = (
        update(Release)
        .where(Release.plan_id.in_(some.with_for_update(skip_locked=True)), *waits)
        .values(released_at=now)
        .returning(Release.plan_id, Release.due_at)
        .execution_options(synchronize_session=False)
    )
    rows = dict(session.execute(taken).all())
    whose = select(WeekPlan.id, WeekPlan.node_id, WeekPlan.week).where(WeekPlan.id.in_(rows))
    found = [
        Released(plan_id, node_id, week, rows[plan_id], now - rows[plan_id])
        for plan_id, node_id, week in session.execute(whose).all()
    ]
    for one in found:
        about = (session, Deed.PROGRAMME, None)
        if one.late >= LATE:
            seconds = int(one.late.total_seconds())
            audit.note(*about, thing=one.plan_id, what="out", week=one.week, late_s=seconds)
        else:
            audit.note(*about, thing=one.plan_id, what="out", week=one.week)
    out = {node_token(one.node_id): News(Kind.WEEK_OUT, one.week, key=f"week:{one.plan_id}") for one in found}
    notices.tell_all(session, out, now)
    return found


def release_all(db: Database, clock: Clock, stopping: Callable[[], bool] = lambda: False) -> list[Released]:
    """Let out all that is due, some hundred a transaction; looks before it writes."""
    done: list[Released] = []
    while not stopping():
        now = clock()
        with db.read() as session:
            if not queries.due(session, now):
                break
        with db.write() as session:
            taken = release(session, now)
        if not taken:
            break  # somebody else is at the rest
        done += taken
    return done
