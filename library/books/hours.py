"""By what the year's hours are counted: dated rules that a node says and those below it inherit. Pure.

The hours themselves are the law's: 《中国共产党党员教育管理工作条例》 asks members for 32 学时 of learning
together a year, secretaries and committee members for 56. Everything else here is a county's to say.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from library.core.errors import Invalid
from library.core.permits import node_chain
from library.evidence.rules import EvidenceKind, Piece, Source, StudyForm

BASIS_MAX = 500
MOST_STEPS = 6
MOST_HOURS = 400
STEP_MAX = 600
"""Minutes of a step at most."""
WORTH_MAX = 2_000
"""Hundredths of a 学时 that a lesson is worth at most."""
_MIDDLE = (6, 30)
"""A year is named after the calendar year in which this day of it lies."""


class Book(StrEnum):
    """One of the books of a person's year."""

    GATHERED = "gathered"
    """集中学习; hours."""
    SELF = "self"
    """自学; hours."""
    ONLINE = "online"
    """网络学习; hours."""
    PRACTICE = "practice"
    """实践; times."""


class Rule(StrEnum):
    """By which line of the rules something counts."""

    GATHERED = "gathered"
    EVENING = "evening"
    MADE_UP = "made_up"
    SHOWING = "showing"
    WATCHED = "watched"
    DECLARED = "declared"
    LECTURED = "lectured"
    PRACTICE = "practice"
    NONE = "none"
    """By none: it is kept, and no hours are counted from it."""


class Step(BaseModel):
    """A lesson watched for at most `minutes` is worth `hundredths` of a 学时."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    minutes: Annotated[int, Field(ge=1, le=STEP_MAX)]
    hundredths: Annotated[int, Field(ge=0, le=WORTH_MAX)]


class Lead(StrEnum):
    """As what the hours of those who lead are asked of somebody: a secretary, or 班子成员."""

    SECRETARY = "secretary"
    COMMITTEE = "committee"


class HoursRules(BaseModel):
    """The rules of a time.

    `year_starts` is the month in which a year begins; `hour_min` the minutes of a 学时 for what is counted by
    its time. A book is where something counts, None: nowhere. `showing`: None, and what was shown in a
    gathering is in the gathering's time already; a book, and it counts there and is taken off the gathering,
    so that no minute counts twice. `watched` are lessons watched alone, from `watched_share` percent of a
    lesson on, each by `watched_steps` (what is longer than the last: `watched_more` hundredths), or by time
    where there are none. `declared_most` are the most hours that what people declare themselves counts in a
    year, None: all. Aims of 0 are none; those in hours of 集中学习 are for members and for who leads (Lead).
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    year_starts: Annotated[int, Field(ge=1, le=12)] = 1
    hour_min: Annotated[int, Field(ge=30, le=60)] = 60
    member_hours: Annotated[int, Field(ge=0, le=MOST_HOURS)] = 32
    leader_hours: Annotated[int, Field(ge=0, le=MOST_HOURS)] = 56
    self_hours: Annotated[int, Field(ge=0, le=MOST_HOURS)] = 0
    online_hours: Annotated[int, Field(ge=0, le=MOST_HOURS)] = 0
    practice_times: Annotated[int, Field(ge=0, le=100)] = 0
    gathered: Book | None = Book.GATHERED
    evening: Book | None = Book.GATHERED
    made_up: Book | None = Book.SELF
    showing: Book | None = None
    watched: Book | None = Book.ONLINE
    watched_share: Annotated[int, Field(ge=0, le=100)] = 80
    watched_steps: Annotated[tuple[Step, ...], Field(max_length=MOST_STEPS)] = (
        Step(minutes=15, hundredths=25),
        Step(minutes=30, hundredths=50),
    )
    watched_more: Annotated[int, Field(ge=0, le=WORTH_MAX)] = 100
    declared: Book | None = Book.SELF
    declared_most: Annotated[int, Field(ge=0, le=MOST_HOURS)] | None = 16
    lectured: Book | None = None
    practice: bool = True
    basis: Annotated[str, Field(max_length=BASIS_MAX)] = ""

    @model_validator(mode="after")
    def _sensible(self) -> HoursRules:
        timed = (self.gathered, self.evening, self.made_up, self.showing, self.watched, self.declared)
        if Book.PRACTICE in (*timed, self.lectured):
            raise ValueError("hours_in_times")
        pairs = [(step.minutes, step.hundredths) for step in self.watched_steps]
        worth = [one for _minutes, one in pairs] + [self.watched_more] * bool(pairs)
        if pairs != sorted(set(pairs)) or worth != sorted(worth):
            raise ValueError("hours_steps")
        return self

    def of(self, piece: Piece) -> tuple[Rule, Book | None]:
        """Return by which line a piece counts, and in which book; None: in none."""
        if piece.kind is EvidenceKind.DID:
            return Rule.PRACTICE, Book.PRACTICE if self.practice else None
        if piece.kind is EvidenceKind.STUDIED:
            return Rule.DECLARED, self.declared
        if piece.kind is EvidenceKind.LECTURED:
            return Rule.LECTURED, self.lectured
        if piece.kind is EvidenceKind.WATCHED:
            if piece.source is Source.SHOWING:
                return Rule.SHOWING, self.showing
            return Rule.WATCHED, self.watched
        if piece.kind is EvidenceKind.ATTENDED:
            return self._attended(piece)
        return Rule.NONE, None

    def _attended(self, piece: Piece) -> tuple[Rule, Book | None]:
        if piece.made_up:
            return Rule.MADE_UP, self.made_up
        if piece.form is StudyForm.PRACTICE:
            return Rule.PRACTICE, Book.PRACTICE if self.practice else None
        if piece.form is StudyForm.EVENING:
            return Rule.EVENING, self.evening
        return Rule.GATHERED, self.gathered

    def worth(self, seconds: int) -> int:
        """Return what a lesson is worth that was watched for so long, in hundredths of a 学时."""
        step = next((one for one in self.watched_steps if seconds <= one.minutes * 60), None)
        return step.hundredths if step is not None else self.watched_more

    def aim(self, book: Book, *, leads: bool) -> int:
        """Return what a year is to hold of a book, in hours or times; 0: nothing is asked."""
        match book:
            case Book.GATHERED:
                return self.leader_hours if leads else self.member_hours
            case Book.SELF:
                return self.self_hours
            case Book.ONLINE:
                return self.online_hours
            case Book.PRACTICE:
                return self.practice_times


