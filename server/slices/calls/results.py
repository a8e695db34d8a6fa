"""Results: works in order, how they came about, the honours that are given, and all of it as a workbook."""

from __future__ import annotations

from fractions import Fraction
from urllib.parse import quote

from fastapi import APIRouter
from sqlalchemy.orm import Session
from starlette.responses import Response

from library.calls import awarding, honouring, queries, rules, scoring
from library.calls.queries import Result, Work
from library.calls.tables import Call
from library.core.errors import Conflict, Invalid, NotFound, WeikeError
from library.works.rules import HonourLevel, honour_level
from server.slices.calls.contexts import Example, ResultRow, ResultsPage
from server.slices.calls.door import CallsDoor, DoorDep, call_path, keeping
from server.slices.calls.export import result_book
from server.web.deps import Caller, Reading
from server.web.files.attachments import file_name
from server.web.files.exported import noted
from server.web.files.sheets import XLSX
from server.web.limits.fields import BlockForm, LineQuery, WordForm, WordQuery
from server.web.pages import reason
from server.web.parts import RefusedForm

router = APIRouter(include_in_schema=False)

USUAL_PRIZES = "一等奖 1\n二等奖 2\n三等奖 3"


def seen(session: Session, door: CallsDoor, call_id: str) -> Call:
    """Return a call whose result the viewer may see: whoever keeps it, and once it is out whom it is for;
    raises NotFound."""
    call = queries.call_for(session, door.viewer, call_id)
    if call.stage in rules.TOLD_STAGES:
        return call
    is_judge = queries.judge_of(session, call.id, door.viewer) is not None
    # Who keeps the call and judges it too would see there what others gave before their own scores are in.
    if not queries.keeps(door.viewer, call) or is_judge:
        raise NotFound("call_result_closed")
    return call


def result_rows(
    session: Session, call: Call, result: Result, works: dict[str, Work], given: dict[str, awarding.Given]
) -> tuple[ResultRow, ...]:
    """Return works in their order; `given` are prizes that are only proposed."""
    certificates = queries.certificates(session, call)
    rows = []
    for one in result.order:
        work, combined = works[one.entry_id], one.combined
        would = given.get(one.entry_id)
        certificate = certificates.get(one.entry_id)
        rows.append(
            ResultRow(
                n=work.entry.n,
                rank=one.rank,
                tied=one.tied,
                title=work.entry.title,
                category=work.entry.category,
                unit=work.unit,
                lesson_id=(work.entry.lesson_id or "") if work.named else "",
                mean=str(combined.shown) if combined else "",
                lowest=str(scoring.rounded(combined.lowest)) if combined else "",
                highest=str(scoring.rounded(combined.highest)) if combined else "",
                judges=combined.judges if combined else 0,
                trimmed=combined.trimmed if combined else False,
                prize=would.prize if would else work.entry.prize,
                beyond=would.beyond if would else False,
                code=certificate.code if certificate else "",
            )
        )
    return tuple(rows)


def example(result: Result, works: dict[str, Work]) -> Example | None:
    """Return the rule shown with what the first work was given."""
    first = next((one for one in result.order if one.combined is not None), None)
    if first is None or first.combined is None:
        return None
    figures: list[Fraction] = [one for one in result.figures[first.entry_id] if one is not None]
    ordered = sorted(figures)
    dropped = (ordered[0], ordered[-1]) if first.combined.trimmed else ()
    return Example(
        title=works[first.entry_id].entry.title,
        figures=tuple(str(scoring.rounded(one)) for one in figures),
        dropped=tuple(str(scoring.rounded(one)) for one in dropped),
        mean=str(first.combined.shown),
    )


