"""Who is graded where, and what happened to them: read from memberships, the ledger and the frozen rolls.

Whoever is at home at a branch on the last day of the period is graded there, once, with all that happened to
them in the period, also while they were elsewhere. People of a party group are graded by its branch. The
rows are asked for in bulk: a fixed number of statements for so many people.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlalchemy import ColumnElement, and_, case, func, or_, select, true
from sqlalchemy.orm import Session

from library.core.clock import local_day, midnight
from library.core.permits import MemberState
from library.evidence.rules import IN_SECONDS, EvidenceKind, Source
from library.evidence.tables import Evidence
from library.gatherings.rules import Due, GatheringState, Mark
from library.gatherings.tables import Gathering, RollEntry
from library.grades.language import Fact
from library.grades.tables import Item
from library.organisation import queries as organisation
from library.organisation.rules import NodeKind
from library.organisation.tables import Node
from library.people.rules import MembershipKind
from library.people.tables import Membership, Person

AT_ONCE = 2_000
"""People whose rows are asked for in one statement."""
GRADED = frozenset({None, MemberState.FULL, MemberState.PROBATIONARY})
"""Whom a branch grades: party members, and whoever's state nobody told; activists and others are not."""


@dataclass(frozen=True)
class Member:
    """Somebody who is graded: by which node, and what they are to the party."""

    person_id: str
    name: str
    state: MemberState | None
    node_id: str


def count_day(last: date, now: datetime) -> date:
    """Return the day on which membership counts: the last of the period, today while it still runs."""
    return min(last, local_day(now))


_GRADING = case((Node.kind == NodeKind.GROUP, Node.parent_id), else_=Node.id)


def _at_home(day: date) -> ColumnElement[bool]:
    return and_(
        Membership.kind == MembershipKind.HOME,
        Membership.since <= day,
        or_(Membership.until.is_(None), Membership.until > day),
    )


def members(
    session: Session, node_ids: Collection[str], day: date, person_id: str | None = None
) -> list[Member]:
    """Return who is graded at some nodes on a day, by name (never by points); `person_id`: that person alone,
    if they are."""
    rows = session.execute(
        select(Person.id, Person.name, Membership.state, _GRADING)
        .join(Membership, Membership.person_id == Person.id)
        .join(Node, Node.id == Membership.node_id)
        .where(_at_home(day), _graded_by(node_ids))
        .where(true() if person_id is None else Person.id == person_id)
        .order_by(Person.name, Person.id)
    )
    return [Member(*row) for row in rows if row[2] in GRADED]


def others(session: Session, node_id: str, day: date) -> int:
    """Return how many at home at a node on a day are not graded: they are no party members."""
    wanted = select(Membership.state, func.count()).join(Node, Node.id == Membership.node_id)
    rows = session.execute(wanted.where(_at_home(day), _graded_by([node_id])).group_by(Membership.state))
    return sum(count for state, count in rows if state not in GRADED)


def _graded_by(node_ids: Collection[str]) -> ColumnElement[bool]:
    own = and_(Node.id.in_(node_ids), Node.kind != NodeKind.GROUP)
    return or_(own, and_(Node.kind == NodeKind.GROUP, Node.parent_id.in_(node_ids)))


def grading_nodes(session: Session, node_id: str, day: date) -> list[str]:
    """Return the nodes that grade somebody on a day, among a node and all below it, in the tree's order."""
    found = session.execute(
        select(_GRADING, func.min(Node.path))
        .join(Membership, Membership.node_id == Node.id)
        .where(_at_home(day), Node.id.in_(organisation.inside_of([node_id])))
        .group_by(_GRADING)
        .order_by(func.min(Node.path))
    )
    return [one for one, _path in found if one is not None]


def facts_of(
    session: Session, person_ids: Sequence[str], first: date, last: date, until: datetime | None = None
) -> dict[str, dict[str, int]]:
    """Return what happened to people from one day to another (rules.Facts), as the ledger told it at `until`.

    The rolls say who was due and who was there; they are frozen when a gathering begins.
    """
    found: dict[str, dict[str, int]] = {one: {} for one in person_ids}
    for some in _in_parts(person_ids):
        for person_id, key, count in (
            *_from_ledger(session, some, first, last, until),
            *_from_rolls(session, some, first, last),
        ):
            facts = found[person_id]
            facts[key] = facts.get(key, 0) + count
    return found


def _in_parts(person_ids: Sequence[str]) -> Iterator[Sequence[str]]:
    for n in range(0, len(person_ids), AT_ONCE):
        yield person_ids[n : n + AT_ONCE]


def _from_ledger(
    session: Session, person_ids: Sequence[str], first: date, last: date, until: datetime | None
) -> Iterator[tuple[str, str, int]]:
    key = (
        Evidence.person_id,
        Evidence.kind,
        Evidence.form,
        Evidence.source,
        Evidence.made_up,
        Evidence.source_id,
    )
    amount = func.sum(Evidence.amount)
    # What somebody watched alone is never asked for: minutes are no figure of a grade.
    where = [
        Evidence.person_id.in_(person_ids),
        Evidence.day.between(first, last),
        Evidence.kind != EvidenceKind.WATCHED,
    ]
    if until is not None:
        where.append(Evidence.recorded_at <= until)
    standing = select(*key, amount.label("amount")).where(*where).group_by(*key).having(amount > 0).subquery()
    columns = standing.c
    times = case((columns.kind.in_(IN_SECONDS), 1), else_=columns.amount)
    grouped = (columns.person_id, columns.kind, columns.form, columns.source, columns.made_up)
    for person_id, kind, form, source, made_up, count in session.execute(
        select(*grouped, func.sum(times)).group_by(*grouped)
    ):
        name = fact_of(kind, source, made_up=made_up)
        if name is not None:
            yield person_id, f"{name}.{form}" if name in (Fact.ATTENDED, Fact.MADE_UP) else name, int(count)


