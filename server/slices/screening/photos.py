"""Photos of a gathering: seen by whom it concerns, given by who keeps its list. Nobody is asked for one."""

from __future__ import annotations

from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Annotated

from fastapi import APIRouter, Depends, File, UploadFile
from sqlalchemy.orm import Session
from starlette.responses import Response

from library.core.errors import Conflict, Invalid, Throttled
from library.gatherings import queries as gatherings
from library.gatherings.rules import GatheringState
from library.records import photos
from library.records.picturing.drawing import PHOTO_BYTES, Picture
from library.records.tables import CAPTION_MAX
from server.slices.screening.contexts import PhotosPage
from server.slices.screening.presenting import photo_views
from server.web.deps import DatabaseDep, DrawerDep, Reading, SettingsDep, SignedIn
from server.web.form_door import FormDoor
from server.web.limits.fields import LineForm
from server.web.parts import RefusedForm

router = APIRouter(include_in_schema=False)

_PIECE = 256 * 1024


class Photographs:
    """Brings what somebody gives to those who draw it anew; nothing of it is opened in this process."""

    def __init__(self, who: SignedIn, db: DatabaseDep, drawer: DrawerDep, settings: SettingsDep) -> None:
        self._viewer, self._db, self._drawer, self._settings = who.viewer, db, drawer, settings

    def of(self, gathering_id: str, upload: UploadFile | None) -> Picture:
        """Return what is kept of a photo; raises NotFound unless the viewer keeps the gathering's list,
        Invalid("photo_..."), Throttled."""
        with self._db.read() as session:
            gatherings.kept(session, self._viewer, gathering_id)
        if upload is None:
            raise Invalid("photo_missing", field="file")
        self._settings.work_folder.mkdir(parents=True, exist_ok=True)
        with TemporaryDirectory(prefix="photo-", dir=self._settings.work_folder) as folder:
            file, taken = Path(folder) / "file", 0
            with file.open("wb") as out:
                while piece := upload.file.read(_PIECE):
                    taken += len(piece)
                    if taken > PHOTO_BYTES:
                        raise Invalid("photo_large", field="file", most_bytes=PHOTO_BYTES)
                    out.write(piece)
            return self._drawer.drawn(file, person_id=self._viewer.person_id)


PhotographsDep = Annotated[Photographs, Depends()]

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
        most_bytes=PHOTO_BYTES,
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
    photographs: PhotographsDep,
    gathering_id: str,
    caption: LineForm = "",
    file: Annotated[UploadFile | None, File()] = None,
) -> Response:
    """Give a photo: only its picture is kept."""

    def page(session: Session, refused: RefusedForm | None) -> PhotosPage:
        return _page(door, session, gathering_id, refused)

    try:
        picture = photographs.of(gathering_id, file)
        with door.db.write() as session:
            new = photos.put(session, door.viewer, gathering_id, caption, picture, door.clock())[1]
    except (Invalid, Conflict, Throttled) as error:
        return door.refuse(error, "photo", page, {"caption": caption})
    return door.pages.redirect(f"/gatherings/{gathering_id}/photos", "photo_kept" if new else "photo_known")


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
