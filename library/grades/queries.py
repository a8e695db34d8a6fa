"""The only reader of rule sets, periods, decisions and appeals."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import Select, and_, func, select, true
from sqlalchemy.orm import Session, aliased

from library.core.errors import Conflict, NotFound
from library.core.permits import Role, Viewer, node_chain
from library.grades import facts, permits, rules
from library.grades.burden import Burden
from library.grades.language import RuleSet, parse
from library.grades.rules import AppealState, PeriodState, RulesState
from library.grades.tables import Appeal, Grade, Item, Period, Rules, Waiver
from library.organisation import queries as organisation
from library.organisation.tables import Node
from library.people.roles import standing
from library.people.tables import Person, RoleGrant

VERSIONS_MOST = 50
OWN_MOST = 60


def node_kept(session: Session, viewer: Viewer, node_id: str) -> Node:
    """Return a node whose grades the viewer keeps; raises NotFound for any other."""
    found = session.get(Node, node_id)
    if found is None or not permits.may_keep(viewer, found.path):
        raise NotFound
    return found


def node_ruled(session: Session, viewer: Viewer, node_id: str) -> Node:
    """Return a node whose rule sets the viewer makes; raises NotFound for any other."""
    found = session.get(Node, node_id)
    if found is None or not permits.may_rule(viewer, found.path):
        raise NotFound
    return found


def outermost(viewer: Viewer) -> list[str]:
    """Return the topmost nodes whose grades the viewer keeps."""
    return organisation.outermost(viewer, Role.SECRETARY)


# ------------------------------------------------------------------ rule sets


def rules_for(session: Session, viewer: Viewer, rules_id: str) -> Rules:
    """Return a rule set of a node whose rules the viewer makes; raises NotFound."""
    found = session.get(Rules, rules_id)
    if found is None:
        raise NotFound
    node_ruled(session, viewer, found.node_id)
    return found


def versions(session: Session, node_id: str) -> Sequence[Rules]:
    """Return the rule sets of a node, the newest first, at most VERSIONS_MOST."""
    wanted = select(Rules).where(Rules.node_id == node_id).order_by(Rules.made_at.desc(), Rules.id.desc())
    return session.scalars(wanted.limit(VERSIONS_MOST)).all()


def read(row: Rules) -> RuleSet:
    """Return a stored rule set."""
    return parse(row.document)


def in_force(session: Session, nodes: Iterable[Node], period: str) -> dict[str, Rules]:
    """Return by which rule set each node grades a period: that of the nearest node up the tree that has one,
    of its versions the last that holds by then. Nodes without any are left out."""
    last = period if len(period) == rules.PERIOD_LENGTH else f"{period}-12"
    rows = session.scalars(
        select(Rules)
        .where(
            Rules.kind == rules.kind_of(period),
            Rules.state == RulesState.IN_FORCE,
            Rules.valid_from <= last,
        )
        .order_by(Rules.valid_from, Rules.n)
    )
    by_node = {row.node_id: row for row in rows}
    found = {}
    for node in nodes:
        row = next((by_node[one] for one in reversed(node_chain(node.path)) if one in by_node), None)
        if row is not None:
            found[node.id] = row
    return found


def needed(session: Session, node: Node, period: str) -> Rules:
    """Return the rule set of a node for a period; raises Conflict("grades_no_rules")."""
    found = in_force(session, [node], period).get(node.id)
    if found is None:
        raise Conflict("grades_no_rules", node=node.name, period=period)
    return found


def waivers(session: Session, node: Node) -> Sequence[Waiver]:
    """Return what is waived of 减负 at a node: there or above, the oldest first."""
    wanted = select(Waiver).where(Waiver.node_id.in_(node_chain(node.path)), Waiver.ended_at.is_(None))
    return session.scalars(wanted.order_by(Waiver.at, Waiver.id)).all()


def waived(session: Session, node: Node) -> frozenset[Burden]:
    """Return the points that are switched off at a node."""
    return frozenset(one.point for one in waivers(session, node))


# ------------------------------------------------------------------ a period of a branch


def period_of(session: Session, node_id: str, period: str) -> Period | None:
    """Return the grades of a branch's period, None where nobody proposed any."""
    return session.scalars(select(Period).where(Period.node_id == node_id, Period.period == period)).first()


