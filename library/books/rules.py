"""A person's year as books: what counts where, how much, and why not. Pure.

Everything is kept exact (seconds, hundredths of a 学时, times) and added up before anything is rounded; only
what is shown is rounded, and always down: nobody is told that they have reached what they have not.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from fractions import Fraction

from library.books.hours import Book, HoursRules, Rule, Rules
from library.evidence.rules import EvidenceKind, Piece, Source

_NO_LENGTHS: Mapping[str, int] = {}


class Why(StrEnum):
    """Why something counts as it does, or not. Each has a sentence with what can be done."""

    IN_ROOM = "in_room"
    """It was shown in a gathering whose time counts already."""
    SHOWN_APART = "shown_apart"
    """Of the gathering's time, what was shown counts in another book."""
    MADE_UP = "made_up"
    """Learned later (补学); `book` is where that counts."""
    MADE_UP_NOT = "made_up_not"
    SHARE = "share"
    """`percent` of the lesson were watched, and it counts from `needs` on."""
    MOST = "most"
    """What one declares oneself counts for `most` hours a year at most."""
    DECLARED = "declared"
    """It is what its person says of themselves."""
    NO_HOURS = "no_hours"
    """The rules say nothing of such things, or that they do not count."""
    NOT_YET = "not_yet"
    """Of today: it is written into the ledger at night."""
    REVERSED = "reversed"
    """It was taken back."""


@dataclass(frozen=True)
class Cause:
    """One cause, with its values."""

    why: Why
    values: Mapping[str, int | str] = field(default_factory=dict)


@dataclass(frozen=True)
class Amount:
    """What counts, exactly: hours of a book, or times of 实践."""

    hours: Fraction = Fraction(0)
    times: int = 0

    def __add__(self, other: Amount) -> Amount:
        return Amount(self.hours + other.hours, self.times + other.times)


NOTHING = Amount()


@dataclass(frozen=True)
class Line:
    """What counts together: a piece, or all of a year's watching of one lesson. `book` None: it counts
    nowhere, and `causes` say why."""

    pieces: tuple[Piece, ...]
    rule: Rule
    book: Book | None
    amount: Amount
    causes: tuple[Cause, ...] = ()

    @property
    def day(self) -> date:
        """The last day of it."""
        return self.pieces[-1].day

    @property
    def seconds(self) -> int:
        """What the ledger says, in seconds or times."""
        return sum(piece.amount for piece in self.pieces)


@dataclass(frozen=True)
class Sum:
    """What a book holds at the end of a day, and what it is to hold; `aim` 0: nothing is asked."""

    book: Book
    amount: Amount
    aim: int = 0

    @property
    def value(self) -> Fraction:
        """The hours, or the times."""
        return Fraction(self.amount.times) if self.book is Book.PRACTICE else self.amount.hours

    @property
    def left(self) -> Fraction:
        """What is still to be learned."""
        return max(Fraction(0), self.aim - self.value)


@dataclass(frozen=True)
class Books:
    """A person's year: its days, its books in their order, and every line of it, by day."""

    number: int
    first: date
    last: date
    sums: tuple[Sum, ...]
    lines: tuple[Line, ...]

    def sum_of(self, book: Book) -> Sum:
        """Return one book."""
        return next(one for one in self.sums if one.book is book)

    @property
    def lacks(self) -> tuple[Sum, ...]:
        """The books in which something is still to be learned."""
        return tuple(one for one in self.sums if one.left > 0)


def books_of(
    pieces: Iterable[Piece],
    rules: Rules,
    number: int,
    *,
    lengths: Mapping[str, int] = _NO_LENGTHS,
    asked: bool = True,
    leads: bool = False,
    day: date = date.max,
) -> Books:
    """Return the books of one person for a year, of pieces that stand.

    `lengths` are those of lessons in seconds; of a lesson that is not among them (it was deleted) all that
    was watched counts. `asked`: hours are asked of the person at all (they are a member); `leads`: those of a
    secretary or a member of a committee. `day` is the one whose rules say what is asked.
    """
    first, last = rules.year(number)
    mine = sorted(
        (piece for piece in pieces if first <= piece.day <= last),
        key=lambda piece: (piece.day, piece.source, piece.source_id, piece.kind),
    )
    lines = [*_by_time(mine, rules), *_watched(mine, rules, lengths), *_declared(mine, rules)]
    lines.sort(key=lambda line: (line.day, line.pieces[-1].source, line.pieces[-1].source_id))
    hours: dict[Book, Amount] = defaultdict(Amount)
    for line in lines:
        if line.book is not None:
            hours[line.book] += line.amount
    wanted = rules.on(min(max(day, first), last))
    sums = (Sum(book, hours[book], wanted.aim(book, leads=leads) if asked else 0) for book in Book)
    return Books(number, first, last, tuple(sums), tuple(lines))


def _is_alone(piece: Piece) -> bool:
    return piece.kind is EvidenceKind.WATCHED and piece.source is not Source.SHOWING


def _hours(seconds: int, rules: HoursRules) -> Amount:
    return Amount(Fraction(seconds, 60 * rules.hour_min))


