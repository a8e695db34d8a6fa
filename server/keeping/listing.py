"""What lies on a shelf, as the folder itself says; nothing is opened, so a thousand backups take a moment."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from server.keeping import rules
from server.keeping.errors import KeepingFailed
from server.keeping.shelf import FACTS, MANIFEST, Shelf

PARTIAL = "partial"


@dataclass(frozen=True)
class Shown:
    """A backup on the shelf. `fault` is "" for one that looks whole, else what is missing: facts, database,
    list; `size_bytes` and `files` are those of the library in it (files that several hold lie there once).
    `missing` and `damaged` are files that the library itself had lost when it was made."""

    name: str
    at: datetime
    fault: str = ""
    files: int = 0
    size_bytes: int = 0
    database_bytes: int = 0
    missing: int = 0
    damaged: int = 0


@dataclass(frozen=True)
class Listing:
    """The backups of a folder, the newest first. `problem`: why the folder cannot be read, "" when it can;
    `partial`: one is being made now, or was when its maker was killed."""

    backups: tuple[Shown, ...] = ()
    problem: str = ""
    partial: bool = False


def listing(folder: Path | None) -> Listing:
    """Return what lies in a folder of backups; a folder that is not there is told, and nothing raised."""
    if folder is None:
        return Listing(problem="shelf_unset")
    try:
        if not folder.is_dir():
            return Listing(problem="shelf_away")
        Shelf(folder).open()
        places = list((folder / "backups").iterdir())
    except KeepingFailed as error:
        return Listing(problem="shelf_other" if error.code == "backup_format" else "shelf_none")
    except OSError:
        return Listing(problem="shelf_unreadable")
    found = [
        _shown(place, moment)
        for place in sorted(places, reverse=True)
        if (moment := rules.moment_of(place.name)) is not None
    ]
    return Listing(tuple(found), partial=any(place.name == PARTIAL for place in places))


def _shown(place: Path, at: datetime) -> Shown:
    try:
        facts: dict[str, Any] = json.loads((place / FACTS).read_text("utf-8"))
        said, sums = facts["database"], facts["manifest"]
        size, files, whole = int(said["size_bytes"]), int(sums["files"]), int(sums["size_bytes"])
        file = place / str(said["file"])
        missing, damaged = int(facts.get("missing_count", 0)), int(facts.get("damaged_count", 0))
    except (OSError, ValueError, KeyError, TypeError):
        return Shown(place.name, at, "facts")
    fault = ""
    if _size(file) != size:
        fault = "database"
    elif not _size(place / MANIFEST):
        fault = "list"
    return Shown(place.name, at, fault, files, whole + size, size, missing, damaged)


def _size(file: Path) -> int | None:
    try:
        return file.stat().st_size
    except OSError:
        return None
