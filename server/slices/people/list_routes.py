"""Lists of people: brought, looked at row by row, decided, brought in, and taken along."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from datetime import date
from typing import Annotated, Any

from fastapi import APIRouter, Depends, File, Request, UploadFile
from sqlalchemy.orm import Session
from starlette.datastructures import UploadFile as FormFile
from starlette.responses import Response

from library.core.clock import local_day
from library.core.errors import Conflict, Invalid
from library.core.lists.listed import suffix_of
from library.core.paging import Page, clean_number
from library.people.lists.exporting import EXAMPLES, check_size, exported
from library.people.lists.importing import Choice, Decision, Outcome
from library.people.lists.reading import HEADINGS
from server.slices.people.list_contexts import ListJobPage, ListPage, ListRow, SideRow
from server.slices.people.list_jobs import ROWS_A_PAGE, ListJob, ListJobs
from server.web.deps import ClockDep, DatabaseDep, PagesDep, Reading, Secretary, SettingsDep
from server.web.errors import status_of
from server.web.files.sheets import CSV, XLSX, Sheet, csv_text, workbook
from server.web.language.i18n import N_
from server.web.limits.fields import WordQuery
from server.web.limits.sizes import FORM_LIMITS
from server.web.pages import pager, reason
from server.web.parts import Reason
from server.web.routing.reading import reads
from server.web.who import Who

router = APIRouter(include_in_schema=False)

LIST_BYTES = 16 * 1024 * 1024
"""Of a list: 50,000 people take some 4 MB."""

_WIDTHS = (14, 20, 50, 14, 14, 14, 14)


class ListDesk:
    """Shows lists on their way to whoever has brought them."""

    def __init__(
        self,
        request: Request,
        who: Secretary,
        pages: PagesDep,
        clock: ClockDep,
        db: DatabaseDep,
        settings: SettingsDep,
    ) -> None:
        self.request, self._who, self.pages, self._db = request, who, pages, db
        self.jobs = ListJobs(settings.data / "lists", db, clock)

    @property
    def person_id(self) -> str:
        """Who asks."""
        return self._who.viewer.person_id or ""

    def job(self, job_id: str) -> ListJob:
        """Return one of their lists; raises NotFound."""
        return self.jobs.job(self.person_id, job_id)

    def empty(self, refused: Reason | None = None, status: int = 200) -> Response:
        """Return the page on which a list is brought."""
        with self._db.read() as session:
            frame = self.pages.frame(self.request, session, self._who)
        context = ListPage(frame=frame, refused=refused)
        return self.pages.respond(self.request, self._who, context, status)

    def page(self, job: ListJob, show: str, number: int) -> Response:
        """Return how far a list is and a page of its rows."""
        progress = job.progress()
        counts = progress.counts
        shown = Outcome(show) if show in tuple(Outcome) else _first(counts)
        number = clean_number(number)
        url = f"/people/lists/job/{job.id}"
        with self._db.read() as session:
            frame = self.pages.frame(self.request, session, self._who)
        rows = job.rows(shown, number)
        context = ListJobPage(
            frame=frame,
            id=job.id,
            file_name=job.about["file_name"],
            doing=progress.doing,
            percent=progress.percent,
            is_working=progress.is_working,
            is_dead=progress.is_dead,
            counts=counts,
            shown=shown,
            rows=tuple(_row(one, job.decisions()) for one in rows),
            pager=pager(Page(rows, number, ROWS_A_PAGE, counts.get(shown.value, 0)), url, show=shown.value),
            warnings=tuple(
                Reason(code=one["code"], args={"count": one["count"], **one.get("values", {})})
                for one in progress.warnings
            ),
            not_kept=tuple(progress.not_kept),
            reason=Reason(code=progress.code, args=progress.args) if progress.code else None,
        )
        return self.pages.respond(self.request, self._who, context, 200)


ListDeskDep = Annotated[ListDesk, Depends()]


def _first(counts: dict[str, int]) -> Outcome:
    """Return what is shown first: what somebody has to look at."""
    order = (Outcome.DOUBTFUL, Outcome.WRONG, Outcome.CHANGED, Outcome.NEW, Outcome.UNCHANGED)
    return next((one for one in order if counts.get(one.value)), Outcome.NEW)


def _side(row: dict[str, Any]) -> SideRow:
    names = ("name", "account", "branch", "state", "since")
    return SideRow(id=str(row.get("id", "")), **{name: str(row.get(name, "")) for name in names})


def _row(row: dict[str, Any], decisions: dict[int, Decision]) -> ListRow:
    decided = decisions.get(row["line"])
    said = "" if decided is None else decided.choice.value
    if decided is not None and decided.choice is Choice.SAME:
        said = f"same:{decided.person_id}"
    return ListRow(
        line=row["line"],
        said=_side(row),
        changes=tuple((what, before, after) for what, before, after in row.get("changes", ())),
        candidates=tuple(_side(one) for one in row.get("candidates", ())),
        decided=said,
        reason=Reason(code=row["code"], args=row["args"]) if row.get("code") else None,
    )


@router.get("/people/lists/new")
def bring(desk: ListDeskDep) -> Response:
    """The page on which a list is brought."""
    return desk.empty()


@router.post("/people/lists/new")
def take(desk: ListDeskDep, file: Annotated[UploadFile | None, File()] = None) -> Response:
    """Take a list and look what would become of it; nothing is changed yet."""
    try:
        if file is None or not file.filename:
            raise Invalid("empty", field="file")
        suffix_of(file.filename, field="file")
        data = file.file.read(LIST_BYTES + 1)
        if len(data) > LIST_BYTES:
            raise Invalid("list_too_large", field="file", most=LIST_BYTES // 2**20)
        job = desk.jobs.begin(desk.person_id, file.filename[-120:], data)
    except (Invalid, Conflict) as error:
        return desk.empty(reason(error), status_of(error))
    return desk.pages.redirect(f"/people/lists/job/{job.id}")


@router.get("/people/lists/job/{job_id}", dependencies=[reads("people_import")])
def look(desk: ListDeskDep, job_id: str, show: WordQuery = "", page: int = 1) -> Response:
    """How far a list is, and what becomes of its rows."""
    return desk.page(desk.job(job_id), show, page)


@router.post("/people/lists/job/{job_id}/decide")
async def decide(desk: ListDeskDep, request: Request, job_id: str) -> Response:
    """Keep what was decided of doubtful rows, and look again what becomes of the list."""
    job = desk.job(job_id)
    form = await request.form(**FORM_LIMITS)
    job.decide(dict(_decided((name, value) for name, value in form.items())))
    desk.jobs.start(job, apply=False)
    return desk.pages.redirect(f"/people/lists/job/{job.id}?show=doubtful")


def _decided(fields: Iterable[tuple[str, str | FormFile]]) -> Iterable[tuple[int, Decision]]:
    """Yield the choices of a form; raises Invalid("unknown_choice")."""
    for name, value in fields:
        line = name.removeprefix("row-")
        if line == name or not isinstance(value, str) or not value:
            continue
        choice, _sign, person = value.partition(":")
        if not line.isdigit() or len(line) > 9 or choice not in tuple(Choice):
            raise Invalid("unknown_choice", field=name[:20])
        yield int(line), Decision(Choice(choice), person)


@router.post("/people/lists/job/{job_id}/apply")
def apply(desk: ListDeskDep, job_id: str) -> Response:
    """Bring a list in, in one transaction, with the rights of that moment."""
    job = desk.job(job_id)
    if job.progress().doing == "planned":
        desk.jobs.start(job, apply=True)
    return desk.pages.redirect(f"/people/lists/job/{job.id}")


@router.post("/people/lists/job/{job_id}/forget")
def forget(desk: ListDeskDep, job_id: str) -> Response:
    """Throw a list away: nothing of it is kept."""
    desk.jobs.forget(desk.job(job_id))
    return desk.pages.redirect("/people/lists/new", "list_forgotten")


@router.get("/people/lists/template.xlsx")
def template(who: Secretary) -> Response:
    """A list with an example of every kind, to be filled in."""
    return _file(EXAMPLES, "template", "xlsx")


@router.get("/people/lists/export.xlsx", dependencies=[reads("people_export")])
def export_xlsx(session: Reading, who: Secretary, clock: ClockDep) -> Response:
    """The people one keeps, as a list that can be imported again."""
    return _people(session, who, local_day(clock()), "xlsx")


@router.get("/people/lists/export.csv", dependencies=[reads("people_export")])
def export_csv(session: Reading, who: Secretary, clock: ClockDep) -> Response:
    """The same as CSV, for lists that are too large for a workbook."""
    return _people(session, who, local_day(clock()), "csv")


_SHEET = N_("名册")
_MAKERS: dict[str, tuple[Callable[[Sequence[Sequence[str]]], bytes], str]] = {
    "xlsx": (lambda rows: workbook([Sheet(_SHEET, HEADINGS, rows, _WIDTHS, freeze=True)]), XLSX),
    "csv": (lambda rows: csv_text([HEADINGS, *rows]), CSV),
}


def _people(session: Session, who: Who, today: date, suffix: str) -> Response:
    check_size(session, who.viewer)
    return _file(list(exported(session, who.viewer, today)), "people", suffix)


def _file(rows: Sequence[Sequence[str]], name: str, suffix: str) -> Response:
    make, kind = _MAKERS[suffix]
    headers = {"Content-Disposition": f'attachment; filename="{name}.{suffix}"', "Cache-Control": "no-store"}
    return Response(make(rows), media_type=kind, headers=headers)
