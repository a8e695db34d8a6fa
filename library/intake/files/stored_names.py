"""What a copy of the library must hold besides its rows: the files that rows name.

Names begin with where a file lies: `objects/` is the object store, `uploads/` the folder of uploads.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from sqlalchemy import inspect, select
from sqlalchemy.orm import Session

from library.catalog import covers
from library.catalog.tables import Clip, Lesson
from library.intake.files.objects import clip_prefix
from library.intake.rules import BUSY, RecordingState
from library.intake.tables import Original, Recording
from library.versions import queries as versions
from library.versions.tables import KeptCover
from library.works.places import file_key, page_key
from library.works.tables import LessonFile

OBJECTS, UPLOADS = "objects/", "uploads/"
MASTER = "master.m3u8"


@dataclass(frozen=True)
class WaitingUpload:
    """An upload whose bytes nobody has taken in yet; `whole_at_bytes` is how many they are when all are here.

    `arriving`: the browser still has them and goes on from what is here.
    """

    upload_id: str
    whole_at_bytes: int
    arriving: bool


def needed(session: Session) -> Iterator[tuple[str, ...]]:
    """Yield what the rows need, each as names of which one has to be there.

    Columns are asked for, not whole rows: the tables may be those of an older version.
    """
    clips = select(Clip.id, Clip.plan).where(Clip.plan.is_not(None))
    for clip_id, plan in session.execute(clips):
        yield (f"{OBJECTS}{clip_prefix(clip_id, str(plan))}/{MASTER}",)
    yield from _covers(session)
    if inspect(session.connection()).has_table(LessonFile.__tablename__):
        files = select(LessonFile.lesson_id, LessonFile.id, LessonFile.drawn)
        for lesson_id, file_id, drawn in session.execute(files):
            yield (f"{OBJECTS}{file_key(lesson_id, file_id)}",)
            yield from ((f"{OBJECTS}{page_key(lesson_id, file_id, n)}",) for n in range(1, drawn + 1))
    rows = select(Recording.state, Recording.upload_id, Original.key).outerjoin(
        Original, Original.sha256 == Recording.sha256
    )
    for state, upload_id, key in session.execute(rows):
        places = [f"{OBJECTS}{key}"] if key else []
        # Killed between the row and the file's move, the bytes are still where they were received.
        if upload_id and (key or state in BUSY):
            places.append(f"{UPLOADS}{upload_id}")
        if places:
            yield tuple(places)


def _covers(session: Session) -> Iterator[tuple[str, ...]]:
    looked = inspect(session.connection())
    if "cover" not in {column["name"] for column in looked.get_columns(Clip.__tablename__)}:
        return
    of_clips = session.execute(select(Clip.id, Clip.cover).where(Clip.cover != ""))
    of_lessons = map(covers.parted, session.scalars(select(Lesson.cover).where(Lesson.cover != "")))
    kept = versions.covers_kept(session) if looked.has_table(KeptCover.__tablename__) else ()
    for clip_id, name in {*((one, name) for one, name in of_clips), *filter(None, of_lessons), *kept}:
        yield from ((f"{OBJECTS}{clip_prefix(clip_id, name)}/{file}",) for file in covers.FILES)


def taken_in(session: Session, upload_id: str) -> str | None:
    """Return the key of the original that an upload has become; None when it has not, or is gone."""
    key = select(Original.key).join(Recording, Recording.sha256 == Original.sha256)
    return session.scalar(key.where(Recording.upload_id == upload_id))


def waiting_uploads(session: Session) -> list[WaitingUpload]:
    """Return the uploads that are not among the originals yet."""
    rows = select(Recording.upload_id, Recording.size_bytes, Recording.state).where(
        Recording.upload_id.is_not(None), Recording.state != RecordingState.READY
    )
    return [
        WaitingUpload(upload_id, size_bytes, state is RecordingState.RECEIVING)
        for upload_id, size_bytes, state in session.execute(rows)
        if upload_id
    ]
