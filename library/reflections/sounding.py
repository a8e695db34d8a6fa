"""The worker's part in sounds: one at a time it makes what was brought into what is played, and sweeps.

Killed at any moment it loses nothing: the row waits until what is played lies in the store, and what came is
taken away only after that.
"""

from __future__ import annotations

import shutil
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import obstore
import structlog
from obstore.store import ObjectStore
from sqlalchemy import delete, or_, select, update
from sqlalchemy.orm import Session

from library.core.clock import Clock
from library.core.database import Database
from library.core.ids import new_id
from library.intake.files.objects import delete_object, delete_prefix, file_for, keep_file, names_under
from library.reflections.places import PREFIX, folder_of, raw_key, sound_key
from library.reflections.rules import SoundState
from library.reflections.tables import GoneSound, ReflectionSound
from transcode.encoding.voice import make_voice
from transcode.errors import Cancelled, Refused, TranscodeError
from transcode.tools import Tools

TAKEN_FOR = timedelta(minutes=15)
"""So long a worker may be at one before another takes it up: ten minutes of sound take seconds."""
MOST_TRIES = 3
SWEPT_AT_ONCE = 100
KEPT_FOR = timedelta(days=1)
"""What no row names and is younger than that may be about to be named."""
MANY = 20
"""Of so many sounds in the store the database must know half."""

log = structlog.get_logger()


@dataclass(frozen=True)
class Sounding:
    """Makes sounds. `work` is a folder of this machine; longer than `most_s` seconds none may be."""

    db: Database
    store: ObjectStore
    tools: Tools
    work: Path
    clock: Clock
    most_s: float
    stopping: Callable[[], bool]

    def make_one(self) -> bool:
        """Make one sound; returns whether there was one. Raises the store's own errors."""
        with self.db.read() as session:
            waiting = _next(session, self.clock())
        if waiting is None:
            return False
        with self.db.write() as session:
            taken = _take(session, waiting, self.clock())
        if not taken:
            return True
        try:
            values = self._make(waiting)
        except Cancelled:
            with self.db.write() as session:
                _set(session, waiting, taken_at=None, tries=ReflectionSound.tries - 1)
            return False
        except Refused as refused:
            values = {"state": SoundState.REFUSED, "reason": refused.code, "details": dict(refused.details)}
        except TranscodeError as error:
            log.warning("a sound could not be made, it will be tried again", sound=waiting, why=error.code)
            return True  # it is taken up again once its time is over, and given up after MOST_TRIES
        with self.db.write() as session:
            _set(session, waiting, taken_at=None, **values)
            there = session.get(ReflectionSound, waiting) is not None
        if there:
            delete_object(self.store, raw_key(waiting))
        else:  # it was deleted meanwhile: what was swept then must not lie there again
            delete_prefix(self.store, folder_of(waiting))
        return True

    def _make(self, sound_id: str) -> Mapping[str, Any]:
        folder = self.work / f"sound-{new_id()}"
        folder.mkdir(parents=True)
        try:
            source = file_for(self.store, raw_key(sound_id), folder)
            if not source.exists():  # an older store was brought back
                raise Refused("empty_file")
            made = make_voice(self.tools, source, folder, self.most_s, self.stopping)
            size = made.file.stat().st_size
            keep_file(self.store, made.file, sound_key(sound_id))
            return {"state": SoundState.READY, "duration_s": made.duration_s, "size_bytes": size}
        finally:
            shutil.rmtree(folder, ignore_errors=True)

    def sweep(self) -> int:
        """Take away the bytes of sounds that are gone; returns of how many."""
        with self.db.read() as session:
            over = select(GoneSound.id).where(GoneSound.gone_at <= self.clock())
            gone = session.scalars(over.limit(SWEPT_AT_ONCE)).all()
        for sound_id in gone:
            delete_prefix(self.store, folder_of(sound_id))
        if gone:
            with self.db.write() as session:
                session.execute(delete(GoneSound).where(GoneSound.id.in_(gone)))
        return len(gone)

    def sweep_nameless(self) -> int:
        """Take away what lies in the store as a sound and no row names; returns how many sounds.

        Such are left by a worker that was killed after a sound had been deleted and before it saw that.
        Nothing younger than KEPT_FOR goes. Where most of many are nameless, the database is more likely an
        old copy that
        was brought back: then nothing goes, and the log says so.
        """
        names = names_under(self.store, PREFIX)
        with self.db.read() as session:
            known = set(session.scalars(select(ReflectionSound.id))) | set(
                session.scalars(select(GoneSound.id))
            )
        nameless = [one for one in names if one not in known]
        if len(names) >= MANY and 2 * len(nameless) > len(names):
            log.error(
                "sounds were not swept: the database knows few of them", known=len(names) - len(nameless)
            )
            return 0
        swept = 0
        for sound_id in nameless:
            if self.stopping():
                break
            if self._is_young(sound_id):
                continue
            with self.db.read() as session:
                named = session.get(ReflectionSound, sound_id) or session.get(GoneSound, sound_id)
            if named is None:
                delete_prefix(self.store, folder_of(sound_id))
                swept += 1
        return swept

    def _is_young(self, sound_id: str) -> bool:
        oldest = self.clock() - KEPT_FOR
        batches = obstore.list(self.store, prefix=f"{folder_of(sound_id)}/")
        return any(meta["last_modified"] > oldest for batch in batches for meta in batch)


def _next(session: Session, now: datetime) -> str | None:
    free = or_(ReflectionSound.taken_at.is_(None), ReflectionSound.taken_at < now - TAKEN_FOR)
    wanted = select(ReflectionSound.id).where(ReflectionSound.state == SoundState.WAITING, free)
    return session.scalars(wanted.order_by(ReflectionSound.made_at, ReflectionSound.id).limit(1)).first()


def _take(session: Session, sound_id: str, now: datetime) -> bool:
    """Take a sound for this worker; of two at once one gets it. What ended several workers is given up."""
    its = ReflectionSound
    free = or_(its.taken_at.is_(None), its.taken_at < now - TAKEN_FOR)
    over = update(its).where(
        its.id == sound_id, its.state == SoundState.WAITING, free, its.tries >= MOST_TRIES
    )
    session.execute(
        over.values(state=SoundState.REFUSED, reason="given_up").execution_options(synchronize_session=False)
    )
    taken = (
        update(its)
        .where(its.id == sound_id, its.state == SoundState.WAITING, free)
        .values(taken_at=now, tries=its.tries + 1)
        .returning(its.id)
    )
    return bool(session.scalars(taken.execution_options(synchronize_session=False)).all())


def _set(session: Session, sound_id: str, **values: Any) -> None:
    its = update(ReflectionSound).where(
        ReflectionSound.id == sound_id, ReflectionSound.state == SoundState.WAITING
    )
    session.execute(its.values(**values).execution_options(synchronize_session=False))