@dataclass(frozen=True)
class Row:
    """A decision that holds, with the person's name ("" once they were erased) and their open appeal."""

    grade: Grade
    name: str
    appeal_id: str | None = None


def holding(session: Session, period_ids: Collection[str], person_id: str | None = None) -> list[Row]:
    """Return the decisions that hold in some periods, by name; `person_id`: of one person alone."""
    later = aliased(Grade)
    newer = (
        select(later.id)
        .where(later.period_id == Grade.period_id, later.person_id == Grade.person_id, later.n > Grade.n)
        .exists()
    )
    open_ = and_(Appeal.grade_id == Grade.id, Appeal.state == AppealState.OPEN)
    rows = session.execute(
        select(Grade, Person.name, Appeal.id)
        .outerjoin(Person, Person.id == Grade.person_id)
        .outerjoin(Appeal, open_)
        .where(Grade.period_id.in_(period_ids), ~newer)
        .where(true() if person_id is None else Grade.person_id == person_id)
        .order_by(Person.name, Grade.person_id, Grade.id)
    )
    return [Row(grade, name or "", appeal) for grade, name, appeal in rows]


def held_elsewhere(session: Session, person_ids: Sequence[str], period: str, node_id: str) -> dict[str, str]:
    """Return whom another branch has graded for a frozen period already: person -> that node."""
    found = {}
    for n in range(0, len(person_ids), facts.AT_ONCE):
        rows = session.execute(
            select(Grade.person_id, Period.node_id)
            .join(Period, Period.id == Grade.period_id)
            .where(
                Grade.person_id.in_(person_ids[n : n + facts.AT_ONCE]),
                Period.period == period,
                Period.state == PeriodState.FROZEN,
                Period.node_id != node_id,
            )
        )
        found.update({person: at for person, at in rows if person is not None})
    return found


@dataclass(frozen=True)
class BranchCount:
    """How far a branch is with a period: how many are graded there, and how many of each band."""

    node_id: str
    name: str
    state: PeriodState | None
    people: int
    bands: Mapping[str, int]
    appeals: int = 0


def branch_counts(session: Session, node_ids: Sequence[str], period: str) -> list[BranchCount]:
    """Return how far branches are, in the order that is given; counts alone, of nobody by name."""
    names = organisation.node_names(session, node_ids)
    periods = session.scalars(
        select(Period).where(Period.node_id.in_(node_ids), Period.period == period)
    ).all()
    by_node = {one.node_id: one for one in periods}
    later = aliased(Grade)
    newer = (
        select(later.id)
        .where(later.period_id == Grade.period_id, later.person_id == Grade.person_id, later.n > Grade.n)
        .exists()
    )
    bands: dict[str, Counter[str]] = defaultdict(Counter)
    rows = session.execute(
        select(Grade.period_id, Grade.band, func.count())
        .where(Grade.period_id.in_([one.id for one in periods]), ~newer)
        .group_by(Grade.period_id, Grade.band)
    )
    for period_id, band, count in rows:
        bands[period_id][band or ""] += count
    waiting = dict(
        session.execute(
            select(Grade.period_id, func.count())
            .join(Appeal, Appeal.grade_id == Grade.id)
            .where(Grade.period_id.in_([one.id for one in periods]), Appeal.state == AppealState.OPEN)
            .group_by(Grade.period_id)
        ).all()
    )
    found = []
    for one in node_ids:
        row = by_node.get(one)
        counts = bands[row.id] if row is not None else Counter()
        state, appeals = (row.state, waiting.get(row.id, 0)) if row is not None else (None, 0)
        found.append(BranchCount(one, names.get(one, ""), state, sum(counts.values()), dict(counts), appeals))
    return found


def items_of(session: Session, person_ids: Sequence[str], period: str) -> Sequence[Item]:
    """Return what stands of what was entered for people and a period."""
    wanted = select(Item).where(
        Item.person_id.in_(person_ids), Item.period == period, Item.ended_at.is_(None)
    )
    return session.scalars(wanted.order_by(Item.person_id, Item.name)).all()


# ------------------------------------------------------------------ one person