USUAL = HoursRules()
"""What holds where no node has said anything."""


def read_rules(content: Mapping[str, Any]) -> HoursRules:
    """Return rules as a form or the database has them.

    Raises Invalid with the field: hours_in_times, hours_steps, hours_value.
    """
    try:
        return HoursRules.model_validate(content)
    except ValidationError as error:
        first = error.errors()[0]
        message = str(first.get("ctx", {}).get("error", ""))
        field = str(first["loc"][0]) if first["loc"] else ""
        if message == "hours_in_times":
            raise Invalid("hours_in_times", field="gathered") from None
        if message == "hours_steps":
            raise Invalid("hours_steps", field="watched_steps") from None
        raise Invalid("hours_value", field=field) from None


@dataclass(frozen=True)
class Said:
    """Rules with the day from which they hold, and the node that said them; None: the usual ones."""

    first: date
    rules: HoursRules
    node_id: str | None = None


class Rules:
    """What holds at a node day by day. `said` begins with what holds from the first of all days on."""

    def __init__(self, said: Sequence[Said]) -> None:
        self.said = tuple(said)
        self._firsts = [one.first for one in said]

    def on(self, day: date) -> HoursRules:
        """Return the rules of a day."""
        return self.said_on(day).rules

    def said_on(self, day: date) -> Said:
        """Return the rules of a day, with who said them."""
        return self.said[max(0, bisect_right(self._firsts, day) - 1)]

    def year(self, number: int) -> tuple[date, date]:
        """Return the first and the last day of a year.

        It begins in the month that is said by the rules of its middle, and ends the day before the next one
        begins: so every day is in one year, also where the month is changed.
        """
        return self._begins(number), self._begins(number + 1) - timedelta(days=1)

    def year_of(self, day: date) -> int:
        """Return the year in which a day lies."""
        return next(n for n in range(day.year + 1, day.year - 2, -1) if self._begins(n) <= day)

    def _begins(self, number: int) -> date:
        middle = date(number, *_MIDDLE)
        month = self.on(middle).year_starts
        return date(number if month <= middle.month else number - 1, month, 1)


USUAL_RULES = Rules([Said(date.min, USUAL)])


class Tables:
    """All that nodes have said; on a day the nearest holds that is said at a node or above it."""

    def __init__(self, said: Mapping[str, Iterable[tuple[date, HoursRules]]]) -> None:
        self._said = {node_id: sorted(rows, key=lambda row: row[0]) for node_id, rows in said.items()}
        self._known: dict[tuple[str, ...], Rules] = {}

    def at(self, path: str) -> Rules:
        """Return what holds at the node with a path, "/root/.../node/"."""
        chain = tuple(one for one in node_chain(path) if one in self._said)
        if chain not in self._known:
            self._known[chain] = self._merged(chain)
        return self._known[chain]

    def _merged(self, chain: tuple[str, ...]) -> Rules:
        days = sorted({first for one in chain for first, _rules in self._said[one]})
        merged = [Said(date.min, USUAL)]
        for day in days:
            nearest = next(
                (
                    Said(day, rules, one)
                    for one in reversed(chain)
                    for first, rules in reversed(self._said[one])
                    if first <= day
                ),
                None,
            )
            if nearest is not None:
                merged.append(nearest)
        return Rules(merged)