def results_page(
    door: CallsDoor,
    call_id: str,
    session: Session,
    refused: RefusedForm | None,
    prizes: str = "",
    level: str = "",
) -> ResultsPage:
    """Return the result of a call; with `prizes` what giving them would do."""
    call = seen(session, door, call_id)
    named = queries.shows_names(session, door.viewer, call)
    works = {one.entry.id: one for one in queries.works(session, call, named=named)}
    result, keeps = queries.result(session, call), queries.keeps(door.viewer, call)
    given: dict[str, awarding.Given] = {}
    if prizes and keeps and refused is None:
        try:
            wanted = awarding.read_prizes(prizes, call.categories)
            given = {one.entry_id: one for one in honouring.proposed(session, call, wanted)}
        except Invalid as error:
            refused = RefusedForm(form="honours", typed={"prizes": prizes}, reason=reason(error))
    return ResultsPage(
        frame=door.frame(session),
        id=call.id,
        title=call.title,
        node=call.node.name,
        stage=call.stage,
        told=call.stage in rules.TOLD_STAGES,
        rows=result_rows(session, call, result, works, given),
        judges_in=result.judges_in,
        judges_out=result.judges_out,
        trimmed=call.trimmed,
        criteria=call.criteria_of,
        scale=call.scale,
        example=example(result, works),
        keeps=keeps,
        prizes=prizes or (refused.typed.get("prizes", "") if refused else "") or USUAL_PRIZES,
        level=level or str(HonourLevel.COUNTY),
        preview=bool(given),
        refused=refused,
    )


@router.get("/calls/{call_id}/results")
def results(
    door: DoorDep, session: Reading, call_id: str, prizes: LineQuery = "", level: WordQuery = ""
) -> Response:
    """The result of a call, and what giving some prizes would do."""
    return door.show(results_page(door, call_id, session, None, prizes, level))


@router.post("/calls/{call_id}/honours")
def give(door: DoorDep, who: Caller, call_id: str, prizes: BlockForm = "", level: WordForm = "") -> Response:
    """Give the honours of a call in one step."""
    left_out = False
    try:
        with door.db.write() as session:
            call = keeping(session, door, call_id)
            wanted, at = awarding.read_prizes(prizes, call.categories), honour_level(level)
            granted = honouring.grant(session, door.viewer, call_id, wanted, at, door.clock())
            left_out = bool(granted.left_out)
    except (Invalid, Conflict) as error:
        return _refused(door, call_id, error, prizes, level)
    done = "honours_given_in_part" if left_out else "honours_given"
    return door.pages.redirect(call_path(call_id, "/results"), done)


def _refused(door: CallsDoor, call_id: str, error: WeikeError, prizes: str, level: str) -> Response:
    def page(session: Session, refused: RefusedForm | None) -> ResultsPage:
        return results_page(door, call_id, session, refused, prizes, level)

    return door.refuse(error, "honours", page, {"prizes": prizes, "level": level})


@router.post("/calls/{call_id}/honours/{n}/withdraw")
def withdraw(door: DoorDep, who: Caller, call_id: str, n: int) -> Response:
    """Take back the honour of a work."""

    def act(session: Session) -> str:
        honouring.withdraw(session, door.viewer, call_id, n, door.clock())
        return call_path(call_id, "/results")

    def page(session: Session, refused: RefusedForm | None) -> ResultsPage:
        return results_page(door, call_id, session, refused)

    return door.change(act, "honour_withdrawn", "", page)


@router.get("/calls/{call_id}/results/export.xlsx")
def export(door: DoorDep, who: Caller, session: Reading, call_id: str) -> Response:
    """The result as a workbook whose formulas can be read; names as the viewer may see them."""
    call = keeping(session, door, call_id)
    seen(session, door, call_id)
    named = queries.shows_names(session, door.viewer, call)
    # A blind call's workbook is what is handed round among judges: it has names once the result is out.
    named = named and (not call.blind or call.stage in rules.TOLD_STAGES)
    catalogue = door.pages.renderer.catalogue(door.who.language)
    made = result_book(session, call, named=named, catalogue=catalogue)
    name = quote(f"{file_name(call.title)}.xlsx", safe="")
    headers = {
        "content-disposition": f"attachment; filename=\"weike-call.xlsx\"; filename*=UTF-8''{name}",
        "cache-control": "private, no-store",
    }
    return Response(
        made, media_type=XLSX, headers=headers, background=noted(door.db, door.who, "call", "xlsx")
    )
