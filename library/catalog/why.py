"""Who may see a lesson, and why: said from the rows of the table that decide it, never by other rules.

Reasons are codes with values; the server says them in sentences. Nobody is named and no person is listed.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, and_, func, or_, select
from sqlalchemy.orm import Session, aliased

from library.catalog import audiences, queries
from library.catalog.audience import OpenTo
from library.catalog.permits import Action, Audience, LessonState, may, why
from library.catalog.tables import Lesson
from library.core.permits import MemberState, Role, Viewer, node_chain
from library.core.rights import RIGHTS, Act, Right, Scope
from library.organisation import queries as organisation
from library.people.roles import standing
from library.people.rules import MembershipKind
from library.people.tables import GroupMember, Membership, Person, RoleGrant


@dataclass(frozen=True)
class Reason:
    """One reason: its code, and what its sentence names."""

    code: str
    values: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Answer:
    """Whether somebody may see a lesson: by what, or what is missing, and who can change that."""

    may: bool
    because: tuple[Reason, ...]
    missing: tuple[Reason, ...]


def answer(session: Session, viewer: Viewer, lesson: Lesson) -> Answer:
    """Say whether and why a viewer may see a lesson, by the decision itself (`permits.may`)."""
    facts = queries.facts(lesson)
    if not may(viewer, Action.VIEW, facts):
        return Answer(False, (), tuple(_missing(session, viewer, lesson)))
    return Answer(True, tuple(_said(session, viewer, lesson, right) for right in why(viewer, facts)), ())


def _said(session: Session, viewer: Viewer, lesson: Lesson, right: Right) -> Reason:
    """Return the reason that a row of the table gives."""
    if right.scope is Scope.OWN:
        return Reason("why_owner")
    if right.scope is Scope.NODE and right.role is not None:
        grant = next(
            one for one in viewer.grants if one.gives(right.role) and lesson.node.path.startswith(one.path)
        )
        at = organisation.node_names(session, [grant.node_id]).get(grant.node_id, "")
        return Reason("why_role", {"wanted": grant.role.value, "node": at})
    return _of_audience(session, viewer, audiences.open_to(lesson))


def _of_audience(session: Session, viewer: Viewer, wanted: OpenTo) -> Reason:
    if wanted.audience is not Audience.CHOSEN:
        return Reason(f"why_{wanted.audience}")
    inside = [one for one in viewer.belongs if set(wanted.nodes) & set(node_chain(one.path))]
    named = {"audience": audiences.told(session, wanted)}
    if inside:
        at = organisation.node_names(session, [inside[0].node_id]).get(inside[0].node_id, "")
        return Reason("why_belongs", {**named, "node": at})
    return Reason("why_group" if set(wanted.groups) & set(viewer.groups) else "why_kind", named)


def _missing(session: Session, viewer: Viewer, lesson: Lesson) -> list[Reason]:
    """Return every condition that somebody would have to meet, with who can change it."""
    node = {"node": lesson.node.name}
    if lesson.state is not LessonState.PUBLISHED:
        return [Reason(f"missing_{lesson.state}", node)]
    wanted = audiences.open_to(lesson)
    if not viewer.signed_in:
        return [Reason("missing_account", node)]
    told = {"audience": audiences.told(session, wanted)}
    if not viewer.belongs and not (wanted.groups and viewer.groups):
        return [Reason("missing_membership", {**told, **node})]
    found = []
    there = [one for one in viewer.belongs if set(wanted.nodes) & set(node_chain(one.path))]
    learns = set(wanted.groups) & set(viewer.groups)
    if (wanted.nodes or wanted.groups) and not there and not learns:
        home = viewer.belongs[0].node_id if viewer.belongs else ""
        at = organisation.node_names(session, [home]).get(home, "") if home else ""
        found.append(Reason("missing_place", {**told, **node, "home": at}))
    if wanted.kinds and (there or learns or not (wanted.nodes or wanted.groups)):
        state = next((one.state for one in viewer.belongs if one.state), None)
        code = "missing_kind" if state else "missing_state"
        found.append(Reason(code, {**told, **node, "kind": str(state) if state else ""}))
    return found


# ---------------------------------------------------------------------- how many


@dataclass(frozen=True)
class Counted:
    """How many see a lesson, by why: its audience (None: nobody counts them), by what they are to the party
    (None: nobody told it), its owner, and by role those who read all of its node."""

    audience: int | None
    kinds: tuple[tuple[MemberState | None, int], ...]
    has_owner: bool
    roles: tuple[tuple[Role, int], ...]


def count_members(session: Session, node_id: str, today: date) -> int:
    """Return how many people with an open account belong to a node or to one below it on a day."""
    wanted = select(func.count(Membership.person_id.distinct())).join(
        Person, Person.id == Membership.person_id
    )
    inside = Membership.node_id.in_(organisation.inside_of([node_id]))
    return session.scalar(wanted.where(Person.active, inside, _on(Membership, today))) or 0


def counted(session: Session, lesson: Lesson, today: date) -> Counted:
    """Return how many may see a lesson on a day. Four statements, whatever their number."""
    audience, kinds = _in_audience(session, lesson, today)
    return Counted(
        audience, kinds, lesson.owner_id is not None, roles_above(session, lesson.node.path, today)
    )


def roles_above(session: Session, path: str, today: date) -> tuple[tuple[Role, int], ...]:
    """Return how many people with an open account hold which role at a node or above it; members are not
    counted, for their role gives nothing there."""
    rows = session.execute(
        select(RoleGrant.role, func.count(RoleGrant.person_id.distinct()))
        .join(Person, Person.id == RoleGrant.person_id)
        .where(RoleGrant.node_id.in_(node_chain(path)), Person.active, *standing(today))
        .group_by(RoleGrant.role)
    )
    found = dict(rows.all())
    return tuple((role, found[role]) for role in reversed(Role) if role in found and role is not Role.MEMBER)


def _in_audience(
    session: Session, lesson: Lesson, today: date
) -> tuple[int | None, tuple[tuple[MemberState | None, int], ...]]:
    wanted = audiences.open_to(lesson)
    if lesson.state is not LessonState.PUBLISHED:
        return 0, ()
    if wanted.audience in (Audience.EVERYONE, Audience.SIGNED_IN):
        return None, ()
    home = aliased(Membership)
    at_home = and_(home.person_id == Membership.person_id, home.kind == MembershipKind.HOME, _on(home, today))
    state = func.coalesce(Membership.state, home.state)
    rows = (
        select(Membership.person_id, func.min(state))
        .join(Person, Person.id == Membership.person_id)
        .outerjoin(home, at_home)
        .where(Person.active, _on(Membership, today))
        .group_by(Membership.person_id)
    )
    if wanted.kinds:
        rows = rows.where(state.in_([str(one) for one in wanted.kinds]))
    if wanted.nodes or wanted.groups:
        learns = select(GroupMember.person_id).where(
            GroupMember.group_id.in_(wanted.groups), _on(GroupMember, today)
        )
        inside = Membership.node_id.in_(organisation.inside_of(wanted.nodes))
        rows = rows.where(or_(inside, Membership.person_id.in_(learns)))
    people = rows.subquery()
    sums: Counter[MemberState | None] = Counter()
    for word, number in session.execute(select(people.c[1], func.count()).group_by(people.c[1])):
        sums[MemberState(word) if word else None] += number
    if wanted.groups and not wanted.kinds:  # whoever learns in a group and belongs to no node
        belongs = select(Membership.person_id).where(_on(Membership, today))
        others = (
            select(func.count(GroupMember.person_id.distinct()))
            .join(Person, Person.id == GroupMember.person_id)
            .where(Person.active, _on(GroupMember, today), GroupMember.group_id.in_(wanted.groups))
        )
        sums[None] += session.scalar(others.where(GroupMember.person_id.not_in(belongs))) or 0
    order = (*MemberState, None)
    return sums.total(), tuple((one, sums[one]) for one in order if sums[one])


def _on(table: Any, day: date) -> ColumnElement[bool]:
    return and_(table.since <= day, or_(table.until.is_(None), table.until > day))


def who_changes(act: Act) -> tuple[Role, ...]:
    """Return the roles at its node, or above, that may do something with a thing, the least first."""
    roles = [right.role for right in RIGHTS[act] if right.scope in (Scope.NODE, Scope.ABOVE) and right.role]
    return tuple(role for role in Role if role in roles)
