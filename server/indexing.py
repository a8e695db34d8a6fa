"""The index beside the database: opened when it can be, caught up by whoever holds its lock, rebuilt beside.

The index is a projection: everything in it can be made again from the database. So nothing here is ever
lost, and a damaged index costs time and not data.
"""

import fcntl
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import structlog
from sqlalchemy import select
from sqlalchemy.orm import Session

from library.catalog import queries
from library.catalog.documents import documents
from library.catalog.tables import Lesson
from library.core.database import Database
from search.document import Document
from search.engine import IndexDamaged, SchemaChanged, SearchEngine, SearchError
from search.engines import WHOOSH, Engine
from search.rebuild import Rebuilt, rebuild

_BATCH = 200
_POLL_S = 0.3

log = structlog.get_logger()


class IndexUnavailable(Exception):
    """The index cannot answer now; `code` says why: index_damaged or index_busy."""

    def __init__(self, code: str) -> None:
        self.code = code
        super().__init__(code)


class Indexer:
    """The index of one folder: reading for everybody, writing for whoever holds the folder's lock.

    A folder holds the index of one engine and of no other.
    """

    def __init__(self, db: Database, folder: Path, engine: Engine = WHOOSH) -> None:
        self._db, self._folder, self._engine = db, folder, engine
        self._index: SearchEngine | None = None
        self._opening = threading.Lock()
        self._writing = threading.Lock()

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

    def catch_up(self, revision: int | None = None, timeout_s: float = 600.0) -> None:
        """Return once the index has seen `revision` (default: the newest); writes it if nobody else does.

        Raises IndexUnavailable when that has not happened after `timeout_s`.
        """
        with self._db.read() as session:
            wanted = queries.latest_revision(session) if revision is None else revision
        end = time.monotonic() + timeout_s
        while True:
            with self._lock() as ours:
                if ours:
                    self._write_changes()
            try:
                if self.reader().mark() >= wanted:
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
        self._rebuild(None)
        self._apply_all()

    def _is_ahead(self) -> bool:
        with self._db.read() as session:
            return self.reader().mark() > queries.latest_revision(session)

    def _apply_all(self) -> None:
        index = self.reader()
        while True:
            with self._db.read() as session:
                changes = queries.changes_since(session, index.mark(), _BATCH)
                if not changes.lesson_ids and not changes.deleted_ids:
                    return
                found = list(documents(session, queries.load(session, changes.lesson_ids)))
            index.apply(found, [*changes.lesson_ids, *changes.deleted_ids], changes.mark)

    def rebuild(self, on_progress: Callable[[int, int], None] | None = None) -> Rebuilt:
        """Build a new generation beside the old one and swap; raises IndexUnavailable when another writes.

        `on_progress` gets lessons done and lessons in all.
        """
        with self._lock() as ours:
            if not ours:
                raise IndexUnavailable("index_busy")
            return self._rebuild(on_progress)

    def _rebuild(self, on_progress: Callable[[int, int], None] | None) -> Rebuilt:
        with self._db.read() as session:
            # Read before the documents: what changes meanwhile lies above the mark and is applied afterwards.
            mark = queries.latest_revision(session)
            ids = session.scalars(select(Lesson.id).order_by(Lesson.id)).all()
            found = self._all(session, list(ids), on_progress)
            done = rebuild(self._folder, found, mark, engine=self._engine)
        self.close()
        if done.unreadable:
            log.error("lessons that cannot be indexed", documents=done.unreadable)
        return done

    def _all(
        self, session: Session, ids: list[str], on_progress: Callable[[int, int], None] | None
    ) -> Iterator[Document]:
        for at in range(0, len(ids), _BATCH):
            yield from documents(session, queries.load(session, ids[at : at + _BATCH]))
            session.expunge_all()
            if on_progress is not None:
                on_progress(min(at + _BATCH, len(ids)), len(ids))


class IndexThread:
    """Keeps the index up to date while the process runs."""

    def __init__(self, indexer: Indexer) -> None:
        self._indexer = indexer
        self._stopping = threading.Event()
        self._thread = threading.Thread(target=self._run, name="index", daemon=True)

    def start(self) -> None:
        """Begin."""
        self._thread.start()

    def stop(self) -> None:
        """End after the commit that is being made."""
        self._stopping.set()
        self._thread.join(timeout=30)

    def _run(self) -> None:
        failures = 0
        while not self._stopping.wait(min(60.0, 0.5 * 2.0**failures)):
            try:
                self._indexer.catch_up(timeout_s=0.1)
                failures = 0
            except IndexUnavailable:
                failures = 0  # another process writes: all is well
            except Exception:
                # A disk that is full or a database that is restarting must not end the indexing for good.
                failures = min(failures + 1, 7)
                log.exception("indexing failed, it will be tried again")
