"""What may be said of self-study and of practice, and how far each is. Pure."""

from __future__ import annotations

from datetime import date, timedelta
from enum import StrEnum

from library.core.errors import Conflict, Invalid
from library.core.text import clean_block

TITLE_MAX = 120
PLACE_MAX = 80
NOTES_MAX = 20_000
ACCOUNT_MAX = 500
REFUSAL_MAX = 200
MOST_OPEN = 50
"""Plans that somebody has open at once."""
MOST_MINUTES = 12 * 60
"""Minutes that one self-study can have taken."""
DAY_MINUTES = 24 * 60
"""Minutes of self-study that somebody can say of one day, all together: it has no more."""
DAYS_BACK = 366
"""So many days back something can be said of."""
DAYS_AHEAD = 366


class StudyState(StrEnum):
    """How far a self-study is."""

    PLANNED = "planned"
    DONE = "done"
    DROPPED = "dropped"


class PracticeState(StrEnum):
    """How far a practice is."""

    WAITING = "waiting"
    CONFIRMED = "confirmed"
    REFUSED = "refused"


def check_days(first: date, last: date, today: date) -> None:
    """Raise Invalid for days of a plan: days_order, day_far."""
    if last < first:
        raise Invalid("days_order", field="last")
    for day, field in ((first, "first"), (last, "last")):
        if not today - timedelta(days=DAYS_BACK) <= day <= today + timedelta(days=DAYS_AHEAD):
            raise Invalid("study_day_far", field=field)


def check_done_on(day: date, today: date, field: str = "day") -> date:
    """Return the day on which something was done; raises Invalid: day_coming, study_day_far."""
    if day > today:
        raise Invalid("day_coming", field=field)
    if day < today - timedelta(days=DAYS_BACK):
        raise Invalid("study_day_far", field=field)
    return day


def seconds_of(minutes: str) -> int:
    """Read how many minutes somebody says; raises Invalid("study_minutes")."""
    text = minutes.strip()
    if not (text.isdecimal() and len(text) <= 4 and 1 <= int(text) <= MOST_MINUTES):
        raise Invalid("study_minutes", field="minutes", most=MOST_MINUTES)
    return int(text) * 60


def check_fits(seconds: int, said: int) -> None:
    """Raise Invalid("study_day_full") where a day would have more than its 24 hours; `said` are the seconds
    that are said of it already."""
    left = DAY_MINUTES - said // 60
    if seconds > left * 60:
        raise Invalid("study_day_full", field="minutes", minutes=said // 60, left=max(0, left))


def account_of(text: str) -> str:
    """Return a short account; raises Invalid: empty, too_long."""
    account = clean_block(text, "account", ACCOUNT_MAX)
    if not account:
        raise Invalid("empty", field="account")
    return account


def check_open(state: StudyState) -> None:
    """Raise Conflict("study_done") for a self-study that is over."""
    if state is not StudyState.PLANNED:
        raise Conflict("study_done")


def check_waiting(state: PracticeState) -> None:
    """Raise Conflict("practice_answered") for a practice that was answered."""
    if state is not PracticeState.WAITING:
        raise Conflict("practice_answered")
