"""The only reader of gatherings: one, lists of them, rolls and what was said of whom."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, and_, exists, false, func, or_, select
from sqlalchemy.orm import Session

from library.core.errors import NotFound
from library.core.paging import Page, clean_number
from library.core.permits import Role, Viewer, node_chain
from library.gatherings import actions
from library.gatherings.codes import AFTER_END
from library.gatherings.permits import may_host, may_lead, may_look, may_plan
from library.gatherings.rules import Counts, Due, GatheringState, How, Mark, counted
from library.gatherings.tables import Asked, Gathering, RollChange, RollEntry, Room
from library.organisation import queries as organisation
from library.organisation.tables import Node
from library.people import queries as people
from library.people.rules import MembershipKind
from library.people.tables import LearningGroup, Membership, Person

PAGE_SIZE = 20
MOST_COMING = 50
MOST_AROUND = 1_000
"""Gatherings of a calendar: of half a year and of all that is planned."""
_ALIVE = (GatheringState.PLANNED, GatheringState.OPEN)


@dataclass(frozen=True)
class Seen:
    """A gathering as somebody may see it: whether they plan it, begin and end it, keep its roll; `entry` is
    theirs on it."""

    gathering: Gathering
    node: Node
    plans: bool
    leads: bool
    hosts: bool
    entry: RollEntry | None


def seen(session: Session, viewer: Viewer, gathering_id: str) -> Seen:
    """Return a gathering that the viewer may know of; raises NotFound for any other."""
    one = session.get(Gathering, gathering_id)
    if one is None:
        raise NotFound
    node = organisation.node(session, one.node_id)
    keepers = actions.hosts_of(session, one)
    entry = entry_of(session, one.id, viewer.person_id)
    mine = viewer.person_id if entry is not None or is_asked(session, one.id, viewer.person_id) else None
    if not may_look(viewer, node.path, node.id, one.group_id, [*keepers, mine]):
        raise NotFound
    leads = may_lead(viewer, node.path, actions.leaders_of(session, one))
    return Seen(one, node, may_plan(viewer, node.path), leads, may_host(viewer, node.path, keepers), entry)


def known(session: Session, gathering_id: str) -> Gathering:
    """Return a gathering for whoever came to it: title and rooms are no secret to who stands before the
    screen; raises NotFound."""
    one = session.get(Gathering, gathering_id)
    if one is None:
        raise NotFound
    return one


def kept(session: Session, viewer: Viewer, gathering_id: str) -> Seen:
    """Return a gathering whose roll the viewer keeps; raises NotFound for any other."""
    found = seen(session, viewer, gathering_id)
    if not found.hosts:
        raise NotFound
    return found


def entry_of(session: Session, gathering_id: str, person_id: str | None) -> RollEntry | None:
    """Return somebody's entry on a roll."""
    if person_id is None:
        return None
    mine = (RollEntry.gathering_id == gathering_id, RollEntry.person_id == person_id)
    return session.scalars(select(RollEntry).where(*mine)).first()


def is_asked(session: Session, gathering_id: str, person_id: str | None) -> bool:
    """Tell whether somebody is asked by name."""
    return person_id is not None and session.get(Asked, (gathering_id, person_id)) is not None


def asked_of(session: Session, gathering_id: str) -> list[str]:
    """Return the ids of those who are asked by name."""
    wanted = select(Asked.person_id).where(Asked.gathering_id == gathering_id)
    return list(session.scalars(wanted.order_by(Asked.person_id)))


def rooms_of(session: Session, gathering_id: str) -> Sequence[Room]:
    """Return the rooms of a gathering, the main venue first."""
    return session.scalars(select(Room).where(Room.gathering_id == gathering_id).order_by(Room.n)).all()


# ------------------------------------------------------------------ the roll


@dataclass(frozen=True)
class RollRow:
    """Somebody on a roll. `name` is "" for who was erased; `node` the name of their home; `elsewhere` titles
    of other open gatherings where they are said to be; `by_self`: the keeper marked themselves."""

    entry: RollEntry
    name: str
    node: str
    elsewhere: tuple[str, ...] = ()
    by_self: bool = False


