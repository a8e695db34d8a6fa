"""Planning gatherings: planned, changed, cancelled, repeated. What happens on the day stands in `opening` and
`marking`."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta, tzinfo

from sqlalchemy import delete as sql_delete
from sqlalchemy import insert, select
from sqlalchemy.orm import Session

from library.audit import actions as audit
from library.audit.rules import Deed, changes
from library.catalog import queries as catalog
from library.core.clock import CHINA
from library.core.errors import Conflict, Invalid, NotFound
from library.core.ids import new_id
from library.core.permits import Viewer
from library.core.text import clean_block, required_line, short_line
from library.gatherings import roll, rules
from library.gatherings.kinds import SHIPPED_KINDS, Kind, Kinds
from library.gatherings.permits import may_host, may_lead, may_plan
from library.gatherings.rules import Due, GatheringState, Repeat
from library.gatherings.tables import Asked, Gathering, GatheringLesson, Room
from library.notices import actions as notices
from library.notices.actions import News
from library.notices.rules import Kind as Told
from library.organisation.tables import Node
from library.people import queries as people
from library.people.tables import LearningGroup, Person
from library.programme.weeks import Week, week_of


@dataclass(frozen=True)
class Desk:
    """Who plans or keeps gatherings, when, and by which rules of the installation; `zone` is that of the
    clocks on the wall."""

    viewer: Viewer
    now: datetime
    kinds: Kinds = SHIPPED_KINDS
    late_after: timedelta = rules.LATE_AFTER
    zone: tzinfo = CHINA

    @property
    def by(self) -> str | None:
        """Whose id stands in what is written."""
        return self.viewer.writer_id


@dataclass(frozen=True)
class RoomDraft:
    """A room as somebody wants it; the first is the main venue."""

    place: str
    host_id: str | None = None


@dataclass(frozen=True)
class Draft:
    """A gathering as somebody wants it. `week` None: that of the day on which it starts; `rooms` empty: one,
    at `place`. `asked` are ids of people who are asked by name."""

    kind: str
    title: str
    starts_at: datetime
    ends_at: datetime
    place: str = ""
    week: Week | None = None
    group_id: str | None = None
    below: bool = False
    chair_id: str | None = None
    recorder_id: str | None = None
    agenda: str = ""
    lessons: tuple[str, ...] = ()
    rooms: tuple[RoomDraft, ...] = ()
    asked: tuple[str, ...] = ()


def plan(
    session: Session,
    desk: Desk,
    node_id: str,
    draft: Draft,
    repeat: Repeat = Repeat.WEEKLY,
    times: int = 1,
    *,
    tell: bool = True,
) -> list[Gathering]:
    """Plan a gathering of a node, or one several `times`: each a row of its own, with one `series`.

    Who is asked is told of the first of them, if `tell`. Raises NotFound where the viewer does not plan;
    Conflict("node_closed"); Invalid: too_long, empty, kind_unknown, gathering_* (`rules`), lesson_gone, ….
    """
    node = _node(session, desk, node_id)
    clean, kind = _cleaned(session, desk, node, draft, frozenset())
    lasting = clean.ends_at - clean.starts_at
    series = new_id() if times > 1 else None
    made = []
    for n, starts_at in enumerate(rules.repeated(clean.starts_at, repeat, times, desk.zone)):
        rules.check_times(starts_at, starts_at + lasting, desk.now)
        week = clean.week if n == 0 else None
        one = replace(clean, starts_at=starts_at, ends_at=starts_at + lasting, week=week)
        made.append(_made(session, desk, node, kind, one, series))
    audit.note(session, Deed.GATHERING, desk.by, thing=made[0].id, what="planned", count=len(made))
    if tell:
        _tell(session, desk, made[0], Told.GATHERING_PLANNED, count=len(made))
    return made


def _node(session: Session, desk: Desk, node_id: str) -> Node:
    """Return an open node at which the viewer plans; it is not closed before this transaction is over."""
    wanted = select(Node).where(Node.id == node_id)
    node = session.scalars(wanted.with_for_update(read=True, of=Node)).first()
    if node is None or not may_plan(desk.viewer, node.path):
        raise NotFound
    if node.closed_at is not None:
        raise Conflict("node_closed", name=node.name)
    return node


def _cleaned(
    session: Session, desk: Desk, node: Node, draft: Draft, known_lessons: frozenset[str], was: str = ""
) -> tuple[Draft, Kind]:
    """Return a draft that can be kept, and its kind; `was` is the kind that it had."""
    kind = desk.kinds.get(draft.kind)
    if kind is None or (kind.retired and kind.code != was):
        raise Invalid("gathering_kind", field="kind", text=draft.kind[: rules.KIND_MAX])
    rules.check_times(draft.starts_at, draft.ends_at, desk.now)
    if draft.group_id is not None:
        group = session.get(LearningGroup, draft.group_id)
        if group is None or group.node_id != node.id or group.closed_at is not None:
            raise Invalid("gathering_group", field="group")
    place = short_line(draft.place, "place", rules.PLACE_MAX)
    if len(draft.rooms) > rules.MOST_ROOMS:
        raise Invalid("gathering_rooms", field="rooms", most=rules.MOST_ROOMS)
    rooms = tuple(
        RoomDraft(required_line(one.place, "rooms", rules.PLACE_MAX), one.host_id) for one in draft.rooms
    ) or (RoomDraft(place),)
    lessons = tuple(dict.fromkeys(draft.lessons))
    if len(lessons) > rules.MOST_LESSONS:
        raise Invalid("gathering_lessons", field="lessons", most=rules.MOST_LESSONS)
    new = [one for one in lessons if one not in known_lessons]
    seen = {one.id for one in catalog.lessons_by_ids(session, desk.viewer, new)} if new else set()
    if missing := [one for one in new if one not in seen]:
        raise NotFound("gathering_lesson", field="lessons", lesson=missing[0][:40])
    asked = tuple(dict.fromkeys(draft.asked))
    if len(asked) > rules.MOST_ASKED:
        raise Invalid("gathering_asked", field="asked", most=rules.MOST_ASKED)
    _check_people(session, {"chair": [draft.chair_id], "recorder": [draft.recorder_id]})
    _check_people(session, {"rooms": [one.host_id for one in rooms], "asked": asked})
    clean = replace(
        draft,
        title=required_line(draft.title, "title", rules.TITLE_MAX),
        place=place or rooms[0].place,
        agenda=clean_block(draft.agenda, "agenda", rules.AGENDA_MAX),
        starts_at=draft.starts_at.replace(second=0, microsecond=0),
        ends_at=draft.ends_at.replace(second=0, microsecond=0),
        lessons=lessons,
        rooms=rooms,
        asked=asked,
    )
    return clean, kind


def _check_people(session: Session, fields: dict[str, Sequence[str | None]]) -> None:
    for field, ids in fields.items():
        wanted = {one for one in ids if one is not None}
        known = set(session.scalars(select(Person.id).where(Person.id.in_(wanted)))) if wanted else set()
        if wanted - known:
            raise Invalid("gathering_person", field=field)


def _made(
    session: Session, desk: Desk, node: Node, kind: Kind, draft: Draft, series: str | None
) -> Gathering:
    one = Gathering(
        id=new_id(),
        node_id=node.id,
        state=GatheringState.PLANNED,
        opened_at=None,
        late_from=None,
        ended_at=None,
        secret=None,
        series=series,
        version=0,
        made_by=people.noted_by(session, desk.viewer),
    )
    _write(session, desk, one, kind, draft)
    return one


def _write(session: Session, desk: Desk, one: Gathering, kind: Kind, draft: Draft) -> None:
    """Put a clean draft into a gathering."""
    one.kind, one.form, one.title = kind.code, kind.form, draft.title
    one.starts_at, one.ends_at = draft.starts_at, draft.ends_at
    one.week = str(draft.week or week_of(draft.starts_at.astimezone(desk.zone).date()))
    one.group_id, one.below, one.place, one.agenda = draft.group_id, draft.below, draft.place, draft.agenda
    one.chair_id, one.recorder_id = draft.chair_id, draft.recorder_id
    one.version, one.changed_at = one.version + 1, desk.now
    session.add(one)
    session.flush()
    for table in (GatheringLesson, Asked):
        session.execute(sql_delete(table).where(table.gathering_id == one.id))
    lessons = [{"gathering_id": one.id, "n": n, "lesson_id": its} for n, its in enumerate(draft.lessons, 1)]
    asked = [{"gathering_id": one.id, "person_id": its} for its in draft.asked]
    if lessons:
        session.execute(insert(GatheringLesson), lessons)
    if asked:
        session.execute(insert(Asked), asked)
    _write_rooms(session, one, draft.rooms)


def _write_rooms(session: Session, one: Gathering, wanted: Sequence[RoomDraft]) -> None:
    rooms = session.scalars(select(Room).where(Room.gathering_id == one.id).order_by(Room.n)).all()
    for n, draft in enumerate(wanted, 1):
        if n <= len(rooms):
            rooms[n - 1].place, rooms[n - 1].host_id = draft.place, draft.host_id
        else:
            session.add(Room(id=new_id(), gathering_id=one.id, n=n, place=draft.place, host_id=draft.host_id))
    # People are in them already: what is there when it opens stays.
    if len(rooms) > len(wanted) and one.state is not GatheringState.PLANNED:
        raise Conflict("gathering_room_stays", field="rooms")
    for gone in rooms[len(wanted) :]:
        session.delete(gone)
    session.flush()


def change(
    session: Session, desk: Desk, gathering_id: str, draft: Draft, version: int | None, *, tell: bool = True
) -> Gathering:
    """Plan a gathering differently; of one that began only what the roll does not hang on.

    `version` is that of the plan which was changed, None looks at none. Who is asked is told when day, hour
    or place became another, if `tell`. Raises as `plan`, and Conflict: gathering_changed, gathering_over,
    gathering_began (kind, time, group or depth of one that is open), gathering_room_stays.
    """
    one = held(session, desk, gathering_id, plan=True)
    node = _node(session, desk, one.node_id)
    if version is not None and version != one.version:
        raise Conflict("gathering_changed", field="title")
    if one.state in (GatheringState.ENDED, GatheringState.CANCELLED):
        raise Conflict("gathering_over")
    known = frozenset(one for one in lessons_of(session, one.id) if one is not None)
    clean, kind = _cleaned(session, desk, node, draft, known, one.kind)
    fixed = (one.kind, one.group_id, one.below, one.starts_at, one.ends_at)
    if one.state is GatheringState.OPEN and fixed != (
        clean.kind,
        clean.group_id,
        clean.below,
        clean.starts_at,
        clean.ends_at,
    ):
        raise Conflict("gathering_began", field="starts_at")
    before, where = _told(one), (one.starts_at, one.place)
    _write(session, desk, one, kind, clean)
    told = changes(before, _told(one))
    audit.note(session, Deed.GATHERING, desk.by, thing=one.id, changed=told, what="change")
    if tell and where != (one.starts_at, one.place):
        _tell(session, desk, one, Told.GATHERING_CHANGED)
    return one


def cancel(session: Session, desk: Desk, gathering_id: str, version: int | None = None) -> Gathering:
    """Cancel a gathering that has not ended; its row stays. Cancelled twice is cancelled.

    Raises NotFound, Conflict: gathering_over (it ended), gathering_changed.
    """
    one = held(session, desk, gathering_id, plan=True)
    if one.state is GatheringState.CANCELLED:
        return one
    if one.state is GatheringState.ENDED:
        raise Conflict("gathering_over")
    if version is not None and version != one.version:
        raise Conflict("gathering_changed", field="title")
    one.state, one.changed_at, one.version = GatheringState.CANCELLED, desk.now, one.version + 1
    session.flush()
    audit.note(session, Deed.GATHERING, desk.by, thing=one.id, what="cancel")
    if one.starts_at + timedelta(hours=1) > desk.now:
        _tell(session, desk, one, Told.GATHERING_CANCELLED)
    return one


def held(
    session: Session,
    desk: Desk,
    gathering_id: str,
    *,
    plan: bool = False,
    lead: bool = False,
    shared: bool = False,
) -> Gathering:
    """Return a gathering that the viewer keeps (with `plan`: plans; with `lead`: begins and ends), as it is
    now; until the transaction ends nobody else changes it, opens it or ends it (`shared`: others may hold it
    so,
    too). Raises NotFound; Conflict("gathering_lead") for who only keeps the list of a room."""
    lock = select(Gathering).where(Gathering.id == gathering_id).with_for_update(read=shared)
    one = session.scalars(lock.execution_options(populate_existing=True)).first()
    if one is None:
        raise NotFound
    node = session.get_one(Node, one.node_id)
    may = may_plan(desk.viewer, node.path)
    if not may and not (not plan and may_host(desk.viewer, node.path, hosts_of(session, one))):
        raise NotFound
    if lead and not may and not may_lead(desk.viewer, node.path, leaders_of(session, one)):
        raise Conflict("gathering_lead")
    return one


def leaders_of(session: Session, one: Gathering) -> list[str]:
    """Return who begins and ends a gathering besides those who plan it: chair, recorder, who made it; the
    host of its room where it has but one."""
    rooms = session.scalars(select(Room.host_id).where(Room.gathering_id == one.id).limit(2)).all()
    alone = rooms if len(rooms) == 1 else []
    return sorted({its for its in [one.chair_id, one.recorder_id, one.made_by, *alone] if its is not None})


def hosts_of(session: Session, one: Gathering) -> list[str]:
    """Return who keeps the roll of a gathering besides those who plan it: chair, recorder, hosts of rooms."""
    rooms = session.scalars(select(Room.host_id).where(Room.gathering_id == one.id)).all()
    return sorted({its for its in [one.chair_id, one.recorder_id, *rooms] if its is not None})


def room_ends(session: Session, one: Gathering) -> dict[str, datetime]:
    """Return when the rooms ended that were closed before their gathering was, by id; of whom no room is
    known the gathering's own end holds."""
    wanted = select(Room.id, Room.ended_at).where(Room.gathering_id == one.id, Room.ended_at.is_not(None))
    return {
        row.id: min(row.ended_at, one.ended_at) if one.ended_at else row.ended_at
        for row in session.execute(wanted)
    }


