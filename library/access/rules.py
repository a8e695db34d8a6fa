"""How long a door stays open, and how long a guesser must wait. Pure."""

from __future__ import annotations

from datetime import datetime, timedelta

FREE_FAILURES = 5
"""So many wrong passwords cost no waiting."""
FAILURE_DAYS = 1
"""Failures slow nobody down after so many days, and are forgotten."""
SIGN_IN_DAYS = 30
"""A browser that nobody uses for so many days is signed out."""
INVITATION_DAYS = 7
"""A one-time link works for so many days."""


def wait_s(failures: int, last_at: datetime, now: datetime) -> float:
    """Return the seconds a user name must still wait: none for five tries, then 2, 4, 8 ... at most 900."""
    if failures < FREE_FAILURES:
        return 0.0
    doublings = min(10, failures - FREE_FAILURES + 1)
    pause_s = min(900.0, 2.0**doublings)
    return max(0.0, (last_at + timedelta(seconds=pause_s) - now).total_seconds())
