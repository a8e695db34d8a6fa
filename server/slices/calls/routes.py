"""Calls as those see them for whom they are: the list, a call, and entering a work."""

from __future__ import annotations

from fastapi import APIRouter
from sqlalchemy.orm import Session
from starlette.responses import Response

from library.calls import entering, queries, rules
from library.calls.demands import Demanded, Demands, Known, Point, Verdict, report
from library.calls.tables import Call
from library.core.clock import local_day
from library.core.rights import Act, somewhere
from library.intake import queries as intake
from library.organisation import queries as organisation
from server.slices.calls.contexts import CallCard, CallPage, CallsPage, EnteringPage
from server.slices.calls.desk import form_page
from server.slices.calls.door import CallsDoor, DoorDep, call_path, lesson_id_of, work_row
from server.web.deps import Caller, Reading
from server.web.limits.fields import LineForm, LineQuery, WordQuery
from server.web.pages import pager
from server.web.parts import RefusedForm
from server.web.shown.lesson_cards import lesson_ref

router = APIRouter(include_in_schema=False)


@router.get("/calls")
def calls(door: DoorDep, session: Reading, page: int = 1) -> Response:
    """The calls that one sees."""
    viewer, today = door.viewer, local_day(door.clock())
    shown = queries.calls_page(session, viewer, page)
    cards = []
    for call in shown.items:
        judge = queries.judge_of(session, call.id, viewer)
        waits = judge is not None and judge.handed_in_at is None and call.stage is rules.Stage.JUDGING
        cards.append(
            CallCard(
                id=call.id,
                title=call.title,
                node=call.node.name,
                stage=call.stage,
                opens_on=call.opens_on,
                closes_on=call.closes_on,
                taking=rules.is_taking(call.stage, call.opens_on, call.closes_on, today),
                to_judge=waits,
            )
        )
    within = queries.outermost(viewer)
    names = organisation.node_names(session, within)
    return door.show(
        CallsPage(
            frame=door.frame(session),
            calls=tuple(cards),
            pager=pager(shown, "/calls"),
            nodes=tuple((one, names[one]) for one in within),
        )
    )


def call_page(door: CallsDoor, call_id: str, session: Session, refused: RefusedForm | None) -> CallPage:
    """Return the page of a call."""
    viewer, today = door.viewer, local_day(door.clock())
    call = queries.call_for(session, viewer, call_id)
    taking = rules.is_taking(call.stage, call.opens_on, call.closes_on, today)
    teaches = somewhere(viewer, Act.CALL_ENTER) and call.stage is rules.Stage.OPEN
    own = queries.own_entries(session, viewer, call)
    there = {work.entry.lesson_id for work in own}
    offered = queries.own_lessons(session, viewer, call) if teaches else []
    return CallPage(
        frame=door.frame(session),
        id=call.id,
        title=call.title,
        node=call.node.name,
        text=call.text,
        body=call.body or call.node.name,
        stage=call.stage,
        opens_on=call.opens_on,
        closes_on=call.closes_on,
        judged_until=call.judged_until,
        results_on=call.results_on,
        categories=tuple(call.categories),
        demands=report(Demands.from_json(call.demands), Known()),
        criteria=call.criteria_of,
        scale=call.scale,
        quota=call.quota,
        blind=call.blind,
        trimmed=call.trimmed,
        taking=taking,
        told=call.stage in rules.TOLD_STAGES,
        own=tuple(work_row(session, viewer, call, one, may_take_back=taking) for one in own),
        lessons=tuple(lesson_ref(one) for one in offered if one.id not in there and queries.plays(one)),
        may_enter=teaches and taking,
        keeps=queries.keeps(viewer, call),
        judges=queries.judge_of(session, call.id, viewer) is not None,
        refused=refused,
    )


