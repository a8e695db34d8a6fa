"""weike import: series, honours and materials of the rows that were imported."""

from __future__ import annotations

import hashlib
import shutil
from collections import defaultdict
from collections.abc import Mapping, Sequence
from contextlib import closing
from pathlib import Path

from library.catalog import queries as catalog
from library.catalog.actions import touch
from library.core.clock import local_day
from library.core.errors import Conflict, Invalid, Throttled
from library.core.ids import new_id
from library.intake.arriving import imported_works
from library.intake.arriving.imported_works import WorksSaid
from library.intake.arriving.manifest import Row
from library.intake.files.objects import delete_path, delete_prefix, keep_file
from library.versions import actions as versions
from library.works import files
from library.works.files import Stored
from library.works.formats import FileFormat
from library.works.places import file_key, folder_of, page_key
from library.works.reading.reader import FileReader
from library.works.rules import MATERIAL_MAX_BYTES, shown_name
from server.commands.administrator import machine
from server.wiring import Ports
from transcode.remarks import Remark

_SHOWN = 80

Done = Mapping[int, tuple[bool, tuple[Remark, ...]]]
"""By the line of a row: whether anything of its lesson changed, and what could not be done."""


def bring_works(ports: Ports, rows: Sequence[Row], folder: Path) -> Done:
    """Give the lessons of rows what the manifest says of works; a row of which something cannot be done keeps
    the rest, and is told of."""
    done: dict[int, tuple[bool, tuple[Remark, ...]]] = {}
    places: dict[str, dict[str, int]] = defaultdict(dict)
    this_year = local_day(ports.clock()).year
    with closing(FileReader()) as reader:
        for row in rows:
            works, said = imported_works.read_works(row, folder, this_year)
            if not works.something and not said:
                continue
            with ports.db.write() as session:
                lesson = catalog.lesson_by_key(session, row.key)
                if lesson is None:
                    continue
                lesson_id = lesson.id
                versions.keep_present(session, lesson)
                changed, more = imported_works.put_works(
                    session, machine(session), lesson_id, works, ports.clock()
                )
            if works.series and works.episode is not None:
                places[works.series][lesson_id] = works.episode
            added, missed = _materials(ports, reader, lesson_id, works)
            if changed or added:
                with ports.db.write() as session:
                    lesson = catalog.lesson(session, lesson_id)
                    touch(session, lesson)
                    versions.record_straight(session, lesson, ports.clock())
            done[row.line] = (changed or added, (*said, *more, *missed))
    for name, told in places.items():
        with ports.db.write() as session:
            imported_works.order_series(session, machine(session), name, told, ports.clock())
    return done


def _materials(
    ports: Ports, reader: FileReader, lesson_id: str, works: WorksSaid
) -> tuple[bool, tuple[Remark, ...]]:
    added, missed = False, []
    for file in works.materials:
        try:
            added = _material(ports, reader, lesson_id, file) or added
        except _TakenAway:
            missed.append(Remark("import_material_removed", 1, {"name": file.name[:_SHOWN]}))
        except (Invalid, Conflict, Throttled, OSError):
            missed.append(Remark("import_material", 1, {"name": file.name[:_SHOWN]}))
    return added, tuple(missed)


class _TakenAway(Exception):
    """The lesson had this file, and somebody took it away."""


def _material(ports: Ports, reader: FileReader, lesson_id: str, file: Path) -> bool:
    """Take in a file; returns False for one that the lesson has already. Raises _TakenAway."""
    size = file.stat().st_size
    if size > MATERIAL_MAX_BYTES:
        raise Invalid("material_too_large", field="file", most_bytes=MATERIAL_MAX_BYTES)
    file_id, store = new_id(), ports.store
    folder = ports.settings.work_folder / f"material-{file_id}"
    folder.mkdir(parents=True)
    kept = False
    try:
        # A copy, because what is looked at must be what is kept, and the store takes the file away.
        copy = Path(shutil.copyfile(file, folder / "file"))
        sha256 = hashlib.sha256(copy.read_bytes()).hexdigest()
        with ports.db.read() as session:
            if files.was_taken_away(session, lesson_id, sha256):
                raise _TakenAway
            if files.same_material(session, lesson_id, sha256) is not None:
                return False
        looked = reader.look(copy, person_id=None)
        if looked.format not in tuple(FileFormat):
            raise Invalid("material_type", field="file")
        keep_file(store, copy, file_key(lesson_id, file_id))
        for n, picture in enumerate(looked.drawn, start=1):
            page = folder / str(n)
            page.write_bytes(picture)
            keep_file(store, page, page_key(lesson_id, file_id, n))
        name = shown_name(file.name, file.stem)
        drawn = len(looked.drawn)
        stored = Stored(
            file_id, name, looked.format, size, sha256, looked.pages, drawn, looked.words, looked.read
        )
        with ports.db.write() as session:
            row = files.add_material(session, machine(session), lesson_id, stored, ports.clock())
            mine = row.id == file_id
        kept = mine
        return True
    finally:
        delete_path(folder)
        if not kept:
            delete_prefix(store, folder_of(lesson_id, file_id))
