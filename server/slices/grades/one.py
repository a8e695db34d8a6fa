"""One person's grade: why it is what it is, what people decided, appeals, corrections."""

from __future__ import annotations

from fastapi import APIRouter
from sqlalchemy import select
from sqlalchemy.orm import Session
from starlette.responses import Response

from library.core.errors import NotFound
from library.grades import actions, facts, judging, queries, rules
from library.grades.language import RuleSet, cents
from library.grades.rules import Line
from library.grades.tables import Appeal, Grade, Rules
from library.people import queries as people
from server.slices.grades.contexts import AppealLine, DecisionLine, GradePage, ItemLine
from server.slices.grades.door import DoorDep, GradesDoor
from server.web.deps import Grader, Reading, SignedIn
from server.web.limits.fields import BlockForm, LineForm, WordForm
from server.web.parts import RefusedForm

router = APIRouter(include_in_schema=False)


def grade_path(grade_id: str, more: str = "") -> str:
    """Return the path of a grade's page."""
    return f"/grades/one/{grade_id}{more}"


def grade_page(door: GradesDoor, grade_id: str, session: Session, refused: RefusedForm | None) -> GradePage:
    """Return why a grade is what it is."""
    seen = queries.grade_for(session, door.viewer, grade_id)
    grade, period = seen.grade, seen.period
    ruled = queries.read(session.get_one(Rules, period.rules_id))
    first, last = rules.days_of(period.period)
    writers = {one.by_person for one in seen.all_} | {one.answered_by for one in seen.appeals}
    names = people.names(session, [one for one in (*writers, grade.person_id) if one])
    came_from: list[facts.Origin] = []
    if grade.person_id is not None:
        # A correction read the ledger when it was made, the first decision when it was proposed.
        until = period.asked_at if grade.n == 1 else grade.at
        came_from = facts.origins(session, grade.person_id, first, last, until)
    other = _other(door, session, seen)
    keeps = seen.keeps and not seen.own
    return GradePage(
        frame=door.frame(session),
        id=grade.id,
        name=names.get(grade.person_id or "", ""),
        node_id=seen.node.id,
        node=seen.node.name,
        period=period.period,
        state=period.state,
        rules=ruled,
        lines=tuple(Line.from_json(one) for one in grade.lines),
        daily=rules.shown(grade.daily),
        appraisal=rules.shown(grade.appraisal),
        points=rules.shown(grade.score),
        proposed=grade.proposed or "",
        band=grade.band or "",
        without=grade.without,
        status=grade.status,
        decisions=tuple(_decision(one, names) for one in seen.all_),
        appeals=tuple(
            AppealLine(
                id=one.id,
                text=one.text,
                at=one.at,
                state=one.state,
                answer=one.answer,
                by=names.get(one.answered_by or "", ""),
                answered_at=one.answered_at,
            )
            for one in seen.appeals
        ),
        origins=tuple(came_from),
        items=_items(session, ruled, grade, period.period),
        bands=tuple(one.name for one in ruled.bands),
        other=dict(other.facts) if other is not None else None,
        now=rules.shown(other.score[1]) if other is not None else "",
        keeps=keeps,
        own=seen.own,
        holds=seen.holds,
        refused=refused,
    )


def _other(door: GradesDoor, session: Session, seen: queries.Seen) -> queries.Changed | None:
    if not seen.holds or seen.grade.person_id is None:
        return None
    its = queries.differences(session, [seen.node], seen.period.period, door.clock(), seen.grade.person_id)
    return its[0] if its else None


def _decision(one: Grade, names: dict[str, str]) -> DecisionLine:
    return DecisionLine(
        id=one.id,
        n=one.n,
        points=rules.shown(one.score),
        proposed=one.proposed or "",
        band=one.band or "",
        reason=one.reason,
        by=names.get(one.by_person or "", ""),
        at=one.at,
    )


def _items(session: Session, ruled: RuleSet, grade: Grade, period: str) -> tuple[ItemLine, ...]:
    if grade.person_id is None:
        return ()
    there = {one.name: one for one in queries.items_of(session, [grade.person_id], period)}
    names = people.names(session, [one.by_person for one in there.values() if one.by_person])
    may = [(one.name, cents(one.least), cents(one.most)) for one in ruled.entered]
    if ruled.appraisal is not None:
        may.append((ruled.appraisal.name, 0, 100_00))
    found = []
    for name, least, most in may:
        item = there.get(name)
        line = ItemLine(name=name, least=rules.shown(least), most=rules.shown(most))
        if item is not None:
            line = ItemLine(
                name=name,
                least=line.least,
                most=line.most,
                points=rules.shown(item.cents),
                reason=item.reason,
                by=names.get(item.by_person or "", ""),
                at=item.at,
            )
        found.append(line)
    return tuple(found)


