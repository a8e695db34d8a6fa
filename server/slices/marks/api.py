"""Where one stopped, favourites and notes under /api/v1: of whoever asks, and of nobody else."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated

from fastapi import APIRouter, Query
from pydantic import AwareDatetime, BaseModel, Field

from library.catalog import queries as catalog
from library.marks import actions, queries, rules
from library.marks.queries import NoteFilters
from server.slices.marks.contexts import NoteRow
from server.slices.marks.shown import note_row, note_rows
from server.web.deps import ClockDep, PagesDep, Reading, SignedIn, Writing
from server.web.limits.fields import BlockText, LineQuery, WordQuery, WordText
from server.web.pages import Pages

router = APIRouter(prefix="/api/v1", tags=["my learning"])

PageNumber = Annotated[int, Query(ge=1, le=10_000)]
Second = Annotated[float, Field(ge=0, lt=100_000)]


# ---------------------------------------------------------------------- where somebody stopped


class PlaceIn(BaseModel):
    """Where you are in a clip, in its seconds. `at` is when you were there, on the server's clock (`now` of
    GET /api/v1/positions); without it, now. What was later stands, whichever report comes first."""

    at_s: Second
    at: AwareDatetime | None = None


class PlaceOut(BaseModel):
    """Where you stopped in a clip; `resume_s` is where it goes on, 0 for its start."""

    clip: str
    lesson: str
    title: str
    at_s: float
    resume_s: float
    at: datetime


class PlacesOut(BaseModel):
    """One page of your history, the newest first. `now` is the server's clock, `paused`: none is kept."""

    now: datetime
    paused: bool
    total: int
    page: int
    positions: list[PlaceOut]


@router.put("/clips/{clip_id}/position", status_code=204)
def put_position(session: Writing, who: SignedIn, clock: ClockDep, clip_id: str, body: PlaceIn) -> None:
    """Say where you are in a clip."""
    clip = catalog.clip_for(session, who.viewer, clip_id)
    actions.stop_at(session, who.viewer.person_id or "", clip, body.at_s, body.at, clock())


@router.get("/positions")
def list_positions(
    session: Reading, who: SignedIn, clock: ClockDep, q: LineQuery = "", page: PageNumber = 1
) -> PlacesOut:
    """Your history: where you stopped in which clips."""
    found = queries.history(session, who.viewer, q, page)
    rows = [
        PlaceOut(
            clip=one.clip.id,
            lesson=one.lesson.id,
            title=one.lesson.title,
            at_s=one.at_s,
            resume_s=rules.resume_at(one.at_s, one.clip.duration_s or one.clip.end_s - one.clip.start_s),
            at=one.at,
        )
        for one in found.items
    ]
    paused = queries.is_paused(session, who.viewer.person_id or "")
    return PlacesOut(now=clock(), paused=paused, total=found.total, page=found.number, positions=rows)


class BroughtIn(BaseModel):
    """Where you were in a clip before you signed in, `ago_s` seconds ago by the clock of the device."""

    clip: WordText
    at_s: Second
    ago_s: Annotated[float, Field(ge=0, lt=1e10)]


class BroughtAllIn(BaseModel):
    """What a device remembers."""

    places: Annotated[list[BroughtIn], Field(max_length=rules.BROUGHT_MOST)]


class BroughtOut(BaseModel):
    """Of how many clips the place is known to your account now; the others you may not see, or they are too
    old, or from before you deleted your history."""

    taken: int


@router.post("/positions")
def bring_positions(session: Writing, who: SignedIn, clock: ClockDep, body: BroughtAllIn) -> BroughtOut:
    """Take in what a device remembers from before you signed in: the later place of a clip stands."""
    brought = [actions.Brought(one.clip, one.at_s, one.ago_s) for one in body.places]
    return BroughtOut(taken=actions.bring(session, who.viewer, brought, clock()))


@router.delete("/positions", status_code=204)
def delete_positions(session: Writing, who: SignedIn, clock: ClockDep) -> None:
    """Delete your history."""
    actions.forget_all(session, who.viewer.person_id or "", clock())


@router.delete("/positions/{watched_id}", status_code=204)
def delete_position(session: Writing, who: SignedIn, watched_id: str) -> None:
    """Take a clip out of your history."""
    actions.forget_clip(session, who.viewer.person_id or "", watched_id)


# ---------------------------------------------------------------------- favourites


class FavouriteOut(BaseModel):
    """A lesson that you keep, or one clip of it."""

    id: str
    lesson: str
    clip: str | None
    title: str
    at: datetime
    url: str


class FavouritesOut(BaseModel):
    """One page of what you keep, the newest first, and how many can be kept."""

    total: int
    page: int
    most: int
    favourites: list[FavouriteOut]


