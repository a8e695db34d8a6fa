"""Taking a clip along, from its page."""

from __future__ import annotations

from fastapi import APIRouter
from starlette.responses import Response

from library.core.errors import NotFound
from server.web.deps import DatabaseDep, DownloadsDep, MediaDep, SettingsDep, WhoDep
from server.web.limits.fields import WordQuery
from server.web.shown.clip_files import lead_to_file

router = APIRouter(include_in_schema=False)


@router.get("/clips/{clip_id}/download")
async def download(
    who: WhoDep,
    media: MediaDep,
    settings: SettingsDep,
    db: DatabaseDep,
    downloads: DownloadsDep,
    clip_id: str,
    quality: WordQuery = "",
) -> Response:
    """Lead to the file of a clip in one quality, for whoever may watch it."""
    if not settings.downloads:
        raise NotFound
    return await lead_to_file(db, media, downloads, who.viewer, clip_id, quality)
