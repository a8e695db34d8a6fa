"""Clips to be played, and a province that has played them."""

from __future__ import annotations

import contextlib
import sqlite3
from collections.abc import Iterator
from copy import copy

import pytest

from library.core.database import Database, sqlite_file
from tests.library.plays.province import Kept, Province
from tests.support import factories as make


@pytest.fixture
def clip(db: Database) -> str:
    with db.write() as session:
        return make.lesson(session, clips=1).clips[0].id


@pytest.fixture(scope="module")
def kept() -> Iterator[Kept]:
    """The province as it was made first, kept in memory: to make it takes a second, to copy it nothing."""
    made: Kept = []
    yield made
    for memory, _ in made:
        memory.close()


@pytest.fixture
def province(db: Database, kept: Kept) -> Province:
    """The province in a database of the test's own."""
    file = sqlite_file(str(db.engine.url))
    if file is None:
        return Province(db)
    with contextlib.closing(sqlite3.connect(file)) as its:
        if not kept:
            kept.append((sqlite3.connect(":memory:"), Province(db)))
            its.backup(kept[0][0])
            return kept[0][1]
        memory, first = kept[0]
        memory.backup(its)
    again = copy(first)
    again.db = db
    return again
