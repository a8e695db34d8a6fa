"""Words of a machine that were exchanged for others of the same sound, and taking that back. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from typing import Any, Self

from library.catalog.rules import CueLine, CueSource
from library.core.errors import Conflict, NotFound


@dataclass(frozen=True)
class Repaired:
    """In line `line` (from 0), from character `at` on, stands `now` where the machine wrote `was`.

    `start_s` is when it is said: under it a repair is the same when lines are formed anew. `undone`: `was`
    stands there again.
    """

    line: int
    at: int
    was: str
    now: str
    start_s: float
    undone: bool = False

    def to_json(self) -> dict[str, Any]:
        """Return it as a JSON column keeps it."""
        return asdict(self)

    @classmethod
    def from_json(cls, value: Mapping[str, Any]) -> Self:
        """Return what `to_json` gave."""
        return cls(**value)


def undone(
    lines: Sequence[CueLine], repairs: Sequence[Repaired], n: int
) -> tuple[list[CueLine], list[Repaired]]:
    """Return lines and their repairs with the `n`-th (from 0) taken back.

    Raises NotFound, and Conflict("repair_gone") where the line does not hold it any more.
    """
    if not 0 <= n < len(repairs):
        raise NotFound
    one = repairs[n]
    line = lines[one.line] if 0 <= one.line < len(lines) else None
    if one.undone:
        return list(lines), list(repairs)
    if line is None or line.text[one.at : one.at + len(one.now)] != one.now:
        raise Conflict("repair_gone")
    longer = len(one.was) - len(one.now)
    text = line.text[: one.at] + one.was + line.text[one.at + len(one.now) :]
    doubtful = tuple(
        (first + longer * (first > one.at), last + longer * (last > one.at)) for first, last in line.doubtful
    )
    lines_now, repairs_now = list(lines), list(repairs)
    # A person looked at it; it is the machine's word all the same.
    lines_now[one.line] = replace(line, text=text, doubtful=doubtful, source=CueSource.RECOGNISED)
    for k, other in enumerate(repairs_now):
        if other.line == one.line and other.at > one.at:
            repairs_now[k] = replace(other, at=other.at + longer)
    repairs_now[n] = replace(one, undone=True)
    return lines_now, repairs_now
