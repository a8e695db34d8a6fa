"""Photos of a gathering under /api/v1: those of the page, given and taken away by whoever keeps its list."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated

from fastapi import APIRouter, File, Response, UploadFile
from pydantic import BaseModel

from library.core.clock import CHINA
from library.gatherings import queries as gatherings
from library.records import photos
from library.records.tables import RecordPhoto
from server.slices.screening.photos import PhotographsDep
from server.web.deps import ClockDep, DatabaseDep, PagesDep, Reading, SignedIn, Writing
from server.web.limits.fields import LineForm
from server.web.pages import Pages

router = APIRouter(prefix="/api/v1/gatherings/{gathering_id}/photos", tags=["gatherings"])


class PhotoOut(BaseModel):
    """A photo: a JPEG of our own making at `url`, for whoever may know of the gathering."""

    id: str
    caption: str
    width: int
    height: int
    put_at: datetime
    url: str


class PhotosOut(BaseModel):
    """The photos of a gathering, the first given first, at most `most`; none is ever asked for."""

    photos: list[PhotoOut]
    most: int


def _out(row: RecordPhoto, pages: Pages) -> PhotoOut:
    return PhotoOut(
        id=row.id,
        caption=row.caption,
        width=row.width,
        height=row.height,
        put_at=row.put_at.astimezone(CHINA),
        url=pages.at(f"/gatherings/{row.gathering_id}/photos/{row.id}.jpg"),
    )


@router.get("")
def list_photos(session: Reading, who: SignedIn, pages: PagesDep, gathering_id: str) -> PhotosOut:
    """The photos of a gathering that you may know of."""
    gatherings.seen(session, who.viewer, gathering_id)
    rows = photos.of(session, gathering_id)
    return PhotosOut(photos=[_out(row, pages) for row in rows], most=photos.MOST_PHOTOS)


@router.post("", status_code=201, responses={200: {"model": PhotoOut}})
def add_photo(
    db: DatabaseDep,
    who: SignedIn,
    pages: PagesDep,
    clock: ClockDep,
    photographs: PhotographsDep,
    response: Response,
    gathering_id: str,
    file: Annotated[UploadFile | None, File()] = None,
    caption: LineForm = "",
) -> PhotoOut:
    """Give a photo (JPEG, PNG or WebP), if you keep the list: only its picture stays, no place, moment or
    phone. The same photo again is the one that is there already, with status 200 and its own caption."""
    picture = photographs.of(gathering_id, file)
    with db.write() as session:
        row, new = photos.put(session, who.viewer, gathering_id, caption, picture, clock())
        if not new:
            response.status_code = 200
        return _out(row, pages)


@router.delete("/{photo_id}", status_code=204)
def remove_photo(session: Writing, who: SignedIn, gathering_id: str, photo_id: str) -> None:
    """Delete a photo, if you keep the list; nothing of it stays."""
    photos.remove(session, who.viewer, gathering_id, photo_id)
