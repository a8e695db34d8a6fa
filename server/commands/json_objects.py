"""The objects that commands print as JSON; docs/cli.md documents them, so change both."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from obstore.store import ObjectStore
from sqlalchemy.orm import Session

from library.catalog import queries as catalog
from library.catalog import transcript_queries as given
from library.catalog.tables import Clip, Lesson
from library.finding.hits import FoundRow
from library.intake import queries as intake
from library.intake import transcripts
from library.intake.objects import clip_prefix, local_root
from server.commands.administrator import machine
from server.web.language.i18n import Catalogue
from server.web.media_urls import MediaUrls
from server.web.remarks import warnings_of
from transcode.remarks import Remark

MASTER = "master.m3u8"


def lesson_object(
    session: Session, lesson_id: str, media: MediaUrls, base_url: str, store: ObjectStore
) -> dict[str, Any]:
    """Return a lesson with its recording and clips; raises NotFound.

    Clips in a store that is a folder of this machine have the files' paths, too.
    """
    lesson = catalog.lesson_for(session, machine(session), lesson_id)
    recording = intake.recording_of(session, lesson_id)
    root = local_root(store)
    return {
        "lesson": lesson.id,
        "recording": recording.id if recording else None,
        "state": recording.state if recording else "none",
        "title": lesson.title,
        "lesson_state": lesson.state,
        "duration_s": lesson.duration_s,
        "clips": [_clip_object(lesson, clip, media, base_url, root) for clip in lesson.clips],
    }


def account_object(
    session: Session, lesson_id: str, catalogue: Catalogue, remarks: Sequence[Remark] = ()
) -> dict[str, Any]:
    """Return how many lines the transcript in use has (None: there is none), and what is to be known.

    `remarks` are said before those of the lesson itself, which are not said twice.
    """
    lesson = catalog.lesson(session, lesson_id)
    version = given.version_in_use(session, lesson_id)
    codes = {remark.code for remark in remarks}
    own = [remark for remark in transcripts.lesson_account(session, lesson) if remark.code not in codes]
    return {
        "cues": None if version is None else version.cues,
        "warnings": [one.model_dump() for one in warnings_of((*remarks, *own), catalogue)],
    }


def _clip_object(
    lesson: Lesson, clip: Clip, media: MediaUrls, base_url: str, root: Path | None
) -> dict[str, Any]:
    said: dict[str, Any] = {
        "id": clip.id,
        "n": clip.number,
        "title": clip.title,
        "start_s": round(clip.start_s, 3),
        "end_s": round(clip.end_s, 3),
        "duration_s": None if clip.duration_s is None else round(clip.duration_s, 3),
        "master": None,
    }
    if clip.plan is None:
        return said
    said["master"] = base_url + media.of(lesson, clip, MASTER)
    if root is not None:
        said["master_file"] = str(root / clip_prefix(clip.id, clip.plan) / MASTER)
    return said


def hit_object(row: FoundRow, base_url: str) -> dict[str, Any]:
    """Return a search hit.

    A clip in which only the title or the summary fits is opened at its beginning; a lesson without clips has
    no seconds at all.
    """
    start_s, lesson_start_s = row.best.start_s, row.best.lesson_start_s
    if row.clip is not None and start_s is None:
        start_s, lesson_start_s = 0.0, row.clip.start_s
    return {
        "lesson": row.lesson.id,
        "state": row.lesson.state,
        "clip": row.clip.id if row.clip else None,
        "clip_n": row.clip.number if row.clip else None,
        "title": row.lesson.title,
        "lecturer": row.lesson.lecturer.name if row.lesson.lecturer else None,
        "date": row.lesson.taught_on.isoformat() if row.lesson.taught_on else None,
        "start_s": None if start_s is None else round(start_s, 3),
        "lesson_start_s": None if lesson_start_s is None else round(lesson_start_s, 3),
        "quote": row.best.quote,
        "source": row.best.source,
        "score": round(row.score, 6),
        "views": row.views,
        "url": f"{base_url}{row.path}",
    }
