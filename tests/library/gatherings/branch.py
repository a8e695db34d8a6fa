"""A branch with people, for the tests of gatherings."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from library.core.clock import local_day
from library.core.permits import MemberState, Role, Viewer
from library.gatherings import actions
from library.gatherings.actions import Desk, Draft
from library.gatherings.tables import Gathering
from library.organisation import actions as organisation
from library.organisation.tables import Node
from library.people import actions as accounts
from library.people import queries as people
from library.people.belonging import memberships
from tests.support import factories as make
from tests.support.databases import NOW

LONG_AGO = timedelta(days=300)


@dataclass(frozen=True)
class Branch:
    """A branch of the root, its secretary at a desk, and members at home there."""

    node: Node
    desk: Desk
    members: tuple[Viewer, ...]


def viewer(session: Session, person_id: str | None, now: datetime = NOW) -> Viewer:
    """Somebody as they are now."""
    return people.viewer_of(session, people.person(session, str(person_id)), local_day(now))


def branch(session: Session, name: str = "余村党支部", count: int = 4) -> Branch:
    """A branch of so many members, the first of them its secretary."""
    node = organisation.add_named(session, make.root(session), name, NOW - LONG_AGO)
    members = []
    for n in range(count):
        one = make.person(session, name=f"{name[:2]}{n}")
        day = local_day(NOW - LONG_AGO)
        memberships.settle(session, str(one.person_id), node, day, NOW, None, MemberState.FULL)
        role = Role.SECRETARY if n == 0 else Role.MEMBER
        accounts.grant(session, str(one.person_id), role, node, None, NOW)
        members.append(viewer(session, one.person_id))
    return Branch(node, Desk(members[0], NOW), tuple(members))


def draft(**values: object) -> Draft:
    """A plan: study together, today from 18:00 to 19:30 in China."""
    starts_at = NOW + timedelta(minutes=30)
    usual = Draft("study", "学习二十大报告", starts_at, starts_at + timedelta(minutes=90), "会议室")
    return replace(usual, **values)  # type: ignore[arg-type]


def planned(session: Session, its: Branch, **values: object) -> Gathering:
    """A gathering of a branch."""
    return actions.plan(session, its.desk, its.node.id, draft(**values))[0]


def at(desk: Desk, minutes: float) -> Desk:
    """The desk so many minutes after 18:00 in China."""
    return replace(desk, now=NOW + timedelta(minutes=30 + minutes))
