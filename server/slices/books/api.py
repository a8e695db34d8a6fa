"""A person's books under /api/v1: one's own, and those of a member as their secretary sees them."""

from __future__ import annotations

from datetime import date

from fastapi import APIRouter
from pydantic import BaseModel
from sqlalchemy.orm import Session

from library.books import queries
from library.books.hours import Book, Lead, Rule
from library.books.queries import PersonBooks
from library.core.clock import local_day
from library.evidence.rules import EvidenceKind
from server.slices.books.contexts import RecordLine
from server.slices.books.door import Keeper, year_of
from server.slices.books.shown import book_views, names_of, taken_lines, uncounted
from server.web.deps import ClockDep, PagesDep, Reading, SignedIn
from server.web.language.i18n import Catalogue
from server.web.language.words import explain
from server.web.limits.fields import WordQuery
from server.web.parts import Reason
from server.web.routing.reading import reads

router = APIRouter(prefix="/api/v1/books", tags=["books"])


class WhyOut(BaseModel):
    """Why an item counts as it does, or not: a code, what is said of it, what can be done ("": nothing)."""

    code: str
    said: str
    todo: str


class ItemOut(BaseModel):
    """What counts together, on its last day. `book` is where it counts (None: nowhere, `why` says it), and
    `value` what it brings there; `seconds` or `times` are what the ledger says."""

    day: date
    kind: EvidenceKind
    rule: Rule
    what: str
    account: str
    lesson_id: str | None
    seconds: int
    times: int
    book: Book | None
    value: str
    why: list[WhyOut]


class BookOut(BaseModel):
    """A book: what is in it, what is asked (0: nothing), what is left; in hours, of practice in times.
    `untold` are lessons watched alone that are in the sum, and of which whoever asks is told no more."""

    book: Book
    value: str
    aim: int
    left: str
    untold: int


class TakenOut(BaseModel):
    """What was taken back by hand: its own day, when, by whom ("": nobody there any more), why.

    `lifted_on` is the day on which that was lifted and the piece counts again, null where it was not.
    """

    day: date
    kind: EvidenceKind
    taken_on: date
    by: str
    reason: str
    lifted_on: date | None
    lifted_by: str
    lifted_for: str


class BooksOut(BaseModel):
    """A person's year. `asked`: hours are asked of them; `leads`: those of who leads, `leads_as` what."""

    person_id: str
    name: str
    node_id: str
    year: int
    first: date
    last: date
    asked: bool
    leads: bool
    leads_as: Lead | None
    books: list[BookOut]
    items: list[ItemOut]
    taken_back: list[TakenOut]


@router.get("")
def own(session: Reading, who: SignedIn, pages: PagesDep, clock: ClockDep, year: WordQuery = "") -> BooksOut:
    """Your own year, all of it."""
    found = queries.person_books(session, who.viewer.person_id or "", year_of(year), local_day(clock()))
    return _out(session, found, pages.renderer.catalogue(who.language), own=True)


@router.get("/{person_id}", dependencies=[reads("books", of="person_id")])
def person(
    session: Reading, who: Keeper, pages: PagesDep, clock: ClockDep, person_id: str, year: WordQuery = ""
) -> BooksOut:
    """A member's year for who keeps it: of what they watched alone no more than the sum."""
    found = queries.books_for(session, who.viewer, person_id, year_of(year), local_day(clock()))
    return _out(session, found, pages.renderer.catalogue(who.language), own=False)


def _out(session: Session, found: PersonBooks, catalogue: Catalogue, *, own: bool) -> BooksOut:
    books, one = found.books, found.member
    names = names_of(session, [piece for line in books.lines for piece in line.pieces])
    views = book_views(found, names, own=own, may_keep=False)
    others = uncounted(found, names, own=own, may_keep=False)
    lines = [
        *((view.book, line) for view in views for line in view.lines),
        *((None, line) for line in others),
    ]
    return BooksOut(
        person_id=one.person_id,
        name=one.name,
        node_id=one.node_id,
        year=books.number,
        first=books.first,
        last=books.last,
        asked=one.asked,
        leads=one.leads is not None,
        leads_as=one.leads,
        books=[
            BookOut(book=view.book, value=view.value, aim=view.aim, left=view.left, untold=view.hidden)
            for view in views
        ],
        items=[_item(book, line, catalogue) for book, line in lines],
        taken_back=[
            TakenOut(
                **{name: getattr(it, name) for name in TakenOut.model_fields},
            )
            for it in taken_lines(session, found, own=own)
        ],
    )


def _item(book: Book | None, line: RecordLine, catalogue: Catalogue) -> ItemOut:
    return ItemOut(
        day=line.day,
        kind=line.kind,
        rule=line.rule,
        what=line.what,
        account=line.account,
        lesson_id=line.lesson_id or None,
        seconds=line.seconds,
        times=line.times,
        book=book,
        value=line.worth or "0",
        why=[_why(reason, catalogue) for reason in line.causes],
    )


def _why(reason: Reason, catalogue: Catalogue) -> WhyOut:
    told = explain(reason.code, reason.args, catalogue)
    return WhyOut(code=reason.code.removeprefix("books_"), said=told.message, todo=told.todo)
