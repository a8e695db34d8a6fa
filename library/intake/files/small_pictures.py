"""Small pictures for clips that were made before there were any: one at a time, when nothing else is done.

Killed at any moment it loses nothing: files come first, the row that names them after, and what was begun is
made again.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

import obstore
import structlog
from obstore.store import ObjectStore
from sqlalchemy import ColumnElement, exists, func, or_, select
from sqlalchemy.orm import Session

from library.catalog import actions as catalog
from library.catalog.tables import Clip
from library.core.database import Database
from library.intake.files import objects
from library.intake.rules import BUSY
from library.intake.tables import Recording
from transcode.errors import Cancelled
from transcode.hls.files import MASTER
from transcode.pictures.small import SmallForm, make_small
from transcode.pictures.stills import still_file
from transcode.tools import Tools

log = structlog.get_logger()


@dataclass(frozen=True)
class _Old:
    """A clip without small pictures: what was made of it, and its large ones."""

    clip_id: str
    plan: str
    names: tuple[str, ...]

    @property
    def prefix(self) -> str:
        return objects.clip_prefix(self.clip_id, self.plan)


def left(session: Session) -> int:
    """Return of how many clips lists show large pictures."""
    return session.scalar(select(func.count()).select_from(Clip).where(*_WANTED)) or 0


@dataclass
class SmallPictures:
    """Makes them. `work` is a folder for unfinished files; of clips that failed it asks no more."""

    db: Database
    store: ObjectStore
    tools: Tools
    work: Path
    stopping: Callable[[], bool]
    _failed: set[str] = field(default_factory=set)

    def make_one(self) -> bool:
        """Make those of one clip, the newest first; returns whether there was something to do, which there is
        not while a recording waits or is worked at. Raises Failed (disk full) and the store's own errors."""
        with self.db.read() as session:
            old = None if _is_busy(session) else _next(session, self._failed)
        if old is None:
            return False
        self._failed.add(old.clip_id)
        folder = self.work / f"small-{os.urandom(8).hex()}"
        folder.mkdir(parents=True)
        try:
            if self._make(old, folder):
                self._failed.discard(old.clip_id)
            else:
                log.warning("a clip keeps its large pictures", clip=old.clip_id)
        except Cancelled:
            return False
        finally:
            shutil.rmtree(folder, ignore_errors=True)
        return True

    def _make(self, old: _Old, folder: Path) -> bool:
        try:
            for name in old.names:
                (folder / name).parent.mkdir(exist_ok=True)
                (folder / name).write_bytes(obstore.get(self.store, f"{old.prefix}/{name}").bytes())
        except FileNotFoundError:
            return False
        form, files = make_small(self.tools, folder, old.names, self.stopping)
        if form is SmallForm.NONE or not objects.exists(self.store, f"{old.prefix}/{MASTER}"):
            return False  # what was deleted meanwhile must not come back
        more_bytes = sum((folder / name).stat().st_size for name in files)
        for name in files:
            objects.keep_file(self.store, folder / name, f"{old.prefix}/{name}")
        with self.db.write() as session:
            catalog.note_small(session, old.clip_id, old.plan, form, more_bytes)
        return True


_WANTED: tuple[ColumnElement[bool], ...] = (
    Clip.plan.is_not(None),
    Clip.n.is_not(None),
    Clip.small == SmallForm.NONE.value,
    or_(Clip.stills > 0, Clip.poster != ""),
)


def _is_busy(session: Session) -> bool:
    return bool(session.scalar(select(exists().where(Recording.state.in_(BUSY)))))


def _next(session: Session, without: set[str]) -> _Old | None:
    rows = select(Clip.id, Clip.plan, Clip.stills, Clip.poster).where(*_WANTED).order_by(Clip.id.desc())
    for clip_id, plan, stills, poster in session.execute(rows.limit(len(without) + 1)):
        if clip_id not in without and plan is not None:
            names = tuple(still_file(number) for number in range(1, stills + 1)) or (poster,)
            return _Old(clip_id, plan, names)
    return None
