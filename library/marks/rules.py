"""Where playing goes on, which report of a place stands, and how much is kept. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Protocol, TypeVar

HISTORY_MOST = 500
"""Clips in the history of one person, the newest; older ones are swept."""
HISTORY_KEPT = timedelta(days=180)
"""For so long a place in a clip is kept."""
FAVOURITES_MOST = 500
NOTES_MOST = 2_000
NOTE_MAX = 1_000
QUERY_MAX = 80

BROUGHT_MOST = 50
"""Places of a device that an account takes in at once: as many as a device remembers
(frontend/src/shared/places.js)."""

BEGUN_S = 5.0
"""Who stopped earlier begins from the start."""
END_S, END_SHARE = 15.0, 0.05
"""Who stopped within so many seconds of the end, at most this share of the clip, begins from the start."""
LATE = timedelta(days=7)
"""A report of a place that is older is not believed."""


def resume_at(at_s: float, length_s: float) -> float:
    """Return the second where a clip goes on, 0 for its start."""
    at_s = max(0.0, at_s)
    return 0.0 if at_s < BEGUN_S or is_ended(at_s, length_s) else round(at_s, 2)


def is_ended(at_s: float, length_s: float) -> bool:
    """Tell whether who stopped at a second had come to the end of the clip, near enough."""
    return length_s - at_s <= min(END_S, END_SHARE * length_s)


def moment_of(said: datetime | None, now: datetime) -> datetime | None:
    """Return when somebody was at a place: what their player says, on the server's clock, never later than
    now; None for what is too old to be believed."""
    if said is None or said > now:
        return now
    return said if now - said <= LATE else None


def moment_ago(ago_s: float, now: datetime) -> datetime | None:
    """Return when somebody was at a place that their device remembers since so many seconds, by its own
    clock; None for what is older than a place is kept."""
    ago = timedelta(seconds=max(0.0, ago_s))
    return now - ago if ago <= HISTORY_KEPT else None


class Part(Protocol):
    """A clip in the order of its lesson."""

    @property
    def id(self) -> str:
        """Its id."""

    @property
    def plan(self) -> str | None:
        """None until it plays."""

    @property
    def start_s(self) -> float:
        """Where it begins, in seconds of the lecture."""

    @property
    def end_s(self) -> float:
        """Where it ends, in seconds of the lecture."""


Any_Part = TypeVar("Any_Part", bound=Part)


def continued(parts: Sequence[Any_Part], stopped_s: float) -> tuple[Any_Part, float] | None:
    """Return the clip with which a lesson goes on, and its second, for who stopped at a second of the
    lecture; None for who had come to the end.

    By the lecture's clock, so that it holds where the lesson was cut anew.
    """
    playable = [part for part in parts if part.plan is not None]
    for n, part in enumerate(playable):
        if stopped_s >= part.end_s and n + 1 < len(playable):
            continue
        at_s, length_s = max(0.0, stopped_s - part.start_s), part.end_s - part.start_s
        if not is_ended(at_s, length_s):
            return part, resume_at(at_s, length_s)
        return (playable[n + 1], 0.0) if n + 1 < len(playable) else None
    return None
