"""Searches that staff save: the page of one's own, and the same as JSON."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from typing import Annotated
from urllib.parse import urlencode

from fastapi import APIRouter, Query, Request
from pydantic import BaseModel
from sqlalchemy.orm import Session
from starlette.responses import Response

from library.core.clock import Clock
from library.core.database import Database
from library.core.errors import Conflict, Invalid, WeikeError
from library.core.paging import Page, clean_number
from library.core.permits import Viewer
from library.finding.hits import Finder
from library.finding.indexer import IndexUnavailable
from library.searches import actions, queries, rules
from library.searches.tables import SavedSearch
from server.slices.finding.contexts import SavedDraft, SavedFilter, SavedRow, SearchesPage
from server.slices.finding.routes import Asked, SearchAsked, called
from server.web.deps import AddressDep, ClockDep, DatabaseDep, FinderDep, PagesDep, Reading, Staff, Writing
from server.web.errors import status_of
from server.web.limits.fields import LineForm, LineText, WordText
from server.web.pages import Pages, pager, reason
from server.web.parts import Reason
from server.web.who import Who

router = APIRouter()

_PER_PAGE = 20
"""Each is searched for its number of hits when the page is shown."""


class SearchIn(BaseModel):
    """A search to be saved, as GET /api/v1/search asks it; without a name it is called after its words."""

    name: LineText = ""
    q: LineText
    topic: WordText = ""
    lecturer: WordText = ""
    year: WordText = ""
    branch: WordText = ""
    kind: WordText = ""
    length: WordText = ""
    sort: WordText = ""


class SavedOut(BaseModel):
    """A saved search. `hits` hold all its words, `new` of them came since it was last opened; both are null
    when the index cannot answer now. `url` opens it."""

    id: str
    name: str
    q: str
    filters: dict[str, str]
    sort: str
    url: str
    hits: int | None
    new: int | None
    created_at: datetime
    opened_at: datetime


class SavedListOut(BaseModel):
    """One page of the searches you saved, those opened last first."""

    total: int
    page: int
    searches: list[SavedOut]


@dataclass(frozen=True)
class _Counted:
    """A saved search and how many hits it has for the one who saved it; None when nobody knows."""

    row: SavedSearch
    hits: int | None

    @property
    def new(self) -> int:
        """How many more there are than when it was last opened."""
        return max(0, (self.hits or 0) - self.row.seen)


def _counted(
    finder: Finder, session: Session, viewer: Viewer, rows: Sequence[SavedSearch]
) -> tuple[list[_Counted], Reason | None]:
    """Return searches with their hits, and why these are unknown if they are."""
    try:
        return [_Counted(row, _hits(finder, session, viewer, Asked.again(row))) for row in rows], None
    except IndexUnavailable as error:
        return [_Counted(row, None) for row in rows], Reason(code=error.code)


def _hits(finder: Finder, session: Session, viewer: Viewer, asked: Asked) -> int:
    return finder.count_hits(session, viewer, asked.q, asked.filters)


def _hits_now(db: Database, finder: Finder, viewer: Viewer, asked: Asked) -> int | None:
    """Return how much a search finds; None when the index cannot answer, and it is saved or opened anyway."""
    with suppress(IndexUnavailable), db.read() as session:
        return _hits(finder, session, viewer, asked)
    return None


def _save(db: Database, finder: Finder, clock: Clock, who: Who, asked: Asked, name: str) -> _Counted:
    """Save a search; raises Invalid, Conflict."""
    cleaned = Asked(q=rules.clean_query(asked.q), sort=asked.order, **rules.clean_filters(asked.chosen))
    hits = _hits_now(db, finder, who.viewer, cleaned)
    with db.write() as session:
        row = actions.save(
            session,
            str(who.viewer.person_id),
            name,
            cleaned.q,
            cleaned.chosen,
            cleaned.order,
            hits or 0,
            clock(),
        )
        session.expunge(row)
    return _Counted(row, hits)


# ---------------------------------------------------------------------- the page


@dataclass(frozen=True)
class _Refused:
    """A name that one of the searches was not given, and why."""

    id: str
    typed: str
    problem: Reason


def _page(
    request: Request,
    session: Session,
    who: Who,
    pages: Pages,
    finder: Finder,
    *,
    page: int = 1,
    draft: SavedDraft | None = None,
    refused: _Refused | None = None,
    status: int = 200,
) -> Response:
    rows = queries.saved_by(session, str(who.viewer.person_id))
    number = clean_number(page)
    ids = [row.id for row in rows]
    if refused is not None and refused.id in ids:
        number = 1 + ids.index(refused.id) // _PER_PAGE
    here = rows[(number - 1) * _PER_PAGE : number * _PER_PAGE]
    counted, problem = _counted(finder, session, who.viewer, here)
    context = SearchesPage(
        frame=pages.frame(request, session, who),
        rows=tuple(_row(session, one, refused) for one in counted),
        pager=pager(Page(here, number, _PER_PAGE, len(rows)), "/searches"),
        draft=draft,
        problem=problem,
    )
    return pages.respond(request, who, context, status)


def _row(session: Session, one: _Counted, refused: _Refused | None) -> SavedRow:
    asked, row = Asked.again(one.row), one.row
    texts = called(session, asked.chosen)
    is_refused = refused is not None and refused.id == row.id
    return SavedRow(
        id=row.id,
        name=row.name,
        query=row.query,
        filters=tuple(
            SavedFilter(name=name, value=value, text=texts[name]) for name, value in asked.chosen.items()
        ),
        sort=asked.order,
        hits=one.hits,
        new=one.new,
        opened_at=row.opened_at,
        typed=refused.typed if refused and is_refused else row.name,
        problem=refused.problem if refused and is_refused else None,
    )


@router.get("/searches", include_in_schema=False)
def searches(
    request: Request, session: Reading, who: Staff, pages: PagesDep, finder: FinderDep, page: int = 1
) -> Response:
    """The searches one saved, with how much each finds now."""
    return _page(request, session, who, pages, finder, page=page)


@router.post("/searches", include_in_schema=False)
def save(
    request: Request,
    who: Staff,
    pages: PagesDep,
    clock: ClockDep,
    db: DatabaseDep,
    finder: FinderDep,
    asked: SearchAsked,
    name: LineForm = "",
) -> Response:
    """Save the search that the address names."""
    try:
        saved = _save(db, finder, clock, who, asked, name)
    except WeikeError as error:
        draft = SavedDraft(
            name=name,
            query=asked.q,
            save_url=f"/searches?{urlencode(asked.parameters)}",
            problem=reason(error),
        )
        with db.read() as session:
            return _page(request, session, who, pages, finder, draft=draft, status=status_of(error))
    return pages.redirect(Asked.again(saved.row).address, "search_saved")


@router.post("/searches/{search_id}/open", include_in_schema=False)
def open_saved(
    who: Staff, pages: PagesDep, clock: ClockDep, db: DatabaseDep, finder: FinderDep, search_id: str
) -> Response:
    """Lead to the search, and remember what it finds now: only what comes later is new."""
    person_id = str(who.viewer.person_id)
    with db.read() as session:
        asked = Asked.again(queries.saved(session, person_id, search_id))
    hits = _hits_now(db, finder, who.viewer, asked)
    with db.write() as session:
        actions.opened(session, person_id, search_id, hits, clock())
    return pages.redirect(asked.address)


@router.post("/searches/{search_id}/rename", include_in_schema=False)
def rename(
    request: Request,
    who: Staff,
    pages: PagesDep,
    db: DatabaseDep,
    finder: FinderDep,
    search_id: str,
    name: LineForm = "",
) -> Response:
    """Call one of one's searches otherwise."""
    try:
        with db.write() as session:
            actions.rename(session, str(who.viewer.person_id), search_id, name)
    except (Invalid, Conflict) as error:
        refused = _Refused(search_id, name, reason(error))
        with db.read() as session:
            return _page(request, session, who, pages, finder, refused=refused, status=status_of(error))
    return pages.redirect("/searches", "search_renamed")


