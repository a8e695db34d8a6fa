"""Pages of one declaration, and of declaring a lesson."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Depends, Request
from sqlalchemy.orm import Session
from starlette.responses import Response

from library.catalog import queries as catalog
from library.core.errors import Conflict, Forbidden, Invalid
from library.core.permits import Viewer, node_chain
from library.core.rights import Act, Thing, allowed
from library.declaring import actions, queries, rules, seen
from library.declaring.actions import Given
from library.declaring.checking import look_at
from library.declaring.rules import AnswerKind, Said
from library.declaring.states import Step
from library.declaring.tables import Declaration
from server.slices.declaring.contexts import DeclarePage
from server.slices.declaring.desk import DeskDep, deciding, number, typed_of
from server.web.deps import ClockDep, DatabaseDep, Decider, PagesDep, Reading, WhoDep
from server.web.errors import status_of
from server.web.limits.fields import BlockForm, WordForm, WordsForm
from server.web.pages import reason as reason_of
from server.web.parts import RefusedForm
from server.web.shown.declarations import is_open, of_lesson
from server.web.shown.lesson_cards import lesson_ref

router = APIRouter(include_in_schema=False)


def read_second(text: str, field: str = "at") -> float | None:
    """Read a second of the lecture, as 75, 75.5 or 1:15; "" is None. Raises Invalid("remark_spot")."""
    typed = text.strip().replace("：", ":")
    if not typed:
        return None
    try:
        parts = [float(one) for one in typed.split(":")]
    except ValueError:
        raise Invalid("remark_spot", field=field) from None
    if len(parts) > 3 or not all(0 <= one < 1e6 for one in parts):
        raise Invalid("remark_spot", field=field)
    seconds = 0.0
    for one in parts:
        seconds = seconds * 60 + one
    return seconds


def read_step(text: str) -> Step:
    """Read a step of whoever decides; raises Forbidden for another."""
    try:
        return deciding(Step(text))
    except ValueError:
        raise Forbidden from None


def read_kind(text: str) -> AnswerKind:
    """Read how a remark is answered; raises Invalid("answer_unknown")."""
    try:
        return AnswerKind(text)
    except ValueError:
        raise Invalid("answer_unknown", field="kind") from None


@router.get("/declarations/{declaration_id}")
def declaration(desk: DeskDep, session: Reading, declaration_id: str) -> Response:
    """One declaration: where it stands, what was remarked, what may be done."""
    return desk.page(session, declaration_id)


@router.post("/declarations/{declaration_id}/remarks")
def remark(
    desk: DeskDep,
    who: Decider,
    declaration_id: str,
    text: BlockForm = "",
    at: WordForm = "",
    moves: WordForm = "",
) -> Response:
    """Remark something at a second, or about the whole."""

    def act(session: Session) -> Declaration:
        said = Said(text, read_second(at))
        return actions.remark(session, desk.viewer, declaration_id, said, desk.clock(), number(moves))

    typed = typed_of(text=text, at=at)
    return desk.change(declaration_id, act, "remarks", Step.REMARK, place="#remarks", typed=typed)


@router.post("/declarations/{declaration_id}/remarks/{n}/answer")
def answer(desk: DeskDep, declaration_id: str, n: int, kind: WordForm = "", text: BlockForm = "") -> Response:
    """Answer a remark (the lecturer's side)."""

    def act(session: Session) -> Declaration:
        return actions.answer(session, desk.viewer, declaration_id, n, read_kind(kind), text, desk.clock())

    typed = typed_of(kind=kind, text=text)
    return desk.change(declaration_id, act, f"answer-{n}", Step.ANSWER, place=f"#remark-{n}", typed=typed)


@router.post("/declarations/{declaration_id}/read")
def read(
    desk: DeskDep, who: Decider, declaration_id: str, reason: BlockForm = "", moves: WordForm = ""
) -> Response:
    """Say that one has read it; that decides nothing."""

    def act(session: Session) -> Declaration:
        given = Given(reason, moves=number(moves))
        return actions.take(session, desk.viewer, declaration_id, Step.READ, desk.clock(), given)

    return desk.change(declaration_id, act, "read", Step.READ, typed=typed_of(reason=reason))


@router.post("/declarations/{declaration_id}/decide")
def decide(
    desk: DeskDep,
    who: Decider,
    declaration_id: str,
    step: WordForm = "",
    reason: BlockForm = "",
    checked: WordsForm = (),
    moves: WordForm = "",
) -> Response:
    """Approve it, choose it, send it back, decline it, or publish what was chosen."""
    wanted = read_step(step)

    def act(session: Session) -> Declaration:
        given = Given(reason, checked=tuple(checked), moves=number(moves))
        return actions.take(session, desk.viewer, declaration_id, wanted, desk.clock(), given)

    form = "approve" if wanted is Step.SELECT else str(wanted)
    typed = typed_of(reason=reason, checked=checked)
    return desk.change(declaration_id, act, form, wanted, typed=typed)


@router.post("/declarations/{declaration_id}/withdraw")
def withdraw(desk: DeskDep, declaration_id: str, reason: BlockForm = "", moves: WordForm = "") -> Response:
    """Take a declaration back (the lecturer's side)."""

    def act(session: Session) -> Declaration:
        given = Given(reason, moves=number(moves))
        return actions.take(session, desk.viewer, declaration_id, Step.WITHDRAW, desk.clock(), given)

    return desk.change(declaration_id, act, "withdraw", Step.WITHDRAW, typed=typed_of(reason=reason))


@router.post("/declarations/{declaration_id}/stop")
def stop(desk: DeskDep, who: Decider, declaration_id: str, reason: BlockForm = "") -> Response:
    """Stop it at once, whatever became of it meanwhile; what was published is taken back."""

    def act(session: Session) -> Declaration:
        return actions.take(session, desk.viewer, declaration_id, Step.STOP, desk.clock(), Given(reason))

    return desk.change(declaration_id, act, "stop", Step.STOP, typed=typed_of(reason=reason))


# ------------------------------------------------------------------ declaring a lesson


class DeclareDesk:
    """Shows what is to be looked at before a lesson is declared."""

    def __init__(self, request: Request, who: WhoDep, pages: PagesDep, clock: ClockDep) -> None:
        self._request, self._who, self._pages, self.clock = request, who, pages, clock

    @property
    def viewer(self) -> Viewer:
        """Who asks."""
        return self._who.viewer

    def page(
        self,
        session: Session,
        lesson_id: str,
        refused: RefusedForm | None = None,
        status: int = 200,
    ) -> Response:
        """Return the page; the one of the declaration for a lesson that is on its way. Raises NotFound,
        Forbidden."""
        now = self.clock()
        lesson = catalog.lesson_for(session, self.viewer, lesson_id)
        if not allowed(self.viewer, Act.DECLARATION_MAKE, Thing(lesson.node.path, lesson.owner_id)):
            raise Forbidden
        earlier = of_lesson(session, self.viewer, lesson, now)
        if refused is None and earlier and is_open(earlier[0].line.state):
            return self._pages.redirect(f"/declarations/{earlier[0].line.id}")
        chain = node_chain(lesson.node.path)
        most, period = rules.quota_of(chain, queries.said_by(session, chain))
        used = queries.declared_in_period(session, lesson.node_id, period, now) if most else 0
        try:
            route = actions.route_of(session, lesson.node)
        except Conflict as error:
            route = ()
            refused = refused or RefusedForm(form="declare", typed={}, reason=reason_of(error))
        context = DeclarePage(
            frame=self._pages.frame(self._request, session, self._who),
            lesson=lesson_ref(lesson),
            node=lesson.node.name,
            found=look_at(lesson),
            route=seen.route_ahead(session, route),
            checklist=actions.points_of(route),
            quota=(most, used, period) if most else None,
            earlier=earlier,
            refused=refused,
        )
        return self._pages.respond(self._request, self._who, context, status)


DeclareDeskDep = Annotated[DeclareDesk, Depends()]


@router.get("/lessons/{lesson_id}/declare")
def declaring(desk: DeclareDeskDep, session: Reading, lesson_id: str) -> Response:
    """What is to be looked at before a lesson is declared."""
    return desk.page(session, lesson_id)


@router.post("/lessons/{lesson_id}/declare")
def declare(
    desk: DeclareDeskDep,
    its: DeskDep,
    pages: PagesDep,
    db: DatabaseDep,
    lesson_id: str,
    reason: BlockForm = "",
    checked: WordsForm = (),
    moves: WordForm = "",
) -> Response:
    """Declare a lesson, or declare it again after it was returned."""
    given = Given(reason, checked=tuple(checked), moves=number(moves) if moves else None)
    typed = typed_of(reason=reason, checked=checked)
    try:
        with db.write() as session:
            made = actions.declare(session, desk.viewer, lesson_id, desk.clock(), given).id
    except (Invalid, Conflict) as error:
        refused = RefusedForm(form="declare", typed=typed, reason=reason_of(error))
        with db.read() as session:
            row = queries.open_of(session, lesson_id)
            if row is not None:
                return its.page(session, row.id, refused, status_of(error))
            return desk.page(session, lesson_id, refused, status_of(error))
    return pages.redirect(f"/declarations/{made}", "declaration_declare")
