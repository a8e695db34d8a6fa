"""Let the demonstration's county learn for two months: each gathering in its own transaction, as it was."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable
from contextlib import suppress
from datetime import datetime, timedelta
from functools import partial

from sqlalchemy import select
from sqlalchemy.orm import Session

from library.books import practising
from library.books import queries as books
from library.catalog import queries as catalog
from library.core.clock import local_day, midnight
from library.core.database import Database
from library.core.errors import Conflict, NotFound
from library.core.ids import new_id
from library.core.permits import Viewer, node_chain
from library.gatherings import actions, marking, opening
from library.gatherings import queries as gatherings
from library.gatherings.actions import Desk, Draft
from library.gatherings.kinds import SHIPPED_KINDS
from library.gatherings.marking import Said
from library.gatherings.rules import Due
from library.gatherings.tables import Gathering
from library.grades import actions as grades
from library.grades import queries as grade_queries
from library.grades import rules as grade_rules
from library.grades import ruling
from library.grades.examples import EXAMPLES
from library.organisation import queries as organisation
from library.organisation.tables import Node
from library.people import queries as people
from library.people.belonging import members
from library.people.tables import LearningGroup, Person
from library.programme.weeks import week_of
from library.records import actions as records
from library.records import queries as record_queries
from library.records.rules import LineDraft, LinePart, SignerRole
from library.reflections import actions as reflections
from library.reflections import queries as reflection_queries
from library.reflections.rules import Reach
from server.commands.administrator import machine
from server.demo import county, study
from server.demo.study import DemoGathering, DemoPractice, DemoReflection

_PLANNED_BEFORE = timedelta(days=3)


def learn(db: Database, now: datetime, stop: Callable[[], bool]) -> None:
    """Hold all gatherings of the two months that are over, and plan those of this week.

    What is there already stays, so it may be stopped and called again.
    """
    steps: list[Callable[[Session, datetime], None]] = [
        *(partial(_hold, one=one) for one in study.gatherings()),
        *(partial(_write, one=one) for one in study.REFLECTIONS),
        *(partial(_practise, one=one) for one in study.PRACTICES),
        _grade,
    ]
    for step in steps:
        if stop():
            return
        with db.write() as session:
            step(session, now)


def _hold(session: Session, now: datetime, one: DemoGathering) -> None:
    node = _node(session, one.node)
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
    if one.week < -1:  # the last week's records wait for their signatures
        _record(session, row, finish.now)


def _record(session: Session, row: Gathering, now: datetime) -> None:
    """Write what was said, and let both sign it."""
    signers = ((SignerRole.CHAIR, row.chair_id), (SignerRole.RECORDER, row.recorder_id))
    kind = SHIPPED_KINDS.get(row.kind)
    recorder = _viewer(session, row.recorder_id, now)
    if recorder is None or kind is None:
        return
    desk = records.Desk(recorder, now, kind.name)
    said = [*((LinePart.DISCUSSION, text) for text in study.DISCUSSED), (LinePart.RESOLUTION, study.RESOLVED)]
    after: str | None = None
    part_before = None
    for part, text in said:
        line_id = new_id()
        draft = LineDraft(part, "", text, after if part is part_before else None)
        records.put_line(session, desk, row.id, line_id, draft, 0)
        after, part_before = line_id, part
    for role, person_id in signers:
        signer = _viewer(session, person_id, now)
        if signer is not None:
            digest = record_queries.reading(session, row, kind.name).digest
            records.sign(session, records.Desk(signer, now, kind.name), row.id, role, digest)


def _write(session: Session, now: datetime, one: DemoReflection) -> None:
    """Let somebody write, and the branch publish it."""
    at = _at(now, one.week, days=3)
    node, viewer = _node(session, one.node), _member(session, one.node, one.writer, at)
    if viewer is None or reflection_queries.count_of(session, str(viewer.person_id)):
        return
    its = new_id()
    about = reflections.About(week=str(week_of(local_day(at))))
    row = reflections.save(session, viewer, its, reflections.Draft(one.title, one.text), about, None, at)
    reflections.send(session, viewer, its, at)
    readers = reflections.Readers(Reach.BELOW, node_id=_above(node))
    reflections.publish(session, machine(session), its, row.version, readers, at + timedelta(days=1))


def _above(node: Node) -> str:
    return node_chain(node.path)[0]


def _practise(session: Session, now: datetime, one: DemoPractice) -> None:
    """Let somebody say what they did, and the branch confirm it."""
    at = _at(now, one.week, days=5)
    viewer = _member(session, one.node, one.doer, at)
    if viewer is None or books.practices(session, str(viewer.person_id)):
        return
    told = practising.Told(one.title, one.place, local_day(at), one.account)
    row = practising.say(session, viewer, told, at)
    practising.confirm(session, machine(session), row.id, at + timedelta(days=1))


def _grade(session: Session, now: datetime) -> None:
    """Let a town grade its branches: the month before last is frozen, the last one proposed."""
    viewer, town = machine(session), _node(session, county.kept_by())
    last = grade_rules.month_after(grade_rules.month_of(local_day(now)), -1)
    before = grade_rules.month_after(last, -1)
    if grade_queries.in_force(session, [town], last):
        return
    document = json.dumps(EXAMPLES["base"], ensure_ascii=False)
    begun = midnight(grade_rules.days_of(before)[0]) - timedelta(days=10)
    row = ruling.make(session, viewer, town.id, document, before, begun)
    ruling.tried(session, viewer, row.id, begun)
    ruling.put_in_force(session, viewer, row.id, row.changes, begun)
    nodes = [_node(session, code) for code in study.GRADED]
    decided = midnight(grade_rules.days_of(before)[1]) + timedelta(days=3)
    for node in nodes:
        grades.propose(session, viewer, node.id, before, decided)
        period = grade_queries.period_of(session, node.id, before)
        if period is not None:
            with suppress(Conflict):  # more are excellent than may be: people have to decide
                grades.freeze(session, viewer, period.id, None, decided)
        grades.propose(session, viewer, node.id, last, now)


def _at(now: datetime, week: int, days: int) -> datetime:
    """Return noon of a day of a week so many weeks after the present one."""
    return midnight(week_of(local_day(now)).after(week).monday) + timedelta(days=days, hours=12)


def _node(session: Session, code: str) -> Node:
    node = organisation.node_by_code(session, code)
    if node is None:
        raise NotFound  # somebody has given the county's nodes other codes
    return node


def _viewer(session: Session, person_id: str | None, at: datetime) -> Viewer | None:
    person = session.get(Person, person_id) if person_id else None
    return people.viewer_of(session, person, local_day(at)) if person is not None else None


def _member(session: Session, code: str, number: int, at: datetime) -> Viewer | None:
    """Return the member with a number of a branch, by name, None where it has not so many."""
    found = members.members_on(session, _node(session, code).id, local_day(at)).items
    return _viewer(session, found[number].person_id, at) if number < len(found) else None


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
