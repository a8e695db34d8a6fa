"""How far the week of a branch is, and of one member: the ring, and what each part of it says. Pure.

A ring has only parts that somebody planned: a branch for which nothing was planned has none, and is not late.
Reflections are never a part of it: they are optional (减负), and stand beside it as a number.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from library.gatherings.rules import GatheringState, Mark

THERE = frozenset({Mark.PRESENT, Mark.LATE, Mark.LEFT_EARLY})
"""Marks of those who were in the room."""


class Part(StrEnum):
    """A part of a ring, in its order."""

    THEME = "theme"
    """The theme and its lessons are out."""
    LESSON = "lesson"
    """A member has seen the lesson, alone or with the others."""
    GATHERING = "gathering"
    """The branch has come together."""
    EVERYBODY = "everybody"
    """Everybody who was due was there, or has made up for it."""
    RECORD = "record"
    """The record is signed."""


@dataclass(frozen=True)
class Told:
    """What a part of a ring says: `done` of `of`, in whatever the part counts."""

    part: Part
    done: int
    of: int

    @property
    def share(self) -> float:
        """How much of it is done, from 0 to 1."""
        return min(1.0, self.done / self.of) if self.of else 0.0

    @property
    def complete(self) -> bool:
        """Whether nothing of it is left."""
        return self.done >= self.of


@dataclass(frozen=True)
class Ring:
    """How far a week is: its parts weigh the same. Empty: nothing was planned."""

    parts: tuple[Told, ...] = ()

    @property
    def share(self) -> float:
        """How much of the week is done, from 0 to 1; 0 where nothing was planned."""
        return sum(one.share for one in self.parts) / len(self.parts) if self.parts else 0.0

    @property
    def complete(self) -> bool:
        """Whether something was planned and nothing of it is left."""
        return bool(self.parts) and all(one.complete for one in self.parts)


@dataclass(frozen=True)
class Held:
    """A gathering of a week, as far as one branch is concerned.

    `due`, `there`, `made_up` and `absent` are people of that branch: due when the roll was frozen, in the
    room, made up since, and due but neither. Before it opens they are 0. `signed`: its record is.
    `group`: the learning group whose it is, "" for the branch's own; `node_id` who keeps it.
    """

    id: str
    node_id: str
    title: str
    kind: str
    state: GatheringState
    starts_at: datetime
    place: str = ""
    group: str = ""
    due: int = 0
    there: int = 0
    made_up: int = 0
    absent: int = 0
    signed: bool = False


@dataclass(frozen=True)
class BranchWeek:
    """What is known of a branch's week: so many plans of the week reach it, so many are `out`; the
    gatherings that concern it, without those that were cancelled; reflections that were published."""

    plans: int = 0
    out: int = 0
    gatherings: tuple[Held, ...] = ()
    reflections: int = 0


def branch_ring(week: BranchWeek) -> Ring:
    """Return the ring of a branch."""
    held = [one for one in week.gatherings if one.state is GatheringState.ENDED]
    parts = []
    if week.plans:
        parts.append(Told(Part.THEME, week.out, week.plans))
    if week.gatherings:
        parts.append(Told(Part.GATHERING, len(held), len(week.gatherings)))
    due = sum(one.due for one in held)
    if due:
        parts.append(Told(Part.EVERYBODY, sum(one.there + one.made_up for one in held), due))
    if held:
        parts.append(Told(Part.RECORD, sum(one.signed for one in held), len(held)))
    return Ring(tuple(parts))


@dataclass(frozen=True)
class OwnGathering:
    """A gathering for which somebody is on the roll, or to which they are invited: `mark` is None before the
    roll was frozen; `exempt`: they are not counted."""

    id: str
    title: str
    kind: str
    state: GatheringState
    starts_at: datetime
    place: str = ""
    mark: Mark | None = None
    exempt: bool = False

    @property
    def reached(self) -> bool:
        """Whether they were there, or made up for it."""
        return self.mark in THERE or self.mark is Mark.MADE_UP

    @property
    def missed(self) -> bool:
        """Whether it is over and they still may make up for it."""
        return self.state is GatheringState.ENDED and not self.exempt and not self.reached


def own_ring(lessons: int, seen: int, gatherings: Sequence[OwnGathering]) -> Ring:
    """Return the ring of a member: of `lessons` that are out and open to them they have `seen` so many, alone
    or with the others. Nobody else is shown it."""
    parts = []
    if lessons:
        parts.append(Told(Part.LESSON, seen, lessons))
    asked = [one for one in gatherings if not one.exempt and one.state is not GatheringState.CANCELLED]
    if asked:
        parts.append(Told(Part.GATHERING, sum(one.reached for one in asked), len(asked)))
    return Ring(tuple(parts))
