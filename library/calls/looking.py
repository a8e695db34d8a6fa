"""The worker's look at the edges of recordings that are to be entered: one at a time, and kept on a row.

Killed at any moment it loses nothing: the row says that it waits until what was seen stands there.
"""

from __future__ import annotations

import shutil
from collections.abc import Callable
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from pathlib import Path

import structlog
from obstore.store import ObjectStore
from sqlalchemy import or_, select, update
from sqlalchemy.orm import Session

from library.calls.tables import Look, LookState
from library.core.clock import Clock
from library.core.database import Database
from library.core.ids import new_id
from library.intake.files import objects
from library.intake.tables import Original, Recording
from transcode.errors import Cancelled, TranscodeError
from transcode.pictures.black_bars import Edges, black_bars
from transcode.reading.facts import Facts
from transcode.tools import Tools

TAKEN_FOR = timedelta(minutes=15)
"""So long a worker may be at one before another takes it up: six seconds of a picture take less."""
MOST_TRIES = 3

log = structlog.get_logger()


@dataclass(frozen=True)
class EdgeLooks:
    """Looks at edges. `work` is a folder of this machine for files that come from elsewhere."""

    db: Database
    store: ObjectStore
    tools: Tools
    work: Path
    clock: Clock
    stopping: Callable[[], bool]

    def look_at_one(self) -> bool:
        """Look at one recording; returns whether there was one. Raises the store's own errors."""
        with self.db.read() as session:
            waiting = _next(session, self.clock())
        if waiting is None:
            return False
        with self.db.write() as session:
            taken = _take(session, waiting, self.clock())
        if not taken:
            return True
        try:
            seen = self._look(waiting)
        except Cancelled:
            with self.db.write() as session:
                _let_go(session, waiting)
            return False
        except TranscodeError as error:
            log.warning("edges could not be looked at", recording=waiting, why=error.code)
            with self.db.write() as session:
                _failed(session, waiting)
            return True
        with self.db.write() as session:
            note(session, waiting, seen)
        return True

    def _look(self, recording_id: str) -> Edges | None:
        with self.db.read() as session:
            row = session.get(Recording, recording_id)
            original = session.get(Original, row.sha256) if row is not None and row.sha256 else None
            if row is None or row.facts is None or original is None:
                return None
            facts, key = Facts.from_json(row.facts), original.key
        folder = self.work / f"edges-{new_id()}"
        folder.mkdir(parents=True)
        try:
            file = objects.file_for(self.store, key, folder)
            return black_bars(self.tools, file, facts, self.stopping) if file.exists() else None
        finally:
            shutil.rmtree(folder, ignore_errors=True)


def _next(session: Session, now: datetime) -> str | None:
    free = or_(Look.taken_at.is_(None), Look.taken_at < now - TAKEN_FOR)
    wanted = select(Look.recording_id).where(Look.state == LookState.WAITING, free)
    return session.scalars(wanted.order_by(Look.asked_at, Look.recording_id).limit(1)).first()


def _take(session: Session, recording_id: str, now: datetime) -> bool:
    """Take a look for this worker; of two at once one gets it. What ended several workers is given up."""
    free = or_(Look.taken_at.is_(None), Look.taken_at < now - TAKEN_FOR)
    over = update(Look).where(Look.recording_id == recording_id, free, Look.tries >= MOST_TRIES)
    session.execute(over.values(state=LookState.FAILED).execution_options(synchronize_session=False))
    taken = (
        update(Look)
        .where(Look.recording_id == recording_id, Look.state == LookState.WAITING, free)
        .values(taken_at=now, tries=Look.tries + 1)
        .returning(Look.recording_id)
    )
    return bool(session.scalars(taken.execution_options(synchronize_session=False)).all())


def _let_go(session: Session, recording_id: str) -> None:
    free = update(Look).where(Look.recording_id == recording_id).values(taken_at=None, tries=Look.tries - 1)
    session.execute(free.execution_options(synchronize_session=False))


def _failed(session: Session, recording_id: str) -> None:
    """Note that it cannot be known; whoever asks again has it looked at again."""
    over = update(Look).where(Look.recording_id == recording_id).values(state=LookState.FAILED)
    session.execute(over.execution_options(synchronize_session=False))


def note(session: Session, recording_id: str, seen: Edges | None) -> None:
    """Note what was seen of a recording's edges, None for nothing that can be known."""
    bars = None if seen is None else {name: round(one, 4) for name, one in asdict(seen).items()}
    done = update(Look).where(Look.recording_id == recording_id).values(state=LookState.DONE, bars=bars)
    session.execute(done.execution_options(synchronize_session=False))
