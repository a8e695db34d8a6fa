"""Lists of organisations: brought below a node, looked at row by row, decided, brought in, taken along."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import suppress
from typing import Annotated, Any

from fastapi import APIRouter, Depends, File, Request, UploadFile
from sqlalchemy.orm import Session
from starlette.responses import Response

from library.core.errors import Conflict, Invalid
from library.core.lists.outcomes import Choice, Outcome
from library.organisation import queries
from library.organisation.bringing_in import node_to_fill
from library.organisation.lists import EXAMPLES, HEADINGS, exported
from library.organisation.rules import NodeKind
from server.slices.organisation.contexts import NodeLink
from server.slices.organisation.desk import link
from server.slices.organisation.list_contexts import NodeListJobPage, NodeListPage, NodeListRow
from server.slices.organisation.list_jobs import NodeListJobs
from server.slices.organisation.words import WORDS
from server.web.deps import ClockDep, DatabaseDep, PagesDep, Reading, SettingsDep, Staff
from server.web.errors import status_of
from server.web.language.i18n import N_
from server.web.limits.fields import WordQuery
from server.web.limits.sizes import FORM_LIMITS
from server.web.lists.files import ListFile
from server.web.lists.jobs import ListJob
from server.web.lists.shown import brought, decided, view, why
from server.web.pages import reason
from server.web.parts import Reason

router = APIRouter(include_in_schema=False)

MOST_EXPORTED = 100_000
"""Nodes in one file that a page gives: a workbook of so many can be imported again."""
_FILE = ListFile(N_("党组织"), HEADINGS, (16, 30, 50, 12, 16, 14))
_OUTCOMES = (Outcome.WRONG, Outcome.DOUBTFUL, Outcome.NEW, Outcome.CHANGED, Outcome.UNCHANGED)
"""As they are shown: first what somebody has to look at."""


class NodeListDesk:
    """Shows lists of organisations on their way to whoever has brought them."""

    def __init__(
        self,
        request: Request,
        who: Staff,
        pages: PagesDep,
        clock: ClockDep,
        db: DatabaseDep,
        settings: SettingsDep,
    ) -> None:
        self.request, self._who, self.pages, self._db = request, who, pages, db
        self.jobs = NodeListJobs(settings.data / "lists", db, clock)

    @property
    def person_id(self) -> str:
        """Who asks."""
        return self._who.viewer.person_id or ""

    def job(self, job_id: str) -> ListJob:
        """Return one of their lists; raises NotFound."""
        return self.jobs.job(self.person_id, job_id)

    def check(self, node_id: str) -> None:
        """Raise NotFound, Forbidden or Conflict where they may bring no list below a node."""
        with self._db.read() as session:
            node_to_fill(session, self._who.viewer, node_id)

    def empty(self, node_id: str, refused: Reason | None = None, status: int = 200) -> Response:
        """Return the page on which a list is brought."""
        with self._db.read() as session:
            node = node_to_fill(session, self._who.viewer, node_id)
            frame = self.pages.frame(self.request, session, self._who)
            context = NodeListPage(frame=frame, node=link(node), refused=refused)
        return self.pages.respond(self.request, self._who, context, status)

    def page(self, job: ListJob, show: str, number: int) -> Response:
        """Return how far a list is and a page of its rows."""
        shown, rows = view(job, f"/organisation/lists/job/{job.id}", _OUTCOMES, show, number)
        taken = job.decisions()
        with self._db.read() as session:
            node = queries.node_for(session, self._who.viewer, job.about["node_id"])
            frame = self.pages.frame(self.request, session, self._who)
            context = NodeListJobPage(
                frame=frame, node=link(node), job=shown, rows=tuple(_row(one, taken) for one in rows)
            )
        return self.pages.respond(self.request, self._who, context, 200)


NodeListDeskDep = Annotated[NodeListDesk, Depends()]


def _row(row: Mapping[str, Any], taken: Mapping[int, tuple[str, str]]) -> NodeListRow:
    choice, named = taken.get(row["line"], ("", ""))
    return NodeListRow(
        line=row["line"],
        name=row["name"],
        above=row.get("above", ""),
        code=row.get("node_code", ""),
        kind=row.get("kind", ""),
        changes=tuple((what, before, after) for what, before, after in row.get("changes", ())),
        candidates=tuple(
            NodeLink(
                id=one["id"],
                name=one["name"],
                kind=NodeKind(one["kind"]),
                above=(one["above"],),
                code=one["node_code"],
                closed=one["closed"],
            )
            for one in row.get("candidates", ())
        ),
        decided=f"{choice}:{named}" if named else choice,
        reason=why(row),
    )


@router.get("/organisation/lists/template.xlsx")
def template(_who: Staff) -> Response:
    """A list with an example of every kind, to be filled in."""
    return _FILE.answer(EXAMPLES, "template", "xlsx")


@router.get("/organisation/{node_id}/list")
def bring(desk: NodeListDeskDep, node_id: str) -> Response:
    """The page on which a list is brought."""
    return desk.empty(node_id)


@router.post("/organisation/{node_id}/list")
def take(desk: NodeListDeskDep, node_id: str, file: Annotated[UploadFile | None, File()] = None) -> Response:
    """Take a list and look what would become of it; nothing is changed yet."""
    desk.check(node_id)
    try:
        job = desk.jobs.begin(desk.person_id, *brought(file), node_id=node_id)
    except (Invalid, Conflict) as error:
        return desk.empty(node_id, reason(error), status_of(error))
    return desk.pages.redirect(f"/organisation/lists/job/{job.id}")


@router.get("/organisation/lists/job/{job_id}")
def look(desk: NodeListDeskDep, job_id: str, show: WordQuery = "", page: int = 1) -> Response:
    """How far a list is, and what becomes of its rows."""
    return desk.page(desk.job(job_id), show, page)


@router.post("/organisation/lists/job/{job_id}/decide")
async def decide(desk: NodeListDeskDep, request: Request, job_id: str) -> Response:
    """Keep what was decided of doubtful rows, and look again what becomes of the list."""
    job = desk.job(job_id)
    form = await request.form(**FORM_LIMITS)
    desk.jobs.decide(job, dict(decided(form.items(), tuple(Choice))))
    return desk.pages.redirect(f"/organisation/lists/job/{job.id}?show=doubtful")


@router.post("/organisation/lists/job/{job_id}/apply")
def apply(desk: NodeListDeskDep, job_id: str) -> Response:
    """Bring a list in, in one transaction, with the rights of that moment."""
    job = desk.job(job_id)
    with suppress(Conflict):  # a second click: the page says how far it is
        desk.jobs.apply(job)
    return desk.pages.redirect(f"/organisation/lists/job/{job.id}")


@router.post("/organisation/lists/job/{job_id}/forget")
def forget(desk: NodeListDeskDep, job_id: str) -> Response:
    """Throw a list away: nothing of it is kept."""
    job = desk.job(job_id)
    node_id = job.about["node_id"]
    desk.jobs.forget(job)
    return desk.pages.redirect(f"/organisation/{node_id}/list", "list_forgotten")


@router.get("/organisation/{node_id}/list.xlsx")
def export_xlsx(session: Reading, who: Staff, node_id: str) -> Response:
    """A node and all below it, as a list that can be imported again."""
    return _export(session, who, node_id, "xlsx")


@router.get("/organisation/{node_id}/list.csv")
def export_csv(session: Reading, who: Staff, node_id: str) -> Response:
    """The same as CSV."""
    return _export(session, who, node_id, "csv")


def _export(session: Session, who: Staff, node_id: str, suffix: str) -> Response:
    top = node_to_fill(session, who.viewer, node_id)
    if queries.count_inside(session, top.id) >= MOST_EXPORTED:
        raise Conflict("nodes_many", most=MOST_EXPORTED)
    above = [one.name for one in queries.chains(session, [top])[top.id]]
    known = queries.known_nodes(session, top.id)
    # In Chinese whatever language is shown: it is read again as it stands.
    rows = list(exported(known, above, lambda kind: WORDS["node_kind"][kind]))
    return _FILE.answer(rows, "organisation", suffix)