def lessons_of(session: Session, gathering_id: str) -> list[str | None]:
    """Return the ids of a gathering's lessons in their order, None for one that was deleted."""
    wanted = select(GatheringLesson.lesson_id).where(GatheringLesson.gathering_id == gathering_id)
    return list(session.scalars(wanted.order_by(GatheringLesson.n)))


def _told(one: Gathering) -> dict[str, object]:
    return {
        "kind": one.kind,
        "title": one.title,
        "starts_at": one.starts_at.isoformat(),
        "ends_at": one.ends_at.isoformat(),
        "place": one.place,
        "agenda": one.agenda,
        "chair": one.chair_id,
        "recorder": one.recorder_id,
        "below": one.below,
    }


def _tell(session: Session, desk: Desk, one: Gathering, kind: Told, **told: object) -> None:
    """Tell who is asked, and who keeps it; not whoever does it."""
    its = desk.kinds.get(one.kind)
    asked = roll.candidates(session, one, its.asks, roll.day_of(one)) if its is not None else []
    ids = {who.person_id for who in asked if who.due is not Due.EXEMPT} | set(hosts_of(session, one))
    at = one.starts_at.astimezone(desk.zone)
    news = News(
        kind,
        one.id,
        f"gathering:{one.id}:{kind}:{one.version}",
        {"at": at.isoformat(timespec="minutes"), "kind": one.kind, **told},
    )
    notices.tell(session, sorted(ids - {desk.by}), news, desk.now)