@router.get("/grades/one/{grade_id}")
def grade(door: DoorDep, who: SignedIn, session: Reading, grade_id: str) -> Response:
    """Why somebody's grade is what it is: for themselves, and for who keeps it."""
    return door.show(grade_page(door, grade_id, session, None))


@router.post("/grades/one/{grade_id}/decide")
def decide(door: DoorDep, who: Grader, grade_id: str, band: WordForm = "", reason: LineForm = "") -> Response:
    """Decide a grade before it is frozen."""

    def act(session: Session) -> str:
        return grade_path(
            actions.decide(session, door.viewer, grade_id, band, reason, door.clock()).id, "#decide"
        )

    def page(session: Session, refused: RefusedForm | None) -> GradePage:
        return grade_page(door, grade_id, session, refused)

    return door.change(act, "grade_decided", "decide", page, {"band": band, "reason": reason})


@router.post("/grades/one/{grade_id}/enter")
def enter(
    door: DoorDep,
    who: Grader,
    grade_id: str,
    item: WordForm = "",
    points: WordForm = "",
    reason: LineForm = "",
) -> Response:
    """Enter points by hand before the period is frozen; it is proposed anew with them."""

    def act(session: Session) -> str:
        seen = queries.grade_for(session, door.viewer, grade_id)
        if not seen.keeps or seen.grade.person_id is None:
            raise NotFound
        now, period, person_id = door.clock(), seen.period.period, seen.grade.person_id
        given = rules.read_cents(points, "points")
        actions.enter(session, door.viewer, seen.node.id, period, person_id, item.strip(), given, reason, now)
        actions.propose(session, door.viewer, seen.node.id, period, now)
        wanted = select(Grade.id).where(Grade.period_id == seen.period.id, Grade.person_id == person_id)
        return grade_path(session.scalars(wanted).one(), "#items")

    def page(session: Session, refused: RefusedForm | None) -> GradePage:
        return grade_page(door, grade_id, session, refused)

    typed = {"item": item, "points": points, "reason": reason}
    return door.change(act, "grade_entered", "enter", page, typed)


@router.post("/grades/one/{grade_id}/appeal")
def appeal(door: DoorDep, who: SignedIn, grade_id: str, text: BlockForm = "") -> Response:
    """Appeal against one's own grade."""

    def act(session: Session) -> str:
        judging.appeal(session, door.viewer, grade_id, text, door.clock())
        return grade_path(grade_id, "#appeal")

    def page(session: Session, refused: RefusedForm | None) -> GradePage:
        return grade_page(door, grade_id, session, refused)

    return door.change(act, "grade_appeal_sent", "appeal", page, {"text": text})


@router.post("/grades/one/{grade_id}/correct")
def correct(
    door: DoorDep, who: Grader, grade_id: str, band: WordForm = "", reason: LineForm = ""
) -> Response:
    """Decide a frozen grade anew."""

    def act(session: Session) -> str:
        made = judging.correct(session, door.viewer, grade_id, band, reason, door.clock())
        return grade_path(made.id)

    def page(session: Session, refused: RefusedForm | None) -> GradePage:
        return grade_page(door, grade_id, session, refused)

    return door.change(act, "grade_corrected", "correct", page, {"band": band, "reason": reason})


@router.post("/grades/appeals/{appeal_id}/uphold")
def uphold(door: DoorDep, who: Grader, appeal_id: str, answer: LineForm = "") -> Response:
    """Let a grade stay, and say why."""

    def at(session: Session) -> str:
        found = session.get(Appeal, appeal_id)
        if found is None:
            raise NotFound
        return found.grade_id

    def act(session: Session) -> str:
        judging.uphold(session, door.viewer, appeal_id, answer, door.clock())
        return grade_path(at(session), "#appeal")

    def page(session: Session, refused: RefusedForm | None) -> GradePage:
        return grade_page(door, at(session), session, refused)

    return door.change(act, "grade_appeal_answered", "uphold", page, {"answer": answer})
