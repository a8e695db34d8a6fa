"""A backup of a library that goes on working: one moment of its database, and all files its rows name.

The database first, then the files: what a row names was there before the row, and is copied after it. What
goes meanwhile (a deleted lesson is swept) is noticed by asking the rows again, and then the database is taken
once more. Files are never changed, so that one with the length and the time of the backup before is not read.
"""

from __future__ import annotations

import os
import shutil
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

from obstore.store import ObjectStore
from sqlalchemy import Connection

from library.core.clock import Clock
from library.core.database import Database
from library.intake.files.stored_names import OBJECTS, UPLOADS, taken_in
from server.keeping import database, files, postgres, rules
from server.keeping.errors import KeepingFailed
from server.keeping.manifest import Listed, Manifest
from server.keeping.shelf import FORMAT, MANIFEST, SECRETS, Backup, Shelf, hash_of, write_whole
from server.keeping.state import Outcome

_ROUNDS = 3
_AT_ONCE = 4
_BATCH = 256
_NAMED_MOST = 100
_BEFORE = f"{MANIFEST}.before"

Progress = Callable[[float, str], None]
"""Told of the percent that is done, and of the file that is at hand."""


@dataclass(frozen=True)
class Estimate:
    """What a backup would copy: `free_bytes` is what the disk has left, `seconds` a guess."""

    files: int
    size_bytes: int
    free_bytes: int
    seconds: float


@dataclass(frozen=True)
class Made:
    """A backup that was made, and the names of those that were taken away for it."""

    backup: Backup
    removed: tuple[str, ...]

    def outcome(self, at: datetime) -> Outcome:
        """Return it as it is noted; what the library itself has lost is a fault."""
        facts = self.backup.facts
        lost = [*facts["missing"], *facts["damaged"]]
        count = facts["missing_count"] + facts["damaged_count"]
        values = {"count": count, "first": lost[0]} if lost else {}
        return Outcome(
            *(at, self.backup.name, "library_lost_files" if lost else "", values),
            *(facts["manifest"]["files"], facts["manifest"]["size_bytes"], facts["seconds"]),
        )