@router.post("/searches/{search_id}/delete", include_in_schema=False)
def remove(session: Writing, who: Staff, pages: PagesDep, search_id: str) -> Response:
    """Remove one of one's searches."""
    actions.remove(session, str(who.viewer.person_id), search_id)
    return pages.redirect("/searches", "search_removed")


# ---------------------------------------------------------------------- JSON


def _out(base_url: str, one: _Counted) -> SavedOut:
    asked, row = Asked.again(one.row), one.row
    return SavedOut(
        id=row.id,
        name=row.name,
        q=row.query,
        filters=asked.chosen,
        sort=asked.order,
        url=base_url + asked.address,
        hits=one.hits,
        new=None if one.hits is None else one.new,
        created_at=row.created_at,
        opened_at=row.opened_at,
    )


@router.get("/api/v1/searches", tags=["search"])
def list_searches(
    session: Reading,
    who: Staff,
    address: AddressDep,
    finder: FinderDep,
    page: Annotated[int, Query(ge=1)] = 1,
) -> SavedListOut:
    """The searches you saved, with how much each finds now (staff)."""
    rows = queries.saved_by(session, str(who.viewer.person_id))
    number = clean_number(page)
    here = rows[(number - 1) * _PER_PAGE : number * _PER_PAGE]
    counted, _problem = _counted(finder, session, who.viewer, here)
    found = [_out(address, one) for one in counted]
    return SavedListOut(total=len(rows), page=number, searches=found)


@router.post("/api/v1/searches", tags=["search"], status_code=201)
def new_search(
    who: Staff, address: AddressDep, clock: ClockDep, db: DatabaseDep, finder: FinderDep, body: SearchIn
) -> SavedOut:
    """Save a search under a name of its own (staff)."""
    asked = Asked(**body.model_dump(exclude={"name"}))
    name = body.name if body.name.strip() else _proposed(db, asked)
    return _out(address, _save(db, finder, clock, who, asked, name))


def _proposed(db: Database, asked: Asked) -> str:
    with db.read() as session:
        return rules.proposed_name(asked.q, *called(session, asked.chosen).values())


@router.delete("/api/v1/searches/{search_id}", tags=["search"], status_code=204)
def delete_search(session: Writing, who: Staff, search_id: str) -> None:
    """Remove one of your searches (staff)."""
    actions.remove(session, str(who.viewer.person_id), search_id)
