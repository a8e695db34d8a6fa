"""Works are entered into a call, after a machine has looked at them, and taken back."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import delete, func, select
from sqlalchemy.orm import Session

from library.audit import actions as audit
from library.audit.rules import Deed
from library.calls import demands, queries, rules
from library.calls.demands import Demanded, Demands, Line, Point
from library.calls.rules import Stage
from library.calls.tables import Call, Entry, Look, LookState
from library.catalog import queries as catalog
from library.catalog.permits import Action
from library.catalog.tables import Lesson
from library.core.clock import local_day
from library.core.errors import Conflict, Forbidden, Invalid, NotFound
from library.core.ids import new_id
from library.core.permits import Viewer, node_chain
from library.core.rights import Act, Thing, allowed
from library.intake import queries as intake


def lesson_to_enter(session: Session, viewer: Viewer, call: Call, lesson_id: str) -> Lesson:
    """Return a lesson that the viewer may enter into a call.

    Raises NotFound("entry_lesson_gone") for what they do not see, Forbidden for what is not theirs, Invalid:
    entry_outside (not below the node that calls), entry_plays_nothing.
    """
    try:
        lesson = catalog.lesson_for(session, viewer, lesson_id, Action.EDIT)
    except NotFound:
        raise NotFound("entry_lesson_gone", field="lesson") from None
    if not allowed(viewer, Act.CALL_ENTER, Thing(lesson.node.path, lesson.owner_id)):
        raise Forbidden
    if call.node_id not in node_chain(lesson.node.path):
        raise Invalid("entry_outside", field="lesson", name=call.node.name)
    if not queries.plays(lesson):
        raise Invalid("entry_plays_nothing", field="lesson")
    return lesson


def ask_to_look(session: Session, viewer: Viewer, call_id: str, lesson_id: str, now: datetime) -> Lesson:
    """See to it that what a call demands of a lesson is found out: a worker looks at what nobody knows yet.

    Raises as `lesson_to_enter`, and Conflict as `rules.check_taking`.
    """
    call = queries.call_for(session, viewer, call_id)
    rules.check_taking(call.stage, call.opens_on, call.closes_on, local_day(now))
    lesson = lesson_to_enter(session, viewer, call, lesson_id)
    wanted = Demands.from_json(call.demands).of(Point.BARS) is not Demanded.NO
    row = intake.recording_of(session, lesson.id)
    if not wanted or row is None or row.facts is None or row.sha256 is None or not row.facts.get("video"):
        return lesson
    known = session.get(Look, row.id, with_for_update=True)
    if known is None:
        waiting = LookState.WAITING
        session.add(Look(recording_id=row.id, state=waiting, bars=None, tries=0, asked_at=now, taken_at=None))
    elif known.state is LookState.FAILED:
        known.state, known.tries, known.asked_at, known.taken_at = LookState.WAITING, 0, now, None
    session.flush()
    return lesson


def enter(
    session: Session, viewer: Viewer, call_id: str, lesson_id: str, category: str, now: datetime
) -> Entry:
    """Enter a lesson into a call; what is entered already stays as it is.

    The call is held meanwhile, so that of two at once for a unit's last place one gets it; the database
    refuses a second work in a place too. Raises as `lesson_to_enter`, Invalid("call_category"), Conflict:
    call_not_open, call_not_yet, call_over, demands_missed, demand_checking, call_quota_full.
    """
    queries.call_for(session, viewer, call_id)
    call = queries.held(session, call_id)
    rules.check_taking(call.stage, call.opens_on, call.closes_on, local_day(now))
    lesson = lesson_to_enter(session, viewer, call, lesson_id)
    known = queries.entry_of_lesson(session, call.id, lesson.id)
    if known is not None:
        return known
    kind = rules.category_of(category, call.categories)
    lines = queries.report_of(session, call, lesson)
    demands.check(lines)
    unit_id = unit_of(call.node_id, lesson.node.path)
    here = select(Entry.slot).where(Entry.call_id == call.id, Entry.unit_id == unit_id)
    slot = rules.free_slot(set(session.scalars(here)), call.quota)
    last = session.scalar(select(func.max(Entry.n)).where(Entry.call_id == call.id)) or 0
    row = Entry(
        id=new_id(),
        call_id=call.id,
        n=last + 1,
        lesson_id=lesson.id,
        title=lesson.title,
        category=kind,
        unit_id=unit_id,
        slot=slot,
        report=kept(lines),
        prize="",
        entered_at=now,
        entered_by=viewer.person_id,
    )
    session.add(row)
    session.flush()
    audit.note(session, Deed.CALL, viewer.person_id, thing=call.id, what="entered", lesson=lesson.id)
    return row


def unit_of(node_id: str, path: str) -> str:
    """Return the node right below another on the way to a path, or that itself."""
    chain = node_chain(path)
    at = chain.index(node_id)
    return chain[at + 1] if at + 1 < len(chain) else node_id


def kept(lines: Sequence[Line]) -> list[dict[str, str]]:
    """Return a report as a JSON column keeps it."""
    return [
        {
            "point": str(one.point),
            "demanded": str(one.demanded),
            "verdict": str(one.verdict),
            "found": one.found,
            "wanted": one.wanted,
        }
        for one in lines
    ]


def read(value: Sequence[dict[str, str]]) -> tuple[Line, ...]:
    """Return what `kept` gave."""
    return tuple(
        Line(
            Point(one["point"]),
            Demanded(one["demanded"]),
            demands.Verdict(one["verdict"]),
            one["found"],
            one["wanted"],
        )
        for one in value
    )


def take_back(session: Session, viewer: Viewer, call_id: str, n: int, now: datetime) -> None:
    """Take a work out of a call before it closes: whoever may edit its lesson, and who keeps the call while
    it is open. Its place is free again.

    Raises SignInNeeded, NotFound, Forbidden, Conflict: call_over, call_not_open.
    """
    queries.call_for(session, viewer, call_id)
    call = queries.held(session, call_id)
    row = queries.entry_of(session, call, n)
    if not queries.keeps(viewer, call):
        lesson = session.get(Lesson, row.lesson_id) if row.lesson_id else None
        owner = lesson.owner_id if lesson else None
        path = lesson.node.path if lesson else ""
        if not allowed(viewer, Act.CALL_ENTER, Thing(path, owner)):
            raise Forbidden
        rules.check_taking(call.stage, call.opens_on, call.closes_on, local_day(now))
    elif call.stage is not Stage.OPEN:
        raise Conflict("call_over")
    session.execute(delete(Entry).where(Entry.id == row.id).execution_options(synchronize_session=False))
    thing = row.lesson_id or ""
    audit.note(session, Deed.CALL, viewer.person_id, thing=call.id, what="taken_back", lesson=thing)
