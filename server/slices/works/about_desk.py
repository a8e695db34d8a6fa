"""Staff write some lines of a lecturer or a topic, and give them a picture."""

from __future__ import annotations

from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Annotated

from fastapi import APIRouter, Depends, File, Request, UploadFile
from sqlalchemy.orm import Session
from starlette.responses import Response

from library.catalog.tables import Lecturer, Topic
from library.core.errors import Invalid, NotFound
from library.studio.covering.painter import CoverPainter
from library.works import abouts
from library.works.rules import ABOUT_MAX, PICTURE_MAX_BYTES, PICTURE_SIZES, Theirs
from server.settings import Settings
from server.slices.works.contexts import AboutEditPage
from server.web.deps import ClockDep, DatabaseDep, Describer, PagesDep, PainterDep, Reading, SettingsDep
from server.web.form_door import FormDoor
from server.web.limits.fields import BlockForm, WordForm
from server.web.parts import RefusedForm

router = APIRouter(include_in_schema=False)

_YEAR = {"cache-control": "public, max-age=31536000, immutable"}
_PIECE = 256 * 1024
Upload = Annotated[UploadFile | None, File()]


class AboutDoor(FormDoor):
    """Shows staff the form of a lecturer or a topic, and keeps what they write."""

    def __init__(
        self,
        request: Request,
        who: Describer,
        pages: PagesDep,
        clock: ClockDep,
        db: DatabaseDep,
        settings: SettingsDep,
        painter: PainterDep,
    ) -> None:
        super().__init__(request, who, pages, clock, db)
        self._settings: Settings = settings
        self._painter: CoverPainter = painter

    def page(
        self, session: Session, what: Theirs, its_id: str, refused: RefusedForm | None = None
    ) -> AboutEditPage:
        """Return the form; raises NotFound."""
        row: Lecturer | Topic | None
        row = session.get(Lecturer, its_id) if what == "lecturer" else session.get(Topic, its_id)
        if row is None:
            raise NotFound
        told = abouts.told(session, its_id)
        return AboutEditPage(
            frame=self.frame(session),
            what=what,
            id=its_id,
            name=row.name,
            text=refused.typed["text"] if refused is not None else told.text,
            picture=told.sha256,
            text_max=ABOUT_MAX,
            most_bytes=PICTURE_MAX_BYTES,
            refused=refused,
        )

    def change_it(
        self, what: Theirs, its_id: str, text: str, upload: UploadFile | None, remove: bool
    ) -> Response:
        """Keep the lines, and the picture where there is one."""

        def act(session: Session) -> str:
            abouts.describe(session, self.viewer, what, its_id, text, self.clock())
            if data is not None or remove:
                abouts.put_picture(session, self.viewer, what, its_id, data, self.clock())
            return f"/{what}s/{its_id}"

        def again(session: Session, refused: RefusedForm | None) -> AboutEditPage:
            return self.page(session, what, its_id, refused)

        try:
            data = self._written(upload, PICTURE_SIZES[what]) if upload is not None and upload.size else None
        except Invalid as error:
            return self.refuse(error, "about", again, {"text": text})
        return self.change(act, "saved", "about", again, {"text": text})

    def _written(self, upload: UploadFile, size: tuple[int, int]) -> bytes:
        """Return a picture as we write it: of the file only its pixels stay. Raises Invalid, Throttled."""
        self._settings.work_folder.mkdir(parents=True, exist_ok=True)
        with TemporaryDirectory(prefix="about-", dir=self._settings.work_folder) as folder:
            file, taken = Path(folder) / "file", 0
            with file.open("wb") as out:
                while piece := upload.file.read(_PIECE):
                    taken += len(piece)
                    if taken > PICTURE_MAX_BYTES:
                        raise Invalid("cover_too_large", field="file", most_bytes=PICTURE_MAX_BYTES)
                    out.write(piece)
            return self._painter.fitted(file, size, person_id=self.viewer.person_id)


AboutDoorDep = Annotated[AboutDoor, Depends()]


@router.get("/lecturers/{lecturer_id}/about")
def lecturer(door: AboutDoorDep, session: Reading, lecturer_id: str) -> Response:
    """The form of a lecturer."""
    return door.show(door.page(session, "lecturer", lecturer_id))


@router.get("/topics/{topic_id}/about")
def topic(door: AboutDoorDep, session: Reading, topic_id: str) -> Response:
    """The form of a topic."""
    return door.show(door.page(session, "topic", topic_id))


@router.post("/lecturers/{lecturer_id}/about")
def put_lecturer(
    door: AboutDoorDep, lecturer_id: str, text: BlockForm = "", file: Upload = None, remove: WordForm = ""
) -> Response:
    """Write some lines of a lecturer, with a photo or without."""
    return door.change_it("lecturer", lecturer_id, text, file, remove == "yes")


@router.post("/topics/{topic_id}/about")
def put_topic(
    door: AboutDoorDep, topic_id: str, text: BlockForm = "", file: Upload = None, remove: WordForm = ""
) -> Response:
    """Write some lines of a topic, with a picture or without."""
    return door.change_it("topic", topic_id, text, file, remove == "yes")


@router.get("/about-pictures/{sha256}.jpg")
def picture(session: Reading, sha256: str) -> Response:
    """A picture, as we wrote it: under the name of its very bytes."""
    found = abouts.picture(session, sha256)
    if found is None:
        raise NotFound
    return Response(found, media_type="image/jpeg", headers=_YEAR)
