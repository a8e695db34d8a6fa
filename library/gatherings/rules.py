"""What a gathering may be, who is due, and what a mark on the roll means. Pure."""

from __future__ import annotations

from calendar import monthrange
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta, tzinfo
from enum import StrEnum

from library.core.errors import Conflict, Invalid

TITLE_MAX = 80
PLACE_MAX = 80
AGENDA_MAX = 2_000
REASON_MAX = 120
GUEST_MAX = 80
KIND_MAX = 24
MOST_LESSONS = 20
MOST_ROOMS = 60
MOST_ASKED = 200
MOST_REPEATS = 60
MOST_ROLL = 5_000
"""People on one roll."""
MOST_MARKS = 500
"""Marks in one batch from a phone; what is more comes in the next."""
LONGEST = timedelta(hours=12)
"""A gathering of more days is one a day."""
BACK, AHEAD = timedelta(days=400), timedelta(days=400)
"""So far from now a gathering may be planned."""
LATE_AFTER = timedelta(minutes=10)
"""Whoever comes later than so long after the beginning is late, where no setting says otherwise."""
OPENS_BEFORE = timedelta(hours=2)
"""So long before the planned beginning a gathering may be opened."""
CORRECTED_FOR = timedelta(days=400)
"""For so long after its end a roll can be corrected."""

GUESSES_EACH, GUESSES_ALL = 5, 60
GUESSES_WITHIN = timedelta(minutes=10)
"""Wrong digits of one person, and of all in a gathering, after which nobody listens for so long."""


class Repeat(StrEnum):
    """How a gathering comes again."""

    WEEKLY = "weekly"
    FORTNIGHTLY = "fortnightly"
    MONTHLY_DATE = "monthly_date"
    """On the same day of the month, on its last where it has none."""
    MONTHLY_WEEKDAY = "monthly_weekday"
    """On the same weekday of the month: its first Monday."""


class GatheringState(StrEnum):
    """How far a gathering is."""

    PLANNED = "planned"
    OPEN = "open"
    """It began: the roll is frozen, people check in."""
    ENDED = "ended"
    CANCELLED = "cancelled"


class Due(StrEnum):
    """Whether somebody was due (应到) when the roll was frozen."""

    DUE = "due"
    EXEMPT = "exempt"
    GUEST = "guest"


class Mark(StrEnum):
    """What the roll says of somebody."""

    UNMARKED = "unmarked"
    PRESENT = "present"
    LATE = "late"
    LEFT_EARLY = "left_early"
    ABSENT = "absent"
    MADE_UP = "made_up"
    """补学: not there, learned it later; never the same as present."""


class How(StrEnum):
    """How a mark came about."""

    SECRETARY = "secretary"
    QR = "qr"
    DIGITS = "digits"
    IMPORT = "import"


THERE = frozenset({Mark.PRESENT, Mark.LATE, Mark.LEFT_EARLY})
"""Marks of who was there."""

WITH_REASON = frozenset({Mark.ABSENT, Mark.MADE_UP})
"""Marks of which people want to know why. An absence may be marked before the reason is known."""


