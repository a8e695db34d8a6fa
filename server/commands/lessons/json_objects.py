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
from library.hearing import queries as hearing
from library.intake import queries as intake
from library.intake.files.objects import clip_prefix, local_root
from server.commands.administrator import machine
from server.settings import Settings
from server.web.language.i18n import Catalogue
from server.web.shown.media_urls import MediaUrls
from server.web.shown.recognition import unasked
from server.web.shown.remarks import warnings_of
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
    session: Session,
    settings: Settings,
    lesson_id: str,
    catalogue: Catalogue,
    remarks: Sequence[Remark] = (),
) -> dict[str, Any]:
    """Return how many lines the transcript in use has (None: there is none), and what is to be known.

    `remarks` are said before those of the lesson itself, which are not said twice.
    """
    lesson = catalog.lesson(session, lesson_id)
    version = given.version_in_use(session, lesson_id)
    codes = {remark.code for remark in remarks}
    account = (*hearing.lesson_account(session, lesson), *unasked(session, settings, lesson))
    own = [remark for remark in account if remark.code not in codes]
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
