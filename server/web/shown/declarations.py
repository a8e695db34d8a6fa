"""Declarations as several pages, programs and commands show them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from library.catalog.tables import Lesson
from library.core.clock import CHINA
from library.core.permits import Viewer
from library.core.rights import Act, Thing, allowed
from library.declaring import queries, seen
from library.declaring.queries import Wanted
from library.declaring.seen import Seen, SeenLine, reviews_somewhere
from library.declaring.states import State

_ON_HOME = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class HomeDeclarations:
    """What waits for somebody: for a reviewer, what is due first, how many there are (`most` at most) and how
    many of them are late; for a lecturer, what was sent back to them."""

    waiting: tuple[SeenLine, ...] = ()
    count: int = 0
    late: int = 0
    most: int = queries.COUNTED_MOST
    returned: tuple[SeenLine, ...] = ()


def home_declarations(session: Session, viewer: Viewer, now: datetime) -> HomeDeclarations:
    """Return what waits for somebody."""
    if not viewer.signed_in:
        return HomeDeclarations()
    sent_back = queries.returned_to(session, str(viewer.person_id), _ON_HOME)
    returned = tuple(seen.lines(session, viewer, sent_back, now)) if sent_back else ()
    if not reviews_somewhere(viewer):
        return HomeDeclarations(returned=returned)
    desks = queries.desk_ids(viewer)
    rows, _after = queries.queue(session, Wanted(desks), _ON_HOME)
    count = queries.count_waiting(session, Wanted(desks)) if rows else 0
    return HomeDeclarations(
        waiting=tuple(seen.lines(session, viewer, rows, now)),
        count=count,
        late=queries.count_waiting(session, Wanted(desks, late_at=now)) if rows else 0,
        returned=returned,
    )


def of_lesson(session: Session, viewer: Viewer, lesson: Lesson, now: datetime) -> tuple[Seen, ...]:
    """Return the declarations of a lesson that somebody may look at, the newest first.

    One whose lecturer is hidden from them is left out: a lesson's page says whose it is.
    """
    found = []
    for row in queries.of_lesson(session, lesson.id):
        if queries.sees(session, viewer, row):
            one = seen.seen(session, viewer, row, now)
            found += [] if one.line.blind else [one]
    return tuple(found)


def latest_of(session: Session, viewer: Viewer, lesson: Lesson, now: datetime) -> SeenLine | None:
    """Return the latest declaration of a lesson, None where there is none that somebody may look at knowing
    whose lesson it is."""
    row = next(iter(queries.of_lesson(session, lesson.id, 1)), None)
    if row is None or not queries.sees(session, viewer, row):
        return None
    line = seen.lines(session, viewer, [row], now)[0]
    return None if line.blind else line


def may_declare(viewer: Viewer, lesson: Lesson) -> bool:
    """Tell whether somebody may send a lesson up."""
    return allowed(viewer, Act.DECLARATION_MAKE, Thing(lesson.node.path, lesson.owner_id))


def _moment(at: datetime | None) -> str | None:
    return at.astimezone(CHINA).isoformat(timespec="seconds") if at else None


def line_object(one: SeenLine) -> dict[str, Any]:
    """Return a declaration in a list as programs get it; moments are UTC+8."""
    return {
        "id": one.id,
        "state": one.state,
        "title": one.title,
        "blind": one.blind,
        "lesson": one.lesson_id,
        "lecturer": one.lecturer,
        "node": one.node,
        "level": one.level,
        "levels": one.levels,
        "level_name": one.level_name,
        "round": one.round,
        "declared_at": _moment(one.declared_at),
        "due_at": _moment(one.due_at),
        "late": one.late,
        "selected": one.chosen,
    }


def declaration_object(one: Seen) -> dict[str, Any]:
    """Return a declaration as programs get it, with its levels, remarks and history."""
    return {
        **line_object(one.line),
        "moves": one.moves,
        "selected_by": one.chosen_by,
        "reads": one.reads,
        "votes": one.votes,
        "steps": [str(step) for step in one.steps],
        "open_remarks": one.open_remarks,
        "route": [
            {
                "n": level.n,
                "name": level.name,
                "readers": level.readers,
                "deciders": level.deciders,
                "due_days": level.due_days,
                "checklist": [str(check) for check in level.checklist],
                "blind": level.blind,
                "ending": str(level.ending),
                "passed": level.passed,
            }
            for level in one.route
        ],
        "remarks": [
            {
                "n": remark.n,
                "round": remark.round,
                "level": remark.level,
                "who": remark.who,
                "at_s": remark.at_s,
                "clip": remark.clip_n,
                "cue": remark.cue_n,
                "quote": remark.quote,
                "text": remark.text,
                "made_at": _moment(remark.made_at),
                "answer_kind": remark.answer_kind,
                "answer": remark.answer,
                "answered_at": _moment(remark.answered_at),
            }
            for remark in one.remarks
        ],
        "history": [
            {
                "n": step.n,
                "round": step.round,
                "level": step.level,
                "level_name": step.level_name,
                "step": str(step.step),
                "state": str(step.state),
                "part": str(step.part),
                "who": step.who,
                "reason": step.reason,
                "checked": list(step.checked),
                "at": _moment(step.at),
            }
            for step in one.history
        ],
    }


def is_open(state: State) -> bool:
    """Tell whether a lesson with a declaration in this state cannot be declared anew."""
    return state in (State.DECLARED, State.RETURNED, State.SELECTED)
