"""The index beside the database: opened when it can be, caught up by whoever holds its lock, rebuilt beside.

The index is a projection: everything in it can be made again from the database. So nothing here is ever
lost, and a damaged index costs time and not data.
"""

from __future__ import annotations

import fcntl
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager, nullcontext
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import structlog
from sqlalchemy import select
from sqlalchemy.exc import DataError
from sqlalchemy.orm import Session

from library.catalog import change_queries, queries
from library.catalog.tables import Lesson
from library.core.database import Database
from library.finding.materials import documents
from search import (
    WHOOSH,
    Changes,
    Document,
    Engine,
    IndexBusy,
    IndexDamaged,
    SchemaChanged,
    SearchEngine,
    SearchError,
    rebuild,
)

_BATCH = 200
_POLL_S = 0.3
_LOCK_POLL_S = 0.05
# What reading a damaged row raises: a day that is none, JSON that ends in the middle, words for a number.
_DAMAGED_ROW = (ValueError, TypeError, DataError)

log = structlog.get_logger()


class IndexUnavailable(Exception):
    """The index cannot answer now; `code` says why: index_damaged or index_busy."""

    def __init__(self, code: str) -> None:
        self.code = code
        super().__init__(code)


@dataclass(frozen=True)
class Unreadable:
    """A lesson whose rows are damaged: it cannot be indexed, and all others are."""

    lesson: str
    title: str


@dataclass(frozen=True)
class Rebuilt:
    """The generation now in use, its documents, and what is missing in it."""

    generation: str
    documents: int
    unreadable: tuple[Unreadable, ...]


