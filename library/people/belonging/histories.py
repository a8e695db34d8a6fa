"""All that is kept of where a person belongs and belonged, and who may look at it. Reads only."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import func, or_, select
from sqlalchemy.orm import Session

from library.core.errors import NotFound
from library.core.permits import Role, Viewer
from library.organisation import queries as organisation
from library.organisation.tables import Node
from library.people import queries
from library.people.permits import administers_all, keeps
from library.people.rules import TransferState
from library.people.tables import (
    CommitteeTerm,
    Exemption,
    GroupMember,
    LearningGroup,
    Membership,
    Person,
    RoleGrant,
    Transfer,
)

WAITING_MOST = 200


@dataclass(frozen=True)
class History:
    """What became of a person, the newest first. `nodes` and `names` are of all that stand in it, by their
    ids; `groups` pairs a stay with its group."""

    person: Person
    memberships: Sequence[Membership]
    transfers: Sequence[Transfer]
    exemptions: Sequence[Exemption]
    terms: Sequence[CommitteeTerm]
    groups: Sequence[tuple[GroupMember, LearningGroup]]
    roles: Sequence[RoleGrant]
    nodes: dict[str, Node]
    names: dict[str, str]

    def open_paths(self) -> list[str]:
        """Return the paths of the nodes where the person belongs, or holds a role, now."""
        held = [one.node_id for one in self.roles if one.ended_at is None]
        there = [one.node_id for one in self.memberships if one.until is None]
        return [self.nodes[one].path for one in {*held, *there}]


def history_of(session: Session, person_id: str) -> History:
    """Return what became of a person; raises NotFound."""
    person = queries.person(session, person_id)
    memberships = session.scalars(
        select(Membership)
        .where(Membership.person_id == person_id)
        .order_by(Membership.since.desc(), Membership.until.is_not(None), Membership.noted_at.desc())
    ).all()
    transfers = session.scalars(
        select(Transfer)
        .where(Transfer.person_id == person_id)
        .order_by(Transfer.asked_at.desc(), Transfer.id.desc())
    ).all()
    exemptions = session.scalars(
        select(Exemption).where(Exemption.person_id == person_id).order_by(Exemption.since.desc())
    ).all()
    terms = session.scalars(
        select(CommitteeTerm)
        .where(CommitteeTerm.person_id == person_id)
        .order_by(CommitteeTerm.since.desc(), CommitteeTerm.id)
    ).all()
    groups = session.execute(
        select(GroupMember, LearningGroup)
        .join(LearningGroup, LearningGroup.id == GroupMember.group_id)
        .where(GroupMember.person_id == person_id)
        .order_by(GroupMember.since.desc(), GroupMember.id)
    ).all()
    roles = session.scalars(
        select(RoleGrant)
        .where(RoleGrant.person_id == person_id)
        .order_by(RoleGrant.ended_at.is_not(None), RoleGrant.granted_at.desc(), RoleGrant.id)
    ).all()
    node_ids = {
        *(one.node_id for one in memberships),
        *(one.node_id for one in roles),
        *(group.node_id for _stay, group in groups),
        *(node_id for one in transfers for node_id in (one.from_id, one.to_id)),
    }
    nodes = {node.id: node for node in session.scalars(select(Node).where(Node.id.in_(node_ids)))}
    who = {
        *(one.noted_by for one in memberships),
        *(one.noted_by for one in exemptions),
        *(one.noted_by for one in terms),
        *(by for one in transfers for by in (one.asked_by, one.answered_by)),
        *(by for one in roles for by in (one.granted_by, one.ended_by)),
    }
    names = queries.names(session, [one for one in who if one])
    pairs = [(stay, group) for stay, group in groups]
    return History(person, memberships, transfers, exemptions, terms, pairs, roles, nodes, names)


def may_look(viewer: Viewer, history: History) -> bool:
    """Tell whether the viewer may look at a person's history: it is their own, they keep the people of a node
    where the person belongs or holds a role, or a transfer waits for their answer. Whoever is nowhere is for
    those who administer the whole tree."""
    if viewer.person_id == history.person.id or administers_all(viewer):
        return True
    asked = [history.nodes[one.to_id].path for one in history.transfers if one.state is TransferState.ASKED]
    return any(keeps(viewer, path) for path in (*history.open_paths(), *asked))


def history_for(session: Session, viewer: Viewer, person_id: str) -> History:
    """Return the history of a person; raises NotFound, also where the viewer may not look."""
    found = history_of(session, person_id)
    if not may_look(viewer, found):
        raise NotFound
    return found


def may_keep(viewer: Viewer, history: History) -> bool:
    """Tell whether the viewer may change where a person belongs: they keep the people of the home; of whoever
    has none, of a node where they are a guest or hold a role."""
    home = next((one for one in history.memberships if one.until is None and one.kind == "home"), None)
    if home is not None:
        return keeps(viewer, history.nodes[home.node_id].path)
    paths = history.open_paths()
    return any(keeps(viewer, path) for path in paths) or (not paths and administers_all(viewer))


def waiting_for(session: Session, viewer: Viewer) -> list[tuple[Transfer, str]]:
    """Return the transfers that wait for the viewer's answer with the names of the persons, the oldest
    first, at most WAITING_MOST."""
    kept = organisation.outermost(viewer, Role.SECRETARY)
    if not kept:
        return []
    rows = session.execute(
        select(Transfer, Person.name)
        .join(Person, Person.id == Transfer.person_id)
        .where(Transfer.state == TransferState.ASKED, Transfer.to_id.in_(organisation.inside_of(kept)))
        .order_by(Transfer.asked_at, Transfer.id)
        .limit(WAITING_MOST)
    ).all()
    return [(transfer, name) for transfer, name in rows]


def homes_on(session: Session, person_id: str, day: date) -> list[str]:
    """Return the ids of the nodes that are a person's home on a day: one, or none."""
    wanted = select(Membership.node_id).where(
        Membership.person_id == person_id,
        Membership.kind == "home",
        Membership.since <= day,
        or_(Membership.until.is_(None), Membership.until > day),
    )
    return list(session.scalars(wanted))


def groups_kept(session: Session, viewer: Viewer) -> Sequence[LearningGroup]:
    """Return the open groups that the viewer may fill, by name, at most WAITING_MOST."""
    kept = organisation.outermost(viewer, Role.SECRETARY)
    wanted = (
        select(LearningGroup)
        .where(LearningGroup.node_id.in_(organisation.inside_of(kept)), LearningGroup.closed_at.is_(None))
        .order_by(LearningGroup.name, LearningGroup.id)
        .limit(WAITING_MOST)
    )
    return session.scalars(wanted).all()


def groups_of(session: Session, node_id: str) -> list[tuple[LearningGroup, int]]:
    """Return the open groups that a node keeps, each with how many are in it now, by name."""
    inside = (
        select(GroupMember.group_id, func.count().label("count"))
        .where(GroupMember.until.is_(None))
        .join(LearningGroup, LearningGroup.id == GroupMember.group_id)
        .where(LearningGroup.node_id == node_id)
        .group_by(GroupMember.group_id)
        .subquery()
    )
    rows = session.execute(
        select(LearningGroup, func.coalesce(inside.c.count, 0))
        .outerjoin(inside, inside.c.group_id == LearningGroup.id)
        .where(LearningGroup.node_id == node_id, LearningGroup.closed_at.is_(None))
        .order_by(LearningGroup.name)
    ).all()
    return [(group, count) for group, count in rows]