@dataclass
class BackupMaker:
    """Makes backups of one library in one folder. `secrets` are files to take along, by their names."""

    db: Database
    store: ObjectStore
    uploads: Path
    secrets: Mapping[str, Path]
    shelf: Shelf
    clock: Clock
    postgres_folder: Path | None = None
    stopping: Callable[[], bool] = lambda: False

    def make(
        self,
        keep: int | None = None,
        progress: Progress = lambda _percent, _doing: None,
        begins: Callable[[Estimate], None] = lambda _estimate: None,
    ) -> Made:
        """Make one, and take away what `keep` (see `rules.kept`) leaves no place for.

        `begins` is told what will be copied before the first file is. Raises KeepingFailed, OSError, the
        store's and the database's errors; then the backups of before are there, and nothing else.
        """
        self.shelf.open(make=True)
        with self.shelf.writing():
            try:
                made = self._make(progress, begins)
            finally:
                shutil.rmtree(self.shelf.partial, ignore_errors=True)
            removed = self.shelf.thin_out(keep) if keep is not None else []
        return Made(made, tuple(removed))

    def estimate(self) -> Estimate:
        """Return what `make` would copy now; writes nothing but its list, which it takes away."""
        self.shelf.open(make=True)
        with self.shelf.writing():
            folder = self.shelf.begin()
            try:
                with self.db.engine.connect() as connection, Manifest.make(folder / MANIFEST) as manifest:
                    found = database.inside(connection)
                    return self._estimate(self._list(manifest, found), database.size_bytes(self.db))
            finally:
                shutil.rmtree(folder, ignore_errors=True)

    def _make(self, progress: Progress, begins: Callable[[Estimate], None]) -> Backup:
        started = time.monotonic()
        progress(0.0, database.FILES[self._kind])
        self._need_room(database.size_bytes(self.db))
        folder = self.shelf.begin()
        copied = _Copied()
        for nth in range(1, _ROUNDS + 1):
            made_at = self.clock()
            inside = database.copy_into(self.db, folder, self._tools)
            with self._begin_list(folder) as manifest:
                todo = self._list(manifest, inside)
                estimate = self._estimate(todo, 0)
                self._need_room(estimate.size_bytes)
                if nth == 1:
                    begins(estimate)
                self._copy(manifest, todo, copied, progress)
                missing = self._missing(manifest, inside, copied)
                count, size = manifest.sums()
            # Named then and not any more: it may have gone before it was copied.
            if inside.needed <= database.live_needs(self.db):
                break
        return self._finish(
            made_at, inside, copied, missing, {"files": count, "size_bytes": size}, time.monotonic() - started
        )

    def _begin_list(self, folder: Path) -> Manifest:
        """Begin the list, of another round beside that of the one before, which knows what was copied."""
        if (folder / MANIFEST).exists():
            (folder / MANIFEST).replace(folder / _BEFORE)
        return Manifest.make(folder / MANIFEST)

    @property
    def _kind(self) -> str:
        return database.SQLITE if self.db.is_sqlite else database.POSTGRES

    def _tools(self, connection: Connection) -> postgres.PostgresTools:
        return postgres.find_tools(self.postgres_folder, connection)

    # ------------------------------------------------------------------ room and time

    def _estimate(self, todo: Sequence[Listed], more_bytes: int) -> Estimate:
        size = sum(one.size_bytes for one in todo) + more_bytes
        pace = next((b.facts.get("bytes_per_s") for b in reversed(self.shelf.backups())), None)
        free = shutil.disk_usage(self.shelf.folder).free
        return Estimate(len(todo), size, free, round(rules.seconds_for(size, pace), 1))

    def _need_room(self, size_bytes: int) -> None:
        free = shutil.disk_usage(self.shelf.folder).free
        if size_bytes and size_bytes + rules.ROOM_LEFT_BYTES > free:
            raise KeepingFailed(
                "backup_no_room", folder=str(self.shelf.folder), need_bytes=size_bytes, free_bytes=free
            )

    # ------------------------------------------------------------------ files

    def _list(self, manifest: Manifest, inside: database.Inside) -> list[Listed]:
        """Let the list hold every file of the library; returns those that have to be copied."""

        def found() -> Iterator[Listed]:
            # Uploads first: they move among the objects, and are then met there.
            yield from files.list_uploads(self.uploads, inside.waiting)
            yield from files.list_objects(self.store)

        manifest.list_anew(found())
        for known in (
            *(b.folder / MANIFEST for b in self.shelf.backups()[-1:]),
            self.shelf.partial / _BEFORE,
        ):
            if known.exists():
                manifest.take_over(known)
        manifest.forget_hashes(
            [sha256 for sha256, size in manifest.distinct() if not self.shelf.holds(sha256, size)]
        )
        return manifest.unhashed()

    def _copy(self, manifest: Manifest, todo: Sequence[Listed], copied: _Copied, progress: Progress) -> None:
        total = sum(one.size_bytes for one in todo) or 1
        done = 0

        def note(size: int) -> None:
            nonlocal done
            done += size  # of several threads now and then one is lost: it moves a bar, and nothing else
            if self.stopping():
                raise KeepingFailed("backup_stopped")

        with ThreadPoolExecutor(_AT_ONCE) as pool:
            for first in range(0, len(todo), _BATCH):
                batch = todo[first : first + _BATCH]
                for one, kept in zip(
                    batch, pool.map(lambda each: self._take(each, note), batch), strict=True
                ):
                    if kept is None:
                        manifest.drop(one.name)
                        continue
                    sha256, size = kept
                    manifest.note(one.name, size, sha256)
                    copied.files += 1
                    copied.size_bytes += size
                    if one.name.startswith(f"{OBJECTS}originals/") and not one.name.endswith(sha256):
                        copied.damaged.append(one.name)
                    progress(min(99.0, 100.0 * done / total), one.name)

    def _missing(self, manifest: Manifest, inside: database.Inside, copied: _Copied) -> list[str]:
        """Return what rows need and is not there, once uploads that moved meanwhile were looked for."""
        lost = []
        for names in sorted(inside.needed):
            upload = names[-1].removeprefix(UPLOADS)
            if any(map(manifest.has, names)):
                continue
            if not (names[-1].startswith(UPLOADS) and self._take_moved(manifest, upload, copied)):
                lost.append(names[0])
        return lost

    def _take_moved(self, manifest: Manifest, upload_id: str, copied: _Copied) -> bool:
        """Keep the original that an upload has become as that upload, which the copied rows wait for."""
        with self.db.read() as session:
            key = taken_in(session, upload_id)
        if key is None:
            return False
        kept = self._take(Listed(f"{OBJECTS}{key}", 0, ""), lambda _size: None)
        if kept is not None:
            manifest.add(f"{UPLOADS}{upload_id}", kept[1], kept[0])
            copied.files += 1
            copied.size_bytes += kept[1]
        return kept is not None

    def _take(self, one: Listed, note: Callable[[int], None]) -> tuple[str, int] | None:
        try:
            return self.shelf.take(files.read_file(self.store, self.uploads, one.name), note)
        except FileNotFoundError:
            return None

    # ------------------------------------------------------------------ the end

    def _finish(
        self,
        made_at: datetime,
        inside: database.Inside,
        copied: _Copied,
        missing: Sequence[str],
        sums: dict[str, int],
        seconds: float,
    ) -> Backup:
        folder = self.shelf.partial
        (folder / _BEFORE).unlink(missing_ok=True)
        copy = folder / database.FILES[self._kind]
        digest = hash_of(copy)
        self._share_with_former(copy, digest)
        took = []
        for name, file in self.secrets.items():
            if file.is_file():
                (folder / SECRETS).mkdir(mode=0o700, exist_ok=True)
                write_whole(folder / SECRETS / name, file.read_bytes())
                took.append(name)
        name = rules.stamp(made_at)
        size = copy.stat().st_size
        facts = {
            "format": FORMAT,
            "name": name,
            "made_at": made_at.isoformat(timespec="milliseconds"),
            "seconds": round(seconds, 2),
            "bytes_per_s": round((copied.size_bytes + size) / max(seconds, 0.001)),
            "database": {
                "kind": self._kind,
                "file": copy.name,
                "size_bytes": size,
                "sha256": digest,
                "revision": inside.revision,
                "tables": inside.tables,
            },
            "manifest": {**sums, "sha256": hash_of(folder / MANIFEST)},
            "copied": {"files": copied.files, "size_bytes": copied.size_bytes},
            "secrets": {name: hash_of(folder / SECRETS / name) for name in took},
            "arriving_uploads": sum(upload.arriving for upload in inside.waiting),
            "missing": list(missing[:_NAMED_MOST]),
            "missing_count": len(missing),
            "damaged": copied.damaged[:_NAMED_MOST],
            "damaged_count": len(copied.damaged),
        }
        return self.shelf.finish(name, facts)

    def _share_with_former(self, copy: Path, digest: str) -> None:
        """Let a database in which nothing has changed be the file of the backup before."""
        for former in self.shelf.backups()[-1:]:
            said = former.facts["database"]
            if said["sha256"] == digest and former.database.is_file():
                beside = copy.with_name(f"{copy.name}.link")
                try:
                    os.link(former.database, beside)
                except OSError:
                    return  # a file system without links
                beside.replace(copy)


@dataclass
class _Copied:
    """What was copied so far, and the originals that are not what they are named."""

    files: int = 0
    size_bytes: int = 0
    damaged: list[str] = field(default_factory=list)