class Indexer:
    """The index of one folder: reading for everybody, writing for whoever holds the folder's lock.

    A folder holds the index of one engine and of no other.
    """

    def __init__(self, db: Database, folder: Path, engine: Engine = WHOOSH) -> None:
        self._db, self._folder, self._engine = db, folder, engine
        self._index: SearchEngine | None = None
        self._opening = threading.Lock()
        self._writing = threading.Lock()
        self._complete = False

    def reader(self) -> SearchEngine:
        """Return the open index; raises IndexUnavailable."""
        with self._opening:
            if self._index is None:
                try:
                    self._index = self._engine.open_or_create(self._folder)
                except IndexDamaged as error:
                    raise IndexUnavailable("index_damaged") from error
                except SearchError as error:
                    raise IndexUnavailable("index_busy") from error
            return self._index

    def close(self) -> None:
        """Let go of the index."""
        with self._opening:
            if self._index is not None:
                self._index.close()
                self._index = None

    @contextmanager
    def _lock(self) -> Iterator[bool]:
        """Hold the folder's writer lock, across threads and processes; yields False when another has it."""
        if not self._writing.acquire(blocking=False):
            yield False
            return
        try:
            self._folder.mkdir(parents=True, exist_ok=True)
            with (self._folder / "writer.lock").open("w") as file:
                try:
                    fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
                except BlockingIOError:
                    yield False
                    return
                yield True  # closing the file gives the lock back, also when the process is killed
        finally:
            self._writing.release()

    @contextmanager
    def _alone(self, timeout_s: float) -> Iterator[None]:
        """Hold the writer lock as soon as nobody else does; raises IndexUnavailable after `timeout_s`."""
        end = time.monotonic() + timeout_s
        while True:
            with self._lock() as ours:
                if ours:
                    yield
                    return
            if time.monotonic() >= end:
                raise IndexUnavailable("index_busy")
            time.sleep(_LOCK_POLL_S)

    @property
    def complete(self) -> bool:
        """Whether the index has held everything since it was opened; it may be a little behind now."""
        return self._complete

    def behind(self, session: Session) -> int:
        """Return how many changes the index has not seen yet; raises IndexUnavailable."""
        newest = change_queries.latest_revision(session)
        try:
            behind = max(0, newest - self.reader().mark())
        except SearchError as error:
            raise IndexUnavailable("index_damaged") from error
        # Who has seen everything is complete from then on, also before the first look of its thread.
        self._complete = self._complete or not behind
        return behind

    def catch_up(self, revision: int | None = None, timeout_s: float = 600.0) -> None:
        """Return once the index has seen `revision` (default: the newest); writes it if nobody else does.

        Raises IndexUnavailable when that has not happened after `timeout_s`.
        """
        with self._db.read() as session:
            newest = change_queries.latest_revision(session)
        wanted = newest if revision is None else revision
        end = time.monotonic() + timeout_s
        while True:
            with self._lock() as ours:
                if ours:
                    self._write_changes()
            try:
                mark = self.reader().mark()
                self._complete = self._complete or mark >= newest
                if mark >= wanted:
                    return
            except (IndexUnavailable, SearchError) as error:
                if ours:
                    raise IndexUnavailable("index_damaged") from error
                # Whoever holds the lock is mending it.
            if time.monotonic() >= end:
                raise IndexUnavailable("index_busy")
            time.sleep(_POLL_S)

    def _write_changes(self) -> None:
        """Apply what the index has not seen; one that cannot be used is rebuilt beside, and the old one kept.

        Damage may show at opening, and just as well after weeks, in the middle of a commit.
        """
        try:
            if not self._is_ahead():
                self._apply_all()
                return
            why = "the database is older than the index"  # it was restored: its numbers begin again
        except (IndexUnavailable, IndexDamaged, SchemaChanged) as error:
            damage = error.__cause__ if isinstance(error, IndexUnavailable) else error
            if not isinstance(damage, IndexDamaged | SchemaChanged):
                raise
            why = str(damage)
        log.warning("index rebuilt beside", folder=str(self._folder), why=why)
        self._rebuild(None, nullcontext)
        self._apply_all()

    def _is_ahead(self) -> bool:
        with self._db.read() as session:
            return self.reader().mark() > change_queries.latest_revision(session)

    def _apply_all(self) -> None:
        index = self.reader()
        while (some := self._changes(index.mark())) is not None:
            index.apply(some.documents, some.lessons, some.mark)

    def _changes(self, mark: int) -> Changes | None:
        """Return some of what the index must learn after `mark`; None when there is nothing."""
        with self._db.read() as session:
            some = change_queries.changes_since(session, mark, _BATCH)
            if not some.lesson_ids and not some.deleted_ids:
                return None
            unreadable: list[str] = []
            found = _read(session, some.lesson_ids, unreadable)
            _named(session, unreadable)
        return Changes(found, [*some.lesson_ids, *some.deleted_ids], some.mark)

    def rebuild(
        self, on_progress: Callable[[int, int], None] | None = None, timeout_s: float = 600.0
    ) -> Rebuilt:
        """Build a new generation beside the old one, which others keep up to date meanwhile, and swap.

        Raises IndexUnavailable when another rebuilds, or writes for longer than `timeout_s` when it is to be
        swapped. `on_progress` gets lessons done and lessons in all.
        """
        return self._rebuild(on_progress, partial(self._alone, timeout_s))

    def _rebuild(
        self,
        on_progress: Callable[[int, int], None] | None,
        alone: Callable[[], AbstractContextManager[object]],
    ) -> Rebuilt:
        unreadable: list[str] = []
        with self._db.read() as session:
            # Read before the documents: what changes meanwhile lies above the mark and is applied afterwards.
            mark = change_queries.latest_revision(session)
            ids = session.scalars(select(Lesson.id).order_by(Lesson.id)).all()
            found = _read_all(session, list(ids), unreadable, on_progress)
            try:
                done = rebuild(
                    self._folder, found, mark, engine=self._engine, changes=self._changes, alone=alone
                )
            except IndexBusy as error:
                raise IndexUnavailable("index_busy") from error
            lost = _named(session, [*unreadable, *done.unreadable])
        self.close()
        return Rebuilt(done.generation, done.documents, lost)


def _read(session: Session, ids: Sequence[str], unreadable: list[str]) -> list[Document]:
    """Return the documents of some lessons; those that cannot be read are added to `unreadable`."""
    try:
        return list(documents(session, queries.load(session, ids)))
    except _DAMAGED_ROW:
        session.expunge_all()
        if len(ids) == 1:
            unreadable.extend(ids)
            return []
    half = len(ids) // 2
    return [*_read(session, ids[:half], unreadable), *_read(session, ids[half:], unreadable)]


def _read_all(
    session: Session,
    ids: Sequence[str],
    unreadable: list[str],
    on_progress: Callable[[int, int], None] | None,
) -> Iterator[Document]:
    for at in range(0, len(ids), _BATCH):
        yield from _read(session, ids[at : at + _BATCH], unreadable)
        session.expunge_all()
        if on_progress is not None:
            on_progress(min(at + _BATCH, len(ids)), len(ids))


def _named(session: Session, unreadable: Sequence[str]) -> tuple[Unreadable, ...]:
    """Put names to lessons that cannot be indexed, and say so in the log."""
    if not unreadable:
        return ()
    lost = tuple(Unreadable(*found) for found in queries.titles_of(session, unreadable))
    log.error("lessons that cannot be indexed", lessons=[f"{one.lesson} {one.title}" for one in lost])
    return lost