@router.get("/calls/new")
def new(door: DoorDep, who: Caller, session: Reading, node: WordQuery = "") -> Response:
    """The form of a new call; it stands before a call's own address, which would take the word for an id."""
    return door.show(form_page(door, session, node_id=node))


@router.get("/calls/{call_id}")
def call(door: DoorDep, session: Reading, call_id: str) -> Response:
    """What is called for."""
    return door.show(call_page(door, call_id, session, None))


@router.post("/calls/{call_id}/check")
def check(door: DoorDep, call_id: str, lesson: LineForm = "") -> Response:
    """Have a machine look at a lesson, and show what it says."""

    def act(session: Session) -> str:
        found = entering.ask_to_look(session, door.viewer, call_id, lesson_id_of(lesson), door.clock())
        return call_path(call_id, f"/entering?lesson={found.id}")

    def page(session: Session, refused: RefusedForm | None) -> CallPage:
        return call_page(door, call_id, session, refused)

    return door.change(act, "", "check", page, {"lesson": lesson})


def entering_page(
    door: CallsDoor, call_id: str, lesson_id: str, session: Session, refused: RefusedForm | None
) -> EnteringPage:
    """Return what the machine says of a lesson; raises NotFound, Forbidden, Invalid."""
    call = queries.call_for(session, door.viewer, call_id)
    lesson = entering.lesson_to_enter(session, door.viewer, call, lesson_id)
    lines = queries.report_of(session, call, lesson)
    typed = refused.typed.get("category", "") if refused else ""
    genre = str(lesson.genre)
    return EnteringPage(
        frame=door.frame(session),
        call_id=call.id,
        call=call.title,
        lesson=lesson_ref(lesson),
        lines=lines,
        hinders=any(one.hinders for one in lines),
        checking=any(one.verdict is Verdict.CHECKING for one in lines),
        not_asked=_is_not_asked(session, call, lesson.id),
        categories=tuple(call.categories),
        category=typed or (genre if genre in call.categories else call.categories[0]),
        quota=call.quota,
        closes_on=call.closes_on,
        entered=queries.entry_of_lesson(session, call.id, lesson.id) is not None,
        refused=refused,
    )


def _is_not_asked(session: Session, call: Call, lesson_id: str) -> bool:
    """Tell whether the call wants to know of edges that nobody has had looked at."""
    if Demands.from_json(call.demands).of(Point.BARS) is Demanded.NO:
        return False
    row = intake.recording_of(session, lesson_id)
    has_picture = row is not None and bool((row.facts or {}).get("video"))
    return has_picture and row is not None and queries.look_of(session, row.id) is None


@router.get("/calls/{call_id}/entering")
def entering_at(door: DoorDep, session: Reading, call_id: str, lesson: LineQuery = "") -> Response:
    """What the machine says of a lesson, before it is entered."""
    return door.show(entering_page(door, call_id, lesson_id_of(lesson), session, None))


@router.post("/calls/{call_id}/entries")
def enter(door: DoorDep, call_id: str, lesson: LineForm = "", category: LineForm = "") -> Response:
    """Enter a lesson into a call."""
    lesson_id = lesson_id_of(lesson)

    def act(session: Session) -> str:
        entering.enter(session, door.viewer, call_id, lesson_id, category, door.clock())
        return call_path(call_id, "#own")

    def page(session: Session, refused: RefusedForm | None) -> EnteringPage:
        return entering_page(door, call_id, lesson_id, session, refused)

    return door.change(act, "call_entered", "enter", page, {"category": category})


@router.post("/calls/{call_id}/entries/{n}/take-back")
def take_back(door: DoorDep, call_id: str, n: int) -> Response:
    """Take a work out of a call before it closes."""

    def act(session: Session) -> str:
        entering.take_back(session, door.viewer, call_id, n, door.clock())
        return call_path(call_id)

    def page(session: Session, refused: RefusedForm | None) -> CallPage:
        return call_page(door, call_id, session, refused)

    return door.change(act, "entry_taken_back", "", page)
