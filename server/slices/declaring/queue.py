"""The queue of those who review: what waits, by when it is due; and several approved together, counted."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Annotated
from urllib.parse import urlencode

from fastapi import APIRouter, Depends, Request
from sqlalchemy.orm import Session
from starlette.responses import Response

from library.core.clock import CHINA, local_day
from library.core.errors import Conflict, Forbidden, Invalid, NotFound, WeikeError
from library.core.permits import Viewer
from library.core.rights import Act, somewhere
from library.declaring import actions, queries, seen
from library.declaring.actions import Given
from library.declaring.queries import Place, Wanted
from library.declaring.rules import Check
from library.declaring.seen import SeenLine
from library.declaring.states import State, Step
from server.slices.declaring.contexts import BulkPage, DeclarationsPage
from server.web.deps import ClockDep, DatabaseDep, Decider, PagesDep, Reading
from server.web.errors import status_of
from server.web.files.exported import noted
from server.web.files.sheets import CSV, csv_text
from server.web.language.i18n import N_
from server.web.language.words import word
from server.web.limits.fields import LineQuery, WordForm, WordQuery, WordsForm
from server.web.pages import reason
from server.web.parts import RefusedForm

router = APIRouter(include_in_schema=False)

PER_PAGE = 30
MOST_EXPORTED = 5_000


_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)


def place_text(place: Place | None) -> str:
    """Return a place of the queue as addresses carry it, "" for none."""
    return f"{(place.due_at - _EPOCH) // _MICROSECOND}~{place.id}" if place else ""


def read_place(text: str) -> Place | None:
    """Read a place of the queue; raises Invalid("cursor_unreadable")."""
    if not text:
        return None
    at, _tilde, its = text.partition("~")
    try:
        due_at = _EPOCH + int(at) * _MICROSECOND
    except (ValueError, OverflowError):
        raise Invalid("cursor_unreadable", field="after") from None
    return Place(due_at, its[:16])


def read_state(text: str) -> State:
    """Read a state of the queue, DECLARED for none; raises Invalid("queue_state_unknown")."""
    try:
        return State(text or State.DECLARED)
    except ValueError:
        raise Invalid("queue_state_unknown", field="state", text=text[:40]) from None


@dataclass(frozen=True)
class Asked:
    """What an address asks for: `node` is the id of a node where one reviews, `at` names one below."""

    node: WordQuery = ""
    at: LineQuery = ""
    state: WordQuery = ""
    late: WordQuery = ""

    def wanted(self, session: Session, viewer: Viewer, now: datetime) -> Wanted:
        """Return which declarations are meant; raises Invalid."""
        if self.at.strip():
            ids: tuple[str, ...] = (queries.desk_named(session, viewer, self.at).id,)
        else:
            desks = tuple(node.id for node in queries.desks_of(session, viewer))
            ids = (self.node,) if self.node in desks else desks
        return Wanted(ids, read_state(self.state), now if self.late else None)

    def address(self, path: str, **more: str) -> str:
        """Return the same question at another address."""
        given = {"node": self.node, "at": self.at, "state": self.state, "late": self.late, **more}
        query = urlencode({name: value for name, value in given.items() if value})
        return f"{path}?{query}" if query else path


AskedDep = Annotated[Asked, Depends()]


@router.get("/declarations")
def declarations(
    request: Request,
    session: Reading,
    who: Decider,
    pages: PagesDep,
    clock: ClockDep,
    asked: AskedDep,
    after: WordQuery = "",
) -> Response:
    """What waits at the levels where one reviews."""
    now, viewer, refused = clock(), who.viewer, None
    desks = queries.desks_of(session, viewer)
    try:
        wanted, place = asked.wanted(session, viewer, now), read_place(after)
    except Invalid as error:
        refused = RefusedForm(form="filters", typed={"at": asked.at}, reason=reason(error))
        asked, wanted, place = Asked(), Wanted(tuple(node.id for node in desks)), None
    rows, following = queries.queue(session, wanted, PER_PAGE, place)
    waiting = Wanted(wanted.node_ids)
    count = queries.count_waiting(session, waiting)
    names = {node.id: node.name for node in desks}
    # What the navigation says was counted just now, unless it is another node's.
    numbers = {"/declarations": count} if wanted.node_ids == tuple(names) else {}
    context = DeclarationsPage(
        frame=pages.frame(request, session, who, numbers=numbers),
        rows=tuple(seen.lines(session, viewer, rows, now)),
        nodes=tuple(names.items()) if len(names) > 1 else (),
        node=asked.node if asked.node in names else "",
        node_name=_name(session, wanted) if asked.at.strip() else "",
        state=wanted.state,
        late=wanted.late_at is not None,
        count=count,
        count_late=queries.count_waiting(session, Wanted(wanted.node_ids, late_at=now)) if count else 0,
        most=queries.COUNTED_MOST,
        next=asked.address("/declarations", after=place_text(following)) if following else "",
        paged=place is not None,
        more_desks=max(0, queries.desks_held(viewer) - len(desks)),
        ticks=wanted.state is State.DECLARED and bool(rows),
        arranges=somewhere(viewer, Act.DECLARATION_ARRANGE),
        export=asked.address("/declarations/list/export.csv"),
        refused=refused,
    )
    return pages.respond(request, who, context, 422 if refused else 200)


def _name(session: Session, wanted: Wanted) -> str:
    return queries.node_name(session, wanted.node_ids[0])


@router.get("/declarations/list/export.csv")
def export(
    db: DatabaseDep, session: Reading, who: Decider, pages: PagesDep, clock: ClockDep, asked: AskedDep
) -> Response:
    """The same list as CSV, MOST_EXPORTED lines at most; what a level is not to know is not in it."""
    now = clock()
    rows, following = queries.queue(session, asked.wanted(session, who.viewer, now), MOST_EXPORTED)
    catalogue = pages.renderer.catalogue(who.language)
    say = catalogue.say
    hidden = say(N_("（盲审，不显示）"))
    head = [N_("标题"), N_("讲师"), N_("申报单位"), N_("状态"), N_("第几级"), N_("第几轮"), N_("申报时间")]
    lines: list[list[str | int]] = [[say(one) for one in (*head, N_("应审完时间"), N_("逾期"))]]
    for one in seen.lines(session, who.viewer, rows, now):
        lines.append(
            [
                *(one.title, hidden if one.blind else one.lecturer or "", one.node or hidden),
                *(word("declaration_state", one.state, catalogue), one.level, one.round),
                *(_day(one.declared_at), _day(one.due_at), say(N_("是")) if one.late else ""),
            ]
        )
    if following:
        lines.append([say(N_("还有更多，这里只列了前 %(most)s 条。"), most=MOST_EXPORTED)])
    name = f"declarations-{local_day(now)}.csv"
    headers = {"content-disposition": f'attachment; filename="{name}"', "cache-control": "no-store"}
    background = noted(db, who, "declarations", "csv")
    return Response(csv_text(lines), media_type=CSV, headers=headers, background=background)


def _day(at: datetime) -> str:
    return f"{at.astimezone(CHINA):%Y-%m-%d %H:%M}"


# ------------------------------------------------------------------ several at once


class BulkDesk:
    """Approves several declarations of one page together, once their number has been confirmed."""

    def __init__(
        self, request: Request, who: Decider, pages: PagesDep, clock: ClockDep, db: DatabaseDep
    ) -> None:
        self._request, self._who, self._pages, self._db, self.clock = request, who, pages, db, clock

    def page(self, ids: Sequence[str], refused: RefusedForm | None = None, status: int = 200) -> Response:
        """Return the page that names what is about to be approved; raises NotFound."""
        with self._db.read() as session:
            rows = [queries.declaration_for(session, self._who.viewer, one) for one in ids]
            lines = seen.lines(session, self._who.viewer, rows, self.clock())
            points: set[Check] = set()
            for row in rows:
                points |= set(queries.level_of(row).checklist)
            context = BulkPage(
                frame=self._pages.frame(self._request, session, self._who),
                rows=tuple(zip(lines, (row.moves for row in rows), strict=True)),
                checklist=tuple(one for one in Check if one in points),
                refused=refused,
            )
        return self._pages.respond(self._request, self._who, context, status)

    def confirm(
        self, ids: Sequence[str], moves: Sequence[str], count: str, checked: Sequence[str]
    ) -> Response:
        """Approve all of them, or none."""
        try:
            if not ids or len(ids) != len(moves) or count != str(len(set(ids))):
                raise Invalid("bulk_count", field="count")
            with self._db.write() as session:
                for one, known in zip(ids, moves, strict=True):
                    self._approve(session, one, known, tuple(checked))
        except (Invalid, Conflict, Forbidden) as error:
            refused = RefusedForm(form="confirm", typed={"checked": " ".join(checked)}, reason=reason(error))
            return self.page(ids[:PER_PAGE], refused, status_of(error))
        return self._pages.redirect("/declarations", "bulk_done")

    def _approve(self, session: Session, its: str, known: str, checked: tuple[str, ...]) -> None:
        given = Given(checked=checked, moves=int(known) if known.isdecimal() and len(known) < 9 else -1)
        try:
            actions.take(session, self._who.viewer, its, Step.APPROVE, self.clock(), given)
        except WeikeError as error:
            if error.code == "checklist_open" or isinstance(error, NotFound):
                raise
            line = self._line(session, its)
            why = self._pages.explain_reason(error.code, error.values, self._who.language)
            raise Conflict("bulk_refused", title=line.title, why=why.message) from error

    def _line(self, session: Session, its: str) -> SeenLine:
        row = queries.declaration_for(session, self._who.viewer, its)
        return seen.lines(session, self._who.viewer, [row], self.clock())[0]


BulkDeskDep = Annotated[BulkDesk, Depends()]


@router.post("/declarations/bulk")
def bulk(desk: BulkDeskDep, pages: PagesDep, ids: WordsForm = ()) -> Response:
    """Say how many, and which, before anything is done; those of one page at most."""
    chosen = list(dict.fromkeys(ids))[:PER_PAGE]
    if not chosen:
        return pages.redirect("/declarations", "bulk_none", kind="problem")
    return desk.page(chosen)


@router.post("/declarations/bulk/confirm")
def confirm(
    desk: BulkDeskDep,
    ids: WordsForm = (),
    moves: WordsForm = (),
    count: WordForm = "",
    checked: WordsForm = (),
) -> Response:
    """Approve what was counted; a number that does not fit approves nothing."""
    return desk.confirm(ids, moves, count, checked)
