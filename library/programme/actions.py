"""The only writer of what is planned; what is due is let out by `releasing`."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, tzinfo

from sqlalchemy import delete as sql_delete
from sqlalchemy import insert, select, update
from sqlalchemy.orm import Session

from library.audit import actions as audit
from library.audit.rules import Deed, changes
from library.catalog import queries as catalog
from library.core.clock import CHINA
from library.core.errors import Conflict, Invalid, NotFound
from library.core.ids import new_id
from library.core.permits import Viewer
from library.organisation.tables import Node
from library.programme import queries, rules
from library.programme.rules import Draft, Plan
from library.programme.tables import Release, WeekLesson, WeekPlan
from library.programme.weeks import Week, same_time_of, week_of


@dataclass(frozen=True)
class Desk:
    """Who plans at which node, and when; `zone` is that of the clocks on the wall.

    `node_id` is one whose weeks they plan (`queries.node_to_plan`).
    """

    viewer: Viewer
    node_id: str
    now: datetime
    zone: tzinfo = CHINA
    person_id: str | None = None

    @property
    def week(self) -> Week:
        """The present week."""
        return week_of(self.now.astimezone(self.zone).date())


def desk_of(viewer: Viewer, node: Node, now: datetime) -> Desk:
    """Return the desk of somebody at a node, in whose name it is written."""
    return Desk(viewer, node.id, now, person_id=viewer.person_id)


def put(session: Session, desk: Desk, week: Week, draft: Draft, version: int | None = None) -> Plan:
    """Plan a week, or change its plan; the same again changes nothing.

    `version` is that of the plan which was changed, 0 for a week that had none; None looks at none. A lesson
    that is new in the plan must be one the viewer sees. Raises Invalid, Conflict: node_closed, week_changed,
    week_released; NotFound("lesson_gone").
    """
    rules.check_range(week, desk.week)
    wanted = rules.cleaned(draft)
    known = _held(session, desk, week)
    _check_version(known, version)
    due_at = rules.release_of(wanted, week, known.due_at if known else None, desk.zone)
    _check_lessons(session, desk.viewer, wanted.lessons, known)
    return _written(session, desk, week, known, replace(wanted, due_at=due_at), wanted.lessons)


def _held(session: Session, desk: Desk, week: Week) -> Plan | None:
    """Return the plan of a week; nobody else plans at the node until the transaction ends."""
    wanted = select(Node).where(Node.id == desk.node_id)
    node = session.scalars(
        wanted.with_for_update(key_share=True, of=Node).execution_options(populate_existing=True)
    ).one()
    if node.closed_at is not None:
        raise Conflict("node_closed", name=node.name)
    return queries.plan_of(session, node.id, week)


def _check_version(known: Plan | None, version: int | None) -> None:
    if version is not None and version != (known.version if known else 0):
        raise Conflict("week_changed")


def _check_lessons(session: Session, viewer: Viewer, lessons: Sequence[str], known: Plan | None) -> None:
    added = [one for one in lessons if known is None or one not in known.lessons]
    visible = {one.id for one in catalog.lessons_by_ids(session, viewer, added)} if added else set()
    missing = [one for one in added if one not in visible]
    if missing:
        raise NotFound("lesson_gone", field="lessons", lesson=missing[0][:40])


def _written(
    session: Session,
    desk: Desk,
    week: Week,
    known: Plan | None,
    wanted: Draft,
    lessons: Sequence[str | None],
) -> Plan:
    due_at = wanted.due_at
    assert due_at is not None  # noqa: S101 - it was decided before
    before, after = _told(known, desk), _values(wanted, lessons, due_at, desk)
    if known is not None and before == after:
        return known
    reading = [{"text": one.text, "url": one.url} for one in wanted.reading]
    values = {
        "mode": wanted.mode,
        "theme": wanted.theme,
        "text": wanted.text,
        "reading": reading,
        "planned_by": desk.person_id,
        "changed_at": desk.now,
    }
    if known is None:
        plan_id = new_id()
        session.execute(
            insert(WeekPlan).values(id=plan_id, node_id=desk.node_id, week=str(week), version=1, **values)
        )
        session.execute(insert(Release).values(plan_id=plan_id, due_at=due_at, released_at=None))
    else:
        plan_id = known.id
        _move_release(session, known, due_at)
        session.execute(
            update(WeekPlan)
            .where(WeekPlan.id == plan_id)
            .values(version=known.version + 1, **values)
            .execution_options(synchronize_session=False)
        )
        session.execute(sql_delete(WeekLesson).where(WeekLesson.plan_id == plan_id))
    rows = [{"plan_id": plan_id, "n": n, "lesson_id": one} for n, one in enumerate(lessons, 1)]
    if rows:
        session.execute(insert(WeekLesson), rows)
    what = "planned" if known is None else "change"
    audit.note(
        session,
        Deed.PROGRAMME,
        desk.person_id,
        thing=plan_id,
        changed=changes(before, after),
        what=what,
        week=str(week),
    )
    found = queries.plan_of(session, desk.node_id, week)
    assert found is not None  # noqa: S101 - it was written just now
    return found


def _move_release(session: Session, known: Plan, due_at: datetime) -> None:
    """Write another moment of release; raises Conflict("week_released"), also when it came out just now."""
    rules.check_release(known.due_at, due_at, known.released_at)
    if due_at == known.due_at:
        return
    waits = (Release.plan_id == known.id, Release.released_at.is_(None))
    moved = update(Release).where(*waits).values(due_at=due_at).returning(Release.plan_id)
    if not session.scalars(moved.execution_options(synchronize_session=False)).all():
        raise Conflict("week_released", field="release_at")


def _values(draft: Draft, lessons: Sequence[str | None], due_at: datetime, desk: Desk) -> dict[str, object]:
    return {
        "mode": draft.mode,
        "theme": draft.theme,
        "text": draft.text,
        "reading": draft.reading,
        "lessons": tuple(lessons),
        "release": due_at.astimezone(desk.zone).isoformat(" ", "minutes"),
    }


def _told(known: Plan | None, desk: Desk) -> dict[str, object]:
    if known is None:
        return {}
    return _values(draft_of(known), known.lessons, known.due_at, desk)


def draft_of(plan: Plan) -> Draft:
    """Return a plan as a draft; lessons that were deleted are left out."""
    return Draft(
        theme=plan.theme,
        text=plan.text,
        reading=plan.reading,
        lessons=tuple(one for one in plan.lessons if one is not None),
        mode=plan.mode,
        due_at=plan.due_at,
    )


def put_words(session: Session, desk: Desk, week: Week, draft: Draft, version: int | None) -> Plan:
    """Plan a week, or change its plan, but for its lessons, which stay as they are; raises as `put`."""
    rules.check_range(week, desk.week)
    known = _held(session, desk, week)
    _check_version(known, version)
    lessons = known.lessons if known else ()
    kept = tuple(one for one in lessons if one is not None)
    wanted = rules.cleaned(replace(draft, lessons=kept))
    due_at = rules.release_of(wanted, week, known.due_at if known else None, desk.zone)
    return _written(session, desk, week, known, replace(wanted, due_at=due_at), lessons)


def add_lesson(session: Session, desk: Desk, week: Week, lesson_id: str) -> Plan:
    """Put a lesson at the end of a week's; one that is there already stays where it is. Raises as `put`."""
    known = _held(session, desk, week)
    draft = draft_of(known) if known else Draft()
    if known is not None and lesson_id in known.lessons:
        return known
    return put(session, desk, week, replace(draft, lessons=(*draft.lessons, lesson_id)))


