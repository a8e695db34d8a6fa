"""Taking a clip along: a file that is made when first asked for, and then served like all media."""

from __future__ import annotations

import asyncio
from urllib.parse import quote

import structlog
from starlette.concurrency import run_in_threadpool
from starlette.responses import RedirectResponse, Response

from library.catalog import queries
from library.catalog.clip_cues import cues_of
from library.catalog.rules import CAPTIONED, note_of
from library.catalog.tables import Clip, Lesson
from library.core.database import Database
from library.core.errors import Conflict, WeikeError
from library.core.permits import Viewer
from library.intake.files.downloads import Download, Downloads
from server.web.files.attachments import file_name
from server.web.shown.media_urls import MediaUrls
from transcode.encoding.remux import Labels
from transcode.errors import TranscodeError
from transcode.transcripts.captions import named, to_vtt

log = structlog.get_logger()


async def lead_to_file(
    db: Database, media: MediaUrls, downloads: Downloads, viewer: Viewer, clip_id: str, quality: str
) -> Response:
    """Lead to the file of a clip in one quality, made now if it is not there; raises NotFound where the
    viewer may not watch it, Conflict: clip_not_ready, download_failed."""
    # No transaction stays open while the file is made.
    wanted, address = await run_in_threadpool(_find, db, media, viewer, clip_id, quality)
    try:
        promise = await run_in_threadpool(downloads.make, wanted)
        await asyncio.shield(asyncio.wrap_future(promise))
    except WeikeError:
        raise
    except (TranscodeError, OSError) as error:
        log.error("download failed", clip=clip_id, quality=quality, exc_info=error)
        raise Conflict("download_failed") from error
    return RedirectResponse(address, 303)


def _find(db: Database, media: MediaUrls, viewer: Viewer, clip_id: str, quality: str) -> tuple[Download, str]:
    with db.read() as session:
        clip = queries.clip_for(session, viewer, clip_id)
        if clip.plan is None:
            raise Conflict("clip_not_ready")
        lesson = queries.lesson(session, clip.lesson_id)
        is_timed = lesson.transcript in CAPTIONED
        note = note_of(lesson.transcript)
        captions = to_vtt(named(cues_of(session, clip)), note) if is_timed else ""
        labels = Labels(
            title=_title(lesson, clip),
            lecturer=lesson.lecturer.name if lesson.lecturer else "",
            captions=captions if "-->" in captions else "",
            language=lesson.language,
            captions_name=note,
        )
        wanted = Download(clip.id, clip.plan, quality, labels)
        name = quote(f"{file_name(labels.title)}-{quality}", safe="")
        return wanted, f"{media.of(lesson, clip, wanted.file)}?name={name}"


def _title(lesson: Lesson, clip: Clip) -> str:
    part = f" {clip.n}" if clip.n is not None and len(lesson.clips) > 1 else ""
    return f"{lesson.title}{part}{f' {clip.title}' if clip.title else ''}"
