"""A branch's month: proposed, decided, frozen; the branches below as counts; all of it as a workbook."""

from __future__ import annotations

from dataclasses import replace
from urllib.parse import quote

from fastapi import APIRouter
from sqlalchemy.orm import Session
from starlette.responses import Response

from library.core.errors import NotFound
from library.grades import actions, facts, queries, rules
from library.grades.language import RuleKind
from library.grades.tables import Period, Rules
from library.organisation.tables import Node
from server.slices.grades.contexts import BranchLine, GradesDeskPage, MonthRow
from server.slices.grades.door import DoorDep, GradesDoor, period_at
from server.slices.grades.export import month_book
from server.web.deps import Grader, Reading
from server.web.files.attachments import file_name
from server.web.files.exported import noted
from server.web.files.sheets import XLSX
from server.web.forms.numbers import version_of
from server.web.limits.fields import WordForm, WordQuery
from server.web.parts import RefusedForm
from server.web.routing.reading import reads

router = APIRouter(include_in_schema=False)

BRANCHES_MOST = 200
"""Branches whose counts one page shows."""


def desk_path(node_id: str, month: str) -> str:
    """Return the path of a branch's month."""
    return f"/grades/desk?node={node_id}&month={month}"


def desk_page(
    door: GradesDoor, node_id: str, month: str, session: Session, refused: RefusedForm | None
) -> GradesDeskPage:
    """Return a branch's month."""
    node = door.node(session, node_id)
    period = period_at(month, door.last_month)
    _first, last = rules.days_of(period)
    now = door.clock()
    graded = facts.grading_nodes(session, node.id, facts.count_day(last, now))
    below = [one for one in graded if one != node.id]
    known = queries.period_of(session, node.id, period)
    ruled = _rules(session, node, period, known)
    counts = queries.branch_counts(session, below[:BRANCHES_MOST], period)
    this = rules.month_of(door.today)
    review = rules.kind_of(period) is RuleKind.REVIEW
    before, after = _beside(period, this)
    page = GradesDeskPage(
        frame=door.frame(session),
        node_id=node.id,
        node=node.name,
        month=period,
        review=review,
        before=before,
        after=after,
        nodes=door.choices(session, node),
        own=node.id in graded or known is not None,
        rules_name=ruled.name if ruled is not None else "",
        others=facts.others(session, node.id, facts.count_day(last, now)),
        over=last < door.today or review,
        branches=tuple(
            BranchLine(
                id=one.node_id,
                name=one.name,
                state=one.state,
                people=one.people,
                bands=tuple((name, count) for name, count in sorted(one.bands.items()) if name),
                appeals=one.appeals,
            )
            for one in counts
        ),
        left_out=max(0, len(below) - BRANCHES_MOST),
        refused=refused,
    )
    return page if known is None or ruled is None else _with_rows(door, session, node, known, ruled, page)


def _beside(period: str, this: str) -> tuple[str, str]:
    if len(period) == rules.PERIOD_LENGTH:
        return rules.month_after(period, -1), rules.month_after(period) if period < this else ""
    return str(int(period) - 1), str(int(period) + 1) if period < this[:4] else ""


def _rules(session: Session, node: Node, period: str, known: Period | None) -> Rules | None:
    if known is not None:
        return session.get_one(Rules, known.rules_id)
    return queries.in_force(session, [node], period).get(node.id)


def _with_rows(
    door: GradesDoor, session: Session, node: Node, known: Period, ruled: Rules, page: GradesDeskPage
) -> GradesDeskPage:
    now = door.clock()
    held = queries.holding(session, [known.id])
    other = queries.differences(session, [node], known.period, now)
    changed = {one.person_id for one in other}
    there = [one.grade.person_id for one in held if one.grade.person_id]
    _first, last = rules.days_of(known.period)
    here = facts.members(session, [node.id], facts.count_day(last, now))
    missing = [one for one in here if one.person_id not in there]
    graded = queries.held_elsewhere(session, [one.person_id for one in missing], known.period, node.id)
    return replace(
        page,
        own=True,
        period_id=known.id,
        version=known.version,
        state=known.state,
        asked_at=known.asked_at,
        frozen_at=known.frozen_at,
        rows=tuple(_row(one, changed) for one in held),
        quotas=tuple(rules.quotas(queries.read(ruled), [one.grade.band for one in held])),
        came=tuple(one.name for one in other if one.came),
        went=tuple(one.name for one in other if one.went),
        elsewhere=tuple(one.name for one in missing if one.person_id in graded),
    )


def _row(one: queries.Row, changed: set[str]) -> MonthRow:
    grade = one.grade
    return MonthRow(
        id=grade.id,
        name=one.name,
        status=grade.status,
        points=rules.shown(grade.score),
        proposed=grade.proposed or "",
        band=grade.band or "",
        without=grade.without,
        reason=grade.reason,
        n=grade.n,
        appeal=one.appeal_id is not None,
        changed=grade.person_id in changed,
    )


@router.get("/grades/desk", dependencies=[reads("grades_list")])
def desk(
    door: DoorDep, who: Grader, session: Reading, node: WordQuery = "", month: WordQuery = ""
) -> Response:
    """The grades of a branch's month."""
    return door.show(desk_page(door, node, month, session, None))


@router.post("/grades/desk/propose")
def propose(door: DoorDep, who: Grader, node: WordForm = "", month: WordForm = "") -> Response:
    """Propose the grades of a branch's month, or propose them anew."""

    def act(session: Session) -> str:
        at = door.node(session, node)
        period = period_at(month, door.last_month)
        actions.propose(session, door.viewer, at.id, period, door.clock())
        return desk_path(at.id, period)

    def page(session: Session, refused: RefusedForm | None) -> GradesDeskPage:
        return desk_page(door, node, month, session, refused)

    return door.change(act, "grades_proposed", "propose", page)


@router.post("/grades/periods/{period_id}/freeze")
def freeze(door: DoorDep, who: Grader, period_id: str, version: WordForm = "") -> Response:
    """Freeze a branch's month."""

    def at(session: Session) -> Period:
        found = session.get(Period, period_id)
        if found is None:
            raise NotFound
        queries.node_kept(session, door.viewer, found.node_id)
        return found

    def act(session: Session) -> str:
        done = actions.freeze(session, door.viewer, period_id, version_of(version), door.clock())
        return desk_path(done.node_id, done.period)

    def page(session: Session, refused: RefusedForm | None) -> GradesDeskPage:
        known = at(session)
        return desk_page(door, known.node_id, known.period, session, refused)

    return door.change(act, "grades_are_frozen", "freeze", page)


@router.get("/grades/desk/export.xlsx")
def export(door: DoorDep, who: Grader, session: Reading, node: WordQuery, month: WordQuery) -> Response:
    """A branch's month as a workbook whose formulas can be read."""
    at = door.node(session, node)
    known = queries.period_of(session, at.id, period_at(month, door.last_month))
    if known is None:
        raise NotFound
    catalogue = door.pages.renderer.catalogue(door.who.language)
    made = month_book(session, at, known, catalogue)
    return book(door, made, f"{at.name} {known.period}", "grades")


def book(door: GradesDoor, made: bytes, title: str, what: str) -> Response:
    """Return a workbook to take along, which is written down."""
    name = quote(f"{file_name(title)}.xlsx", safe="")
    headers = {
        "content-disposition": f"attachment; filename=\"weike-{what}.xlsx\"; filename*=UTF-8''{name}",
        "cache-control": "private, no-store",
    }
    return Response(made, media_type=XLSX, headers=headers, background=noted(door.db, door.who, what, "xlsx"))