@dataclass(frozen=True)
class Seen:
    """A decision as somebody sees it: its period, the node that decided, and all decisions in their order."""

    grade: Grade
    period: Period
    node: Node
    all_: Sequence[Grade]
    appeals: Sequence[Appeal]
    keeps: bool
    own: bool

    @property
    def holds(self) -> bool:
        """Whether it is the decision that holds."""
        return self.grade.id == self.all_[-1].id


def grade_for(session: Session, viewer: Viewer, grade_id: str) -> Seen:
    """Return a decision for whoever may see it; raises NotFound.

    Nobody sees their own before it is frozen: until then it is not decided.
    """
    grade = session.get(Grade, grade_id)
    if grade is None:
        raise NotFound
    period = session.get_one(Period, grade.period_id)
    node = session.get_one(Node, period.node_id)
    keeps = permits.may_keep(viewer, node.path)
    own = viewer.person_id is not None and grade.person_id == viewer.person_id
    if not permits.may_look(viewer, node.path, grade.person_id):
        raise NotFound
    if period.state is PeriodState.OPEN and not keeps:
        raise NotFound
    same = Grade.person_id == grade.person_id if grade.person_id else Grade.id == grade.id
    all_ = session.scalars(select(Grade).where(Grade.period_id == period.id, same).order_by(Grade.n)).all()
    ids = [one.id for one in all_]
    appeals = session.scalars(select(Appeal).where(Appeal.grade_id.in_(ids)).order_by(Appeal.at)).all()
    return Seen(grade, period, node, all_, appeals, keeps, own)


def own_grades(session: Session, viewer: Viewer) -> list[tuple[Grade, Period]]:
    """Return the viewer's own frozen decisions that hold, the newest period first, at most OWN_MOST."""
    later = aliased(Grade)
    newer = (
        select(later.id)
        .where(later.period_id == Grade.period_id, later.person_id == Grade.person_id, later.n > Grade.n)
        .exists()
    )
    rows = session.execute(
        select(Grade, Period)
        .join(Period, Period.id == Grade.period_id)
        .where(Grade.person_id == viewer.person_id, Period.state == PeriodState.FROZEN, ~newer)
        .order_by(Period.period.desc(), Grade.id)
        .limit(OWN_MOST)
    ).all()
    return [(grade, period) for grade, period in rows]


def secretaries(session: Session, node: Node, today: date) -> list[str]:
    """Return who keeps the grades of a node: its secretaries, else the nearest above, else staff and
    administrators there."""
    chain = list(reversed(node_chain(node.path)))
    wanted = (
        select(RoleGrant.person_id, RoleGrant.node_id, RoleGrant.role)
        .where(RoleGrant.node_id.in_(chain), *standing(today))
        .where(RoleGrant.role.in_([Role.SECRETARY, Role.STAFF, Role.ADMIN]))
    )
    rows = session.execute(wanted).all()
    for one in chain:
        for role in (Role.SECRETARY, Role.STAFF, Role.ADMIN):
            found = [person for person, at, held in rows if at == one and held is role]
            if found:
                return found
    return []


# ------------------------------------------------------------------ what is other by now


@dataclass(frozen=True)
class Changed:
    """Somebody whose figures are other than those that were decided by, or who came or went since.

    `facts` are before and after, by name; `was` and `now` score and band.
    """

    person_id: str
    name: str
    node_id: str
    grade_id: str | None
    facts: Mapping[str, tuple[int, int]]
    score: tuple[int | None, int | None]
    band: tuple[str | None, str | None]
    came: bool = False
    went: bool = False


