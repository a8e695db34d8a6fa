"""What a plan of a week may hold, what a member of a node sees of those above it, and what was late. Pure."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta, tzinfo
from enum import StrEnum
from urllib.parse import urlsplit

from library.core.errors import Conflict, Invalid
from library.core.text import clean_block, clean_line, short_line
from library.programme.weeks import Week, usual_release

THEME_MAX = 80
TEXT_MAX = 2_000
MOST_LESSONS = 20
MOST_READINGS = 20
READING_MAX = 200
URL_MAX = 500
WEEKS_AHEAD = 104
"""So many weeks ahead of the present one may be planned: two years."""
WEEKS_BACK = 53
"""And so many that are over: a term that is brought in late."""
MOST_COPIES = 60
"""Weeks into which one is copied at once."""
LATE = timedelta(minutes=1)
"""A release that came so much after its time says so."""
LOOK_BACK = 8
"""Weeks in which is looked for what somebody missed."""
MOST_MISSED = 4


class WeekMode(StrEnum):
    """What a node's plan does with what is above it: stands beside it, or in its place."""

    ADD = "add"
    REPLACE = "replace"


class WeekState(StrEnum):
    """Whether a plan has come out."""

    COMING = "coming"
    RELEASED = "released"


@dataclass(frozen=True)
class Reading:
    """A line of the reading list, with a link or "" for none."""

    text: str
    url: str = ""


@dataclass(frozen=True)
class Plan:
    """What a node planned for a week. `lessons` are ids in their order, None for one that was deleted since.

    `due_at` is when it is to come out, `released_at` when it did, None before.
    """

    id: str
    node_id: str
    week: Week
    mode: WeekMode
    theme: str
    text: str
    reading: tuple[Reading, ...]
    lessons: tuple[str | None, ...]
    due_at: datetime
    released_at: datetime | None = None
    version: int = 1

    @property
    def state(self) -> WeekState:
        """Whether it has come out."""
        return WeekState.COMING if self.released_at is None else WeekState.RELEASED

    @property
    def late(self) -> bool:
        """Whether it came out later than planned: the machine was off, or it was planned afterwards."""
        return self.released_at is not None and self.released_at - self.due_at >= LATE

    @property
    def says_something(self) -> bool:
        """Whether there is anything in it."""
        return bool(self.theme or self.text or self.reading or self.lessons)


def seen(plans: Iterable[Plan]) -> tuple[Plan, ...]:
    """Return what a member of a node sees of a week: the plans of the node and of those above it, nearest
    first, up to the first that stands in the place of all above it.

    Whether a plan has come out changes nothing: a week that is to replace another does so as coming, too. A
    lesson that a nearer plan has is not shown again, and a plan of which nothing is left is left out.
    """
    parts: list[Plan] = []
    known: set[str] = set()
    for plan in plans:
        lessons = tuple(one for one in plan.lessons if one is None or one not in known)
        known.update(one for one in lessons if one is not None)
        part = replace(plan, lessons=lessons)
        if part.says_something:
            parts.append(part)
        if plan.mode is WeekMode.REPLACE:
            break
    return tuple(parts)


def leading(parts: Sequence[Plan]) -> Plan:
    """Return the part that gives a week its name: the nearest with a theme, else the nearest."""
    return next((part for part in parts if part.theme), parts[0])


def state_of(parts: Iterable[Plan]) -> WeekState:
    """Return whether something of a week has come out."""
    out = any(part.state is WeekState.RELEASED for part in parts)
    return WeekState.RELEASED if out else WeekState.COMING


def missed(
    weeks: Mapping[Week, Collection[str]], watched: Collection[str], now: Week, most: int = MOST_MISSED
) -> tuple[Week, ...]:
    """Return the weeks before `now` of whose lessons somebody watched none, the newest first.

    `weeks` has the lessons that have come out in each and that they may see; one without any is not missed.
    """
    found = [
        week for week, ids in weeks.items() if week < now and ids and not any(one in watched for one in ids)
    ]
    return tuple(sorted(found, reverse=True)[:most])


# ------------------------------------------------------------------ what a plan may hold


@dataclass(frozen=True)
class Draft:
    """A plan as somebody wants it; `due_at` None: as it is, or at the usual hour."""

    theme: str = ""
    text: str = ""
    reading: tuple[Reading, ...] = ()
    lessons: tuple[str, ...] = ()
    mode: WeekMode = WeekMode.ADD
    due_at: datetime | None = None


