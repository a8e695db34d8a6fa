"""From when to when somebody was in the room, as the roll says it. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from library.gatherings.rules import Mark

_THERE = frozenset({Mark.PRESENT, Mark.LATE, Mark.LEFT_EARLY})


@dataclass(frozen=True)
class There:
    """Somebody who was in the room; `person_id` None for a guest without an account."""

    person_id: str | None
    node_id: str | None
    room_id: str | None
    begin: datetime
    end: datetime


def span(
    mark: Mark,
    arrived_at: datetime | None,
    left_at: datetime | None,
    *,
    opened_at: datetime,
    ended_at: datetime,
    late_from: datetime,
) -> tuple[datetime, datetime] | None:
    """Return from when to when somebody was there, None who was not (补学 is not: they saw it elsewhere).

    As with the gathering's own seconds: who is marked present was there from the beginning, whoever left
    early too, unless they came after `late_from`.
    """
    if mark not in _THERE:
        return None
    came_late = mark is Mark.LATE or (
        mark is Mark.LEFT_EARLY and arrived_at is not None and arrived_at > late_from
    )
    begin = arrived_at if came_late and arrived_at is not None else opened_at
    end = left_at if mark is Mark.LEFT_EARLY and left_at is not None else ended_at
    begin, end = max(begin, opened_at), min(end, ended_at)
    return (begin, end) if end > begin else None
