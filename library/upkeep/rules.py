"""What is decided about space. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any

KEEP_DAYS = 400
"""Days that a look is kept: the forecast and a year's comparison need no more."""
BEATS = 6
"""So many signs of life fit into the time after which a worker that gives none is taken for dead."""
LARGEST = 20
"""Lessons that are named."""
_LEAST_DAYS = 2
MOST_DAYS = 60
"""Days of looks from which the days to come are forecast."""


class Task(StrEnum):
    """What a worker is asked for."""

    MEASURE = "measure"
    SWEEP = "sweep"
    TRY = "try"
    """A backup is tried out; `Look.about` says which, "" for the newest."""


SPACE = (Task.MEASURE, Task.SWEEP)
"""What one thread does, one after the other."""


def reason_values(figures: Mapping[str, Any] | None, about: str) -> dict[str, Any]:
    """Return what the sentence of why a look failed is filled with, from what it showed and what it was
    `about`. No path of the machine: the folder goes by the name of its setting."""
    told = figures or {}
    first = told.get("first", about)
    return {"count": told.get("count", 0), "first": first, "file": about, "folder": "WEIKE_BACKUP_TO"}


@dataclass(frozen=True)
class Sum:
    """So many things of so many bytes."""

    count: int = 0
    size_bytes: int = 0


@dataclass(frozen=True)
class Figures:
    """What takes space: by kind, by lesson (the largest, by id), and what can go, by kind.

    `free_bytes` and `disk_bytes` are of the disk of the data folder; `far` says that recordings lie in
    another machine's store, whose room nobody knows here. `refused`: why it cannot be said what can go.
    """

    kinds: Mapping[str, Sum] = field(default_factory=dict)
    lessons: Sequence[tuple[str, int]] = ()
    goes: Mapping[str, Sum] = field(default_factory=dict)
    free_bytes: int = 0
    disk_bytes: int = 0
    far: bool = False
    refused: str = ""
    seconds: float = 0.0

    @property
    def total(self) -> int:
        """All bytes."""
        return sum(one.size_bytes for one in self.kinds.values())

    def as_json(self) -> dict[str, Any]:
        """As the table keeps it."""
        return asdict(self)

    @classmethod
    def of(cls, told: Mapping[str, Any]) -> Figures:
        """From what the table keeps."""
        return cls(
            kinds={kind: Sum(**one) for kind, one in told["kinds"].items()},
            lessons=tuple((lesson, size) for lesson, size in told["lessons"]),
            goes={kind: Sum(**one) for kind, one in told["goes"].items()},
            **{name: told[name] for name in ("free_bytes", "disk_bytes", "far", "refused", "seconds")},
        )


@dataclass(frozen=True)
class Forecast:
    """How much comes a day, and how many days that leaves; None: it does not grow, or nobody can say."""

    bytes_a_day: float
    days: int | None


def forecast(
    before: Sequence[tuple[datetime, int]], at: datetime, total: int, room_bytes: int
) -> Forecast | None:
    """Return what the looks of the last sixty days say of the days to come, as a straight line from the first
    of them; None with less than two days between them. `room_bytes` is what may still be filled."""
    known = [(then, size) for then, size in before if timedelta(0) < at - then <= timedelta(days=MOST_DAYS)]
    if not known:
        return None
    then, size = min(known)
    days = (at - then) / timedelta(days=1)
    if days < _LEAST_DAYS:
        return None
    growth = (total - size) / days
    if growth <= 0:
        return Forecast(growth, None)
    return Forecast(growth, int(max(0, room_bytes) / growth))
