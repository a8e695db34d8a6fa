"""One's own marks as pages, files and programs show them."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from sqlalchemy.orm import Session

from library.catalog import queries as catalog
from library.catalog.tables import Clip, Lesson
from library.core.clock import local_day
from library.core.permits import Viewer
from library.marks.queries import Kept, Noted, Watched
from library.marks.tables import Note
from library.plays import queries as plays
from server.slices.marks.contexts import FavouriteRow, HistoryRow, NoteRow
from server.web.shown.media_urls import MediaUrls


def history_rows(
    session: Session, viewer: Viewer, watched: Sequence[Watched], media: MediaUrls
) -> tuple[HistoryRow, ...]:
    """Return lines of the history; one statement for all of them."""
    ids = [one.clip.id for one in watched]
    seen = plays.completed_clips(session, viewer.person_id or "", ids)
    return tuple(_history_row(one, media, seen=one.clip.id in seen) for one in watched)


def _history_row(one: Watched, media: MediaUrls, *, seen: bool) -> HistoryRow:
    clip, lesson = one.clip, one.lesson
    length_s = clip.duration_s or clip.end_s - clip.start_s
    # An old cut leads on to where the same moment plays by now; the page of a present one knows the second.
    url = f"/clips/{clip.id}" if clip.n is not None else f"/clips/{clip.id}?t={one.at_s:g}"
    return HistoryRow(
        clip_id=clip.id,
        lesson_id=lesson.id,
        title=lesson.title,
        url=url,
        n=clip.n,
        at_s=one.at_s,
        length_s=length_s,
        at=one.at,
        lecturer=lesson.lecturer.name if lesson.lecturer else None,
        seen=seen,
        picture=media.picture(lesson, clip) if clip.n is not None else None,
    )


def by_day(rows: Sequence[HistoryRow]) -> tuple[tuple[date, tuple[HistoryRow, ...]], ...]:
    """Return lines by their Chinese day, in their order."""
    days: dict[date, list[HistoryRow]] = {}
    for row in rows:
        days.setdefault(local_day(row.at), []).append(row)
    return tuple((day, tuple(its)) for day, its in days.items())


def favourite_rows(kept: Sequence[Kept], media: MediaUrls) -> tuple[FavouriteRow, ...]:
    """Return what is kept as rows."""
    return tuple(_favourite_row(one, media) for one in kept)


def _favourite_row(one: Kept, media: MediaUrls) -> FavouriteRow:
    if not one.seen:
        return FavouriteRow(thing_id=one.thing_id, url="", title="", whole=one.clip is None)
    lesson, clip = one.lesson, one.clip
    pictured = clip or next((each for each in lesson.clips if each.plan), None)
    return FavouriteRow(
        thing_id=one.thing_id,
        url=f"/clips/{clip.id}" if clip is not None else f"/lessons/{lesson.id}",
        title=lesson.title,
        lecturer=lesson.lecturer.name if lesson.lecturer else None,
        n=clip.n if clip is not None else None,
        whole=clip is None,
        length_s=clip.duration_s if clip is not None else lesson.duration_s,
        picture=media.picture(lesson, pictured),
    )


def note_rows(noted: Sequence[Noted]) -> tuple[NoteRow, ...]:
    """Return notes as rows, each with where it plays by now."""
    return tuple(note_row(one.note, one.lesson) for one in noted)


def note_row(note: Note, lesson: Lesson | None, clip: Clip | None = None) -> NoteRow:
    """Return a note as a row; `clip` is the one that plays its second, looked for where it is None."""
    clip = clip or (catalog.clip_at(lesson, note.moment_s) if lesson is not None else None)
    at_s = round(max(0.0, note.moment_s - clip.start_s), 2) if clip is not None else None
    return NoteRow(
        id=note.id,
        version=note.version,
        text=note.text,
        made_at=note.made_at,
        changed_at=note.changed_at,
        lesson_id=lesson.id if lesson is not None else "",
        lesson=lesson.title if lesson is not None else "",
        url=f"/clips/{clip.id}?t={at_s:g}" if clip is not None else "",
        clip_id=clip.id if clip is not None else "",
        n=clip.n if clip is not None else None,
        at_s=at_s,
    )
