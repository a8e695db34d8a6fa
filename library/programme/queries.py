"""The only reader of the programme of weeks."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from library.core.errors import NotFound
from library.core.paging import Page, clean_number
from library.core.permits import Role, Viewer
from library.organisation import queries as organisation
from library.organisation.tables import Node
from library.programme import rules
from library.programme.permits import chain_of, may_plan
from library.programme.rules import Plan, Reading
from library.programme.tables import Release, WeekLesson, WeekPlan
from library.programme.weeks import Week, read_week

PAGE_SIZE = 12


def chain(session: Session, viewer: Viewer) -> tuple[str, ...]:
    """Return the ids of the nodes whose weeks a viewer sees, nearest first."""
    return chain_of(viewer, organisation.root_node(session).id)


def node_to_plan(session: Session, viewer: Viewer, node_id: str) -> Node:
    """Return a node whose weeks the viewer plans; raises NotFound for any other."""
    found = session.get(Node, node_id)
    if found is None or not may_plan(viewer, found.path):
        raise NotFound
    return found


def node_meant(session: Session, viewer: Viewer, text: str) -> Node:
    """Return the node that is meant by its id, code, name or path of names, of those whose weeks the viewer
    plans; "" is the topmost. Raises NotFound where they plan none, Invalid: node_unknown, node_ambiguous."""
    within = outermost(viewer)
    if not within:
        raise NotFound
    wanted = text.strip() or within[0]
    if session.get(Node, wanted) is not None:
        return node_to_plan(session, viewer, wanted)
    return organisation.meant(session, within, wanted, "node")


def outermost(viewer: Viewer) -> tuple[str, ...]:
    """Return the ids of the topmost nodes whose weeks the viewer plans; below them they plan all."""
    return tuple(organisation.outermost(viewer, Role.SECRETARY))


def plan_of(session: Session, node_id: str, week: Week) -> Plan | None:
    """Return what a node planned for a week, None for nothing."""
    found = plans(session, [node_id], week, week)
    return found[0] if found else None


def plans(session: Session, node_ids: Sequence[str], first: Week, last: Week) -> list[Plan]:
    """Return what some nodes planned from one week to another, in the order of weeks and of `node_ids`."""
    columns = (
        *(WeekPlan.id, WeekPlan.node_id, WeekPlan.week, WeekPlan.mode, WeekPlan.theme, WeekPlan.text),
        *(WeekPlan.reading, WeekPlan.version, Release.due_at, Release.released_at),
    )
    span = (WeekPlan.week >= str(first), WeekPlan.week <= str(last))
    wanted = select(*columns).join(Release, Release.plan_id == WeekPlan.id)
    rows = session.execute(wanted.where(WeekPlan.node_id.in_(node_ids), *span)).all()
    lessons: dict[str, list[str | None]] = defaultdict(list)
    if rows:
        taken = select(WeekLesson.plan_id, WeekLesson.lesson_id)
        taken = taken.where(WeekLesson.plan_id.in_([row.id for row in rows]))
        for plan_id, lesson_id in session.execute(taken.order_by(WeekLesson.plan_id, WeekLesson.n)):
            lessons[plan_id].append(lesson_id)
    found = [
        Plan(
            id=row.id,
            node_id=row.node_id,
            week=read_week(row.week),
            mode=row.mode,
            theme=row.theme,
            text=row.text,
            reading=tuple(Reading(one["text"], one["url"]) for one in row.reading),
            lessons=tuple(lessons[row.id]),
            due_at=row.due_at,
            released_at=row.released_at,
            version=row.version,
        )
        for row in rows
    ]
    places = {node_id: n for n, node_id in enumerate(node_ids)}
    return sorted(found, key=lambda plan: (plan.week, places[plan.node_id]))


def weeks_seen(
    session: Session, chain_ids: Sequence[str], first: Week, last: Week
) -> dict[Week, tuple[Plan, ...]]:
    """Return what a member of the first of some nodes, each below the next, sees of the weeks in a span.

    Weeks of which they see nothing are left out.
    """
    by_week: dict[Week, list[Plan]] = defaultdict(list)
    for plan in plans(session, chain_ids, first, last):
        by_week[plan.week].append(plan)
    found = {week: rules.seen(its) for week, its in by_week.items()}
    return {week: parts for week, parts in found.items() if parts}


def past_weeks(session: Session, chain_ids: Sequence[str], before: Week, number: int = 1) -> Page[Week]:
    """Return a page of the weeks before one that have a plan at one of some nodes, the newest first."""
    number = clean_number(number)
    where = (WeekPlan.node_id.in_(chain_ids), WeekPlan.week < str(before))
    total = session.scalar(select(func.count(WeekPlan.week.distinct())).where(*where)) or 0
    rows = select(WeekPlan.week).where(*where).distinct().order_by(WeekPlan.week.desc())
    shown = session.scalars(rows.limit(PAGE_SIZE).offset((number - 1) * PAGE_SIZE))
    return Page([read_week(one) for one in shown], number, PAGE_SIZE, total)


@dataclass(frozen=True)
class Beside:
    """The nearest weeks before and after one that have a plan, None for none."""

    before: Week | None
    after: Week | None


def beside(session: Session, chain_ids: Sequence[str], week: Week) -> Beside:
    """Return the planned weeks around one, as somebody of some nodes sees them."""
    column, here = WeekPlan.week, WeekPlan.node_id.in_(chain_ids)
    earlier = session.scalar(select(func.max(column)).where(here, column < str(week)))
    later = session.scalar(select(func.min(column)).where(here, column > str(week)))
    return Beside(read_week(earlier) if earlier else None, read_week(later) if later else None)


def due(session: Session, now: datetime) -> bool:
    """Tell whether something is to come out."""
    waits = select(Release.plan_id).where(Release.released_at.is_(None), Release.due_at <= now)
    return session.scalar(waits.limit(1)) is not None


def lesson_ids(parts: Iterable[Plan]) -> list[str]:
    """Return the ids of all lessons of some plans, each once."""
    return list(dict.fromkeys(one for part in parts for one in part.lessons if one is not None))
