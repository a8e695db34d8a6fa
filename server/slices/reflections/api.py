"""Reflections under /api/v1."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated

from fastapi import APIRouter, Query
from pydantic import BaseModel, Field
from sqlalchemy.orm import Session

from library.core.permits import Viewer
from library.reflections import actions, queries, rules
from library.reflections.actions import About, Draft, Wanted
from library.reflections.rules import ReflectionState, SoundState
from library.reflections.tables import Reflection
from server.slices.reflections.gatherings import gathering_for
from server.slices.reflections.reading import filters_of
from server.slices.reflections.shown import quote_view, sound_view
from server.web.deps import ClockDep, PagesDep, Reading, SignedIn, WhoDep, Writing
from server.web.limits.fields import BlockText, LineText, WordQuery, WordText
from server.web.pages import Pages
from server.web.shown.reflections import reflection_lines

router = APIRouter(prefix="/api/v1/reflections", tags=["reflections"])


class QuoteIn(BaseModel):
    """Words of a clip at a second; what they are is looked up here."""

    n: Annotated[int, Field(ge=1, le=99)]
    clip: WordText
    at_s: Annotated[float, Field(ge=0, lt=100_000)]


class DraftIn(BaseModel):
    """What you have written so far. `text` has the marks of its quotes, 〔引1〕.

    `version` is the one that you know, without it nobody looks whether you have written elsewhere too; 0:
    there was none. `lesson`, `week`, `gathering` count when it is new.
    """

    title: LineText = ""
    text: BlockText = ""
    quotes: Annotated[list[QuoteIn], Field(max_length=rules.MOST_QUOTES)] | None = None
    version: int | None = None
    lesson: WordText = ""
    week: WordText = ""
    gathering: WordText = ""


class QuoteOut(BaseModel):
    """A quote; `url` leads to where its words are said by now, `same` is false where they no longer are."""

    n: int
    clip: str
    at_s: float
    text: str
    url: str
    same: bool


class SoundOut(BaseModel):
    """A sound; `reason` is a code."""

    state: SoundState
    url: str
    duration_s: float
    reason: str


class ReflectionOut(BaseModel):
    """A reflection, as whoever may read it sees it; `remark` is for its writer."""

    id: str
    version: int
    state: ReflectionState
    title: str
    text: str
    writer: str
    node: str
    lesson: str | None
    week: str | None
    gathering: str | None
    quotes: list[QuoteOut]
    sound: SoundOut | None
    remark: str
    changed_at: datetime
    sent_at: datetime | None
    published_at: datetime | None


class LineOut(BaseModel):
    """A published reflection in a list."""

    id: str
    title: str
    writer: str
    node: str
    excerpt: str
    lesson: str | None
    week: str
    published_at: datetime
    has_sound: bool
    url: str


class LinesOut(BaseModel):
    """One page of what is published and for you, the newest first; `more` than `total` are not listed."""

    total: int
    more: bool
    page: int
    reflections: list[LineOut]


class OwnOut(BaseModel):
    """One of your own."""

    id: str
    version: int
    state: ReflectionState
    title: str
    changed_at: datetime


class OwnListOut(BaseModel):
    """One page of your own, those changed last first."""

    total: int
    page: int
    reflections: list[OwnOut]


@router.get("")
def list_reflections(
    session: Reading,
    who: WhoDep,
    pages: PagesDep,
    lesson: WordQuery = "",
    week: WordQuery = "",
    node: WordQuery = "",
    page: Annotated[int, Query(ge=1)] = 1,
) -> LinesOut:
    """What is published and for you: about a lesson, a week, of a node's people and all below it."""
    found = queries.published(session, who.viewer, filters_of(lesson, week, node), page)
    rows = [
        LineOut(
            id=one.id,
            title=one.title,
            writer=one.writer,
            node=one.node,
            excerpt=one.excerpt,
            lesson=one.lesson.id if one.lesson is not None else None,
            week=one.week,
            published_at=one.at,
            has_sound=one.has_sound,
            url=pages.at(f"/reflections/{one.id}"),
        )
        for one in reflection_lines(session, who.viewer, found.items)
    ]
    return LinesOut(total=found.total, more=found.more, page=found.number, reflections=rows)