def take_lesson(session: Session, desk: Desk, week: Week, n: int, lesson_id: str) -> Plan:
    """Take the n-th lesson (from 1) out of a week; `lesson_id` says which that was, "" for a deleted one.

    Raises NotFound, Conflict("week_changed"), Invalid("week_empty").
    """
    return _rearranged(session, desk, week, n, lesson_id, lambda all_: (*all_[: n - 1], *all_[n:]))


def move_lesson(session: Session, desk: Desk, week: Week, n: int, lesson_id: str, *, up: bool) -> Plan:
    """Put the n-th lesson (from 1) one place further up or down; raises as `take_lesson`."""
    return _rearranged(session, desk, week, n, lesson_id, lambda all_: rules.moved(all_, n, up))


def _rearranged(
    session: Session,
    desk: Desk,
    week: Week,
    n: int,
    lesson_id: str,
    change: Callable[[tuple[str | None, ...]], tuple[str | None, ...]],
) -> Plan:
    rules.check_range(week, desk.week)
    known = _held(session, desk, week)
    if known is None:
        raise NotFound
    if not 1 <= n <= len(known.lessons) or (known.lessons[n - 1] or "") != lesson_id:
        raise Conflict("week_changed")
    lessons = change(known.lessons)
    draft = draft_of(known)
    if not (draft.theme or draft.text or draft.reading or lessons):
        raise Invalid("week_empty", field="theme")
    return _written(session, desk, week, known, draft, lessons)


def copy(session: Session, desk: Desk, week: Week, to: Sequence[Week]) -> list[Plan]:
    """Plan other weeks as one is planned, each to come out on the same weekday at the same hour.

    All of them or none: raises Invalid (copies_none, copies_many, week_far), Conflict("weeks_taken") where
    one is planned otherwise already, NotFound for a week without a plan. The same again changes nothing.
    """
    wanted = [one for one in dict.fromkeys(to) if one != week]
    if not wanted:
        raise Invalid("copies_none", field="to")
    rules.check_copies(len(wanted))
    for one in wanted:
        rules.check_range(one, desk.week)
    source = _held(session, desk, week)
    if source is None:
        raise NotFound
    known = {
        plan.week: plan
        for plan in queries.plans(session, [desk.node_id], min(wanted), max(wanted))
        if plan.week in wanted
    }
    drafts = {one: _copied(source, one, desk.zone) for one in wanted}
    taken = [one for one, plan in known.items() if draft_of(plan) != drafts[one]]
    if taken:
        names = "、".join(map(str, sorted(taken)[:10])) + ("……" if len(taken) > 10 else "")
        raise Conflict("weeks_taken", field="to", weeks=names, count=len(taken))
    return [
        known[one] if one in known else _written(session, desk, one, None, drafts[one], drafts[one].lessons)
        for one in wanted
    ]


def _copied(source: Plan, week: Week, zone: tzinfo) -> Draft:
    return replace(draft_of(source), due_at=same_time_of(source.due_at, source.week, week, zone))


def remove(session: Session, desk: Desk, week: Week, version: int) -> None:
    """Give up what a node planned for a week; raises NotFound, Conflict("week_changed")."""
    known = _held(session, desk, week)
    if known is None:
        raise NotFound
    _check_version(known, version)
    session.execute(
        sql_delete(WeekPlan).where(WeekPlan.id == known.id).execution_options(synchronize_session=False)
    )
    told = changes(_told(known, desk), {})
    audit.note(
        session, Deed.PROGRAMME, desk.person_id, thing=known.id, changed=told, what="remove", week=str(week)
    )
