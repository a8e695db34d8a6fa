"""A folder of backups: what lies in it, and how something gets there whole or not at all.

    DIR/weike-backup.json       that this is such a folder
    DIR/objects/ab/abcd...      files, each once however many backups hold it, named by their SHA-256
    DIR/backups/<stamp>/        one backup: facts.json, manifest.sqlite, the database, secrets/

A backup is made in DIR/backups/partial and renamed. Only its owner can read what is here: rows hold names.
"""

from __future__ import annotations

import fcntl
import hashlib
import json
import os
import shutil
import sqlite3
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any, BinaryIO

from server.keeping import rules
from server.keeping.errors import BAD_INPUT, KeepingFailed
from server.keeping.manifest import Manifest

FORMAT = 1
MARK, FACTS, MANIFEST, SECRETS = "weike-backup.json", "facts.json", "manifest.sqlite", "secrets"
BLOCK_BYTES = 1024 * 1024


@dataclass(frozen=True)
class Backup:
    """One whole backup on the shelf; `facts` say what is in it (docs/cli.md)."""

    folder: Path
    facts: dict[str, Any]

    @property
    def name(self) -> str:
        """Its name, which says when it was made."""
        return self.folder.name

    @property
    def database(self) -> Path:
        """The file of the database."""
        return self.folder / str(self.facts["database"]["file"])

    @contextmanager
    def held(self) -> Iterator[None]:
        """Let nobody take it away while it is read."""
        with (self.folder / FACTS).open("rb") as facts:
            fcntl.flock(facts, fcntl.LOCK_SH)
            yield

    def is_held(self) -> bool:
        """Tell whether somebody reads it."""
        with (self.folder / FACTS).open("rb") as facts:
            try:
                fcntl.flock(facts, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                return True
            return False

    def manifest(self) -> Manifest:
        """Open the list of its files, to read."""
        return Manifest.read(self.folder / MANIFEST)


class Shelf:
    """A folder of backups. One process at a time writes (`writing`), any number read."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder.absolute()
        self._objects, self._backups = self.folder / "objects", self.folder / "backups"
        self.partial = self._backups / "partial"
        self._was_killed = False

    def open(self, *, make: bool = False) -> None:
        """See that this is a folder of backups, or `make` an empty or missing one into one.

        Raises KeepingFailed.
        """
        mark = self.folder / MARK
        if mark.is_file():
            with suppress(ValueError):
                said = json.loads(mark.read_text("utf-8"))
                if isinstance(said, dict) and said.get("format") == FORMAT:
                    return
            raise KeepingFailed("backup_format", BAD_INPUT, folder=str(self.folder))
        if not make or (self.folder.exists() and any(self.folder.iterdir())):
            raise KeepingFailed("no_backup_folder", BAD_INPUT, folder=str(self.folder))
        for folder in (self._objects, self._backups):
            folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        self.folder.chmod(0o700)
        write_whole(mark, json.dumps({"format": FORMAT}).encode())

    @contextmanager
    def writing(self) -> Iterator[None]:
        """Keep every other writer away, and clear what one that was killed left; raises KeepingFailed."""
        with os.fdopen(os.open(self.folder / "lock", os.O_WRONLY | os.O_CREAT, 0o600), "wb") as lock:
            try:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                raise KeepingFailed("backup_busy", folder=str(self.folder)) from None
            self._clear_partial()
            yield

    def _clear_partial(self) -> None:
        for left in (*self._backups.glob("partial"), *self._backups.glob("*.gone")):
            self._was_killed = True  # then files may be here that belong to no backup
            shutil.rmtree(left)
        for half in self._objects.glob("*.partial"):
            half.unlink(missing_ok=True)

    def begin(self) -> Path:
        """Return the folder in which the next backup is made, new and empty."""
        shutil.rmtree(self.partial, ignore_errors=True)
        self.partial.mkdir(mode=0o700)
        return self.partial

    def finish(self, name: str, facts: dict[str, Any]) -> Backup:
        """Let what was made in `partial` be a backup; only from now on it is one."""
        write_whole(self.partial / FACTS, json.dumps(facts, ensure_ascii=False, indent=1).encode())
        for path in (*(file for file in self.partial.rglob("*") if file.is_file()), self.partial):
            sync(path)
        self.partial.rename(self._backups / name)
        sync(self._backups)
        return Backup(self._backups / name, facts)

    def backups(self) -> list[Backup]:
        """Return the whole backups, the oldest first."""
        found = []
        for folder in sorted(self._backups.iterdir()) if self._backups.is_dir() else ():
            if rules.moment_of(folder.name) is None:
                continue
            with suppress(OSError, ValueError):
                found.append(Backup(folder, json.loads((folder / FACTS).read_text("utf-8"))))
        return found

    def last_made(self) -> datetime | None:
        """Return when the newest backup was made; None when there is none."""
        names = [folder.name for folder in self._backups.iterdir()] if self._backups.is_dir() else []
        return max(filter(None, map(rules.moment_of, names)), default=None)

    def newest(self, at: str | None = None) -> Backup:
        """Return the newest backup, or the newest not after `at`; raises KeepingFailed."""
        moment = rules.asked_moment(at) if at is not None else None
        if at is not None and moment is None:
            raise KeepingFailed("backup_moment", BAD_INPUT, at=at)
        known = {backup.name: backup for backup in self.backups()}
        name = rules.chosen(list(known), moment)
        if name is None:
            oldest = min(known, default="-")
            code = "backup_none_so_old" if known else "backup_none"
            raise KeepingFailed(code, BAD_INPUT, folder=str(self.folder), at=at or "", oldest=oldest)
        return known[name]

    # ------------------------------------------------------------------ files

    def place(self, sha256: str) -> Path:
        """Return where the file with these bytes lies, or would."""
        return self._objects / sha256[:2] / sha256

    def holds(self, sha256: str, size_bytes: int) -> bool:
        """Tell whether a file is here with its whole length."""
        try:
            return self.place(sha256).stat().st_size == size_bytes
        except FileNotFoundError:
            return False

    def take(self, blocks: Iterable[bytes], done: Callable[[int], None]) -> tuple[str, int]:
        """Keep the bytes of a file unless they are here already; returns their SHA-256 and how many.

        `done` is told of each block's bytes.
        """
        beside = self._objects / f"{os.getpid()}-{os.urandom(6).hex()}.partial"
        digest, size = hashlib.sha256(), 0
        try:
            with _new_private(beside) as out:
                for block in blocks:
                    digest.update(block)
                    out.write(block)
                    size += len(block)
                    done(len(block))
                out.flush()
                sha256 = digest.hexdigest()
                if self.holds(sha256, size):
                    return sha256, size
                os.fsync(out.fileno())
            target = self.place(sha256)
            target.parent.mkdir(mode=0o700, exist_ok=True)
            beside.replace(target)
            return sha256, size
        finally:
            beside.unlink(missing_ok=True)

    def read(self, sha256: str) -> Iterator[bytes]:
        """Yield the bytes of a file; raises OSError, and DamagedFile at its end when they are others."""
        yield from checked(blocks_of(self.place(sha256)), sha256)

    # ------------------------------------------------------------------ making room

    def thin_out(self, keep: int) -> list[str]:
        """Take away the backups that need not stay, and the files that only they held; returns their names.

        Backups go first: killed in between, some files are left that belong to none, until the next time.
        """
        backups = self.backups()
        stay = rules.kept([backup.name for backup in backups], keep)
        gone = [backup for backup in backups if backup.name not in stay and not backup.is_held()]
        staying = [backup for backup in backups if backup not in gone]
        doubtful: set[str] = set()
        for backup in gone:
            with suppress(sqlite3.DatabaseError), backup.manifest() as manifest:
                doubtful.update(sha256 for sha256, _ in manifest.distinct())
            doomed = self._backups / f"{backup.name}.gone"
            backup.folder.rename(doomed)
            shutil.rmtree(doomed)
        if self._was_killed:
            doubtful.update(file.name for file in self._objects.glob("??/*"))
            self._was_killed = False
        # The newest first: it holds nearly all of them, and then nothing is left to ask the others about.
        for backup in reversed(staying):
            if doubtful:
                with backup.manifest() as manifest:
                    doubtful.difference_update(sha256 for sha256, _ in manifest.distinct())
        for sha256 in doubtful:
            self.place(sha256).unlink(missing_ok=True)
        return [backup.name for backup in gone]


class DamagedFile(Exception):
    """The bytes of a file are not those that were kept."""


def blocks_of(file: Path) -> Iterator[bytes]:
    """Yield a file's bytes."""
    with file.open("rb") as opened:
        while block := opened.read(BLOCK_BYTES):
            yield block


def checked(blocks: Iterable[bytes], sha256: str) -> Iterator[bytes]:
    """Pass bytes on; raises DamagedFile at the end when their hash is another."""
    digest = hashlib.sha256()
    for block in blocks:
        digest.update(block)
        yield block
    if digest.hexdigest() != sha256:
        raise DamagedFile(sha256)


def hash_of(file: Path) -> str:
    """Return the SHA-256 of a file."""
    with file.open("rb") as opened:
        return hashlib.file_digest(opened, "sha256").hexdigest()


def write_whole(file: Path, data: bytes) -> None:
    """Write a file that only its owner can read, whole or not at all."""
    beside = file.with_name(f"{file.name}.beside")
    beside.unlink(missing_ok=True)
    with _new_private(beside) as out:
        out.write(data)
        out.flush()
        os.fsync(out.fileno())
    beside.replace(file)
    sync(file.parent)


def _new_private(file: Path) -> BinaryIO:
    return os.fdopen(os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb")


def sync(path: Path) -> None:
    """Return when a file or a folder outlives a power cut."""
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
