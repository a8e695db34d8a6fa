"""When a letter is tried again, and when it is given up. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum

PAUSES = tuple(timedelta(minutes=minutes) for minutes in (1, 5, 15, 60, 240, 480, 600))
"""So long after each failure a letter is tried again; after the last one, within a day, it is given up: what
it carries works no longer. RFC 5321, 4.5.4.1, asks for longer pauses from the second failure on."""

HELD = timedelta(minutes=10)
"""For so long a process that took a letter has it alone; then another one takes it."""

KEPT = timedelta(days=30)
"""For so long it is kept that a letter was sent or given up, without its words."""


class LetterState(StrEnum):
    """What became of a letter."""

    WAITING = "waiting"
    SENT = "sent"
    GIVEN_UP = "given_up"


@dataclass(frozen=True)
class Words:
    """What a letter says: one line, and plain text."""

    subject: str
    text: str


def pause_after(tries: int) -> timedelta | None:
    """Return how long after its `tries`-th failure (from 1) a letter is tried again; None: it is given up."""
    return PAUSES[tries - 1] if tries <= len(PAUSES) else None
