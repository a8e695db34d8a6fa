"""Rule sets: listed, made from an example or a JSON, changed in a form, tried, put in force; and 减负."""

from __future__ import annotations

import json
from collections import Counter, defaultdict

from fastapi import APIRouter
from sqlalchemy.orm import Session
from starlette.responses import Response

from library.core.errors import Conflict, Invalid, NotFound
from library.grades import facts, permits, queries, rules, ruling
from library.grades.burden import Burden
from library.grades.language import RuleKind
from library.grades.rules import RulesState
from library.grades.tables import Rules
from library.organisation import queries as organisation
from library.organisation.tables import Node
from library.people import queries as people
from server.slices.grades.contexts import (
    RulesFormPage,
    RulesLine,
    RulesPage,
    TrialPage,
    TrialRow,
    WaiverLine,
)
from server.slices.grades.door import DoorDep, GradesDoor, period_at
from server.slices.grades.fields import FieldsDep, RuleFields, fits, typed_of
from server.web.deps import Reading, RuleMaker, Waiver
from server.web.forms.numbers import version_of
from server.web.limits.fields import BlockForm, LineForm, WordForm, WordQuery
from server.web.parts import RefusedForm

router = APIRouter(include_in_schema=False)

TRIED_MOST = 60
"""Branches that a trial on a page looks at; the command looks at all."""
NAMED_MOST = 60
"""People who are listed in a trial; of more there are counts by branch."""


def rules_path(rules_id: str, more: str = "") -> str:
    """Return the path of a rule set."""
    return f"/grades/rules/{rules_id}{more}"


def rules_page(door: GradesDoor, node_id: str, session: Session, refused: RefusedForm | None) -> RulesPage:
    """Return the rule sets of a node."""
    node = _node(door, session, node_id)
    month = rules.month_of(door.today)
    current = [queries.in_force(session, [node], one).get(node.id) for one in (month, month[:4])]
    applies = [one for one in current if one is not None]
    waivers = queries.waivers(session, node)
    ids = {one.node_id for one in waivers} | {one.node_id for one in applies}
    names = organisation.node_names(session, ids)
    who = people.names(session, [one.by_person for one in waivers if one.by_person])
    typed = refused.typed if refused is not None else {}
    return RulesPage(
        frame=door.frame(session),
        node_id=node.id,
        node=node.name,
        nodes=door.choices(session, node),
        versions=tuple(_line(one, applies) for one in queries.versions(session, node.id)),
        applies=tuple(_line(one, applies) for one in applies),
        from_above=tuple("" if one.node_id == node.id else names.get(one.node_id, "") for one in applies),
        waivers=tuple(
            WaiverLine(
                id=one.id,
                point=one.point,
                basis=one.basis,
                node=names.get(one.node_id, ""),
                by=who.get(one.by_person or "", ""),
                at=one.at,
                here=one.node_id == node.id,
            )
            for one in waivers
        ),
        points=tuple(Burden),
        may_waive=permits.may_waive(door.viewer, node.path),
        month=rules.month_after(month),
        document=typed.get("document", ""),
        refused=refused,
    )


def _node(door: GradesDoor, session: Session, node_id: str) -> Node:
    within = queries.outermost(door.viewer)
    return queries.node_ruled(session, door.viewer, node_id or (within[0] if within else ""))


def _line(one: Rules, applies: list[Rules]) -> RulesLine:
    return RulesLine(
        id=one.id,
        kind=one.kind,
        n=one.n,
        name=one.name,
        valid_from=one.valid_from,
        state=one.state,
        applies=any(other.id == one.id for other in applies),
    )


@router.get("/grades/rules")
def listed(door: DoorDep, who: RuleMaker, session: Reading, node: WordQuery = "") -> Response:
    """The rule sets of a node, and what 减负 says."""
    return door.show(rules_page(door, node, session, None))


@router.post("/grades/rules")
def begin(door: DoorDep, who: RuleMaker, node: WordForm = "", example: WordForm = "") -> Response:
    """Make a draft from an example."""

    def act(session: Session) -> str:
        at = _node(door, session, node)
        return rules_path(ruling.begin_with(session, door.viewer, at.id, example, door.clock()).id)

    def page(session: Session, refused: RefusedForm | None) -> RulesPage:
        return rules_page(door, node, session, refused)

    return door.change(act, "grades_rules_made", "begin", page)


