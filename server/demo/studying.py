"""Let the demonstration's county learn for two months: each gathering in its own transaction, as it was."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from library.catalog import queries as catalog
from library.core.clock import local_day, midnight
from library.core.database import Database
from library.core.errors import NotFound
from library.gatherings import actions, marking, opening
from library.gatherings import queries as gatherings
from library.gatherings.actions import Desk, Draft
from library.gatherings.marking import Said
from library.gatherings.rules import Due
from library.gatherings.tables import Gathering
from library.organisation import queries as organisation
from library.organisation.tables import Node
from library.people.belonging import members
from library.people.tables import LearningGroup
from library.programme.weeks import week_of
from server.commands.administrator import machine
from server.demo import county, study
from server.demo.study import DemoGathering

_PLANNED_BEFORE = timedelta(days=3)


def learn(db: Database, now: datetime, stop: Callable[[], bool]) -> None:
    """Hold all gatherings of the two months that are over, and plan those of this week.

    What is there already stays, so it may be stopped and called again.
    """
    for one in study.gatherings():
        if stop():
            return
        with db.write() as session:
            _hold(session, one, now)


def _hold(session: Session, one: DemoGathering, now: datetime) -> None:
    node = organisation.branch_by_code(session, one.node)
    if node is None:
        raise NotFound  # somebody has given the county's nodes other codes
    monday = week_of(local_day(now)).after(one.week).monday
    starts_at = midnight(monday) + one.begins
    group = _group(session, node, one.group)
    if _is_there(session, node, starts_at, group):
        return
    viewer = machine(session)
    planned = Desk(viewer, min(starts_at - _PLANNED_BEFORE, now))
    chair, recorder = _leaders(session, node, starts_at)
    lesson = catalog.lesson_by_key(session, one.lesson) if one.lesson else None
    draft = Draft(
        kind=one.kind,
        title=one.title,
        starts_at=starts_at,
        ends_at=starts_at + timedelta(minutes=one.minutes),
        place=one.place,
        group_id=group.id if group else None,
        chair_id=chair,
        recorder_id=recorder,
        lessons=(lesson.id,) if lesson else (),
    )
    (row,) = actions.plan(session, planned, node.id, draft, tell=False)
    if row.ends_at < now:
        _ran(session, row, one, Desk(viewer, starts_at), Desk(viewer, row.ends_at))


def _ran(session: Session, row: Gathering, one: DemoGathering, begin: Desk, finish: Desk) -> None:
    opening.open_(session, begin, row.id)
    due = [entry for entry in gatherings.roll_of(session, row.id) if entry.entry.due is Due.DUE]
    said = [
        Said(
            id=hashlib.sha256(f"{row.id}{entry.entry.id}".encode()).hexdigest()[:32],
            mark=mark.mark,
            entry_id=entry.entry.id,
            reason=mark.reason,
            minutes=mark.minutes,
        )
        for entry, mark in zip(due, study.marks(one, len(due)), strict=True)
    ]
    marking.say(session, finish, row.id, said)
    opening.end(session, finish, row.id, row.ends_at)


def _is_there(session: Session, node: Node, starts_at: datetime, group: LearningGroup | None) -> bool:
    wanted = select(Gathering.id).where(
        Gathering.node_id == node.id,
        Gathering.starts_at == starts_at,
        Gathering.group_id == (group.id if group else None),
    )
    return session.scalars(wanted).first() is not None


def _group(session: Session, node: Node, number: int) -> LearningGroup | None:
    if not number:
        return None
    named = (LearningGroup.node_id == node.id, LearningGroup.name == county.group_name(number))
    return session.scalars(select(LearningGroup).where(*named)).one()


def _leaders(session: Session, node: Node, at: datetime) -> tuple[str | None, str | None]:
    """Return who leads a gathering of a node and who writes it down: the first two of its members by name."""
    found = members.members_on(session, node.id, local_day(at)).items
    ids = [one.person_id for one in found[:2]]
    return (ids[0], ids[-1]) if ids else (None, None)
