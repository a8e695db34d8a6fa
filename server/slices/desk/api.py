"""The desk under /api/v1: the lessons that one decides about, and something done with several of them."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated

from fastapi import APIRouter, Query
from pydantic import BaseModel, Field
from sqlalchemy.orm import Session

from library.catalog import queries as catalog
from library.catalog.permits import Audience, LessonState
from library.core.errors import Conflict
from library.core.permits import Viewer
from library.handling import actions, queries
from library.handling.rules import MOST, UNDO_WITHIN, Outcome, Spread, What, may_undo
from library.intake import queries as intake
from server.slices.desk.routes import weeks_asked
from server.web.deps import ClockDep, DatabaseDep, Reading, Reviewer, Writing
from server.web.limits.fields import LineQuery, LineText, WordText

router = APIRouter(prefix="/api/v1/desk", tags=["desk"])

_PER_PAGE = 50


class DeskLesson(BaseModel):
    """A lesson that you decide about; `recording` is how its recording stands, "none" without one."""

    id: str
    title: str
    state: LessonState
    audience: Audience
    lecturer: str
    topics: list[str]
    recording: str


class DeskOut(BaseModel):
    """One page of them; `waiting` is how many of all of yours are drafts: they need you."""

    total: int
    page: int
    waiting: int
    lessons: list[DeskLesson]


class ItemOut(BaseModel):
    """What became of a lesson, or would; `reason` is a code, `week` the week it is put into ("": none)."""

    lesson_id: str
    outcome: Outcome
    reason: str
    week: str


class BatchOut(BaseModel):
    """What became of several lessons. Until `undo_until` POST .../{id}/undo takes it back, null: it is too
    late, or done."""

    id: str
    what: What
    items: list[ItemOut]
    undo_until: datetime | None
    undone: bool


class BatchIn(BaseModel):
    """What is done with each of `lessons`: `value` is a topic, or an audience; `count` is how many lessons
    you mean, so that a list that was cut short does nothing."""

    what: What
    value: LineText = ""
    lessons: Annotated[list[WordText], Field(max_length=MOST)]
    count: int


class WeeksIn(BaseModel):
    """Lessons for weeks of a node (`node`), from `week` (2026-W49) on; `count` is how many the preview said
    that go in."""

    node: WordText
    week: WordText
    spread: Spread = Spread.EACH
    lessons: Annotated[list[WordText], Field(max_length=MOST)]
    count: int = 0


class PreviewOut(BaseModel):
    """What would become of each lesson; `count` go in."""

    count: int
    items: list[ItemOut]


@router.get("")
def list_lessons(
    session: Reading,
    who: Reviewer,
    state: LessonState | None = None,
    topic: LineQuery = "",
    lecturer: LineQuery = "",
    year: Annotated[int | None, Query(ge=1900, le=9999)] = None,
    page: Annotated[int, Query(ge=1, le=10_000)] = 1,
) -> DeskOut:
    """The lessons that you decide about, drafts and withdrawn ones too; `state=draft` is what needs you."""
    filters = catalog.Filters(
        topic=topic or None, lecturer=lecturer or None, year=year, state=state, handled=True
    )
    found = catalog.lessons_page(session, who.viewer, filters, page, _PER_PAGE)
    drafts = catalog.Filters(state=LessonState.DRAFT, handled=True)
    recordings = intake.recordings_of(session, [one.id for one in found.items])
    return DeskOut(
        total=found.total,
        page=found.number,
        waiting=catalog.lessons_page(session, who.viewer, drafts, 1, 1).total,
        lessons=[
            DeskLesson(
                id=one.id,
                title=one.title,
                state=one.state,
                audience=one.audience,
                lecturer=one.lecturer.name if one.lecturer else "",
                topics=[each.topic.name for each in one.topics],
                recording=recordings[one.id].state.value if one.id in recordings else "none",
            )
            for one in found.items
        ],
    )


@router.post("/batches", status_code=201)
def handle(session: Writing, who: Reviewer, clock: ClockDep, body: BatchIn) -> BatchOut:
    """Do something with each of several lessons, each by its own permits; what is refused says why.

    409 unless `count` is the number of lessons named.
    """
    named = len(set(body.lessons))
    if body.count != named:
        raise Conflict("handling_counted", count=named, confirmed=body.count)
    now = clock()
    batch = actions.handle(session, who.viewer, body.what, body.value, body.lessons, now)
    return _batch(session, who.viewer, batch, now)


@router.get("/batches/{batch_id}")
def read_batch(session: Reading, who: Reviewer, clock: ClockDep, batch_id: str) -> BatchOut:
    """What became of each lesson of your own batch."""
    return _batch(session, who.viewer, batch_id, clock())


@router.post("/batches/{batch_id}/undo")
def undo(session: Writing, who: Reviewer, clock: ClockDep, batch_id: str) -> BatchOut:
    """Take back what a batch did, as far as nobody has changed it since; 409 when it is too late or done."""
    now = clock()
    actions.undo(session, who.viewer, batch_id, now)
    return _batch(session, who.viewer, batch_id, now)


@router.post("/weeks/preview")
def preview(db: DatabaseDep, who: Reviewer, clock: ClockDep, body: WeeksIn) -> PreviewOut:
    """What would become of lessons that are put into weeks; nothing is changed."""
    with db.write() as session:
        asked = weeks_asked(session, who.viewer, body.node, body.week, body.spread, body.lessons)
        placed = actions.place_preview(session, who.viewer, *asked, clock())
    return PreviewOut(
        count=sum(outcome is Outcome.DONE for _, outcome, _, _ in placed),
        items=[
            ItemOut(lesson_id=lesson, outcome=outcome, reason=reason, week=where["week"])
            for lesson, outcome, where, reason in placed
        ],
    )


@router.post("/weeks", status_code=201)
def place(session: Writing, who: Reviewer, clock: ClockDep, body: WeeksIn) -> BatchOut:
    """Put lessons into weeks; 409 unless `count` go in, as the preview said."""
    now = clock()
    asked = weeks_asked(session, who.viewer, body.node, body.week, body.spread, body.lessons)
    batch = actions.place(session, who.viewer, *asked, now, body.count)
    return _batch(session, who.viewer, batch, now)


def _batch(session: Session, viewer: Viewer, batch_id: str, now: datetime) -> BatchOut:
    found = queries.batch_for(session, viewer, batch_id)
    items = queries.items(session, batch_id)
    did = any(one.outcome in (Outcome.DONE, Outcome.DRAFTED) for one in items)
    may = did and may_undo(found.at, found.undone_at, now)
    return BatchOut(
        id=found.id,
        what=found.what,
        items=[
            ItemOut(
                lesson_id=one.lesson_id,
                outcome=one.outcome,
                reason=one.reason,
                week=str(one.before.get("week", "")) if found.what is What.WEEK else "",
            )
            for one in items
        ],
        undo_until=found.at + UNDO_WITHIN if may else None,
        undone=found.undone_at is not None,
    )
