"""The list of a backup's files: name, length, SHA-256, and by what a change of it is noticed.

A SQLite file, so that neither a backup nor the making of room holds a million names in memory.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from urllib.parse import quote

_TABLE = (
    "CREATE TABLE file (name TEXT PRIMARY KEY, size_bytes INTEGER NOT NULL, version TEXT NOT NULL,"
    " sha256 TEXT) WITHOUT ROWID"
)
_SAME = (
    "UPDATE file SET sha256 = (SELECT old.sha256 FROM former.file AS old WHERE old.name = file.name"
    " AND old.size_bytes = file.size_bytes AND old.version = file.version AND old.version <> '')"
    " WHERE sha256 IS NULL"
)


@dataclass(frozen=True)
class Listed:
    """A file where it lies: `version` is another whenever it was written anew, "" when nobody can say."""

    name: str
    size_bytes: int
    version: str


@dataclass(frozen=True)
class Kept:
    """A file of a backup."""

    name: str
    size_bytes: int
    sha256: str


class Manifest:
    """A list that is open; a block of `with` closes it."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._connection = connection

    @classmethod
    def make(cls, file: Path) -> Manifest:
        """Begin a new list."""
        connection = sqlite3.connect(file, isolation_level=None)
        # Nothing of it counts before it is whole, synced and renamed with its folder.
        connection.execute("PRAGMA journal_mode=OFF")
        connection.execute("PRAGMA synchronous=OFF")
        connection.execute(_TABLE)
        file.chmod(0o600)
        return cls(connection)

    @classmethod
    def read(cls, file: Path) -> Manifest:
        """Open a list that is whole."""
        return cls(sqlite3.connect(_unchanging(file), uri=True))

    def __enter__(self) -> Manifest:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._connection.close()

    def list_anew(self, files: Iterable[Listed]) -> None:
        """Let the list be these files, none with a hash yet."""
        self._connection.execute("BEGIN")
        self._connection.execute("DELETE FROM file")
        self._connection.executemany(
            "INSERT OR REPLACE INTO file VALUES (?, ?, ?, NULL)",
            ((one.name, one.size_bytes, one.version) for one in files),
        )
        self._connection.execute("COMMIT")

    def take_over(self, former: Path) -> None:
        """Take the hashes of files that have not changed since another list was made."""
        with suppress(sqlite3.DatabaseError):  # a former list that cannot be read: everything is looked at
            self._connection.execute("ATTACH ? AS former", (_unchanging(former),))
            self._connection.execute(_SAME)
            self._connection.execute("DETACH former")

    def unhashed(self) -> list[Listed]:
        """Return the files without a hash, in the order of their names."""
        rows = self._connection.execute(
            "SELECT name, size_bytes, version FROM file WHERE sha256 IS NULL ORDER BY name"
        )
        return [Listed(*row) for row in rows]

    def forget_hashes(self, hashes: Iterable[str]) -> None:
        """Let files of these hashes be looked at again: what was kept of them is gone."""
        self._connection.executemany(
            "UPDATE file SET sha256 = NULL WHERE sha256 = ?", ((one,) for one in hashes)
        )

    def note(self, name: str, size_bytes: int, sha256: str) -> None:
        """Note what a file was found to be."""
        self._connection.execute(
            "UPDATE file SET sha256 = ?, size_bytes = ? WHERE name = ?", (sha256, size_bytes, name)
        )

    def add(self, name: str, size_bytes: int, sha256: str) -> None:
        """Put a file on the list that was met nowhere."""
        self._connection.execute(
            "INSERT OR REPLACE INTO file VALUES (?, ?, '', ?)", (name, size_bytes, sha256)
        )

    def drop(self, name: str) -> None:
        """Take a file off the list: it was gone before it could be read."""
        self._connection.execute("DELETE FROM file WHERE name = ?", (name,))

    def files(self) -> Iterator[Kept]:
        """Yield the files, in the order of their names."""
        rows = self._connection.execute("SELECT name, size_bytes, sha256 FROM file ORDER BY name")
        for name, size_bytes, sha256 in rows:
            yield Kept(name, size_bytes, sha256)

    def has(self, name: str) -> bool:
        """Tell whether a file is on the list."""
        found = self._connection.execute("SELECT 1 FROM file WHERE name = ?", (name,)).fetchone()
        return found is not None

    def sums(self) -> tuple[int, int]:
        """Return how many files there are, and their bytes."""
        count, size = self._connection.execute("SELECT count(*), sum(size_bytes) FROM file").fetchone()
        return int(count), int(size or 0)

    def distinct(self) -> Iterator[tuple[str, int]]:
        """Yield the hash and the length of each different file."""
        yield from self._connection.execute(
            "SELECT DISTINCT sha256, size_bytes FROM file WHERE sha256 IS NOT NULL"
        )

    def names_of(self, sha256: str) -> list[str]:
        """Return the files that have these bytes."""
        rows = self._connection.execute("SELECT name FROM file WHERE sha256 = ? ORDER BY name", (sha256,))
        return [name for (name,) in rows]


def _unchanging(file: Path) -> str:
    # Without this a file in a folder that cannot be written to may not open at all.
    return f"file:{quote(str(file))}?immutable=1"
