"""The only reader of who is yet to come in: the people of a node, its code, and who waits."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import ColumnElement, Select, exists, func, select
from sqlalchemy.orm import Session

from library.access.coming_in.tables import BranchCode, JoinRequest, JoinState
from library.access.queries import hash_token
from library.access.rules import LinkPurpose
from library.access.tables import Invitation
from library.core.clock import local_day
from library.core.errors import NotFound
from library.core.permits import Role, Viewer
from library.core.text import name_key
from library.organisation import queries as organisation
from library.organisation.tables import Below, Node
from library.people.passwords import NO_PASSWORD
from library.people.permits import keeps, may_start
from library.people.rules import MembershipKind
from library.people.tables import Membership, Person, RoleGrant


@dataclass(frozen=True)
class Comer:
    """Somebody whose home is a node: whether they can sign in by a password, and whether the viewer may let
    them in. `held` are their roles with the ids and paths of their nodes."""

    id: str
    name: str
    username: str
    node_id: str
    node: str
    home: str
    has_password: bool
    active: bool
    may_start: bool
    held: tuple[tuple[Role, str, str], ...]


def kept_node(session: Session, viewer: Viewer, node_id: str) -> Node:
    """Return a node whose people the viewer keeps; raises NotFound, also where they do not."""
    node = organisation.node(session, node_id)
    if not keeps(viewer, node.path):
        raise NotFound
    return node


def taken_over_by(session: Session, node: Node) -> Node:
    """Return the node that stands for another now: itself, or the open one that it was merged into."""
    for _step in range(20):  # as often as a branch may have been merged onwards
        if node.closed_at is None or node.merged_into_id is None:
            return node
        node = organisation.node(session, node.merged_into_id)
    return node


def comers(
    session: Session,
    viewer: Viewer,
    node: Node,
    now: datetime,
    most: int,
    *,
    waiting_only: bool = False,
    without_open_link: bool = False,
) -> list[Comer]:
    """Return the people whose home is a node or lies below it, in the order of the tree and by name.

    `waiting_only`: those without a password whose account is open. At most `most`.
    """
    wanted = (
        select(Person, Node)
        .join(Membership, Membership.person_id == Person.id)
        .join(Node, Node.id == Membership.node_id)
        .where(*_home_inside(session, node, local_day(now)))
        .order_by(Node.path, Person.name, Person.id)
        .limit(most)
    )
    if waiting_only:
        wanted = wanted.where(Person.password_hash == NO_PASSWORD, Person.active)
    if without_open_link:
        wanted = wanted.where(Person.id.not_in(_open_link_of(now)))
    rows = session.execute(wanted).all()
    held = _held(session, [person.id for person, _home in rows])
    return [_comer(viewer, person, home, held.get(person.id, ())) for person, home in rows]


def comer(session: Session, viewer: Viewer, person_id: str) -> Comer:
    """Return one of them, whose home the viewer keeps; raises NotFound."""
    wanted = select(Person, Node).join(Membership, Membership.person_id == Person.id)
    wanted = wanted.join(Node, Node.id == Membership.node_id).where(Person.id == person_id)
    is_home = (Membership.kind == MembershipKind.HOME, Membership.until.is_(None))
    row = session.execute(wanted.where(*is_home)).first()
    if row is None or not keeps(viewer, row[1].path):
        raise NotFound
    return _comer(viewer, row[0], row[1], _held(session, [person_id]).get(person_id, ()))


MOST_NODES = 300
"""Of a node with more below it only those people are looked for who belong to it itself: a county is let
in branch by branch, and its page stays quick."""


def is_too_wide(session: Session, node: Node) -> bool:
    """Tell whether so much lies below a node that its people are looked for branch by branch."""
    return len(_inside(session, node)) > MOST_NODES


def _inside(session: Session, node: Node) -> list[str]:
    wanted = select(Below.node_id).where(Below.ancestor_id == node.id).limit(MOST_NODES + 1)
    return list(session.scalars(wanted))


def _home_inside(session: Session, node: Node, today: date) -> tuple[ColumnElement[bool], ...]:
    inside = _inside(session, node)
    return (
        Membership.node_id.in_(inside if len(inside) <= MOST_NODES else [node.id]),
        Membership.kind == MembershipKind.HOME,
        Membership.since <= today,
        Membership.until.is_(None),
    )


def _held(session: Session, ids: Collection[str]) -> dict[str, tuple[tuple[Role, str, str], ...]]:
    wanted = (
        select(RoleGrant.person_id, RoleGrant.role, Node.id, Node.path)
        .join(Node, Node.id == RoleGrant.node_id)
        .where(RoleGrant.person_id.in_(ids), RoleGrant.ended_at.is_(None))
    )
    found: dict[str, tuple[tuple[Role, str, str], ...]] = {}
    for person_id, role, node_id, path in session.execute(wanted):
        found[person_id] = (*found.get(person_id, ()), (role, node_id, path))
    return found


def _comer(viewer: Viewer, person: Person, home: Node, held: Sequence[tuple[Role, str, str]]) -> Comer:
    roles = [(role, path) for role, _id, path in held]
    return Comer(
        id=person.id,
        name=person.name,
        username=person.username,
        node_id=home.id,
        node=home.name,
        home=home.path,
        has_password=person.password_hash != NO_PASSWORD,
        active=person.active,
        may_start=person.active and may_start(viewer, person.id, roles, home.path),
        held=tuple(held),
    )


def _open_link_of(now: datetime) -> Select[str | None]:
    return select(Invitation.person_id).where(
        Invitation.purpose == LinkPurpose.START,
        Invitation.used_at.is_(None),
        Invitation.expires_at > now,
        Invitation.person_id.is_not(None),
    )


@dataclass(frozen=True)
class Counts:
    """How many belong to a node and below it, how many of them have no password yet, and of how many of these
    a link is open."""

    people: int
    waiting: int
    invited: int


def counts(session: Session, node: Node, now: datetime) -> Counts:
    """Return the numbers of a node."""
    here = (
        select(func.count())
        .select_from(Person)
        .join(Membership, Membership.person_id == Person.id)
        .where(*_home_inside(session, node, local_day(now)))
    )
    waiting = here.where(Person.password_hash == NO_PASSWORD, Person.active)
    return Counts(
        people=session.scalar(here) or 0,
        waiting=session.scalar(waiting) or 0,
        invited=session.scalar(waiting.where(Person.id.in_(_open_link_of(now)))) or 0,
    )


def open_links(session: Session, person_ids: Collection[str], now: datetime) -> dict[str, datetime]:
    """Return until when the open first links of people work, by their ids."""
    wanted = select(Invitation.person_id, Invitation.expires_at).where(
        Invitation.person_id.in_(person_ids),
        Invitation.purpose == LinkPurpose.START,
        Invitation.used_at.is_(None),
        Invitation.expires_at > now,
    )
    return {str(person_id): ends_at for person_id, ends_at in session.execute(wanted)}


# ------------------------------------------------------------------ the branch's code


def code_of(session: Session, node_id: str, today: date) -> BranchCode | None:
    """Return the code of a node that works today, None without one."""
    wanted = select(BranchCode).where(BranchCode.node_id == node_id, BranchCode.ended_at.is_(None))
    found = session.scalars(wanted).first()
    return found if found is not None and found.ends_on >= today else None


def node_of_code(session: Session, code: str, today: date) -> Node:
    """Return the open node whose code this is; raises NotFound("join_code_ended") for all others.

    A node that was closed or merged takes nobody in: the one that took over has a code of its own.
    """
    wanted = select(BranchCode, Node).join(Node, Node.id == BranchCode.node_id)
    row = session.execute(wanted.where(BranchCode.code == code, BranchCode.ended_at.is_(None))).first()
    if row is None or row[0].ends_on < today or row[1].closed_at is not None:
        raise NotFound("join_code_ended")
    return row[1]


def count_waiting(session: Session, node_id: str) -> int:
    """Return how many wait to be taken into a node."""
    waiting = select(func.count()).where(
        JoinRequest.node_id == node_id, JoinRequest.state == JoinState.WAITING
    )
    return session.scalar(waiting) or 0


def number_to_answer(viewer: Viewer) -> Select[int] | None:
    """Return a SELECT of how many wait for the viewer, wherever they keep the people; None for nobody."""
    kept = organisation.outermost(viewer, Role.SECRETARY)
    if not kept:
        return None
    return select(func.count()).where(JoinRequest.state == JoinState.WAITING, _lies_below(kept))


def _lies_below(node_ids: Collection[str]) -> ColumnElement[bool]:
    """Return the condition that somebody waits at one of some nodes or below it: asked for each who waits, as
    they are few, and not for all nodes below, which may be a hundred thousand."""
    return exists().where(Below.node_id == JoinRequest.node_id, Below.ancestor_id.in_(node_ids))


@dataclass(frozen=True)
class Waiting:
    """Somebody who waits: `candidates` are those of the branch who have no password yet, of the same name
    first; `namesakes_inside` counts those of the same name who can sign in already."""

    request: JoinRequest
    node: Node
    candidates: tuple[Comer, ...]
    namesakes_inside: int


def waiting_at(session: Session, viewer: Viewer, node: Node, now: datetime, most: int = 200) -> list[Waiting]:
    """Return who waits at a node and below it, longest first."""
    wanted = (
        select(JoinRequest, Node)
        .join(Node, Node.id == JoinRequest.node_id)
        .where(JoinRequest.state == JoinState.WAITING)
        .where(_lies_below([node.id]))
        .order_by(JoinRequest.asked_at, JoinRequest.id)
        .limit(most)
    )
    known: dict[str, list[Comer]] = {}
    found = []
    for request, at in session.execute(wanted).all():
        if at.id not in known:
            known[at.id] = comers(session, viewer, taken_over_by(session, at), now, 1000)
        key = called(request.name)
        alike = [one for one in known[at.id] if called(one.name) == key]
        free = [one for one in alike if not one.has_password and one.may_start]
        others = [one for one in known[at.id] if not one.has_password and one.may_start and one not in free]
        inside = sum(one.has_password for one in alike)
        found.append(Waiting(request, at, (*free, *others), inside))
    return found


def called(name: str) -> str:
    """Return a name as it is compared: lists write 王 芳 where people type 王芳."""
    return name_key(name).replace(" ", "")


def request_of(session: Session, receipt: str) -> JoinRequest:
    """Return what somebody asked, by the secret of their browser; raises NotFound."""
    wanted = select(JoinRequest).where(JoinRequest.receipt_hash == hash_token(receipt))
    found = session.scalars(wanted).first()
    if found is None:
        raise NotFound
    return found
