"""A period of a branch: what is entered by hand, the proposal, what people decide, and the freezing."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import delete as sql_delete
from sqlalchemy import insert, select, update
from sqlalchemy.orm import Session

from library.audit import actions as audit
from library.audit.rules import Deed
from library.core.clock import local_day
from library.core.errors import Conflict, Forbidden, Invalid, NotFound
from library.core.ids import new_id
from library.core.permits import Viewer
from library.core.text import required_line, short_line
from library.grades import burden, facts, queries, rules, years
from library.grades.language import RuleSet, cents
from library.grades.rules import PeriodState
from library.grades.tables import Grade, Item, Period, Rules
from library.notices import actions as notices
from library.notices.actions import News
from library.notices.rules import Kind
from library.organisation.tables import Node
from library.people.tables import Person


@dataclass(frozen=True)
class Proposed:
    """What a proposal came to: how many are graded, whose grade another branch has decided already, and who
    lacks an appraisal."""

    node_id: str
    people: int
    elsewhere: tuple[str, ...] = ()
    lacking: int = 0
    frozen: bool = False


def propose(session: Session, viewer: Viewer, node_id: str, period: str, now: datetime) -> Proposed:
    """Propose a branch's grades for a period, or propose them anew; what people decided otherwise stays.

    Raises NotFound, Invalid("grades_period"), Conflict: grades_frozen, grades_no_rules, grades_future,
    grades_nobody.
    """
    node = queries.node_kept(session, viewer, node_id)
    [done] = propose_all(session, viewer, [node], period, now)
    if done.frozen:
        raise Conflict("grades_frozen")
    if not done.people and not done.elsewhere:
        raise Conflict("grades_nobody", node=node.name)
    return done


def propose_all(
    session: Session, viewer: Viewer, nodes: Sequence[Node], period: str, now: datetime
) -> list[Proposed]:
    """Propose the grades of several branches, in a fixed number of statements for each so many people.

    Branches that are frozen are left as they are (`Proposed.frozen`). Whoever calls has looked that the
    viewer keeps them. Raises as `propose`.
    """
    period = rules.read_period(period)
    first, last = rules.days_of(period)
    if first > local_day(now):
        raise Conflict("grades_future", period=period)
    ids = sorted(one.id for one in nodes)
    known = _held_all(session, ids, period)
    ruled = _ruled(session, nodes, period)
    open_ids = [one for one in ids if one not in known or known[one].state is PeriodState.OPEN]
    people = facts.members(session, open_ids, facts.count_day(last, now))
    everybody = [one.person_id for one in people]
    happened = facts.facts_of(session, everybody, first, last, now)
    entered = facts.entered_of(session, everybody, period)
    graded = queries.held_elsewhere(session, everybody, period, "")
    kept = _decided(session, [known[one].id for one in open_ids if one in known])
    by_node: dict[str, list[facts.Member]] = {one: [] for one in open_ids}
    for member in people:
        by_node[member.node_id].append(member)
    done, rows = [], []
    for one in nodes:
        if one.id not in by_node:
            done.append(Proposed(one.id, 0, frozen=True))
            continue
        there = [m for m in by_node[one.id] if m.person_id not in graded]
        gone = tuple(m.name for m in by_node[one.id] if m.person_id in graded)
        row, rule = ruled[one.id]
        held = _period(session, known.get(one.id), one, period, row, now)
        made = [
            _grade(held, m, rule, happened[m.person_id], entered.get(m.person_id, {}), kept, now)
            for m in there
        ]
        rows += made
        lacking = sum(one["score"] is None and not one["without"] for one in made) if rule.appraisal else 0
        done.append(Proposed(one.id, len(there), gone, lacking))
    session.flush()
    if rows:
        session.execute(insert(Grade), rows)
    return done


def _held_all(session: Session, node_ids: Sequence[str], period: str) -> dict[str, Period]:
    """Return the periods of nodes that have one, by node, held with their nodes until the transaction ends:
    so nobody decides, freezes or proposes meanwhile, also where there is no period yet."""
    # In one order, so that two that propose the same branches wait and do not block each other.
    nodes = select(Node.id).where(Node.id.in_(node_ids)).order_by(Node.id)
    session.execute(nodes.with_for_update(key_share=True, of=Node)).all()
    wanted = select(Period).where(Period.node_id.in_(node_ids), Period.period == period)
    rows = session.scalars(
        wanted.order_by(Period.node_id).with_for_update(), execution_options={"populate_existing": True}
    )
    return {one.node_id: one for one in rows}


def _ruled(session: Session, nodes: Sequence[Node], period: str) -> dict[str, tuple[Rules, RuleSet]]:
    """Return the rule sets of nodes, each read once; raises Conflict("grades_no_rules")."""
    rows = queries.in_force(session, nodes, period)
    lacking = next((one for one in nodes if one.id not in rows), None)
    if lacking is not None:
        raise Conflict("grades_no_rules", node=lacking.name, period=period)
    read = {row.id: queries.read(row) for row in rows.values()}
    return {node_id: (row, read[row.id]) for node_id, row in rows.items()}


def _decided(session: Session, period_ids: Sequence[str]) -> dict[tuple[str, str], Grade]:
    """Return what stood, and take it away: it is proposed anew, under the ids that it had."""
    if not period_ids:
        return {}
    rows = session.scalars(
        select(Grade).where(Grade.period_id.in_(period_ids)), execution_options={"populate_existing": True}
    ).all()
    found = {(r.period_id, r.person_id): r for r in rows if r.person_id}
    for row in rows:
        session.expunge(row)
    session.execute(
        sql_delete(Grade).where(Grade.period_id.in_(period_ids)).execution_options(synchronize_session=False)
    )
    return found


def _period(
    session: Session, known: Period | None, node: Node, period: str, row: Rules, now: datetime
) -> Period:
    if known is None:
        known = Period(
            id=new_id(), node_id=node.id, period=period, state=PeriodState.OPEN, version=0, rules_id=row.id
        )
        session.add(known)
    known.rules_id, known.asked_at = row.id, now
    known.version += 1
    return known


def _grade(
    period: Period,
    member: facts.Member,
    ruled: RuleSet,
    happened: Mapping[str, int],
    entered: Mapping[str, int],
    kept: Mapping[tuple[str, str], Grade],
    now: datetime,
) -> dict[str, Any]:
    without = rules.is_without(ruled, member.state)
    made = rules.score(ruled, happened, entered, without=without)
    old = kept.get((period.id, member.person_id))
    # What people decided otherwise stays, where the rules still know the word.
    keeps = (
        old is not None
        and not without
        and old.band not in (None, old.proposed, made.band)
        and any(one.name == old.band for one in ruled.bands)
    )
    return {
        "id": old.id if old is not None else new_id(),
        "period_id": period.id,
        "person_id": member.person_id,
        "n": 1,
        "status": member.state,
        "facts": dict(happened),
        "lines": [one.to_json() for one in made.lines],
        "daily": made.daily,
        "appraisal": made.appraisal,
        "score": made.score,
        "proposed": made.band,
        "band": old.band if keeps and old is not None else made.band,
        "without": without,
        "reason": old.reason if keeps and old is not None else "",
        "at": old.at if keeps and old is not None else now,
        "by_person": old.by_person if keeps and old is not None else None,
    }


# ------------------------------------------------------------------ by hand


def enter(
    session: Session,
    viewer: Viewer,
    node_id: str,
    period: str,
    person_id: str,
    name: str,
    points: int,
    reason: str,
    now: datetime,
) -> Item:
    """Enter points (hundredths) for a person by hand, with the reason; what stood before stays to be seen.

    Raises NotFound, Forbidden("grades_own"), Conflict: grades_frozen, grades_no_rules; Invalid:
    grades_item_unknown, grades_points_range, grades_burden, empty, too_long.
    """
    node = queries.node_kept(session, viewer, node_id)
    period = rules.read_period(period)
    if viewer.person_id == person_id:
        raise Forbidden("grades_own", field="points")
    least, most = entry_range(session, node, period, name)
    if not least <= points <= most:
        raise Invalid("grades_points_range", field="points", least=rules.shown(least), most=rules.shown(most))
    why = required_line(reason, "reason", rules.REASON_MAX)
    burden.check_text(why, "reason", queries.waived(session, node))
    known = _held_all(session, [node.id], period).get(node.id)
    if known is not None and known.state is PeriodState.FROZEN:
        raise Conflict("grades_frozen")
    _member(session, node, period, person_id, now)
    session.get_one(Person, person_id, with_for_update={"key_share": True})
    session.execute(
        update(Item)
        .where(Item.person_id == person_id, Item.period == period, Item.name == name, Item.ended_at.is_(None))
        .values(ended_at=now)
        .execution_options(synchronize_session=False)
    )
    row = Item(
        id=new_id(),
        node_id=node.id,
        person_id=person_id,
        period=period,
        name=name,
        cents=points,
        reason=why,
        at=now,
        by_person=viewer.writer_id,
    )
    session.add(row)
    session.flush()
    audit.note(session, Deed.GRADES, viewer.writer_id, of=person_id, thing=row.id, what="entered")
    return row


def entry_range(session: Session, node: Node, period: str, name: str) -> tuple[int, int]:
    """Return between which hundredths an item may be; raises Invalid("grades_item_unknown"), Conflict."""
    by_month = len(period) == rules.PERIOD_LENGTH
    row = (
        queries.needed(session, node, period)
        if by_month
        else years.year_rules(session, node, period) or queries.needed(session, node, f"{period}-12")
    )
    ruled = queries.read(row)
    year = ruled.year.appraisal if ruled.year is not None else None
    if not by_month:
        if name != year:
            raise Invalid("grades_item_unknown", field="item")
        return 0, 100_00
    if ruled.appraisal is not None and ruled.appraisal.name == name:
        return 0, 100_00
    term = next((one for one in ruled.entered if one.name == name), None)
    if term is None:
        raise Invalid("grades_item_unknown", field="item")
    return cents(term.least), cents(term.most)


def _member(session: Session, node: Node, period: str, person_id: str, now: datetime) -> facts.Member:
    _first, last = rules.days_of(period)
    found = facts.members(session, [node.id], facts.count_day(last, now), person_id)
    if not found:
        raise NotFound
    return found[0]


# ------------------------------------------------------------------ deciding


def held(session: Session, viewer: Viewer, period_id: str, version: int | None = None) -> tuple[Period, Node]:
    """Return a period that the viewer keeps, held until the transaction ends; raises NotFound,
    Conflict("grades_changed")."""
    row = session.get(Period, period_id, with_for_update=True, populate_existing=True)
    if row is None:
        raise NotFound
    node = queries.node_kept(session, viewer, row.node_id)
    if version is not None and version != row.version:
        raise Conflict("grades_changed")
    return row, node


def decide(session: Session, viewer: Viewer, grade_id: str, band: str, reason: str, now: datetime) -> Grade:
    """Decide somebody's grade before it is frozen; another than the proposed one needs a reason.

    Raises NotFound, Forbidden("grades_own"), Conflict: grades_frozen, grades_without;
    Invalid: grades_band_unknown, grades_reason, grades_burden, too_long.
    """
    grade = session.get(Grade, grade_id)
    if grade is None:
        raise NotFound
    period, node = held(session, viewer, grade.period_id)
    if session.get(Grade, grade_id, populate_existing=True) is None:
        raise NotFound  # proposed anew meanwhile, and they are graded elsewhere now
    if period.state is PeriodState.FROZEN:
        raise Conflict("grades_frozen")
    ruled = queries.read(session.get_one(Rules, period.rules_id))
    check_own(viewer, grade, band)
    if grade.without:
        raise Conflict("grades_without")
    rules.check_band(ruled, band)
    why = short_line(reason, "reason", rules.REASON_MAX)
    if band != grade.proposed and grade.proposed is not None and not why:
        raise Invalid("grades_reason", field="reason")
    if why:
        burden.check_text(why, "reason", queries.waived(session, node))
    grade.band = band
    grade.reason = why if band != grade.proposed else ""
    grade.at, grade.by_person = now, viewer.writer_id
    period.version += 1
    session.flush()
    audit.note(session, Deed.GRADES, viewer.writer_id, of=grade.person_id, thing=grade.id, what="decided")
    return grade


def check_own(viewer: Viewer, grade: Grade, band: str) -> None:
    """Refuse that somebody changes their own grade; raises Forbidden("grades_own")."""
    if viewer.person_id is not None and grade.person_id == viewer.person_id and band != grade.band:
        raise Forbidden("grades_own", field="band")


def freeze(session: Session, viewer: Viewer, period_id: str, version: int | None, now: datetime) -> Period:
    """Freeze a period: from then on what was decided stays, and every member is told.

    Raises NotFound, Conflict: grades_changed, grades_frozen, grades_running (the period is not over),
    grades_stale (the ledger knows more than the proposal), grades_undecided, grades_quota.
    """
    period, node = held(session, viewer, period_id, version)
    if period.state is PeriodState.FROZEN:
        raise Conflict("grades_frozen")
    _first, last = rules.days_of(period.period)
    if last >= local_day(now) and len(period.period) == rules.PERIOD_LENGTH:
        raise Conflict("grades_running", last=last.isoformat())
    ruled = queries.read(session.get_one(Rules, period.rules_id))
    other = queries.differences(session, [node], period.period, now)
    if other:
        raise Conflict("grades_stale", count=len(other))
    rows = queries.holding(session, [period.id])
    open_ = sum(one.grade.band is None and not one.grade.without for one in rows)
    if open_:
        raise Conflict("grades_undecided", count=open_)
    rules.check_quotas(ruled, [one.grade.band for one in rows])
    period.state, period.frozen_at, period.frozen_by = PeriodState.FROZEN, now, viewer.writer_id
    period.version += 1
    session.flush()
    audit.note(session, Deed.GRADES, viewer.writer_id, thing=period.id, what="frozen", count=len(rows))
    for one in rows:
        tell(session, one.grade, now)
    return period


def tell(session: Session, grade: Grade, now: datetime) -> None:
    """Tell a member that their grade was decided, or decided anew."""
    news = News(Kind.GRADE_DECIDED, grade.id, key=f"grade:{grade.id}")
    notices.tell(session, [grade.person_id], news, now)


def erase(session: Session, person: Person) -> None:
    """Let nothing stay that was said of a person in words; the figures stay without their name."""
    session.execute(
        update(Grade)
        .where(Grade.person_id == person.id)
        .values(reason="")
        .execution_options(synchronize_session=False)
    )
