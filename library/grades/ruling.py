"""Rule sets are made, tried, put in force and ended; points of 减负 are switched off and on again."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from library.audit import actions as audit
from library.audit.rules import Deed
from library.core.clock import local_day
from library.core.errors import Conflict, Forbidden, Invalid, NotFound
from library.core.ids import new_id
from library.core.permits import Viewer, node_chain
from library.core.text import required_line
from library.grades import burden, permits, queries, rules
from library.grades.burden import Burden
from library.grades.examples import EXAMPLES
from library.grades.language import RuleKind
from library.grades.rules import RulesState
from library.grades.tables import Period, Rules, Waiver
from library.organisation import queries as organisation
from library.organisation.tables import Node


def make(
    session: Session, viewer: Viewer, node_id: str, document: str, valid_from: str, now: datetime
) -> Rules:
    """Make a new version of a node's rule set from its JSON, as a draft.

    Raises NotFound, Conflict("node_closed"), Invalid: grades_rule, grades_burden, grades_period.
    """
    node = queries.node_ruled(session, viewer, node_id)
    if node.closed_at is not None:
        raise Conflict("node_closed", name=node.name)
    ruled = burden.checked(document, queries.waived(session, node))
    session.get_one(Node, node.id, with_for_update={"key_share": True})
    wanted = select(func.max(Rules.n)).where(Rules.node_id == node.id, Rules.kind == ruled.kind)
    row = Rules(
        id=new_id(),
        node_id=node.id,
        kind=ruled.kind,
        n=(session.scalar(wanted) or 0) + 1,
        name=ruled.name,
        document=ruled.document(),
        valid_from=_first(valid_from),
        state=RulesState.DRAFT,
        changes=1,
        made_at=now,
        made_by=viewer.writer_id,
    )
    session.add(row)
    session.flush()
    audit.note(session, Deed.GRADES, viewer.writer_id, thing=row.id, what="rules_made")
    return row


def begin_with(session: Session, viewer: Viewer, node_id: str, example: str, now: datetime) -> Rules:
    """Make a draft from one of the shipped examples, from the coming month on; raises as `make`,
    Invalid("unknown_choice")."""
    if example not in EXAMPLES:
        raise Invalid("unknown_choice", field="example")
    document = json.dumps(EXAMPLES[example], ensure_ascii=False)
    return make(session, viewer, node_id, document, rules.month_after(rules.month_of(local_day(now))), now)


def change(
    session: Session,
    viewer: Viewer,
    rules_id: str,
    document: str | Mapping[str, Any],
    valid_from: str,
    version: int | None = None,
) -> Rules:
    """Change a draft; it has to be tried again. Raises NotFound, Conflict: grades_rules_fixed,
    grades_rules_changed; Invalid as `make`, and grades_rules_kind where it is for something else."""
    row = _draft(session, viewer, rules_id, version)
    node = session.get_one(Node, row.node_id)
    text = document if isinstance(document, str) else json.dumps(document, ensure_ascii=False)
    ruled = burden.checked(text, queries.waived(session, node))
    if ruled.kind is not row.kind:
        raise Invalid("grades_rules_kind", field="document")
    known, first = ruled.document(), _first(valid_from)
    if known == row.document and first == row.valid_from:
        return row
    row.document, row.name, row.valid_from = known, ruled.name, first
    row.tried_at = None
    row.changes += 1
    session.flush()
    audit.note(session, Deed.GRADES, viewer.writer_id, thing=row.id, what="rules_changed")
    return row


def tried(session: Session, viewer: Viewer, rules_id: str, now: datetime) -> Rules:
    """Note that a draft was tried on a past month as it stands."""
    row = _draft(session, viewer, rules_id, None)
    row.tried_at = now
    session.flush()
    return row


def put_in_force(session: Session, viewer: Viewer, rules_id: str, version: int, now: datetime) -> Rules:
    """Let a rule set apply from its month on.

    Raises Conflict: grades_rules_untried; grades_rules_late where it would reach back (`_reaches_back`).
    Invalid("grades_burden") where a point is no longer waived.
    """
    row = _draft(session, viewer, rules_id, version)
    node = session.get_one(Node, row.node_id, with_for_update={"key_share": True})
    burden.checked(json.dumps(row.document, ensure_ascii=False), queries.waived(session, node))
    if row.tried_at is None:
        raise Conflict("grades_rules_untried")
    this = rules.month_of(local_day(now))
    # A month begins with its rules, a review with those of its year.
    begun = this if row.kind is RuleKind.MONTH else f"{this[:4]}-01"
    if row.valid_from < begun and _reaches_back(session, row, node, begun):
        raise Conflict("grades_rules_late", field="valid_from", month=begun)
    row.state, row.decided_at, row.decided_by = RulesState.IN_FORCE, now, viewer.writer_id
    row.changes += 1
    session.flush()
    audit.note(session, Deed.GRADES, viewer.writer_id, thing=row.id, what="rules_in_force")
    return row


def _reaches_back(session: Session, row: Rules, node: Node, begun: str) -> bool:
    """Tell whether a rule set would hold for months before `begun` that another held: a version of the node's
    own, also one that was ended since, or one from above by which a period has been proposed or frozen.

    The first rules that a node ever has may hold for months that are over, as long as nobody was graded.
    """
    others = session.scalars(
        select(Rules).where(
            Rules.node_id == row.node_id,
            Rules.kind == row.kind,
            Rules.state.in_([RulesState.IN_FORCE, RulesState.ENDED]),
            Rules.tried_at.is_not(None),  # what was given up as a draft held nowhere
            Rules.valid_from < begun,
        )
    )
    for one in others:
        ended = one.decided_at if one.state is RulesState.ENDED else None
        if ended is None or rules.month_of(local_day(ended)) >= row.valid_from:
            return True
    by_month = row.kind is RuleKind.MONTH
    length = rules.PERIOD_LENGTH if by_month else rules.YEAR_LENGTH
    first, end = (row.valid_from, begun) if by_month else (row.valid_from[:4], begun[:4])
    graded = (
        select(Period.id)
        .join(Rules, Rules.id == Period.rules_id)
        .where(Period.period >= first, Period.period < end, func.length(Period.period) == length)
        .where(Period.node_id.in_(organisation.inside_of([node.id])))
        .where(Rules.node_id.in_(node_chain(node.path)))  # a nearer one goes before, and is not touched
    )
    return session.scalars(graded.limit(1)).first() is not None


def end(session: Session, viewer: Viewer, rules_id: str, version: int, now: datetime) -> Rules:
    """Take a rule set out of force, or give up a draft; what was frozen by it stays as it is."""
    row = _held(session, viewer, rules_id, version)
    if row.state is RulesState.ENDED:
        return row
    if row.state is RulesState.DRAFT:
        row.tried_at = None
    row.state, row.decided_at, row.decided_by = RulesState.ENDED, now, viewer.writer_id
    row.changes += 1
    session.flush()
    audit.note(session, Deed.GRADES, viewer.writer_id, thing=row.id, what="rules_ended")
    return row


def _held(session: Session, viewer: Viewer, rules_id: str, version: int | None) -> Rules:
    row = session.get(Rules, rules_id, with_for_update=True, populate_existing=True)
    if row is None:
        raise NotFound
    queries.node_ruled(session, viewer, row.node_id)
    if version is not None and version != row.changes:
        raise Conflict("grades_rules_changed")
    return row


def _draft(session: Session, viewer: Viewer, rules_id: str, version: int | None) -> Rules:
    row = _held(session, viewer, rules_id, version)
    if row.state is not RulesState.DRAFT:
        raise Conflict("grades_rules_fixed")
    return row


def _first(text: str) -> str:
    period = rules.read_period(text, "valid_from")
    return period if len(period) == rules.PERIOD_LENGTH else f"{period}-01"


# ------------------------------------------------------------------ 减负


def node_to_waive(session: Session, viewer: Viewer, node_id: str) -> Node:
    """Return a node at which the viewer switches points off; raises NotFound, Forbidden."""
    node = organisation.node(session, node_id)
    if not permits.may_rule(viewer, node.path):
        raise NotFound
    if not permits.may_waive(viewer, node.path):
        raise Forbidden
    return node


def waive(session: Session, viewer: Viewer, node_id: str, point: str, basis: str, now: datetime) -> Waiver:
    """Switch a point of 减负 off at a node and below it, on a legal basis that everybody reads.

    Raises NotFound, Forbidden, Invalid (unknown_choice, empty, too_long, grades_basis),
    Conflict("grades_waived") where it is off already.
    """
    node = node_to_waive(session, viewer, node_id)
    if point not in tuple(Burden):
        raise Invalid("unknown_choice", field="point")
    why = required_line(basis, "basis", rules.BASIS_MAX)
    if len(why) < BASIS_LEAST:
        raise Invalid("grades_basis", field="basis", least=BASIS_LEAST)
    session.get_one(Node, node.id, with_for_update={"key_share": True})
    if any(one.point == point and one.node_id == node.id for one in queries.waivers(session, node)):
        raise Conflict("grades_waived", field="point")
    row = Waiver(
        id=new_id(), node_id=node.id, point=Burden(point), basis=why, at=now, by_person=viewer.writer_id
    )
    session.add(row)
    session.flush()
    audit.note(session, Deed.GRADES_WAIVER, viewer.writer_id, thing=row.id, what="off", point=point)
    return row


BASIS_LEAST = 8
"""Characters of a legal basis at least: the name of a document has more."""


def unwaive(session: Session, viewer: Viewer, node_id: str, waiver_id: str, now: datetime) -> Waiver:
    """Switch a point on again; rule sets in force that touch it are ended, for they are no longer lawful.

    Raises NotFound, Forbidden.
    """
    node = node_to_waive(session, viewer, node_id)
    row = session.get(Waiver, waiver_id, with_for_update=True, populate_existing=True)
    if row is None or row.node_id != node.id:
        raise NotFound
    if row.ended_at is None:
        row.ended_at, row.ended_by = now, viewer.writer_id
        session.flush()
        audit.note(session, Deed.GRADES_WAIVER, viewer.writer_id, thing=row.id, what="on", point=row.point)
        for one in _touching(session, node, row.point):
            one.state, one.decided_at, one.decided_by = RulesState.ENDED, now, viewer.writer_id
            one.changes += 1
            audit.note(session, Deed.GRADES, viewer.writer_id, thing=one.id, what="rules_ended")
        session.flush()
    return row


def _touching(session: Session, node: Node, point: Burden) -> Sequence[Rules]:
    """Return the rule sets in force, at a node and below, that need a point to be off and find it on."""
    wanted = select(Rules).where(
        Rules.state == RulesState.IN_FORCE, Rules.node_id.in_(organisation.inside_of([node.id]))
    )
    found = []
    for row in session.scalars(wanted.with_for_update()).all():
        if any(one.point is point for one in burden.findings(row.document)):
            at = session.get_one(Node, row.node_id)
            if point not in queries.waived(session, at):
                found.append(row)
    return found
