"""A person's books as pages show them: to themselves everything, to the secretary what the books need."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from library.books import queries
from library.books.hours import Book, Rule
from library.books.queries import PersonBooks
from library.books.rules import Cause, Line, Sum, lacking, shown
from library.catalog import queries as catalog
from library.evidence.rules import IN_SECONDS, EvidenceKind, Piece, Source
from library.gatherings.tables import Gathering
from library.people import queries as people
from server.slices.books.contexts import BookView, RecordLine, TakenLine
from server.web.parts import Reason

_OF_BOOK = frozenset({"made_up", "shown_apart"})
"""Causes that have a sentence for each book."""


@dataclass(frozen=True)
class Names:
    """What the sources of pieces are called, by their ids: gatherings and lessons, and what was said of
    self-study and practice."""

    gatherings: Mapping[str, str]
    lessons: Mapping[str, str]
    accounts: Mapping[str, str]


def names_of(session: Session, pieces: Iterable[Piece]) -> Names:
    """Return what pieces come from."""
    known = list(pieces)
    ids = [one.source_id for one in known if one.source is Source.GATHERING]
    titles = select(Gathering.id, Gathering.title).where(Gathering.id.in_(ids))
    lessons = sorted({one.lesson_id for one in known if one.lesson_id})
    return Names(
        dict(session.execute(titles).all()) if ids else {},
        dict(catalog.titles_of(session, lessons)) if lessons else {},
        queries.accounts(session, known),
    )


def reason_of(cause: Cause) -> Reason:
    """Return a cause as pages explain it."""
    code = f"books_{cause.why}"
    if cause.why in _OF_BOOK:
        code = f"{code}_{cause.values['book']}"
    return Reason(code=code, args=dict(cause.values))


def worth_of(line: Line) -> str:
    """Return what a line brings, "" for nothing."""
    if line.book is None:
        return ""
    return str(line.amount.times) if line.book is Book.PRACTICE else shown(line.amount.hours)


def line_view(line: Line, names: Names, entry_id: str = "") -> RecordLine:
    """Return a line as pages show it."""
    piece = line.pieces[-1]
    in_seconds = piece.kind in IN_SECONDS
    # What was learned at a gathering is named by the gathering; a lesson that is gone has no page.
    lesson_id = piece.lesson_id if piece.source is not Source.GATHERING else None
    title = names.lessons.get(lesson_id, "") if lesson_id else ""
    return RecordLine(
        day=line.day,
        kind=piece.kind,
        rule=line.rule,
        what=title or names.gatherings.get(piece.source_id, ""),
        lesson_id=lesson_id if lesson_id and title else "",
        account=names.accounts.get(piece.source_id, ""),
        seconds=line.seconds if in_seconds else 0,
        times=0 if in_seconds else line.seconds,
        worth=worth_of(line),
        causes=tuple(reason_of(cause) for cause in line.causes),
        entry_id=entry_id,
    )


def is_private(line: Line) -> bool:
    """Tell whether it is somebody's own watching: of that nobody else is told more than the sum."""
    return line.rule is Rule.WATCHED


def book_views(found: PersonBooks, names: Names, *, own: bool, may_keep: bool) -> tuple[BookView, ...]:
    """Return the books, the newest line first."""
    views = []
    for one in found.books.sums:
        lines = [line for line in found.books.lines if line.book is one.book]
        told = [line for line in lines if own or not is_private(line)]
        views.append(
            BookView(
                book=one.book,
                value=value_of(one),
                aim=one.aim,
                left=lacking(one.left) if one.left else "",
                percent=min(100, int(one.value * 100 / one.aim)) if one.aim else 0,
                lines=tuple(line_view(line, names, _entry(found, line, may_keep)) for line in reversed(told)),
                hidden=len(lines) - len(told),
            )
        )
    return tuple(views)


def value_of(one: Sum) -> str:
    """Return what a book holds."""
    return shown(one.value)


def uncounted(found: PersonBooks, names: Names, *, own: bool, may_keep: bool) -> tuple[RecordLine, ...]:
    """Return what counts in no book, the newest first."""
    lines = [line for line in found.books.lines if line.book is None and (own or not is_private(line))]
    return tuple(line_view(line, names, _entry(found, line, may_keep)) for line in reversed(lines))


def _entry(found: PersonBooks, line: Line, may_keep: bool) -> str:
    return found.entries.get(line.pieces[0], "") if may_keep and len(line.pieces) == 1 else ""


def taken_lines(
    session: Session, found: PersonBooks, *, own: bool, may_keep: bool = False
) -> tuple[TakenLine, ...]:
    """Return what was taken back by hand, the newest first."""
    told = [one for one in found.reversed if own or one.piece.kind is not EvidenceKind.WATCHED]
    who = [(one.by, one.lifted_by) for one in told]
    names = people.names(session, [one for pair in who for one in pair if one])
    accounts = queries.accounts(session, [one.piece for one in told])
    return tuple(
        TakenLine(
            day=one.piece.day,
            kind=one.piece.kind,
            taken_on=one.day,
            by=names.get(one.by or "", ""),
            reason=one.reason,
            account=accounts.get(one.piece.source_id, ""),
            entry_id=one.entry_id if may_keep and one.may_lift else "",
            lifted_on=one.lifted_on,
            lifted_by=names.get(one.lifted_by or "", ""),
            lifted_for=one.lifted_for,
        )
        for one in reversed(told)
    )


def years_around(shown_year: int, now: int) -> tuple[int, ...]:
    """Return the years between which is chosen, the newest first: this one and the five before it."""
    return tuple(sorted({shown_year, *range(now - 5, now + 1)}, reverse=True))
