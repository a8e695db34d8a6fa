"""Measures what takes space, object by object, and never keeps more in mind than a number a lesson."""

from __future__ import annotations

import os
import shutil
import time
from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

import obstore
from obstore.store import ObjectStore
from sqlalchemy import select, text

from library.catalog.tables import Clip
from library.core.database import Database, sqlite_file
from library.intake.files.sweeping import Sweep, SweepRefused
from library.intake.tables import Recording
from library.upkeep.rules import LARGEST, Figures, Sum

_BATCH = 1000
KINDS = {
    "originals": "originals",
    "clips": "clips",
    "storyboards": "storyboards",
    "materials": "materials",
    "reflections": "reflections",
}
"""What the first part of an object's name says that it is."""


@dataclass(frozen=True)
class Measuring:
    """Looks at a library. `folders` are those on this machine's disks, by kind; `data` the data folder.

    `sweep` tells what can go. `stopping` ends it between two batches of a thousand objects.
    """

    db: Database
    store: ObjectStore
    data: Path
    folders: Mapping[str, Path]
    sweep: Sweep
    far: bool = False
    stopping: Callable[[], bool] = field(default=lambda: False)

    def measure(self) -> Figures | None:
        """Return what takes space; None when it was stopped."""
        began = time.monotonic()
        clips, originals = self._owners()
        kinds: dict[str, Counter[str]] = {}
        lessons: Counter[str] = Counter()
        for batch in obstore.list(self.store, chunk_size=_BATCH):
            if self.stopping():
                return None
            for meta in batch:
                parts = meta["path"].split("/")
                kind = KINDS.get(parts[0], "other")
                kinds.setdefault(kind, Counter()).update(count=1, size_bytes=meta["size"])
                for lesson in _lessons_of(kind, parts, clips, originals):
                    lessons[lesson] += meta["size"]
        found = {kind: Sum(told["count"], told["size_bytes"]) for kind, told in kinds.items()}
        for kind, folder in self.folders.items():
            told = _folder(folder)
            if told.count:
                found[kind] = told
        found["database"] = self._database()
        goes, refused = self._goes()
        disk = shutil.disk_usage(self.data)
        return Figures(
            kinds=found,
            lessons=tuple(lessons.most_common(LARGEST)),
            goes=goes,
            free_bytes=disk.free,
            disk_bytes=disk.total,
            far=self.far,
            refused=refused,
            seconds=round(time.monotonic() - began, 1),
        )

    def _owners(self) -> tuple[dict[str, str], dict[str, list[str]]]:
        """Return the lesson of each clip, and those of each original."""
        originals: dict[str, list[str]] = {}
        with self.db.read() as session:
            clips = {clip: lesson for clip, lesson in session.execute(select(Clip.id, Clip.lesson_id))}  # noqa: C416
            used = select(Recording.sha256, Recording.lesson_id).where(Recording.sha256.is_not(None))
            for sha256, lesson in session.execute(used):
                originals.setdefault(str(sha256), []).append(lesson)
        return clips, originals

    def _database(self) -> Sum:
        file = sqlite_file(str(self.db.engine.url))
        if file is not None:
            beside = [file, file.with_name(f"{file.name}-wal")]
            return Sum(1, sum(one.stat().st_size for one in beside if one.exists()))
        with self.db.engine.connect() as connection:
            size = connection.scalar(text("SELECT pg_database_size(current_database())"))
        return Sum(1, int(size or 0))

    def _goes(self) -> tuple[dict[str, Sum], str]:
        try:
            found = self.sweep.look()
        except SweepRefused:
            return {}, "sweep_refused"
        told: dict[str, Sum] = {}
        for one in found:
            so_far = told.get(one.kind.value, Sum())
            told[one.kind.value] = Sum(so_far.count + 1, so_far.size_bytes + one.size_bytes)
        return told, ""


def _lessons_of(
    kind: str, parts: list[str], clips: Mapping[str, str], originals: Mapping[str, list[str]]
) -> Iterable[str]:
    """Return whose lessons an object is; an original is named by the hash of its bytes."""
    if kind == "clips" and len(parts) > 1 and parts[1] in clips:
        return (clips[parts[1]],)
    if kind == "originals":
        return originals.get(parts[-1].partition(".")[0], ())
    if kind == "materials" and len(parts) > 1:
        return (parts[1],)
    return ()


def _folder(folder: Path) -> Sum:
    count = size = 0
    waiting = [folder]
    while waiting:
        try:
            with os.scandir(waiting.pop()) as entries:
                for entry in entries:
                    if entry.is_dir(follow_symlinks=False):
                        waiting.append(Path(entry.path))
                    elif entry.is_file(follow_symlinks=False):
                        count += 1
                        size += entry.stat(follow_symlinks=False).st_size
        except OSError:  # it ends in this moment, or nobody may look into it
            continue
    return Sum(count, size)