def _by_time(pieces: Sequence[Piece], rules: Rules) -> list[Line]:
    """Return the lines of what counts by its time, and of what counts by times or not at all."""
    shown = _shown_apart(pieces, rules)
    lines = []
    for piece in pieces:
        if _is_alone(piece) or piece.kind is EvidenceKind.STUDIED:
            continue
        said = rules.on(piece.day)
        rule, book = said.of(piece)
        if book is None:
            lines.append(Line((piece,), rule, None, NOTHING, (_why_not(rule),)))
        elif book is Book.PRACTICE:
            times = piece.amount if piece.kind is EvidenceKind.DID else 1
            lines.append(Line((piece,), rule, book, Amount(times=times)))
        else:
            lines.append(_timed(piece, rule, book, said, shown))
    return lines


def _timed(piece: Piece, rule: Rule, book: Book, said: HoursRules, shown: dict[date, int]) -> Line:
    seconds, causes = piece.amount, list[Cause]()
    if rule in (Rule.GATHERED, Rule.EVENING) and shown.get(piece.day):
        off = min(seconds, shown[piece.day])
        shown[piece.day] -= off
        seconds -= off
        causes.append(Cause(Why.SHOWN_APART, {"minutes": off // 60, "book": str(said.showing)}))
    if rule is Rule.MADE_UP:
        causes.append(Cause(Why.MADE_UP, {"book": str(book)}))
    return Line((piece,), rule, book, _hours(seconds, said), tuple(causes))


def _shown_apart(pieces: Sequence[Piece], rules: Rules) -> dict[date, int]:
    """Return the seconds of each day that were shown in a gathering and count in a book of their own."""
    shown: dict[date, int] = defaultdict(int)
    for piece in pieces:
        is_shown = piece.kind is EvidenceKind.WATCHED and piece.source is Source.SHOWING
        if is_shown and rules.on(piece.day).showing is not None:
            shown[piece.day] += piece.amount
    return shown


def _why_not(rule: Rule) -> Cause:
    if rule is Rule.SHOWING:
        return Cause(Why.IN_ROOM)
    return Cause(Why.MADE_UP_NOT if rule is Rule.MADE_UP else Why.NO_HOURS)


def _watched(pieces: Sequence[Piece], rules: Rules, lengths: Mapping[str, int]) -> list[Line]:
    """Return a line for each lesson that was watched alone: its days are added up before anything counts."""
    by_lesson: dict[str, list[Piece]] = defaultdict(list)
    for piece in pieces:
        if _is_alone(piece):
            by_lesson[piece.lesson_id or piece.source_id].append(piece)
    return [_lesson(tuple(some), rules, lengths.get(one)) for one, some in by_lesson.items()]


def _lesson(pieces: tuple[Piece, ...], rules: Rules, length_s: int | None) -> Line:
    said = rules.on(pieces[-1].day)
    book, seconds = said.watched, sum(piece.amount for piece in pieces)
    if book is None:
        return Line(pieces, Rule.WATCHED, None, NOTHING, (Cause(Why.NO_HOURS),))
    if length_s:
        seconds = min(seconds, length_s)  # a lesson that was cut anew has seconds of its older clips too
    if length_s and seconds * 100 < length_s * said.watched_share:
        values = {"percent": seconds * 100 // length_s, "needs": said.watched_share}
        return Line(pieces, Rule.WATCHED, None, NOTHING, (Cause(Why.SHARE, values),))
    if not said.watched_steps:
        return Line(pieces, Rule.WATCHED, book, _hours(seconds, said))
    return Line(pieces, Rule.WATCHED, book, Amount(Fraction(said.worth(seconds), 100)))


def _declared(pieces: Sequence[Piece], rules: Rules) -> list[Line]:
    """Return the lines of what people say of themselves, the earliest first, up to what the rules allow."""
    lines, counted = [], Fraction(0)
    for piece in pieces:
        if piece.kind is not EvidenceKind.STUDIED:
            continue
        said = rules.on(piece.day)
        if said.declared is None:
            lines.append(Line((piece,), Rule.DECLARED, None, NOTHING, (Cause(Why.NO_HOURS),)))
            continue
        hours, causes = _hours(piece.amount, said).hours, [Cause(Why.DECLARED)]
        most = said.declared_most
        if most is not None and counted + hours > most:
            hours = max(Fraction(0), most - counted)
            causes.append(Cause(Why.MOST, {"most": most}))
        counted += hours
        lines.append(
            Line((piece,), Rule.DECLARED, said.declared if hours else None, Amount(hours), tuple(causes))
        )
    return lines


def shown(value: Fraction) -> str:
    """Return hours as they are shown: two digits at most, rounded down, so that 31.999 is not yet 32."""
    hundredths = int(value * 100)
    whole, rest = divmod(hundredths, 100)
    return f"{whole}.{rest:02}".rstrip("0").rstrip(".") if rest else str(whole)


def lacking(value: Fraction) -> str:
    """Return what is left as it is shown: rounded up, so that it and what there is never promise too much."""
    return shown(Fraction(-(-value * 100 // 1), 100))
