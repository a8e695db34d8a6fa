"""Calls under /api/v1: what is called for, entering, judging, results; and certificates for everybody."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Any

from fastapi import APIRouter, Depends
from pydantic import BaseModel, Field

from library.calls import entering, judging, queries, rules
from library.calls.demands import Demanded, Line, Point, Verdict
from library.calls.rules import Stage, Stake
from library.calls.tables import Call
from server.slices.calls.certificates import CertificateDoor, line_of
from server.slices.calls.door import CallsDoor, lesson_id_of
from server.slices.calls.judging import judged, left_of
from server.slices.calls.results import result_rows, seen
from server.web.deps import Reading, Writing
from server.web.limits.fields import LineQuery, LineText
from server.web.limits.sizes import ITEMS

router = APIRouter(prefix="/api/v1", tags=["calls"])

Door = Annotated[CallsDoor, Depends()]
CertificatesDoor = Annotated[CertificateDoor, Depends()]


class CallOut(BaseModel):
    """A call; days are Chinese and count as a whole. `demands` as the form has them, seconds for times."""

    id: str
    title: str
    node: str
    stage: Stage
    text: str
    opens_on: date
    closes_on: date
    judged_until: date
    results_on: date
    categories: list[str]
    quota: int | None
    demands: dict[str, Any]
    criteria: list[tuple[str, int]]
    scale: int
    blind: bool
    trimmed: bool
    version: int


class CallsOut(BaseModel):
    """A page of the calls that you see."""

    calls: list[CallOut]
    page: int
    pages: int


class LineOut(BaseModel):
    """One line of what the machine says of a work."""

    point: Point
    demanded: Demanded
    verdict: Verdict
    found: str
    wanted: str


class ReportOut(BaseModel):
    """What the machine says of a lesson; `may_enter`: nothing of it hinders."""

    lines: list[LineOut]
    may_enter: bool


class EntryIn(BaseModel):
    """A lesson (its id or the address of its page) and one of the call's categories."""

    lesson: LineText
    category: LineText


class EntryOut(BaseModel):
    """A work of a call by its number."""

    n: int
    lesson: str
    category: str


class JudgedOut(BaseModel):
    """A work as its judge sees it; names are "" where the call is blind. `others` once you handed in."""

    n: int
    title: str
    category: str
    unit: str
    lecturer: str
    own: str
    others: list[str]
    stake: Stake | None


class JudgingOut(BaseModel):
    """What you judge; `left` works have no score of yours yet."""

    works: list[JudgedOut]
    left: int
    handed_in: bool


class ScoreIn(BaseModel):
    """Points in the order of the call's criteria, and a word of why."""

    points: Annotated[list[int], Field(max_length=ITEMS)]
    why: LineText = ""


class ResultOut(BaseModel):
    """A work in the order; figures are text with two decimals, "" where nobody scored. `lesson` is its id."""

    n: int
    rank: int | None
    tied: bool
    title: str
    category: str
    unit: str
    lesson: str
    mean: str
    lowest: str
    highest: str
    judges: int
    trimmed: bool
    prize: str
    certificate: str


class ResultsOut(BaseModel):
    """The result of a call. `judges_out` did not hand in and do not count."""

    works: list[ResultOut]
    judges_in: int
    judges_out: int


class CertificateOut(BaseModel):
    """What a certificate says, and whether it still holds."""

    code: str
    valid: bool
    title: str
    lecturer: str
    unit: str
    award: str
    year: int
    body: str
    issued_on: date


def call_out(call: Call) -> CallOut:
    """Return a call as programs read it."""
    return CallOut(
        id=call.id,
        title=call.title,
        node=call.node.name,
        stage=call.stage,
        text=call.text,
        opens_on=call.opens_on,
        closes_on=call.closes_on,
        judged_until=call.judged_until,
        results_on=call.results_on,
        categories=call.categories,
        quota=call.quota,
        demands=call.demands,
        criteria=[(one.name, one.weight) for one in call.criteria_of],
        scale=call.scale,
        blind=call.blind,
        trimmed=call.trimmed,
        version=call.version,
    )


def _line(line: Line) -> LineOut:
    return LineOut(
        point=line.point,
        demanded=line.demanded,
        verdict=line.verdict,
        found=line.found,
        wanted=line.wanted,
    )


