"""Weeks under /api/v1."""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated, Literal

from fastapi import APIRouter
from pydantic import AwareDatetime, BaseModel, Field

from library.core.errors import Invalid, NotFound
from library.programme import actions, queries
from library.programme.actions import desk_of
from library.programme.rules import Draft, Reading, WeekMode, WeekState
from library.programme.weeks import read_week
from server.slices.programme.routes import chain_at
from server.web.deps import ClockDep, Planner, WhoDep, Writing
from server.web.deps import Reading as ReadingSession
from server.web.limits.fields import BlockText, LineQuery, LineText, WordQuery, WordText
from server.web.limits.sizes import ITEMS
from server.web.shown.weeks import blank_week, no_card, present, week_object, week_views

router = APIRouter(prefix="/api/v1/weeks", tags=["weeks"])

MOST_WEEKS = 60


class ReadingLine(BaseModel):
    """A line of the reading list, with a link or ""."""

    text: LineText
    url: LineText = ""


class LessonOut(BaseModel):
    """A lesson of a week; `state` is that of its part, `published` whether it can be watched at all.

    Without an id it was deleted; without a title it is not for you to see (only whoever plans is told).
    """

    id: str | None
    title: str
    state: WeekState
    published: bool
    inherited_from: str | None


class PartOut(BaseModel):
    """What one node planned; `hidden` of its lessons are not, or not yet, for you. Moments are UTC+8."""

    node_id: str
    node: str
    inherited: bool
    mode: WeekMode
    state: WeekState
    theme: str
    text: str
    reading: list[ReadingLine]
    lessons: list[LessonOut]
    hidden: int
    release_at: datetime
    released_at: datetime | None
    late: bool


class WeekOut(BaseModel):
    """A week as you see it: theme and release of its leading part, the lessons of all, nearest first."""

    week: str
    monday: date
    sunday: date
    state: WeekState | Literal["none"]
    theme: str
    inherited_from: str | None
    release_at: datetime | None
    released_at: datetime | None
    late: bool
    lessons: list[LessonOut]
    parts: list[PartOut]


class WeeksOut(BaseModel):
    """The weeks of a span that somebody planned, in their order."""

    weeks: list[WeekOut]


class PlanIn(BaseModel):
    """What a node plans for a week; `lessons` are ids in their order.

    `node` is the node's code, name or id, "" for the topmost that you plan. Without `release_at` it stays as
    it is, at first Monday 08:00. `version` is that of the plan you read (0: there was none); without it
    nobody looks whether somebody else changed it meanwhile.
    """

    node: LineText = ""
    theme: LineText = ""
    text: BlockText = ""
    reading: Annotated[list[ReadingLine], Field(max_length=ITEMS)] = []
    lessons: Annotated[list[WordText], Field(max_length=ITEMS)] = []
    mode: WeekMode = WeekMode.ADD
    release_at: AwareDatetime | None = None
    version: int | None = None


class PlanOut(BaseModel):
    """A plan as it is kept."""

    week: str
    node_id: str
    version: int
    state: WeekState
    release_at: datetime
    released_at: datetime | None


@router.get("")
def list_weeks(
    session: ReadingSession,
    who: WhoDep,
    clock: ClockDep,
    first: WordQuery = "",
    last: WordQuery = "",
    node: LineQuery = "",
) -> WeeksOut:
    """The weeks from `first` to `last` (2026-W49), at most sixty; without them from four ago to eight ahead.

    Yours; with `node` (its id, code or name) those of its members, if you plan it.
    """
    this, chain = present(clock()), chain_at(session, who.viewer, node)
    begin = read_week(first, "first") if first else this.after(-4)
    end = read_week(last, "last") if last else max(begin, this.after(8))
    if not 0 <= begin.until(end) < MOST_WEEKS:
        raise Invalid("weeks_many", field="last", most=MOST_WEEKS)
    found = queries.weeks_seen(session, chain, begin, end)
    views = week_views(session, who.viewer, chain[0], found, no_card)
    return WeeksOut(weeks=[WeekOut(**week_object(views[week])) for week in sorted(views)])


@router.get("/{week}")
def get_week(session: ReadingSession, who: WhoDep, week: str, node: LineQuery = "") -> WeekOut:
    """One week; its state is "none" where nobody planned it."""
    wanted, chain = read_week(week), chain_at(session, who.viewer, node)
    found = queries.weeks_seen(session, chain, wanted, wanted)
    if wanted not in found:
        return WeekOut(**blank_week(str(wanted), wanted.monday))
    return WeekOut(**week_object(week_views(session, who.viewer, chain[0], found, no_card)[wanted]))


@router.put("/{week}")
def put_week(session: Writing, who: Planner, clock: ClockDep, week: str, body: PlanIn) -> PlanOut:
    """Plan a week of a node (its secretary, the staff); the same again changes nothing."""
    wanted = read_week(week)
    node = queries.node_meant(session, who.viewer, body.node)
    draft = Draft(
        theme=body.theme,
        text=body.text,
        reading=tuple(Reading(one.text, one.url) for one in body.reading),
        lessons=tuple(body.lessons),
        mode=body.mode,
        due_at=body.release_at,
    )
    made = actions.put(session, desk_of(who.viewer, node, clock()), wanted, draft, body.version)
    return PlanOut(
        week=str(made.week),
        node_id=made.node_id,
        version=made.version,
        state=made.state,
        release_at=made.due_at,
        released_at=made.released_at,
    )


@router.delete("/{week}", status_code=204)
def delete_week(
    session: Writing,
    who: Planner,
    clock: ClockDep,
    week: str,
    node: LineQuery = "",
    version: int | None = None,
) -> None:
    """Give up what a node planned for a week; `version` is that of the plan you read, if it matters."""
    wanted = read_week(week)
    at = queries.node_meant(session, who.viewer, node)
    known = queries.plan_of(session, at.id, wanted)
    if known is None:
        raise NotFound
    actions.remove(session, desk_of(who.viewer, at, clock()), wanted, version or known.version)
