"""Lists of people: brought, looked at row by row, decided, brought in, and taken along."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import suppress
from datetime import date
from typing import Annotated, Any

from fastapi import APIRouter, Depends, File, Request, UploadFile
from sqlalchemy.orm import Session
from starlette.responses import Response

from library.core.clock import local_day
from library.core.errors import Conflict, Invalid
from library.core.lists.outcomes import Choice, Outcome
from library.people.lists.exporting import EXAMPLES, check_size, exported
from library.people.lists.importing import Decision
from library.people.lists.reading import HEADINGS
from server.slices.people.list_contexts import ListJobPage, ListPage, ListRow, SideRow
from server.slices.people.list_jobs import PeopleListJobs, decisions
from server.web.deps import ClockDep, DatabaseDep, PagesDep, Reading, Secretary, SettingsDep
from server.web.errors import status_of
from server.web.language.i18n import N_
from server.web.limits.fields import WordQuery
from server.web.limits.sizes import FORM_LIMITS
from server.web.lists.files import ListFile
from server.web.lists.jobs import ListJob
from server.web.lists.shown import brought, decided, view, why
from server.web.pages import reason
from server.web.parts import Reason
from server.web.routing.reading import reads
from server.web.who import Who

router = APIRouter(include_in_schema=False)

_FILE = ListFile(N_("名册"), HEADINGS, (14, 20, 50, 14, 14, 14, 14))


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
        self.jobs = PeopleListJobs(settings.data / "lists", db, clock)

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
        shown, rows = view(job, f"/people/lists/job/{job.id}", _OUTCOMES, show, number)
        with self._db.read() as session:
            frame = self.pages.frame(self.request, session, self._who)
        context = ListJobPage(frame=frame, job=shown, rows=tuple(_row(one, decisions(job)) for one in rows))
        return self.pages.respond(self.request, self._who, context, 200)


ListDeskDep = Annotated[ListDesk, Depends()]


_OUTCOMES = (Outcome.DOUBTFUL, Outcome.WRONG, Outcome.NEW, Outcome.CHANGED, Outcome.UNCHANGED)
"""As they are shown: first what somebody has to look at."""


def _side(row: dict[str, Any]) -> SideRow:
    names = ("name", "account", "branch", "state", "since")
    return SideRow(id=str(row.get("id", "")), **{name: str(row.get(name, "")) for name in names})


def _row(row: dict[str, Any], taken: Mapping[int, Decision]) -> ListRow:
    decided = taken.get(row["line"])
    said = "" if decided is None else decided.choice.value
    if decided is not None and decided.choice is Choice.SAME:
        said = f"same:{decided.person_id}"
    return ListRow(
        line=row["line"],
        said=_side(row),
        changes=tuple((what, before, after) for what, before, after in row.get("changes", ())),
        candidates=tuple(_side(one) for one in row.get("candidates", ())),
        decided=said,
        reason=why(row),
    )


@router.get("/people/lists/new")
def bring(desk: ListDeskDep) -> Response:
    """The page on which a list is brought."""
    return desk.empty()


@router.post("/people/lists/new")
def take(desk: ListDeskDep, file: Annotated[UploadFile | None, File()] = None) -> Response:
    """Take a list and look what would become of it; nothing is changed yet."""
    try:
        job = desk.jobs.begin(desk.person_id, *brought(file))
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
    desk.jobs.decide(job, dict(decided(form.items(), tuple(Choice))))
    return desk.pages.redirect(f"/people/lists/job/{job.id}?show=doubtful")


@router.post("/people/lists/job/{job_id}/apply")
def apply(desk: ListDeskDep, job_id: str) -> Response:
    """Bring a list in, in one transaction, with the rights of that moment."""
    job = desk.job(job_id)
    with suppress(Conflict):  # a second click: the page says how far it is
        desk.jobs.apply(job)
    return desk.pages.redirect(f"/people/lists/job/{job.id}")


@router.post("/people/lists/job/{job_id}/forget")
def forget(desk: ListDeskDep, job_id: str) -> Response:
    """Throw a list away: nothing of it is kept."""
    desk.jobs.forget(desk.job(job_id))
    return desk.pages.redirect("/people/lists/new", "list_forgotten")


@router.get("/people/lists/template.xlsx")
def template(who: Secretary) -> Response:
    """A list with an example of every kind, to be filled in."""
    return _FILE.answer(EXAMPLES, "template", "xlsx")


@router.get("/people/lists/export.xlsx", dependencies=[reads("people_export")])
def export_xlsx(session: Reading, who: Secretary, clock: ClockDep) -> Response:
    """The people one keeps, as a list that can be imported again."""
    return _people(session, who, local_day(clock()), "xlsx")


@router.get("/people/lists/export.csv", dependencies=[reads("people_export")])
def export_csv(session: Reading, who: Secretary, clock: ClockDep) -> Response:
    """The same as CSV, for lists that are too large for a workbook."""
    return _people(session, who, local_day(clock()), "csv")


def _people(session: Session, who: Who, today: date, suffix: str) -> Response:
    check_size(session, who.viewer)
    return _FILE.answer(list(exported(session, who.viewer, today)), "people", suffix)