def check_times(starts_at: datetime, ends_at: datetime, now: datetime) -> None:
    """Raise Invalid: gathering_far, gathering_ends (before it starts), gathering_long."""
    if not now - BACK <= starts_at <= now + AHEAD:
        raise Invalid("gathering_far", field="starts_at", days=AHEAD.days)
    if ends_at <= starts_at:
        raise Invalid("gathering_ends", field="ends_at")
    if ends_at - starts_at > LONGEST:
        raise Invalid("gathering_long", field="ends_at", hours=LONGEST // timedelta(hours=1))


def check_opening(state: GatheringState, starts_at: datetime, now: datetime) -> None:
    """Raise Conflict: gathering_over (it ended, or was cancelled), gathering_early."""
    if state in (GatheringState.ENDED, GatheringState.CANCELLED):
        raise Conflict("gathering_over")
    if state is GatheringState.PLANNED and now < starts_at - OPENS_BEFORE:
        raise Conflict("gathering_early", hours=OPENS_BEFORE // timedelta(hours=1))


def ending(opened_at: datetime, ends_at: datetime, now: datetime) -> datetime:
    """Return when a gathering is taken to have ended if nobody says otherwise: now, but its planned end where
    somebody forgot to end it an hour ago and more."""
    planned = max(ends_at, opened_at)
    return planned if now - planned > timedelta(hours=1) else now


def check_ending(opened_at: datetime, ended_at: datetime, now: datetime) -> None:
    """Raise Invalid: ending_to_come, ending_before, gathering_long."""
    if ended_at > now:
        raise Invalid("ending_to_come", field="ended_at")
    if ended_at <= opened_at:
        raise Invalid("ending_before", field="ended_at")
    if ended_at - opened_at > LONGEST:
        raise Invalid("gathering_long", field="ended_at", hours=LONGEST // timedelta(hours=1))


def late_from(starts_at: datetime, opened_at: datetime, late_after: timedelta) -> datetime:
    """Return the moment from which whoever comes is late: counted from the later of plan and opening."""
    return max(starts_at, opened_at) + late_after


def mark_on_arrival(arrived_at: datetime, late: datetime) -> Mark:
    """Return the mark of whoever comes by themselves."""
    return Mark.LATE if arrived_at > late else Mark.PRESENT


@dataclass(frozen=True)
class Stay:
    """What a roll says of somebody's being there."""

    mark: Mark
    arrived_at: datetime | None = None
    left_at: datetime | None = None


def seconds_there(stay: Stay, opened_at: datetime, ended_at: datetime, late: datetime) -> int:
    """Return for how many seconds somebody was there, of a gathering that ran from one moment to another.

    Who is marked present was there from the beginning, whoever left early too, unless they came after `late`;
    补学 is the whole.
    """
    if stay.mark is Mark.MADE_UP:
        return int((ended_at - opened_at).total_seconds())
    if stay.mark not in THERE:
        return 0
    came = stay.arrived_at
    cut = stay.mark is Mark.LATE or (stay.mark is Mark.LEFT_EARLY and came is not None and came > late)
    begin = came if cut and came is not None else opened_at
    end = stay.left_at if stay.mark is Mark.LEFT_EARLY and stay.left_at is not None else ended_at
    return max(0, int((min(end, ended_at) - max(begin, opened_at)).total_seconds()))


@dataclass(frozen=True)
class Counts:
    """A roll in numbers. `present` are all of those due who were there, `late` and `left_early` among them;
    `unmarked` are those due of whom nobody said anything. `guests` were there and are in no other number but
    `there`, which is everybody who was in the room."""

    due: int = 0
    present: int = 0
    late: int = 0
    left_early: int = 0
    absent: int = 0
    made_up: int = 0
    unmarked: int = 0
    exempt: int = 0
    exempt_there: int = 0
    guests: int = 0
    there: int = 0


def counted(marks: Mapping[tuple[Due, Mark], int]) -> Counts:
    """Return a roll in numbers; `marks` says how many of each there are."""

    def number(who: Collection[Due], said: Collection[Mark]) -> int:
        return sum(n for (due, mark), n in marks.items() if due in who and mark in said)

    def of_due(*said: Mark) -> int:
        return number({Due.DUE}, said)

    return Counts(
        due=of_due(*Mark),
        present=of_due(*THERE),
        late=of_due(Mark.LATE),
        left_early=of_due(Mark.LEFT_EARLY),
        absent=of_due(Mark.ABSENT),
        made_up=of_due(Mark.MADE_UP),
        unmarked=of_due(Mark.UNMARKED),
        exempt=number({Due.EXEMPT}, frozenset(Mark)),
        exempt_there=number({Due.EXEMPT}, THERE),
        guests=number({Due.GUEST}, THERE),
        there=number(frozenset(Due), THERE),
    )


def repeated(starts_at: datetime, how: Repeat, times: int, zone: tzinfo) -> tuple[datetime, ...]:
    """Return the moments of a repetition, the first among them, at the same hour on the clocks of `zone`.

    Raises Invalid("gathering_repeats"). Where a month has no fifth Monday it has its last one.
    """
    if not 1 <= times <= MOST_REPEATS:
        raise Invalid("gathering_repeats", field="times", most=MOST_REPEATS)
    first = starts_at.astimezone(zone)
    return tuple(
        datetime.combine(_day_of(first.date(), how, n), first.timetz()).astimezone(UTC) for n in range(times)
    )


def _day_of(first: date, how: Repeat, n: int) -> date:
    if how in (Repeat.WEEKLY, Repeat.FORTNIGHTLY):
        return first + timedelta(weeks=n if how is Repeat.WEEKLY else 2 * n)
    year, month = divmod(first.year * 12 + first.month - 1 + n, 12)
    days = monthrange(year, month + 1)[1]
    if how is Repeat.MONTHLY_DATE:
        return date(year, month + 1, min(first.day, days))
    begins = date(year, month + 1, 1)
    day = 1 + (first.weekday() - begins.weekday()) % 7 + 7 * ((first.day - 1) // 7)
    return date(year, month + 1, day if day <= days else day - 7)
