"""A lesson is put into a week of a node, and taken out of it again: by the actions of the programme, as
whoever plans there may. What became of it is written by actions.py."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from library.core.errors import Conflict
from library.core.permits import Viewer
from library.handling.rules import Outcome
from library.programme import actions as programme
from library.programme import queries
from library.programme.rules import Plan
from library.programme.weeks import Week, read_week


def put_in(
    session: Session, viewer: Viewer, node_id: str, week: Week, lesson_id: str, now: datetime
) -> tuple[Outcome, dict[str, Any]]:
    """Put a lesson at the end of a week's; raises as `programme.actions.add_lesson`."""
    node = queries.node_to_plan(session, viewer, node_id)
    known = queries.plan_of(session, node.id, week)
    where = {"week": str(week), "node": node.id}
    if known is not None and lesson_id in known.lessons:
        return Outcome.SAME, where
    programme.add_lesson(session, programme.desk_of(viewer, node, now), week, lesson_id)
    return Outcome.DONE, where


def take_out(
    session: Session, viewer: Viewer, lesson_id: str, before: Mapping[str, Any], now: datetime
) -> None:
    """Take a lesson out of the week into which it was put; a week in which nothing else is planned goes.

    Raises NotFound, Conflict("handling_changed") where it is not there any more, and as the programme's own.
    """
    node, week = queries.node_to_plan(session, viewer, before["node"]), read_week(before["week"])
    desk, known = programme.desk_of(viewer, node, now), queries.plan_of(session, node.id, week)
    if known is None or lesson_id not in known.lessons:
        raise Conflict("handling_changed")
    if _is_nothing_else(known):
        programme.remove(session, desk, week, known.version)
    else:
        programme.take_lesson(session, desk, week, known.lessons.index(lesson_id) + 1, lesson_id)


def _is_nothing_else(plan: Plan) -> bool:
    return len(plan.lessons) == 1 and not (plan.theme or plan.text or plan.reading)
