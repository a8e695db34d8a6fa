"""The week of a branch and of one member, as home and the pages of weeks show it."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from library.core.permits import Role, Viewer
from library.mondays import queries
from library.mondays.rules import BranchWeek, OwnGathering, Part, Ring, branch_ring, own_ring
from library.organisation.tables import Node
from library.plays import queries as plays
from library.programme.weeks import Week
from server.web.shown.weeks import WeekView, present

_ROUND = 100.0
"""The ring is drawn on a circle of this circumference, so that shares are lengths."""
_GAP = 3.0
MOST_ON_HOME = 6
"""Branches whose rings stand on home; whoever looks after more has the page of all."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RingPart:
    """A part of a ring: what it counts, and where it is drawn: it begins at `at`, is `length` long, of which
    `filled` is done, on a circle of 100."""

    part: Part
    done: int
    of: int
    complete: bool
    at: float
    length: float
    filled: float


@dataclass(frozen=True, slots=True, kw_only=True)
class RingView:
    """A ring as it is drawn; `complete`: nothing of it is left. No parts: nothing was planned."""

    parts: tuple[RingPart, ...] = ()
    complete: bool = False


def drawn(ring: Ring) -> RingView:
    """Return how a ring is drawn: its parts share the circle, with a gap between two."""
    count = len(ring.parts)
    if not count:
        return RingView()
    length = _ROUND / count - (_GAP if count > 1 else 0)
    parts = tuple(
        RingPart(
            part=one.part,
            done=one.done,
            of=one.of,
            complete=one.complete,
            at=round(n * _ROUND / count, 2),
            length=round(length, 2),
            filled=round(length * one.share, 2),
        )
        for n, one in enumerate(ring.parts)
    )
    # That the theme is out is not yet a week: nobody has learned anything.
    whole = ring.complete and any(one.part is not Part.THEME for one in ring.parts)
    return RingView(parts=parts, complete=whole)


@dataclass(frozen=True, slots=True, kw_only=True)
class OwnWeek:
    """This week of whoever asks: their ring, which nobody else is shown, and their gatherings. `node_id` is
    the branch whose week it is, "" for whoever belongs to none."""

    week: str
    node_id: str = ""
    ring: RingView = RingView()
    gatherings: tuple[OwnGathering, ...] = ()


def own_week(session: Session, viewer: Viewer, week: Week, view: WeekView | None) -> OwnWeek | None:
    """Return a week of whoever asks; `view` is what they see of its plans. None where there is nothing."""
    if viewer.person_id is None:
        return None
    gatherings = queries.own_gatherings(session, viewer, week)
    open_to_them = {one.id for part in view.parts for one in part.lessons if one.open} if view else set()
    seen = _seen(session, viewer.person_id, open_to_them, week)
    home = next((one.node_id for one in viewer.belongs if one.is_home), "")
    if not gatherings and not open_to_them:
        return None
    return OwnWeek(
        week=str(week),
        node_id=home,
        ring=drawn(own_ring(len(open_to_them), len(seen), gatherings)),
        gatherings=tuple(gatherings),
    )


def _seen(session: Session, person_id: str, lessons: Collection[str], week: Week) -> set[str]:
    if not lessons:
        return set()
    alone = plays.watched_lessons(session, person_id, lessons)
    return alone | queries.shown_to(session, person_id, set(lessons) - alone, week)


@dataclass(frozen=True, slots=True, kw_only=True)
class BranchLine:
    """A branch in a list: its ring and what is known of its week."""

    node_id: str
    name: str
    ring: RingView
    known: BranchWeek


def branch_lines(session: Session, nodes: list[Node], week: Week) -> tuple[BranchLine, ...]:
    """Return some branches with their rings, in their order."""
    found = queries.branch_weeks(session, nodes, week)
    return tuple(branch_line(node, found[node.id]) for node in nodes)


def branch_line(node: Node, known: BranchWeek) -> BranchLine:
    """Return one branch with its ring."""
    return BranchLine(node_id=node.id, name=node.name, ring=drawn(branch_ring(known)), known=known)


@dataclass(frozen=True, slots=True, kw_only=True)
class HomeBranches:
    """What home shows of this week to whoever looks after branches: how many there are, how many have held
    a gathering, and the first few with their rings, in the order of their names."""

    week: str
    branches: int
    held: int
    lines: tuple[BranchLine, ...] = ()


def home_branches(session: Session, viewer: Viewer, now: datetime) -> HomeBranches | None:
    """Return what home shows to whoever looks after branches, None to everybody else."""
    if not viewer.has(Role.SECRETARY):
        return None
    week = present(now)
    found = queries.overview(session, viewer, None, week)
    if not found.branches:
        return None
    is_few = found.branches <= MOST_ON_HOME
    few = queries.branches_page(session, viewer, None, week).items if is_few else ()
    lines = branch_lines(session, list(few), week)
    return HomeBranches(week=str(week), branches=found.branches, held=found.held, lines=lines)