@router.get("/favourites")
def list_favourites(session: Reading, who: SignedIn, pages: PagesDep, page: PageNumber = 1) -> FavouritesOut:
    """What you keep."""
    found = queries.favourites(session, who.viewer, page)
    rows = [
        FavouriteOut(
            id=one.thing_id,
            lesson=one.lesson.id,
            clip=one.clip.id if one.clip is not None else None,
            title=one.lesson.title,
            at=one.at,
            url=pages.at(f"/clips/{one.clip.id}" if one.clip is not None else f"/lessons/{one.lesson.id}"),
        )
        for one in found.items
    ]
    return FavouritesOut(total=found.total, page=found.number, most=rules.FAVOURITES_MOST, favourites=rows)


@router.put("/clips/{clip_id}/favourite", status_code=204)
def keep_clip(session: Writing, who: SignedIn, clock: ClockDep, clip_id: str) -> None:
    """Keep a clip."""
    clip = catalog.clip_for(session, who.viewer, clip_id)
    lesson = catalog.lesson(session, clip.lesson_id)
    actions.keep(session, who.viewer.person_id or "", lesson, clip, clock())


@router.put("/lessons/{lesson_id}/favourite", status_code=204)
def keep_lesson(session: Writing, who: SignedIn, clock: ClockDep, lesson_id: str) -> None:
    """Keep a lesson."""
    lesson = catalog.lesson_for(session, who.viewer, lesson_id)
    actions.keep(session, who.viewer.person_id or "", lesson, None, clock())


@router.delete("/favourites/{thing_id}", status_code=204)
def let_go(session: Writing, who: SignedIn, thing_id: str) -> None:
    """Keep a lesson or a clip no more."""
    actions.let_go(session, who.viewer.person_id or "", thing_id)


# ---------------------------------------------------------------------- notes


class NoteIn(BaseModel):
    """What you write at a second of a clip, for yourself alone."""

    at_s: Second
    text: BlockText


class NoteChange(BaseModel):
    """Other words for a note; `version` is the one that you know."""

    text: BlockText
    version: int


class NoteOut(BaseModel):
    """A note; `clip` and `url` are where its second plays by now, "" where its lesson is gone."""

    id: str
    version: int
    text: str
    lesson: str
    title: str
    clip: str
    at_s: float | None
    url: str
    made_at: datetime
    changed_at: datetime


class NotesOut(BaseModel):
    """One page of your notes; those of a clip or a lesson by their seconds, all of them the newest first."""

    total: int
    page: int
    most: int
    notes: list[NoteOut]


@router.get("/notes")
def list_notes(
    session: Reading,
    who: SignedIn,
    pages: PagesDep,
    clip: WordQuery = "",
    lesson: WordQuery = "",
    q: LineQuery = "",
    page: PageNumber = 1,
) -> NotesOut:
    """Your own notes: of a clip (all at once), of a lesson, with words in them."""
    if clip:
        its = catalog.clip_for(session, who.viewer, clip)
        of = catalog.lesson(session, its.lesson_id)
        found = queries.notes_of_clip(session, who.viewer.person_id or "", its)
        rows = [_out(note_row(one, of, its), pages) for one in found]
        return NotesOut(total=len(rows), page=1, most=rules.NOTES_MOST, notes=rows)
    shown = queries.notes(session, who.viewer, NoteFilters(lesson_id=lesson or None, words=q), page)
    listed = [_out(row, pages) for row in note_rows(shown.items)]
    return NotesOut(total=shown.total, page=shown.number, most=rules.NOTES_MOST, notes=listed)


@router.post("/clips/{clip_id}/notes", status_code=201)
def write_note(
    session: Writing, who: SignedIn, pages: PagesDep, clock: ClockDep, clip_id: str, body: NoteIn
) -> NoteOut:
    """Write a note at a second of a clip."""
    clip = catalog.clip_for(session, who.viewer, clip_id)
    row = actions.write(session, who.viewer.person_id or "", clip, body.at_s, body.text, clock())
    return _out(note_row(row, catalog.lesson(session, clip.lesson_id), clip), pages)


@router.patch("/notes/{note_id}")
def change_note(
    session: Writing, who: SignedIn, pages: PagesDep, clock: ClockDep, note_id: str, body: NoteChange
) -> NoteOut:
    """Change a note of yours."""
    mine = who.viewer.person_id or ""
    row = actions.rewrite(session, mine, note_id, body.version, body.text, clock())
    lessons = catalog.lessons_by_ids(session, who.viewer, [row.lesson_id]) if row.lesson_id else []
    return _out(note_row(row, lessons[0] if lessons else None), pages)


@router.delete("/notes/{note_id}", status_code=204)
def delete_note(session: Writing, who: SignedIn, note_id: str) -> None:
    """Delete a note of yours for good."""
    actions.delete_note(session, who.viewer.person_id or "", note_id)


def _out(row: NoteRow, pages: Pages) -> NoteOut:
    return NoteOut(
        id=row.id,
        version=row.version,
        text=row.text,
        lesson=row.lesson_id,
        title=row.lesson,
        clip=row.clip_id,
        at_s=row.at_s,
        url=pages.at(row.url) if row.url else "",
        made_at=row.made_at,
        changed_at=row.changed_at,
    )