def differences(
    session: Session, nodes: Sequence[Node], period: str, now: datetime, person_id: str | None = None
) -> list[Changed]:
    """Return what would be other if periods were proposed now, by the rules with which they were; by name.

    Branches that proposed nothing are passed over. `person_id`: of one person alone. Nothing is written.
    """
    wanted = select(Period).where(Period.node_id.in_([one.id for one in nodes]), Period.period == period)
    periods = {one.node_id: one for one in session.scalars(wanted)}
    if not periods:
        return []
    known = {
        one.id: parse(one.document)
        for one in session.scalars(
            select(Rules).where(Rules.id.in_({one.rules_id for one in periods.values()}))
        )
    }
    first, last = rules.days_of(period)
    here = facts.members(session, list(periods), facts.count_day(last, now), person_id)
    there = {one.person_id: one for one in here}
    node_of = {one.id: one.node_id for one in periods.values()}
    rows = holding(session, list(node_of), person_id)
    held = {row.grade.person_id: row for row in rows if row.grade.person_id is not None}
    people = list(dict.fromkeys([*held, *there]))
    happened = facts.facts_of(session, people, first, last)
    entered = facts.entered_of(session, people, period)
    elsewhere = held_elsewhere(session, [one for one in there if one not in held], period, "")
    found = []
    for person_id in people:
        row, member = held.get(person_id), there.get(person_id)
        at = node_of[row.grade.period_id] if row is not None else ""
        if row is None:
            if member is None or person_id in elsewhere:
                continue
            at = member.node_id
        ruled = known[periods[at].rules_id]
        state = member.state if member is not None else row.grade.status if row is not None else None
        new = rules.score(
            ruled, happened[person_id], entered.get(person_id, {}), without=rules.is_without(ruled, state)
        )
        change = _changed(person_id, at, row, member, happened[person_id], new)
        if change is not None:
            found.append(change)
    return sorted(found, key=lambda one: (one.name, one.person_id))


def _changed(
    person_id: str,
    at: str,
    row: Row | None,
    member: facts.Member | None,
    happened: Mapping[str, int],
    new: rules.Scored,
) -> Changed | None:
    name = row.name if row is not None else member.name if member is not None else ""
    if row is None:
        return Changed(person_id, name, at, None, {}, (None, new.score), (None, new.band), came=True)
    grade = row.grade
    went = member is None or member.node_id != at
    other = {
        key: (grade.facts.get(key, 0), happened.get(key, 0))
        for key in sorted({*grade.facts, *happened})
        if grade.facts.get(key, 0) != happened.get(key, 0)
    }
    lines_other = [one.to_json() for one in new.lines] != grade.lines
    if not (went or other or lines_other or new.score != grade.score):
        return None
    return Changed(
        person_id, name, at, grade.id, other, (grade.score, new.score), (grade.proposed, new.band), went=went
    )


@dataclass(frozen=True)
class Tried:
    """What a rule set would say of somebody, beside what the one in force says (None: there is none)."""

    person_id: str
    name: str
    node_id: str
    before: rules.Scored | None
    after: rules.Scored

    @property
    def other(self) -> bool:
        """Whether points or band would be other."""
        was = (self.before.score, self.before.band) if self.before is not None else None
        return was != (self.after.score, self.after.band)


def try_rules(
    session: Session, ruled: RuleSet, nodes: Sequence[Node], period: str, now: datetime
) -> list[Tried]:
    """Return what a rule set would propose for a past period, person by person, by name. Writes nothing."""
    first, last = rules.days_of(period)
    present = {one: parse(row.document) for one, row in in_force(session, nodes, period).items()}
    people = facts.members(session, [one.id for one in nodes], facts.count_day(last, now))
    ids = [one.person_id for one in people]
    happened = facts.facts_of(session, ids, first, last)
    entered = facts.entered_of(session, ids, period)
    found = []
    for one in people:
        args = (happened[one.person_id], entered.get(one.person_id, {}))
        old = present.get(one.node_id)
        before = (
            rules.score(old, *args, without=rules.is_without(old, one.state)) if old is not None else None
        )
        after = rules.score(ruled, *args, without=rules.is_without(ruled, one.state))
        found.append(Tried(one.person_id, one.name, one.node_id, before, after))
    return found


def number_waiting(viewer: Viewer) -> Select[int] | None:
    """Return a SELECT of how many appeals wait for the viewer's answer; None for whoever keeps no grades."""
    kept = outermost(viewer)
    if not kept:
        return None
    wanted = select(func.count()).select_from(Appeal).join(Grade, Grade.id == Appeal.grade_id)
    return wanted.join(Period, Period.id == Grade.period_id).where(
        Appeal.state == AppealState.OPEN, Period.node_id.in_(organisation.inside_of(kept))
    )