def roll_of(session: Session, gathering_id: str) -> list[RollRow]:
    """Return a roll: who is due first, then who is exempt, then guests; by node and name."""
    entries = session.scalars(select(RollEntry).where(RollEntry.gathering_id == gathering_id)).all()
    ids = [one.person_id for one in entries if one.person_id is not None]
    names = people.names(session, ids)
    nodes = organisation.node_names(session, {one.node_id for one in entries if one.node_id})
    elsewhere = _elsewhere(session, gathering_id, ids)
    selves = _by_self(session, gathering_id)
    rows = [
        RollRow(
            one,
            names.get(one.person_id or "", one.name),
            nodes.get(one.node_id or "", ""),
            tuple(elsewhere.get(one.person_id or "", ())),
            one.id in selves,
        )
        for one in entries
    ]
    order = {Due.DUE: 0, Due.EXEMPT: 1, Due.GUEST: 2}
    return sorted(rows, key=lambda row: (order[row.entry.due], row.node, row.name, row.entry.id))


def counts_of(session: Session, gathering_ids: Collection[str]) -> dict[str, Counts]:
    """Return rolls in numbers; a gathering without a roll has none."""
    kinds = (RollEntry.gathering_id, RollEntry.due, RollEntry.mark)
    wanted = select(*kinds, func.count()).where(RollEntry.gathering_id.in_(gathering_ids)).group_by(*kinds)
    marks: dict[str, dict[tuple[Due, Mark], int]] = {}
    for one, due, mark, number in session.execute(wanted):
        marks.setdefault(one, {})[due, mark] = number
    return {one: counted(its) for one, its in marks.items()}


def _elsewhere(session: Session, gathering_id: str, ids: Sequence[str]) -> dict[str, list[str]]:
    """Return by person the titles of gatherings that ran at the same time and where they are said to be."""
    one = session.get(Gathering, gathering_id)
    if one is None or one.opened_at is None or not ids:
        return {}
    until = one.ended_at or (one.ends_at + AFTER_END)
    rows = session.execute(
        select(RollEntry.person_id, Gathering.title)
        .join(Gathering, Gathering.id == RollEntry.gathering_id)
        .where(
            Gathering.id != gathering_id,
            Gathering.state.in_([GatheringState.OPEN, GatheringState.ENDED]),
            Gathering.opened_at < until,
            # One that nobody has ended goes on for as long as it takes codes.
            or_(
                Gathering.ended_at > one.opened_at,
                and_(Gathering.ended_at.is_(None), Gathering.ends_at > one.opened_at - AFTER_END),
            ),
            RollEntry.person_id.in_(ids),
            RollEntry.mark.in_([Mark.PRESENT, Mark.LATE]),
        )
    )
    found: dict[str, list[str]] = {}
    for person_id, title in rows:
        if person_id is not None:
            found.setdefault(person_id, []).append(title)
    return found


def _by_self(session: Session, gathering_id: str) -> frozenset[str]:
    """Return the entries whose last mark a keeper of the list gave themselves."""
    wanted = (
        select(RollChange.entry_id, RollChange.by_person, RollChange.how, RollEntry.person_id)
        .join(RollEntry, RollEntry.id == RollChange.entry_id)
        .where(RollChange.gathering_id == gathering_id)
        .order_by(RollChange.at, RollChange.id)
    )
    last = {}
    for entry_id, by, how, person_id in session.execute(wanted):
        last[entry_id] = how is How.SECRETARY and by is not None and by == person_id
    return frozenset(entry_id for entry_id, its in last.items() if its)


@dataclass(frozen=True)
class ChangeRow:
    """Something that was said of somebody; `by` is who said it, "" for who was erased."""

    change: RollChange
    by: str


def changes_of(session: Session, gathering_id: str) -> Mapping[str, list[ChangeRow]]:
    """Return what was said of everybody on a roll, by entry, the oldest first."""
    wanted = select(RollChange).where(RollChange.gathering_id == gathering_id)
    rows = session.scalars(wanted.order_by(RollChange.at, RollChange.id)).all()
    names = people.names(session, {one.by_person for one in rows if one.by_person})
    found: dict[str, list[ChangeRow]] = {}
    for one in rows:
        found.setdefault(one.entry_id, []).append(ChangeRow(one, names.get(one.by_person or "", "")))
    return found


def numbers_of_kinds(session: Session) -> dict[str, int]:
    """Return how many gatherings there are of each kind, by its code."""
    wanted = select(Gathering.kind, func.count().label("number")).group_by(Gathering.kind)
    return {row.kind: row.number for row in session.execute(wanted)}


# ------------------------------------------------------------------ lists


