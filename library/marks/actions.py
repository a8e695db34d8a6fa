"""The only writer of what people mark for themselves. None of it goes into the ledger of deeds."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import and_, delete, exists, func, literal, or_, select
from sqlalchemy.orm import Session

from library.catalog.tables import Clip, Lesson
from library.core.database import upsert
from library.core.errors import Conflict, Invalid
from library.core.ids import new_id
from library.core.permits import Viewer
from library.core.text import clean_block
from library.marks import queries, rules
from library.marks.tables import Favourite, HistoryChoice, Note, Seen

# ---------------------------------------------------------------------- where somebody stopped


def stop_at(
    session: Session, person_id: str, clip: Clip, at_s: float, said: datetime | None, now: datetime
) -> None:
    """Note where somebody is in a clip; one statement, and the same again changes nothing.

    `said` is when they were there, on the server's clock, None for now. What was later stands, whichever
    comes first. Nothing is noted while the history is paused, nor of what was before it was deleted.
    """
    at = rules.moment_of(said, now)
    if at is None:
        return
    refused = exists().where(
        HistoryChoice.person_id == person_id, or_(HistoryChoice.paused, HistoryChoice.forgotten_to >= at)
    )
    row = select(
        literal(person_id), literal(clip.id), literal(_place(clip, at_s)), literal(at, Seen.at.type)
    ).where(~refused)
    new = upsert(session, Seen).from_select(["person_id", "clip_id", "at_s", "at"], row)
    session.execute(
        new.on_conflict_do_update(
            index_elements=["person_id", "clip_id"],
            set_={"at_s": new.excluded.at_s, "at": new.excluded.at},
            where=Seen.at < new.excluded.at,
        )
    )


@dataclass(frozen=True)
class Brought:
    """Where somebody was in a clip, as their device remembers it since `ago_s` seconds."""

    clip_id: str
    at_s: float
    ago_s: float


def bring(session: Session, viewer: Viewer, brought: Sequence[Brought], now: datetime) -> int:
    """Take places of a device into the viewer's account; returns of how many clips that was.

    Of each clip that they may see the later place stands, the same again changes nothing, nothing is counted.
    Raises Conflict: "places_many" beyond rules.BROUGHT_MOST, "places_paused" while their history is paused.
    """
    if len(brought) > rules.BROUGHT_MOST:
        raise Conflict("places_many", most=rules.BROUGHT_MOST)
    person_id = str(viewer.person_id)
    choice = queries.choice_of(session, person_id)
    if choice is not None and choice.paused:
        raise Conflict("places_paused")
    forgotten_to = choice.forgotten_to if choice is not None else None
    clips = {one.id: one for one in queries.clips_seen_by(session, viewer, {one.clip_id for one in brought})}
    latest: dict[str, dict[str, object]] = {}
    for one in sorted(brought, key=lambda one: -one.ago_s):
        clip, at = clips.get(one.clip_id), rules.moment_ago(one.ago_s, now)
        if clip is None or at is None or (forgotten_to is not None and at <= forgotten_to):
            continue
        latest[clip.id] = {
            "person_id": person_id,
            "clip_id": clip.id,
            "at_s": _place(clip, one.at_s),
            "at": at,
        }
    if latest:
        new = upsert(session, Seen).values(list(latest.values()))
        session.execute(
            new.on_conflict_do_update(
                index_elements=["person_id", "clip_id"],
                set_={"at_s": new.excluded.at_s, "at": new.excluded.at},
                # Sent again, what was there a moment ago is the same place, and not a later one.
                where=and_(Seen.at < new.excluded.at, Seen.at_s != new.excluded.at_s),
            )
        )
    return len(latest)


def _place(clip: Clip, at_s: float) -> float:
    length_s = clip.duration_s or clip.end_s - clip.start_s
    return round(min(max(0.0, at_s), length_s), 2)


def forget_clip(session: Session, person_id: str, clip_id: str) -> None:
    """Take one clip out of somebody's history, and where they were in it."""
    session.execute(delete(Seen).where(Seen.person_id == person_id, Seen.clip_id == clip_id))


def forget_all(session: Session, person_id: str, now: datetime) -> None:
    """Delete somebody's history; what a player still tells of the time before is not noted any more."""
    session.execute(delete(Seen).where(Seen.person_id == person_id))
    _choose(session, person_id, forgotten_to=now)


