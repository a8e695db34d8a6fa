"""Everybody as a list that can be imported again (`lists.HEADINGS`). Reads only."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

from sqlalchemy import Select, and_, func, or_, select
from sqlalchemy.orm import Session

from library.core.errors import Conflict
from library.core.permits import MemberState, Role, Viewer
from library.organisation import queries as organisation
from library.people.lists.places import Places
from library.people.rules import MembershipKind
from library.people.tables import CommitteeTerm, Membership, Person

STATE_WORDS = {
    MemberState.FULL: "正式党员",
    MemberState.PROBATIONARY: "预备党员",
    MemberState.ACTIVIST: "入党积极分子",
    MemberState.MASSES: "群众",
}
KIND_WORDS = {MembershipKind.HOME: "在册", MembershipKind.GUEST: "流动"}

EXAMPLES = (
    ("王芳", "330523-017-001", "天荒坪镇党委 / 余村党支部", "正式党员", "2015-07-01", "在册", "2024-03-01"),
    ("李建国", "330523-017-002", "A-017", "预备党员", "2026-03-05", "在册", ""),
    ("陈静", "330523-017-003", "A-017", "入党积极分子", "2025-12-01", "在册", ""),
    ("刘洋", "330523-017-004", "A-017", "群众", "", "在册", ""),
    ("赵敏", "330523-017-005", "A-017", "", "2026-02-10", "流动", ""),
)
"""A filled row of every kind, for the list that people start with."""

_READ_AT_ONCE = 5_000
MOST_ROWS = 100_000
"""So many go into one file that a page gives: they are sorted in memory, beside everybody's pages. The
command line takes any number."""


def check_size(session: Session, viewer: Viewer, most: int = MOST_ROWS) -> None:
    """Raise Conflict("people_many") when the viewer keeps more people than a page puts into one file."""
    kept = organisation.outermost(viewer, Role.SECRETARY)
    rows = select(Membership.id).where(
        Membership.node_id.in_(organisation.inside_of(kept)), Membership.until.is_(None)
    )
    count = session.scalar(select(func.count()).select_from(rows.limit(most + 1).subquery())) or 0
    if count > most:
        raise Conflict("people_many", most=most)


def exported(session: Session, viewer: Viewer, today: date) -> Iterator[tuple[str, ...]]:
    """Yield a row for every membership, of those now, at the nodes whose people the viewer keeps.

    Node by branch as in the tree, there by account. A branch is named by its code, else by its path. The
    day is that from which somebody is there without a break, whatever they were meanwhile; at the end stands
    since when they are a member of a committee, "" for who is none `today`.
    """
    kept = organisation.outermost(viewer, Role.SECRETARY)
    places = Places(organisation.known_nodes(session), kept)
    inside = organisation.inside_of(kept)
    ended = _ended(session, inside)
    terms = _terms(session, today)
    rows = session.execute(
        select(Membership.person_id, Membership.node_id, Membership.kind, Membership.state)
        .add_columns(Membership.since, Person.name, Person.username)
        .join(Person, Person.id == Membership.person_id)
        .where(Membership.node_id.in_(inside), Membership.until.is_(None))
        .execution_options(yield_per=_READ_AT_ONCE)
    )
    found = [
        (
            row.name,
            row.username,
            places.text_of(row.node_id),
            STATE_WORDS[row.state] if row.state else "",
            _since(ended, row.person_id, row.node_id, row.since).isoformat(),
            KIND_WORDS[row.kind],
            terms.get(row.person_id, "") if row.kind is MembershipKind.HOME else "",
        )
        for row in rows
    ]
    yield from sorted(found, key=lambda row: (row[2], row[5], row[1]))


def _terms(session: Session, today: date) -> dict[str, str]:
    """Return since when people are members of a committee who are so on a day, by person."""
    holds = and_(
        CommitteeTerm.since <= today, or_(CommitteeTerm.until.is_(None), CommitteeTerm.until > today)
    )
    rows = session.execute(select(CommitteeTerm.person_id, CommitteeTerm.since).where(holds))
    return {person_id: since.isoformat() for person_id, since in rows}


Ended = dict[tuple[str, str], dict[date, date]]
"""By person and node: from which day the home that ended on a day had begun."""


def _ended(session: Session, inside: Select[str]) -> Ended:
    found: Ended = {}
    rows = session.execute(
        select(Membership.person_id, Membership.node_id, Membership.since, Membership.until).where(
            Membership.node_id.in_(inside),
            Membership.until.is_not(None),
            Membership.kind == MembershipKind.HOME,
        )
    )
    for person_id, node_id, since, until in rows:
        if until is not None and since != until:
            found.setdefault((person_id, node_id), {})[until] = since
    return found


def _since(ended: Ended, person_id: str, node_id: str, since: date) -> date:
    """Return since when somebody is at a node without a break."""
    before = ended.get((person_id, node_id), {})
    while since in before:
        since = before[since]
    return since