@router.get("/calls")
def list_calls(door: Door, session: Reading, page: int = 1) -> CallsOut:
    """The calls that you see: those that take works first."""
    shown = queries.calls_page(session, door.viewer, page)
    return CallsOut(calls=[call_out(one) for one in shown.items], page=shown.number, pages=shown.last)


@router.get("/calls/{call_id}")
def get_call(door: Door, session: Reading, call_id: str) -> CallOut:
    """One call."""
    return call_out(queries.call_for(session, door.viewer, call_id))


@router.get("/calls/{call_id}/report")
def get_report(door: Door, session: Reading, call_id: str, lesson: LineQuery = "") -> ReportOut:
    """What the machine says of a lesson for a call; asking for the look at its edges is the page's."""
    call = queries.call_for(session, door.viewer, call_id)
    found = entering.lesson_to_enter(session, door.viewer, call, lesson_id_of(lesson))
    lines = queries.report_of(session, call, found)
    return ReportOut(lines=[_line(one) for one in lines], may_enter=not any(one.hinders for one in lines))


@router.post("/calls/{call_id}/entries", status_code=201)
def add_entry(door: Door, session: Writing, call_id: str, body: EntryIn) -> EntryOut:
    """Enter a lesson into a call; what is entered already stays as it is."""
    lesson_id = lesson_id_of(body.lesson)
    row = entering.enter(session, door.viewer, call_id, lesson_id, body.category, door.clock())
    return EntryOut(n=row.n, lesson=lesson_id, category=row.category)


@router.delete("/calls/{call_id}/entries/{n}", status_code=204)
def delete_entry(door: Door, session: Writing, call_id: str, n: int) -> None:
    """Take a work out of a call before it closes."""
    entering.take_back(session, door.viewer, call_id, n, door.clock())


@router.get("/calls/{call_id}/judging")
def get_judging(door: Door, session: Reading, call_id: str) -> JudgingOut:
    """The works that you judge."""
    call, judge = queries.place_of(session, door.viewer, call_id)
    works = judged(session, door.viewer, call, judge)
    return JudgingOut(
        works=[
            JudgedOut(
                n=one.n,
                title=one.title,
                category=one.category,
                unit=one.unit,
                lecturer=one.lecturer,
                own=one.own,
                others=list(one.others),
                stake=one.stake,
            )
            for one in works
        ],
        left=len(left_of(works)),
        handed_in=judge.handed_in_at is not None,
    )


@router.put("/calls/{call_id}/judging/{n}", status_code=204)
def put_score(door: Door, session: Writing, call_id: str, n: int, body: ScoreIn) -> None:
    """Score a work, or score it otherwise."""
    judging.score(session, door.viewer, call_id, n, body.points, body.why, door.clock())


@router.post("/calls/{call_id}/hand-in", status_code=204)
def post_hand_in(door: Door, session: Writing, call_id: str) -> None:
    """Make your scores final."""
    judging.hand_in(session, door.viewer, call_id, door.clock())


@router.get("/calls/{call_id}/results")
def get_results(door: Door, session: Reading, call_id: str) -> ResultsOut:
    """The result: once it is out for whom the call is; before that for who keeps it."""
    call = seen(session, door, call_id)
    named = queries.shows_names(session, door.viewer, call)
    works = {one.entry.id: one for one in queries.works(session, call, named=named)}
    result = queries.result(session, call)
    rows = result_rows(session, call, result, works, {})
    return ResultsOut(
        works=[
            ResultOut(
                n=one.n,
                rank=one.rank,
                tied=one.tied,
                title=one.title,
                category=one.category,
                unit=one.unit,
                lesson=one.lesson_id,
                mean=one.mean,
                lowest=one.lowest,
                highest=one.highest,
                judges=one.judges,
                trimmed=one.trimmed,
                prize=one.prize,
                certificate=one.code if call.stage in rules.TOLD_STAGES else "",
            )
            for one in rows
        ],
        judges_in=result.judges_in,
        judges_out=result.judges_out,
    )


@router.get("/certificates/{code}")
def get_certificate(door: CertificatesDoor, code: str) -> CertificateOut:
    """What a certificate says, for everybody who has its code."""
    line = door.find(code[:200], line_of)
    return CertificateOut(
        code=line.code,
        valid=line.valid,
        title=line.title,
        lecturer=line.lecturer,
        unit=line.unit,
        award=line.award,
        year=line.year,
        body=line.body,
        issued_on=line.issued_on,
    )