_FACTS: Mapping[EvidenceKind, Fact] = {
    EvidenceKind.ATTENDED: Fact.ATTENDED,
    EvidenceKind.LECTURED: Fact.LECTURED,
    EvidenceKind.WROTE: Fact.WROTE,
    EvidenceKind.PASSED: Fact.PASSED,
    EvidenceKind.DID: Fact.PRACTISED,
}


def fact_of(kind: EvidenceKind, source: Source, *, made_up: bool) -> Fact | None:
    """Return the fact that a piece of evidence is, None for what no rule may count."""
    if kind is EvidenceKind.WATCHED:
        return None
    if source is Source.SELF_STUDY:
        return Fact.SELF_STUDIED
    return Fact.MADE_UP if kind is EvidenceKind.ATTENDED and made_up else _FACTS[kind]


_PRESENT = frozenset({Mark.PRESENT, Mark.LATE, Mark.LEFT_EARLY})


def _from_rolls(
    session: Session, person_ids: Sequence[str], first: date, last: date
) -> Iterator[tuple[str, str, int]]:
    said = case((RollEntry.reason == "", 0), else_=1)
    grouped = (RollEntry.person_id, Gathering.form, RollEntry.mark, said)
    rows = session.execute(
        select(*grouped, func.count())
        .join(Gathering, Gathering.id == RollEntry.gathering_id)
        .where(
            RollEntry.person_id.in_(person_ids),
            RollEntry.due == Due.DUE,
            Gathering.state == GatheringState.ENDED,
            Gathering.opened_at >= midnight(first),
            Gathering.opened_at < midnight(last + timedelta(days=1)),
        )
        .group_by(*grouped)
    )
    for person_id, form, mark, has_reason, count in rows:
        yield person_id, f"due.{form}", count
        for name in _of_mark(mark, has_reason=bool(has_reason)):
            yield person_id, f"{name}.{form}", count


def _of_mark(mark: Mark, *, has_reason: bool) -> tuple[str, ...]:
    if mark in _PRESENT:
        return ("present",) if mark is Mark.PRESENT else ("present", "late")
    if mark is Mark.MADE_UP:
        return ("made_good",)
    return ("excused",) if has_reason else ("absent",)


def entered_of(session: Session, person_ids: Sequence[str], period: str) -> dict[str, dict[str, int]]:
    """Return what was entered by hand for people and a period: person -> name -> hundredths."""
    found: dict[str, dict[str, int]] = defaultdict(dict)
    for some in _in_parts(person_ids):
        wanted = select(Item.person_id, Item.name, Item.cents)
        held = (Item.person_id.in_(some), Item.period == period, Item.ended_at.is_(None))
        for person_id, name, points in session.execute(wanted.where(*held)):
            found[person_id][name] = points
    return found


@dataclass(frozen=True)
class Origin:
    """One thing that a figure comes from: a piece of the ledger, or a line of a roll."""

    fact: str
    form: str
    day: date
    source: str
    source_id: str
    title: str = ""
    reason: str = ""
    later: bool = False


def origins(session: Session, person_id: str, first: date, last: date, until: datetime) -> list[Origin]:
    """Return all that a person's figures of a period come from, by day; `later` is what the ledger was told
    after `until`, which the figures do not know."""
    rows = session.scalars(
        select(Evidence)
        .where(Evidence.person_id == person_id, Evidence.day.between(first, last))
        .order_by(Evidence.day, Evidence.recorded_at, Evidence.id)
    ).all()
    gone = {one.reverses_id for one in rows if one.reverses_id is not None}
    found = []
    titles = _titles(session, [one.source_id for one in rows if one.source is Source.GATHERING])
    for one in rows:
        fact = fact_of(one.kind, one.source, made_up=one.made_up)
        if one.reverses_id is not None or one.id in gone or fact is None:
            continue
        title = titles.get(one.source_id, "")
        later = one.recorded_at > until
        found.append(Origin(fact, one.form, one.day, one.source, one.source_id, title, later=later))
    return sorted([*found, *_missed(session, person_id, first, last)], key=lambda one: (one.day, one.fact))


def _missed(session: Session, person_id: str, first: date, last: date) -> Iterator[Origin]:
    rows = session.execute(
        select(RollEntry, Gathering)
        .join(Gathering, Gathering.id == RollEntry.gathering_id)
        .where(
            RollEntry.person_id == person_id,
            RollEntry.due == Due.DUE,
            Gathering.state == GatheringState.ENDED,
            Gathering.opened_at >= midnight(first),
            Gathering.opened_at < midnight(last + timedelta(days=1)),
        )
    )
    for entry, gathering in rows:
        for fact in _of_mark(entry.mark, has_reason=entry.reason != ""):
            if fact in ("absent", "excused", "late") and gathering.opened_at is not None:
                day = local_day(gathering.opened_at)
                yield Origin(
                    fact, gathering.form, day, Source.GATHERING, gathering.id, gathering.title, entry.reason
                )


def _titles(session: Session, ids: Sequence[str]) -> dict[str, str]:
    wanted = select(Gathering.id, Gathering.title).where(Gathering.id.in_(ids))
    rows = session.execute(wanted).all() if ids else []
    return dict(rows)