@router.post("/grades/import-rules")
def bring(
    door: DoorDep,
    who: RuleMaker,
    node: WordForm = "",
    document: BlockForm = "",
    valid_from: WordForm = "",
) -> Response:
    """Make a draft from a JSON."""

    def act(session: Session) -> str:
        at = _node(door, session, node)
        made = ruling.make(session, door.viewer, at.id, document, valid_from, door.clock())
        return rules_path(made.id)

    def page(session: Session, refused: RefusedForm | None) -> RulesPage:
        return rules_page(door, node, session, refused)

    typed = {"document": document, "valid_from": valid_from}
    return door.change(act, "grades_rules_made", "import", page, typed)


@router.post("/grades/waivers")
def waive(
    door: DoorDep, who: Waiver, node: WordForm = "", point: WordForm = "", basis: LineForm = ""
) -> Response:
    """Switch off a point of 减负, on a legal basis."""

    def act(session: Session) -> str:
        ruling.waive(session, door.viewer, node, point, basis, door.clock())
        return f"/grades/rules?node={node}#burden"

    def page(session: Session, refused: RefusedForm | None) -> RulesPage:
        return rules_page(door, node, session, refused)

    return door.change(act, "grades_waived_now", "waive", page, {"point": point, "basis": basis})


@router.post("/grades/waivers/{waiver_id}/end")
def unwaive(door: DoorDep, who: Waiver, waiver_id: str, node: WordForm = "") -> Response:
    """Switch a point of 减负 on again."""

    def act(session: Session) -> str:
        ruling.unwaive(session, door.viewer, node, waiver_id, door.clock())
        return f"/grades/rules?node={node}#burden"

    def page(session: Session, refused: RefusedForm | None) -> RulesPage:
        return rules_page(door, node, session, refused)

    return door.change(act, "grades_unwaived", "", page)


# ------------------------------------------------------------------ one version


def form_page(
    door: GradesDoor,
    rules_id: str,
    session: Session,
    refused: RefusedForm | None,
    fields: RuleFields | None = None,
) -> RulesFormPage:
    """Return a version as a form, as it is or as it was typed."""
    row = queries.rules_for(session, door.viewer, rules_id)
    node, ruled = organisation.node(session, row.node_id), queries.read(row)
    form, terms, bands = typed_of(ruled, row.valid_from)
    if fields is not None:
        form, terms, bands = fields.form, fields.terms, fields.bands
    typed = refused.typed if refused is not None else {}
    document = json.dumps(ruled.document(), ensure_ascii=False, indent=2)
    return RulesFormPage(
        frame=door.frame(session),
        id=row.id,
        node_id=node.id,
        node=node.name,
        kind=row.kind,
        number=row.n,
        state=row.state,
        version=row.changes,
        valid_from=row.valid_from,
        tried_at=row.tried_at,
        rules=ruled,
        form=form,
        terms=terms,
        bands=bands,
        fits=fits(ruled),
        document=typed.get("document", document),
        last_month=door.last_month,
        refused=refused,
    )


@router.get("/grades/rules/{rules_id}")
def version(door: DoorDep, who: RuleMaker, session: Reading, rules_id: str) -> Response:
    """One version of a rule set."""
    return door.show(form_page(door, rules_id, session, None))


@router.get("/grades/rules/{rules_id}/rules.json")
def document(door: DoorDep, who: RuleMaker, session: Reading, rules_id: str) -> Response:
    """One version as JSON, to take along."""
    row = queries.rules_for(session, door.viewer, rules_id)
    text = json.dumps(row.document, ensure_ascii=False, indent=2)
    headers = {"content-disposition": 'attachment; filename="weike-grades.json"', "cache-control": "no-store"}
    return Response(text, media_type="application/json", headers=headers)


@router.post("/grades/rules/{rules_id}/edit")
def edit(door: DoorDep, who: RuleMaker, fields: FieldsDep, rules_id: str) -> Response:
    """Change a draft in its form."""

    def act(session: Session) -> str:
        row = queries.rules_for(session, door.viewer, rules_id)
        value = fields.document(row.kind)
        ruling.change(session, door.viewer, rules_id, value, fields.valid_from, version_of(fields.version))
        return rules_path(rules_id)

    def page(session: Session, refused: RefusedForm | None) -> RulesFormPage:
        return form_page(door, rules_id, session, refused, fields)

    return door.change(act, "grades_rules_saved", "edit", page, fields.form)


@router.post("/grades/rules/{rules_id}/json")
def put(
    door: DoorDep,
    who: RuleMaker,
    rules_id: str,
    document: BlockForm = "",
    valid_from: WordForm = "",
    version: WordForm = "",
) -> Response:
    """Change a draft by its JSON."""

    def act(session: Session) -> str:
        ruling.change(session, door.viewer, rules_id, document, valid_from, version_of(version))
        return rules_path(rules_id)

    def page(session: Session, refused: RefusedForm | None) -> RulesFormPage:
        return form_page(door, rules_id, session, refused)

    typed = {"document": document, "valid_from": valid_from}
    return door.change(act, "grades_rules_saved", "json", page, typed)


