"""Taking in a file that belongs to a lesson: looked into beside the pages, then moved into the store."""

from __future__ import annotations

import hashlib
import shutil
from collections.abc import Collection
from pathlib import Path
from typing import Annotated

from fastapi import Depends, UploadFile

from library.core.errors import Invalid, TooLarge
from library.core.ids import new_id
from library.intake.files.objects import delete_path, delete_prefix, keep_file
from library.works.files import Stored
from library.works.formats import FileFormat
from library.works.places import file_key, folder_of, page_key
from library.works.rules import shown_name
from server.web.deps import FilesDep, SettingsDep, StoreDep, WhoDep

_PIECE = 2**20


class Receiving:
    """Takes in what somebody brings. What comes of it lies in the store before a row names it."""

    def __init__(self, who: WhoDep, store: StoreDep, reader: FilesDep, settings: SettingsDep) -> None:
        self._who, self._store, self._reader, self._settings = who, store, reader, settings

    def take(
        self,
        upload: UploadFile | None,
        lesson_id: str,
        *,
        most_bytes: int,
        accepted: Collection[FileFormat],
        refusal: str,
        otherwise: str,
    ) -> Stored:
        """Return a file that is stored now; `otherwise` is its name where its own leaves nothing.

        Raises Invalid("material_..."; `refusal` for a format that is not accepted), Throttled, TooLarge.
        """
        if upload is None or not (upload.filename or upload.size):
            raise Invalid("material_missing", field="file")
        file_id = new_id()
        folder = self._settings.work_folder / f"material-{file_id}"
        folder.mkdir(parents=True)
        try:
            size, sha256 = self._copy(upload, folder / "file", most_bytes)
            looked = self._reader.look(folder / "file", person_id=self._who.viewer.person_id)
            if looked.format not in accepted:
                raise Invalid(refusal, field="file")
            keep_file(self._store, folder / "file", file_key(lesson_id, file_id))
            for n, picture in enumerate(looked.drawn, start=1):
                page = folder / str(n)
                page.write_bytes(picture)
                keep_file(self._store, page, page_key(lesson_id, file_id, n))
        except BaseException:
            self.give_back(lesson_id, file_id)
            raise
        finally:
            delete_path(folder)
        name = shown_name(upload.filename or "", otherwise)
        drawn = len(looked.drawn)
        return Stored(
            file_id, name, looked.format, size, sha256, looked.pages, drawn, looked.words, looked.read
        )

    def give_back(self, lesson_id: str, file_id: str) -> None:
        """Take away what no row will name."""
        delete_prefix(self._store, folder_of(lesson_id, file_id))

    def _copy(self, upload: UploadFile, file: Path, most_bytes: int) -> tuple[int, str]:
        size, digest = 0, hashlib.sha256()
        with file.open("wb") as out:
            while piece := upload.file.read(_PIECE):
                size += len(piece)
                if size > most_bytes:
                    raise Invalid("material_too_large", field="file", most_bytes=most_bytes)
                digest.update(piece)
                out.write(piece)
        if shutil.disk_usage(file.parent).free < self._settings.keep_free_bytes:
            raise TooLarge("material_no_room")
        return size, digest.hexdigest()


ReceivingDep = Annotated[Receiving, Depends()]
