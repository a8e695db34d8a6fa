"""Another program that holds a SQLite file, as backup tools do."""

from __future__ import annotations

import contextlib
import sqlite3
from collections.abc import Iterator
from pathlib import Path


@contextlib.contextmanager
def held(file: Path, *, also_for_readers: bool = False) -> Iterator[None]:
    """Hold the write lock of a database for the block; `also_for_readers`: nobody else may even read."""
    with contextlib.closing(sqlite3.connect(file, isolation_level=None, timeout=20)) as other:
        if also_for_readers:
            other.execute("PRAGMA locking_mode=EXCLUSIVE")
        other.execute("BEGIN EXCLUSIVE")
        other.execute("CREATE TABLE held (n)")
        try:
            yield
        finally:
            other.execute("ROLLBACK")