def cleaned(draft: Draft) -> Draft:
    """Return a draft as it is kept; raises Invalid: too_long, week_empty, week_lessons, week_readings,
    reading_link."""
    lessons = tuple(dict.fromkeys(draft.lessons))
    if len(lessons) > MOST_LESSONS:
        raise Invalid("week_lessons", field="lessons", most=MOST_LESSONS, count=len(lessons))
    if len(draft.reading) > MOST_READINGS:
        raise Invalid("week_readings", field="reading", most=MOST_READINGS, count=len(draft.reading))
    clean = Draft(
        theme=short_line(draft.theme, "theme", THEME_MAX),
        text=clean_block(draft.text, "text", TEXT_MAX),
        reading=tuple(_reading(one) for one in draft.reading),
        lessons=lessons,
        mode=draft.mode,
        due_at=draft.due_at.replace(second=0, microsecond=0) if draft.due_at else None,
    )
    if not (clean.theme or clean.text or clean.reading or clean.lessons):
        raise Invalid("week_empty", field="theme")
    return clean


def _reading(line: Reading) -> Reading:
    text = short_line(line.text, "reading", READING_MAX)
    url = clean_line(line.url)
    if url and not _is_link(url):
        raise Invalid("reading_link", field="reading", text=url[:80])
    if not text and not url:
        raise Invalid("empty", field="reading")
    return Reading(text or url[:READING_MAX], url)


def _is_link(url: str) -> bool:
    """Tell whether something is an address that browsers open and that runs nothing."""
    if len(url) > URL_MAX or any(sign in url for sign in " \\<>\"'"):
        return False
    try:
        parts = urlsplit(url)
    except ValueError:
        return False
    return parts.scheme in ("http", "https") and bool(parts.hostname)


def reading_lines(text: str) -> tuple[Reading, ...]:
    """Read a reading list as it is typed, a line each, the link at a line's end or alone."""
    found = []
    for line in map(clean_line, text.splitlines()):
        if not line:
            continue
        before, _space, last = line.rpartition(" ")
        if _is_link(last):
            found.append(Reading(before.strip(), last))
        else:
            found.append(Reading(line))
    return tuple(found)


def reading_text(lines: Iterable[Reading]) -> str:
    """Return a reading list as `reading_lines` reads it."""
    return "\n".join(
        line.url if line.text == line.url[:READING_MAX] else f"{line.text} {line.url}".strip()
        for line in lines
    )


def is_near(week: Week, now: Week) -> bool:
    """Tell whether a week can be planned: it is not too far from the present one."""
    return -WEEKS_BACK <= now.until(week) <= WEEKS_AHEAD


def check_range(week: Week, now: Week) -> None:
    """Raise Invalid("week_far") for a week that is too far from the present one to be planned."""
    if not is_near(week, now):
        raise Invalid("week_far", field="week", week=str(week), ahead=WEEKS_AHEAD, back=WEEKS_BACK)


def release_of(draft: Draft, week: Week, known: datetime | None, zone: tzinfo) -> datetime:
    """Return when a plan comes out: as the draft says, else as it was, else at the usual hour.

    Raises Invalid("release_outside_week") for what is before the week before it or after its Sunday.
    """
    due = draft.due_at or known or usual_release(week, zone)
    day = due.astimezone(zone).date()
    if not week.monday - timedelta(days=7) <= day <= week.sunday:
        raise Invalid("release_outside_week", field="release_at", week=str(week))
    return due


def check_release(known: datetime, wanted: datetime, released_at: datetime | None) -> None:
    """Raise Conflict("week_released") for another moment of what has come out already."""
    if released_at is not None and wanted != known:
        raise Conflict("week_released", field="release_at")


def repeated(week: Week, every: int, until: Week) -> tuple[Week, ...]:
    """Return the weeks after one, every so many, up to and with another.

    Raises Invalid: repeat_every, repeat_none, copies_many.
    """
    if not 1 <= every <= 53:
        raise Invalid("repeat_every", field="every")
    count = week.until(until) // every
    if count < 1:
        raise Invalid("repeat_none", field="until")
    check_copies(count)
    return tuple(week.after(every * n) for n in range(1, count + 1))


def check_copies(count: int) -> None:
    """Raise Invalid("copies_many") for more weeks at once than are allowed."""
    if count > MOST_COPIES:
        raise Invalid("copies_many", field="until", most=MOST_COPIES, count=count)


def moved(lessons: Sequence[str | None], n: int, up: bool) -> tuple[str | None, ...]:
    """Return the lessons with the n-th (from 1) one place further up or down; at the end it stays."""
    order = list(lessons)
    at, other = n - 1, n - 2 if up else n
    if 0 <= at < len(order) and 0 <= other < len(order):
        order[at], order[other] = order[other], order[at]
    return tuple(order)
