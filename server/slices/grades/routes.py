"""One's own grades; a branch's year."""

from __future__ import annotations

from datetime import date, timedelta

from fastapi import APIRouter
from sqlalchemy.orm import Session
from starlette.responses import Response

from library.core.errors import Invalid, NotFound
from library.grades import actions, facts, queries, rules, years
from library.grades.language import RuleKind
from library.organisation import queries as organisation
from library.organisation.tables import Node
from server.slices.grades.contexts import GradesYearPage, OwnGrade, OwnGradesPage, YearLine, YearRowLine
from server.slices.grades.desk import book
from server.slices.grades.door import DoorDep, GradesDoor
from server.slices.grades.export import year_book
from server.web.deps import Grader, Reading
from server.web.limits.fields import LineForm, WordForm, WordQuery
from server.web.parts import RefusedForm
from server.web.routing.reading import reads

router = APIRouter(include_in_schema=False)


@router.get("/grades")
def own(door: DoorDep, session: Reading) -> Response:
    """One's own grades."""
    found = queries.own_grades(session, door.viewer)
    names = organisation.node_names(session, {period.node_id for _grade, period in found})
    return door.show(
        OwnGradesPage(
            frame=door.frame(session),
            grades=tuple(
                OwnGrade(
                    id=grade.id,
                    period=period.period,
                    node=names.get(period.node_id, ""),
                    points=rules.shown(grade.score),
                    band=grade.band or "",
                    n=grade.n,
                )
                for grade, period in found
            ),
            year=_own_year(door, session),
            keeps=bool(queries.outermost(door.viewer)),
        )
    )


def _own_year(door: GradesDoor, session: Session) -> YearLine | None:
    home = next((one for one in door.viewer.belongs if one.is_home), None)
    if home is None or door.viewer.person_id is None:
        return None
    # In its first month the year that was is still the one that people ask about.
    node = organisation.node(session, home.node_id)
    year = years.year_of(session, node, door.today.replace(day=1) - timedelta(days=1))
    row = years.year_rules(session, node, year)
    if row is None:
        return None
    ruled = queries.read(row)
    if ruled.year is None:
        return None
    months = years.months(session, node, year)
    [line] = years.year_rows(session, [(door.viewer.person_id, door.viewer.name)], ruled, year, months)
    known = sum(one is not None for one in line.months)
    if not known:
        return None
    return YearLine(
        year=year,
        first=months[0],
        last=months[-1],
        months=known,
        mean=rules.shown(line.mean),
        points=rules.shown(line.score),
        band=line.band or "",
        missing_appraisal=line.missing_appraisal,
        months_percent=ruled.year.months_percent,
        appraisal=ruled.year.appraisal or "",
    )


def year_at(door: GradesDoor, session: Session, node: Node, text: str) -> str:
    """Return the year of an address, this one where it says none; raises NotFound for what is none."""
    try:
        period = rules.read_period(text or years.year_of(session, node, door.today), "year")
    except Invalid:
        raise NotFound from None
    if rules.kind_of(period) is not RuleKind.REVIEW:
        raise NotFound
    return period


def _people(door: GradesDoor, session: Session, node: Node, year: str) -> list[tuple[str, str]]:
    last = _last_day(session, node, year)
    members = facts.members(session, [node.id], facts.count_day(last, door.clock()))
    return [(one.person_id, one.name) for one in members]


def _last_day(session: Session, node: Node, year: str) -> date:
    return rules.days_of(years.months(session, node, year)[-1])[1]


def year_page(
    door: GradesDoor, node_id: str, year: str, session: Session, refused: RefusedForm | None
) -> GradesYearPage:
    """Return a branch's year."""
    node = door.node(session, node_id)
    wanted = year_at(door, session, node, year)
    months = years.months(session, node, wanted)
    row = years.year_rules(session, node, wanted)
    ruled = queries.read(row) if row is not None else None
    there = _people(door, session, node, wanted)
    formula = ruled.year if ruled is not None else None
    rows = years.year_rows(session, there, ruled, wanted, months) if ruled is not None else []
    return GradesYearPage(
        frame=door.frame(session),
        node_id=node.id,
        node=node.name,
        year=wanted,
        months=months,
        rules_name=row.name if row is not None else "",
        months_percent=formula.months_percent if formula is not None else 0,
        appraisal=(formula.appraisal or "") if formula is not None else "",
        has_formula=formula is not None,
        rows=tuple(
            YearRowLine(
                name=one.name,
                months=tuple(map(rules.shown, one.months)),
                mean=rules.shown(one.mean),
                appraisal=rules.shown(one.appraisal),
                points=rules.shown(one.score),
                band=one.band or "",
            )
            for one in rows
        ),
        people=tuple(there),
        today=facts.count_day(_last_day(session, node, wanted), door.clock()),
        may_after=wanted < years.year_of(session, node, door.today),
        refused=refused,
    )


@router.get("/grades/year", dependencies=[reads("grades_list")])
def year(
    door: DoorDep, who: Grader, session: Reading, node: WordQuery = "", year: WordQuery = ""
) -> Response:
    """A branch's year."""
    return door.show(year_page(door, node, year, session, None))


@router.post("/grades/year/enter")
def enter(
    door: DoorDep,
    who: Grader,
    node: WordForm = "",
    year: WordForm = "",
    person: WordForm = "",
    points: WordForm = "",
    reason: LineForm = "",
) -> Response:
    """Enter somebody's appraisal of a year."""

    def act(session: Session) -> str:
        at = door.node(session, node)
        wanted = year_at(door, session, at, year)
        row = years.year_rules(session, at, wanted)
        formula = queries.read(row).year if row is not None else None
        if formula is None or formula.appraisal is None:
            raise Invalid("grades_item_unknown", field="points")
        if person not in [one for one, _name in _people(door, session, at, wanted)]:
            raise Invalid("unknown_choice", field="person")
        given = rules.read_cents(points, "points")
        now = door.clock()
        actions.enter(session, door.viewer, at.id, wanted, person, formula.appraisal, given, reason, now)
        return f"/grades/year?node={at.id}&year={wanted}"

    def page(session: Session, refused: RefusedForm | None) -> GradesYearPage:
        return year_page(door, node, year, session, refused)

    typed = {"person": person, "points": points, "reason": reason}
    return door.change(act, "grade_year_entered", "enter", page, typed)


@router.get("/grades/year/export.xlsx")
def export(door: DoorDep, who: Grader, session: Reading, node: WordQuery, year: WordQuery) -> Response:
    """A branch's year as a workbook whose formulas can be read."""
    at = door.node(session, node)
    wanted = year_at(door, session, at, year)
    row = years.year_rules(session, at, wanted)
    if row is None:
        raise NotFound
    ruled = queries.read(row)
    months = years.months(session, at, wanted)
    rows = years.year_rows(session, _people(door, session, at, wanted), ruled, wanted, months)
    catalogue = door.pages.renderer.catalogue(door.who.language)
    return book(
        door, year_book(at, wanted, months, ruled, rows, catalogue), f"{at.name} {wanted}", "grades_year"
    )
