"""Photos of a gathering: seen by whom it concerns, given by who keeps its list. Nobody is asked for one."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Depends, File, UploadFile
from sqlalchemy.orm import Session
from starlette.responses import Response

from library.core.errors import Conflict, Invalid
from library.gatherings import queries as gatherings
from library.gatherings.rules import GatheringState
from library.records import photos
from library.records.tables import CAPTION_MAX
from server.slices.screening.contexts import PhotosPage
from server.slices.screening.presenting import photo_views
from server.web.deps import Reading
from server.web.form_door import FormDoor
from server.web.limits.fields import LineForm
from server.web.parts import RefusedForm

router = APIRouter(include_in_schema=False)

DoorDep = Annotated[FormDoor, Depends()]


def _page(
    door: FormDoor, session: Session, gathering_id: str, refused: RefusedForm | None = None
) -> PhotosPage:
    found = gatherings.seen(session, door.viewer, gathering_id)
    its = photo_views(session, gathering_id)
    met = found.gathering.state in (GatheringState.OPEN, GatheringState.ENDED)
    return PhotosPage(
        frame=door.frame(session),
        gathering_id=gathering_id,
        title=found.gathering.title,
        photos=its,
        may_keep=found.hosts,
        may_add=found.hosts and met and len(its) < photos.MOST_PHOTOS,
        most=photos.MOST_PHOTOS,
        most_bytes=photos.PHOTO_BYTES,
        caption_max=CAPTION_MAX,
        refused=refused,
    )


@router.get("/gatherings/{gathering_id}/photos")
def listed(door: DoorDep, session: Reading, gathering_id: str) -> Response:
    """The photos of a gathering."""
    return door.show(_page(door, session, gathering_id))


@router.post("/gatherings/{gathering_id}/photos")
def add(
    door: DoorDep,
    gathering_id: str,
    caption: LineForm = "",
    file: Annotated[UploadFile | None, File()] = None,
) -> Response:
    """Give a photo: only its picture is kept."""

    def page(session: Session, refused: RefusedForm | None) -> PhotosPage:
        return _page(door, session, gathering_id, refused)

    with door.db.read() as session:
        gatherings.kept(session, door.viewer, gathering_id)
    try:
        picture = photos.rewritten(b"" if file is None else file.file.read(photos.PHOTO_BYTES + 1))
        with door.db.write() as session:
            photos.put(session, door.viewer, gathering_id, caption, picture, door.clock())
    except (Invalid, Conflict) as error:
        return door.refuse(error, "photo", page, {"caption": caption})
    return door.pages.redirect(f"/gatherings/{gathering_id}/photos", "photo_kept")


@router.get("/gatherings/{gathering_id}/photos/{photo_id}.jpg")
def picture(door: DoorDep, session: Reading, gathering_id: str, photo_id: str) -> Response:
    """One photo, for whoever may know of the gathering."""
    row = photos.seen(session, door.viewer, gathering_id, photo_id)
    return Response(row.data, media_type="image/jpeg", headers={"cache-control": "private, no-store"})


@router.post("/gatherings/{gathering_id}/photos/{photo_id}/remove")
def remove(door: DoorDep, gathering_id: str, photo_id: str) -> Response:
    """Delete a photo."""
    with door.db.write() as session:
        photos.remove(session, door.viewer, gathering_id, photo_id)
    return door.pages.redirect(f"/gatherings/{gathering_id}/photos", "photo_removed")
