"""A member's own record: the year's books, taken along, on a sheet of paper."""

from __future__ import annotations

import json
from dataclasses import replace
from urllib.parse import quote

from fastapi import APIRouter, Response
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from library.books import queries
from library.books.entries import PracticeState, StudyState
from library.books.queries import PersonBooks
from library.books.tables import Practice, Study
from library.evidence import chain
from library.evidence.rules import CORRECTION_MAX
from library.organisation import queries as organisation
from server.slices.books.contexts import LearningPage, SheetPage
from server.slices.books.door import BooksDoor, DoorDep, year_of
from server.slices.books.export import books_json, books_sheets
from server.slices.books.shown import book_views, names_of, taken_lines, uncounted, years_around
from server.web.deps import Reading
from server.web.files.attachments import file_name
from server.web.files.exported import noted
from server.web.files.sheets import XLSX, workbook
from server.web.language.i18n import N_
from server.web.limits.fields import WordQuery
from server.web.parts import RefusedForm

router = APIRouter(include_in_schema=False)


def learning_page(
    door: BooksDoor,
    session: Session,
    found: PersonBooks,
    *,
    own: bool,
    refused: RefusedForm | None = None,
) -> LearningPage:
    """Return the page of somebody's year, as they or their secretary see it."""
    books, one = found.books, found.member
    names = names_of(session, [piece for line in books.lines for piece in line.pieces])
    now = found.rules.year_of(door.today)
    known = {*found.entries.values(), *(one.entry_id for one in found.reversed if one.may_lift)}
    if refused is not None and refused.form not in known:
        refused = replace(refused, form="")  # the form is not on the page any more; its reason is
    return LearningPage(
        frame=door.frame(session),
        own=own,
        person_id=one.person_id,
        name=one.name,
        node_id=one.node_id,
        node=organisation.node(session, one.node_id).name,
        year=books.number,
        years=years_around(books.number, now),
        first=books.first,
        last=books.last,
        asked=one.asked,
        leads=one.leads,
        books=book_views(found, names, own=own, may_keep=not own),
        uncounted=uncounted(found, names, own=own, may_keep=not own),
        taken=taken_lines(session, found, own=own, may_keep=not own),
        open_studies=_open_studies(session, one.person_id) if own else 0,
        waiting=_waiting(session, one.person_id) if own else 0,
        reason_max=CORRECTION_MAX,
        refused=refused,
    )


def _open_studies(session: Session, person_id: str) -> int:
    counted = select(func.count()).where(Study.person_id == person_id, Study.state == StudyState.PLANNED)
    return session.scalar(counted) or 0


def _waiting(session: Session, person_id: str) -> int:
    its = (Practice.person_id == person_id, Practice.state == PracticeState.WAITING)
    return session.scalar(select(func.count()).where(*its)) or 0


@router.get("/learning")
def learning(door: DoorDep, session: Reading, year: WordQuery = "") -> Response:
    """One's own year: its books, with every item's reason."""
    found = queries.person_books(session, door.person_id, year_of(year), door.today)
    return door.show(learning_page(door, session, found, own=True))


def _file(door: BooksDoor, kind: str, media_type: str, made: bytes, number: int) -> Response:
    """Return one's own record as a file; that it left is written down."""
    title = door.pages.renderer.catalogue(door.who.language).say(N_("学习档案"))
    name = quote(f"{file_name(title)}-{number}.{kind}", safe="")
    headers = {
        "content-disposition": f"attachment; filename=\"weike-learning.{kind}\"; filename*=UTF-8''{name}",
        "cache-control": "private, no-store",
    }
    background = noted(door.db, door.who, "learning", kind)
    return Response(made, media_type=media_type, headers=headers, background=background)


@router.get("/learning/export.xlsx")
def learning_xlsx(door: DoorDep, session: Reading, year: WordQuery = "") -> Response:
    """One's own year as a workbook."""
    found = queries.person_books(session, door.person_id, year_of(year), door.today)
    names = names_of(session, [piece for line in found.books.lines for piece in line.pieces])
    catalogue = door.pages.renderer.catalogue(door.who.language)
    return _file(door, "xlsx", XLSX, workbook(books_sheets(found, names, catalogue)), found.books.number)


@router.get("/learning/export.json")
def learning_json(door: DoorDep, session: Reading, year: WordQuery = "") -> Response:
    """One's own year as JSON, as `weike books --json` writes it."""
    found = queries.person_books(session, door.person_id, year_of(year), door.today)
    names = names_of(session, [piece for line in found.books.lines for piece in line.pieces])
    value = books_json(found, names, door.pages.renderer.catalogue(door.who.language))
    made = json.dumps(value, ensure_ascii=False, indent=2).encode()
    return _file(door, "json", "application/json", made, found.books.number)


@router.get("/learning/sheet")
def sheet(door: DoorDep, session: Reading, year: WordQuery = "") -> Response:
    """One's own year on a sheet of paper."""
    found = queries.person_books(session, door.person_id, year_of(year), door.today)
    books, one = found.books, found.member
    seal = chain.last_seal(session)
    names = names_of(session, ())
    return door.show(
        SheetPage(
            frame=door.frame(session),
            name=one.name,
            node=organisation.node(session, one.node_id).name,
            year=books.number,
            first=books.first,
            last=books.last,
            day=min(door.today, books.last),
            is_over=books.last < door.today,
            books=book_views(found, names, own=True, may_keep=False),
            leads=one.leads if one.asked else None,
            seal=seal.link[:16] if seal is not None else "",
            sealed_on=seal.day if seal is not None else None,
        )
    )