def pause(session: Session, person_id: str, *, paused: bool) -> None:
    """Keep no history of somebody from now on, or do so again; what is there stays."""
    _choose(session, person_id, paused=paused)


def _choose(session: Session, person_id: str, **values: object) -> None:
    row = upsert(session, HistoryChoice).values(**{"paused": False, "person_id": person_id, **values})
    session.execute(row.on_conflict_do_update(index_elements=["person_id"], set_=values))


def sweep(session: Session, now: datetime) -> int:
    """Forget places that are older than rules.HISTORY_KEPT, and of each person all but the newest
    rules.HISTORY_MOST; returns how many were forgotten."""
    place = func.row_number().over(partition_by=Seen.person_id, order_by=(Seen.at.desc(), Seen.clip_id))
    numbered = select(Seen.person_id, Seen.clip_id, place.label("n")).subquery()
    beyond = exists().where(
        numbered.c.person_id == Seen.person_id,
        numbered.c.clip_id == Seen.clip_id,
        numbered.c.n > rules.HISTORY_MOST,
    )
    gone = delete(Seen).where((Seen.at < now - rules.HISTORY_KEPT) | beyond).returning(Seen.clip_id)
    return len(session.scalars(gone.execution_options(synchronize_session=False)).all())


# ---------------------------------------------------------------------- what somebody keeps


def keep(session: Session, person_id: str, lesson: Lesson, clip: Clip | None, now: datetime) -> None:
    """Keep a lesson, or one clip of it; twice is once. Raises Conflict("favourites_many")."""
    if queries.count_favourites(session, person_id) >= rules.FAVOURITES_MOST:
        if queries.is_kept(session, person_id, clip.id if clip else lesson.id):
            return
        raise Conflict("favourites_many", most=rules.FAVOURITES_MOST)
    row = upsert(session, Favourite).values(
        person_id=person_id,
        thing_id=clip.id if clip else lesson.id,
        lesson_id=lesson.id,
        clip_id=clip.id if clip else None,
        at=now,
    )
    session.execute(row.on_conflict_do_nothing(index_elements=["person_id", "thing_id"]))


def let_go(session: Session, person_id: str, thing_id: str) -> None:
    """Keep a lesson or a clip no more."""
    session.execute(delete(Favourite).where(Favourite.person_id == person_id, Favourite.thing_id == thing_id))


# ---------------------------------------------------------------------- notes


def write(session: Session, person_id: str, clip: Clip, at_s: float, text: str, now: datetime) -> Note:
    """Write a note at a second of a clip; raises Invalid: empty, too_long, note_second, and
    Conflict("notes_many")."""
    said = _said(text)
    if not 0.0 <= at_s <= clip.end_s - clip.start_s + 1.0:
        raise Invalid("note_second", field="at")
    if queries.count_notes(session, person_id) >= rules.NOTES_MOST:
        raise Conflict("notes_many", most=rules.NOTES_MOST)
    row = Note(
        id=new_id(),
        person_id=person_id,
        lesson_id=clip.lesson_id,
        moment_s=round(min(clip.start_s + at_s, clip.end_s - 0.01), 2),
        text=said,
        version=1,
        made_at=now,
        changed_at=now,
    )
    session.add(row)
    session.flush()
    return row


def rewrite(session: Session, person_id: str, note_id: str, version: int, text: str, now: datetime) -> Note:
    """Change a note of one's own; raises NotFound, Invalid, Conflict("note_changed") where it was changed
    elsewhere meanwhile."""
    row = queries.own_note(session, person_id, note_id, held=True)
    said = _said(text)
    if row.text == said:
        return row
    if row.version != version:
        raise Conflict("note_changed", version=row.version)
    row.text, row.changed_at = said, now
    row.version += 1
    session.flush()
    return row


def delete_note(session: Session, person_id: str, note_id: str) -> None:
    """Delete a note of one's own for good; raises NotFound."""
    session.delete(queries.own_note(session, person_id, note_id, held=True))
    session.flush()


def _said(text: str) -> str:
    said = clean_block(text, "text", rules.NOTE_MAX)
    if not said:
        raise Invalid("empty", field="text")
    return said