@router.post("/grades/rules/{rules_id}/in-force")
def in_force(door: DoorDep, who: RuleMaker, rules_id: str, version: WordForm = "") -> Response:
    """Let a rule set apply."""

    def act(session: Session) -> str:
        ruling.put_in_force(session, door.viewer, rules_id, version_of(version), door.clock())
        return rules_path(rules_id)

    def page(session: Session, refused: RefusedForm | None) -> RulesFormPage:
        return form_page(door, rules_id, session, refused)

    return door.change(act, "grades_rules_apply", "", page)


@router.post("/grades/rules/{rules_id}/end")
def end(door: DoorDep, who: RuleMaker, rules_id: str, version: WordForm = "") -> Response:
    """Take a rule set out of force, or give up a draft."""

    def act(session: Session) -> str:
        row = ruling.end(session, door.viewer, rules_id, version_of(version), door.clock())
        return f"/grades/rules?node={row.node_id}"

    def page(session: Session, refused: RefusedForm | None) -> RulesFormPage:
        return form_page(door, rules_id, session, refused)

    return door.change(act, "grades_rules_over", "", page)


@router.post("/grades/rules/{rules_id}/trial")
def begin_trial(door: DoorDep, who: RuleMaker, rules_id: str, month: WordForm = "") -> Response:
    """Try a rule set on a past month; what it would do is shown next."""

    def act(session: Session) -> str:
        row = queries.rules_for(session, door.viewer, rules_id)
        period = rules.read_period(month or door.last_month)
        if row.kind is not RuleKind.MONTH and len(period) == rules.PERIOD_LENGTH:
            period = period[:4]
        if rules.kind_of(period) is not row.kind:
            raise Invalid("grades_period", field="month", text=period)
        if rules.days_of(period)[0] > door.today:
            raise Conflict("grades_future", field="month", period=period)
        if row.state is RulesState.DRAFT:
            ruling.tried(session, door.viewer, rules_id, door.clock())
        return rules_path(rules_id, f"/trial?month={period}")

    def page(session: Session, refused: RefusedForm | None) -> RulesFormPage:
        return form_page(door, rules_id, session, refused)

    return door.change(act, "", "trial", page, {"month": month})


@router.get("/grades/rules/{rules_id}/trial")
def trial(door: DoorDep, who: RuleMaker, session: Reading, rules_id: str, month: WordQuery = "") -> Response:
    """What a rule set would have proposed."""
    row = queries.rules_for(session, door.viewer, rules_id)
    node = organisation.node(session, row.node_id)
    period = period_at(month, door.last_month)
    if rules.kind_of(period) is not row.kind:
        raise NotFound
    now = door.clock()
    graded = facts.grading_nodes(session, node.id, facts.count_day(rules.days_of(period)[1], now))
    nodes = organisation.nodes(session, graded[:TRIED_MOST])
    tried = queries.try_rules(session, queries.read(row), nodes, period, now)
    moves: Counter[tuple[str, str]] = Counter()
    by_branch: dict[str, list[int]] = defaultdict(lambda: [0, 0])
    for one in tried:
        before = (one.before.band or "") if one.before is not None else ""
        moves[(before, one.after.band or "")] += 1
        by_branch[one.node_id][0] += 1
        by_branch[one.node_id][1] += one.other
    few = len(tried) <= NAMED_MOST
    named = {one.id: one.name for one in nodes}
    page = TrialPage(
        frame=door.frame(session),
        id=row.id,
        name=row.name,
        node=node.name,
        month=period,
        people=len(tried),
        changed=sum(one.other for one in tried),
        moves=tuple((was, now_, count) for (was, now_), count in sorted(moves.items())),
        rows=tuple(map(_trial_row, tried)) if few else (),
        branches=()
        if few
        else tuple((named[one], counts[0], counts[1]) for one, counts in by_branch.items()),
        left_out=max(0, len(graded) - TRIED_MOST),
    )
    return door.show(page)


def _trial_row(one: queries.Tried) -> TrialRow:
    before = one.before
    return TrialRow(
        name=one.name,
        before=rules.shown(before.score) if before is not None else "",
        before_band=(before.band or "") if before is not None else "",
        after=rules.shown(one.after.score),
        after_band=one.after.band or "",
        other=one.other,
    )
