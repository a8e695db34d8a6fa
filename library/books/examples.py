"""Worked examples of rules: what somebody did, and what the books say of it. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from library.books.hours import HoursRules, Rules, Said
from library.books.rules import Sum, books_of
from library.evidence.rules import EvidenceKind, Piece, Source, StudyForm

_DAY = date(2026, 3, 2)


class Example(StrEnum):
    """What the example is about; each has a sentence."""

    THREE_GATHERINGS = "three_gatherings"
    """50, 40 and 45 minutes."""
    ONE_LESSON = "one_lesson"
    """A lesson of 24 minutes, watched 8 minutes on each of three days."""
    PART_OF_A_LESSON = "part_of_a_lesson"
    """8 of its 20 minutes."""
    SCREENED = "screened"
    """A gathering of 90 minutes, in which 30 were shown."""
    MADE_UP = "made_up"
    """An hour, learned later."""
    DECLARED = "declared"
    """Ninety minutes, by one's own word."""


@dataclass(frozen=True)
class Worked:
    """An example with the books in which something stands then; none: it counts nowhere."""

    example: Example
    sums: tuple[Sum, ...]


def worked(rules: HoursRules) -> tuple[Worked, ...]:
    """Return every example, counted by some rules."""
    always = Rules([Said(date.min, rules)])
    year = always.year_of(_DAY)
    lengths = {"whole": 24 * 60, "part": 20 * 60}
    found = []
    for example, pieces in _EXAMPLES.items():
        books = books_of(pieces, always, year, lengths=lengths)
        found.append(Worked(example, tuple(one for one in books.sums if one.value)))
    return tuple(found)


def _piece(kind: EvidenceKind, minutes: int, source: Source, n: int = 0, lesson: str | None = None) -> Piece:
    day = _DAY.replace(day=_DAY.day + n)
    return Piece(
        "p", None, kind, StudyForm.GATHERED, minutes * 60, day, source, f"{lesson}{n}", lesson_id=lesson
    )


_EXAMPLES = {
    Example.THREE_GATHERINGS: [
        _piece(EvidenceKind.ATTENDED, minutes, Source.GATHERING, n) for n, minutes in enumerate((50, 40, 45))
    ],
    Example.ONE_LESSON: [_piece(EvidenceKind.WATCHED, 8, Source.WATCHING, n, "whole") for n in range(3)],
    Example.PART_OF_A_LESSON: [_piece(EvidenceKind.WATCHED, 8, Source.WATCHING, 0, "part")],
    Example.SCREENED: [
        _piece(EvidenceKind.ATTENDED, 90, Source.GATHERING),
        _piece(EvidenceKind.WATCHED, 30, Source.SHOWING, 0, "shown"),
    ],
    Example.MADE_UP: [
        Piece(
            "p",
            None,
            EvidenceKind.ATTENDED,
            StudyForm.GATHERED,
            3600,
            _DAY,
            Source.GATHERING,
            "m",
            made_up=True,
        )
    ],
    Example.DECLARED: [_piece(EvidenceKind.STUDIED, 90, Source.SELF_STUDY)],
}
