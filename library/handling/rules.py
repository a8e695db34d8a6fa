"""What is decided about doing something with several lessons at once. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from enum import StrEnum

MOST = 100
"""Lessons of one batch: all of it is one transaction."""
UNDO_WITHIN = timedelta(minutes=30)
KEEP_DAYS = 7
"""Days for which it is kept what became of each; the ledger keeps the deeds themselves."""
VIEWS_MOST = 30
"""Views of one person."""
VIEWS_SHOWN = 60
"""Views that the desk shows, one's own and those of nodes."""
FILTERS = ("state", "topic", "lecturer", "year")
"""What a view may narrow."""


class What(StrEnum):
    """What is done with each."""

    TOPIC_ADD = "topic_add"
    TOPIC_REMOVE = "topic_remove"
    AUDIENCE = "audience"
    PUBLISH = "publish"
    WITHDRAW = "withdraw"
    WEEK = "week"


class Spread(StrEnum):
    """How several lessons are put into weeks."""

    EACH = "each"
    """One a week, from a week on, in the order in which they were chosen."""
    ALL = "all"
    """All into one week."""


class Outcome(StrEnum):
    """What became of one lesson."""

    DONE = "done"
    DRAFTED = "drafted"
    """It is published: the change waits as its draft."""
    SAME = "same"
    REFUSED = "refused"
    UNDONE = "undone"
    KEPT = "kept"
    """The way back was refused."""


def may_undo(at: datetime, undone_at: datetime | None, now: datetime) -> bool:
    """Tell whether a batch can still be taken back."""
    return undone_at is None and now - at <= UNDO_WITHIN


def clean_filters(told: Mapping[str, str]) -> dict[str, str]:
    """Return of an address what a view may keep of it."""
    return {name: told[name].strip()[:80] for name in FILTERS if told.get(name, "").strip()}