@router.get("/mine")
def list_own(session: Reading, who: SignedIn, page: Annotated[int, Query(ge=1)] = 1) -> OwnListOut:
    """Your own, drafts among them."""
    found = queries.mine(session, who.viewer, page)
    rows = [
        OwnOut(id=row.id, version=row.version, state=row.state, title=row.title, changed_at=row.changed_at)
        for row in found.items
    ]
    return OwnListOut(total=found.total, page=found.number, reflections=rows)


@router.get("/{reflection_id}")
def get_reflection(session: Reading, who: WhoDep, pages: PagesDep, reflection_id: str) -> ReflectionOut:
    """One reflection that you may read."""
    return _out(session, who.viewer, pages, queries.reflection_for(session, who.viewer, reflection_id))


@router.put("/{reflection_id}")
def put_draft(
    session: Writing, who: SignedIn, pages: PagesDep, clock: ClockDep, reflection_id: str, body: DraftIn
) -> ReflectionOut:
    """Keep what you have written, for you alone; a new one under an id of sixteen digits and letters."""
    form = None
    if body.gathering and session.get(Reflection, reflection_id) is None:
        form = gathering_for(session, who.viewer, body.gathering).form
    about = About(body.lesson or None, body.week or None, body.gathering or None, form)
    quotes = [Wanted(one.n, one.clip, one.at_s) for one in body.quotes] if body.quotes is not None else None
    draft = Draft(body.title, body.text, quotes)
    row = actions.save(session, who.viewer, reflection_id, draft, about, body.version or None, clock())
    return _out(session, who.viewer, pages, row)


@router.post("/{reflection_id}/send")
def send(
    session: Writing, who: SignedIn, pages: PagesDep, clock: ClockDep, reflection_id: str
) -> ReflectionOut:
    """Hand it to the secretary of your home."""
    row = actions.send(session, who.viewer, reflection_id, clock())
    return _out(session, who.viewer, pages, row)


@router.post("/{reflection_id}/withdraw")
def withdraw(
    session: Writing, who: SignedIn, pages: PagesDep, clock: ClockDep, reflection_id: str
) -> ReflectionOut:
    """Take your own back, before or after it was published."""
    row = actions.withdraw(session, who.viewer, reflection_id, clock())
    return _out(session, who.viewer, pages, row)


@router.delete("/{reflection_id}", status_code=204)
def delete(session: Writing, who: SignedIn, clock: ClockDep, reflection_id: str) -> None:
    """Delete your own for good, with its sound."""
    actions.delete(session, who.viewer, reflection_id, clock())


def _out(session: Session, viewer: Viewer, pages: Pages, row: Reflection) -> ReflectionOut:
    told = queries.told(session, row)
    mine = row.person_id == viewer.person_id
    seen = row.lesson_id in queries.lessons_seen(session, viewer, [row.lesson_id])
    quotes = queries.quotes_of(session, [row.id]).get(row.id, []) if mine or seen else []
    lesson_id = row.lesson_id if quotes and seen else None
    lines = queries.lines_of(session, [lesson_id])[lesson_id] if lesson_id else []
    shown = [quote_view(one, lines) for one in quotes]
    sound = sound_view(queries.sound_of(session, row.id))
    return ReflectionOut(
        id=row.id,
        version=row.version,
        state=row.state,
        title=row.title,
        text=row.text,
        writer=told.writer,
        node=told.node,
        lesson=row.lesson_id if mine or seen else None,
        week=row.week,
        gathering=row.gathering_id if mine else None,
        quotes=[
            QuoteOut(
                n=quote.n,
                clip=quote.clip_id or "",
                at_s=quote.start_s,
                text=quote.text,
                url=pages.at(view.url) if view.url else "",
                same=view.same,
            )
            for quote, view in zip(quotes, shown, strict=True)
        ],
        sound=SoundOut(
            state=sound.state,
            url=pages.at(sound.url),
            duration_s=sound.duration_s,
            reason=sound.reason.code if sound.reason is not None else "",
        )
        if sound is not None
        else None,
        remark=row.remark if mine else "",
        changed_at=row.changed_at,
        sent_at=row.sent_at,
        published_at=row.published_at,
    )