def concerns(viewer: Viewer) -> ColumnElement[bool]:
    """Return the condition that a gathering concerns somebody: their home's and those above it that ask who
    is below, their groups', those they keep, are asked to or were on the roll of."""
    home = next((one for one in viewer.belongs if one.is_home), None)
    chain = node_chain(home.path) if home is not None else ()
    own = [one.node_id for one in viewer.belongs]
    me = viewer.person_id
    if me is None:  # whoever has no account is not whom nobody stands for
        return false()
    room = exists().where(Room.gathering_id == Gathering.id, Room.host_id == me)
    asked = exists().where(Asked.gathering_id == Gathering.id, Asked.person_id == me)
    there = exists().where(RollEntry.gathering_id == Gathering.id, RollEntry.person_id == me)
    return or_(
        and_(Gathering.node_id.in_(own), Gathering.group_id.is_(None)),
        and_(Gathering.node_id.in_(chain), Gathering.below, Gathering.group_id.is_(None)),
        Gathering.group_id.in_(viewer.groups),
        Gathering.chair_id == me,
        Gathering.recorder_id == me,
        room,
        asked,
        there,
    )


def concerning(session: Session, viewer: Viewer, ids: Collection[str]) -> dict[str, Gathering]:
    """Return those among some gatherings that concern somebody, by id."""
    found = session.scalars(select(Gathering).where(Gathering.id.in_(ids), concerns(viewer)))
    return {one.id: one for one in found}


def to_know(session: Session, viewer: Viewer, ids: Collection[str]) -> dict[str, Gathering]:
    """Return those among some gatherings that somebody may know of, by id, as `seen` does for one: two
    statements, however many they are."""
    if not ids or not viewer.signed_in:
        return {}
    concerned = concerning(session, viewer, ids)
    rows = session.execute(
        select(Gathering, Node.path).join(Node, Node.id == Gathering.node_id).where(Gathering.id.in_(ids))
    )
    return {
        one.id: one
        for one, path in rows
        if may_look(
            viewer, path, one.node_id, one.group_id, [viewer.person_id] if one.id in concerned else []
        )
    }


def coming(
    session: Session, viewer: Viewer, now: datetime, most: int = MOST_COMING + 1
) -> Sequence[Gathering]:
    """Return the gatherings that concern somebody and are open or to come, the next first: MOST_COMING, and
    one more where there are more."""
    alive = Gathering.state.in_(_ALIVE)
    wanted = select(Gathering).where(concerns(viewer), alive, Gathering.starts_at > now - timedelta(days=2))
    return session.scalars(wanted.order_by(Gathering.starts_at, Gathering.id).limit(most)).all()


def around(
    session: Session, viewer: Viewer, since: datetime, most: int = MOST_AROUND + 1
) -> Sequence[Gathering]:
    """Return the gatherings since a moment that concern somebody, given up ones among them, the last first:
    MOST_AROUND, and one more where there are more."""
    wanted = select(Gathering).where(concerns(viewer), Gathering.starts_at > since)
    return session.scalars(wanted.order_by(Gathering.starts_at.desc(), Gathering.id).limit(most)).all()


def past(session: Session, viewer: Viewer, now: datetime, page: int = 1) -> Page[Gathering]:
    """Return a page of the gatherings that concerned somebody and are over, the newest first."""
    number = clean_number(page)
    alive = and_(Gathering.state.in_(_ALIVE), Gathering.starts_at > now - timedelta(days=2))
    where = (concerns(viewer), ~alive)
    total = session.scalar(select(func.count()).select_from(Gathering).where(*where)) or 0
    wanted = select(Gathering).where(*where).order_by(Gathering.starts_at.desc(), Gathering.id)
    rows = session.scalars(wanted.limit(PAGE_SIZE).offset((number - 1) * PAGE_SIZE)).all()
    return Page(rows, number, PAGE_SIZE, total)


def of_node(
    session: Session, node_id: str, page: int = 1, *, below: bool = False, kind: str = ""
) -> Page[Gathering]:
    """Return a page of a node's gatherings (those of its learning groups among them), the newest first."""
    number = clean_number(page)
    at = Gathering.node_id.in_(organisation.inside_of([node_id])) if below else Gathering.node_id == node_id
    where = [at, *([Gathering.kind == kind] if kind else [])]
    total = session.scalar(select(func.count()).select_from(Gathering).where(*where)) or 0
    wanted = select(Gathering).where(*where).order_by(Gathering.starts_at.desc(), Gathering.id)
    rows = session.scalars(wanted.limit(PAGE_SIZE).offset((number - 1) * PAGE_SIZE)).all()
    return Page(rows, number, PAGE_SIZE, total)


def between(
    session: Session, viewer: Viewer, first: datetime, last: datetime, node_id: str = "", most: int = 200
) -> Sequence[Gathering]:
    """Return the gatherings that start from one moment to another: the viewer's, or all of a node."""
    where = Gathering.node_id == node_id if node_id else concerns(viewer)
    span = (Gathering.starts_at >= first, Gathering.starts_at < last)
    wanted = select(Gathering).where(where, *span).order_by(Gathering.starts_at, Gathering.id)
    return session.scalars(wanted.limit(most)).all()


def last_of(session: Session, node_id: str, kind: str = "", group_id: str | None = None) -> Gathering | None:
    """Return a node's last gathering of a kind, or of any; what the next is copied from."""
    where = [Gathering.node_id == node_id, Gathering.state != GatheringState.CANCELLED]
    where += [Gathering.kind == kind] if kind else []
    where += [Gathering.group_id == group_id] if group_id else []
    return session.scalars(select(Gathering).where(*where).order_by(Gathering.starts_at.desc())).first()


def draft_of(session: Session, one: Gathering) -> actions.Draft:
    """Return a gathering as a draft; lessons that were deleted are left out."""
    return actions.Draft(
        kind=one.kind,
        title=one.title,
        starts_at=one.starts_at,
        ends_at=one.ends_at,
        place=one.place,
        group_id=one.group_id,
        below=one.below,
        chair_id=one.chair_id,
        recorder_id=one.recorder_id,
        agenda=one.agenda,
        lessons=tuple(its for its in actions.lessons_of(session, one.id) if its is not None),
        rooms=tuple(actions.RoomDraft(room.place, room.host_id) for room in rooms_of(session, one.id)),
        asked=tuple(asked_of(session, one.id)),
    )


def node_to_plan(session: Session, viewer: Viewer, node_id: str) -> Node:
    """Return a node whose gatherings the viewer plans; raises NotFound for any other."""
    found = session.get(Node, node_id)
    if found is None or not may_plan(viewer, found.path):
        raise NotFound
    return found


def node_meant(session: Session, viewer: Viewer, text: str) -> Node:
    """Return the node that is meant by its id, code, name or path of names, of those whose gatherings the
    viewer plans; "" is the topmost. Raises NotFound where they plan none, Invalid: node_unknown,
    node_ambiguous."""
    within = organisation.outermost(viewer, Role.SECRETARY)
    if not within:
        raise NotFound
    wanted = text.strip() or within[0]
    if session.get(Node, wanted) is not None:
        return node_to_plan(session, viewer, wanted)
    return organisation.meant(session, within, wanted, "node")


def groups_of(session: Session, node_id: str) -> Sequence[LearningGroup]:
    """Return the open learning groups that a node keeps, by name."""
    wanted = select(LearningGroup).where(LearningGroup.node_id == node_id, LearningGroup.closed_at.is_(None))
    return session.scalars(wanted.order_by(LearningGroup.name, LearningGroup.id)).all()


def people_called(session: Session, node_id: str, names: Collection[str]) -> dict[str, list[Person]]:
    """Return by name the people of these very names: those at home in the node or below it, if there are
    such, else those anywhere."""
    if not names:
        return {}
    called = session.scalars(select(Person).where(Person.name.in_(list(names))).order_by(Person.id)).all()
    ids = [one.id for one in called]
    home = select(Membership.person_id).where(
        Membership.person_id.in_(ids),
        Membership.node_id.in_(organisation.inside_of([node_id])),
        Membership.kind == MembershipKind.HOME,
        Membership.until.is_(None),
    )
    near = set(session.scalars(home)) if ids else set()
    found: dict[str, list[Person]] = {}
    for one in called:
        found.setdefault(one.name, []).append(one)
    return {name: [one for one in its if one.id in near] or its for name, its in found.items()}


def homes_now(session: Session, ids: Collection[str]) -> dict[str, str]:
    """Return the ids of the homes that some people have now."""
    where = (Membership.kind == MembershipKind.HOME, Membership.until.is_(None))
    wanted = select(Membership.person_id, Membership.node_id).where(Membership.person_id.in_(ids), *where)
    return dict(session.execute(wanted).all()) if ids else {}
