"""What lies in the object store and belongs to nobody any more: which of it goes, and taking it away.

Nothing that a row names goes, nothing that a run is working on, and nothing young: a run may be about to name
it, and addresses of another plan play for a while. What a lesson that was deleted leaves does not wait for
its addresses, for it is to stop. What is decided here is asked again right before each folder is taken away.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from pathlib import Path

import obstore
from obstore.store import ObjectStore
from sqlalchemy import select
from sqlalchemy.orm import Session

from library.catalog import actions as catalog
from library.catalog import covers
from library.catalog.tables import Clip, DeletedLesson, Lesson
from library.core.clock import Clock
from library.core.database import Database
from library.intake import actions
from library.intake.files import objects
from library.intake.rules import BUSY
from library.intake.tables import Original, Recording
from library.versions import queries as versions
from library.works.places import PREFIX, folder_of
from library.works.tables import GoneFile, LessonFile

_SHA256 = re.compile(r"[0-9a-f]{64}")
# With this many clips in the store of which more than half are unknown, it is the database that is wrong.
_MANY, _MOST_UNKNOWN = 20, 0.5


class StoredKind(StrEnum):
    """What lies in the store: a clip's plan or a storyboard, which can be made again, an original, or a
    file that belongs to a lesson."""

    CLIP = "clip"
    STORYBOARD = "storyboard"
    ORIGINAL = "original"
    MATERIAL = "material"


class SweepRefused(Exception):
    """The database does not know most of what lies in the store: it is an old copy, or another library's."""

    def __init__(self, unknown: int, total: int) -> None:
        super().__init__(f"{unknown} of {total} clips in the store are unknown to the database")
        self.unknown, self.total = unknown, total


@dataclass(frozen=True)
class Found:
    """A folder in the store (of a clip's plan, of a storyboard), or an original.

    `owner` is the clip, the recording or the hash it is named by, `plan` "" but for clips; `newest` is when
    the youngest object in it was written.
    """

    kind: StoredKind
    key: str
    owner: str
    plan: str
    newest: datetime
    size_bytes: int


@dataclass(frozen=True)
class ClipNames:
    """What the database says of a clip: the plans that play, since when, and whether a run is going on."""

    plans: frozenset[str]
    ready_at: datetime | None
    busy: bool


def what_goes(
    found: Iterable[Found],
    clips: Mapping[str, ClipNames],
    recordings: frozenset[str],
    originals: frozenset[str],
    now: datetime,
    after: timedelta,
) -> list[Found]:
    """Return what may be taken away; pure. `originals` are the hashes that recordings are made of.

    A plan that another has followed is kept for `after` from then on, whatever its own age.
    """

    def goes(one: Found) -> bool:
        if now - one.newest < after:
            return False
        if one.kind is StoredKind.ORIGINAL:
            return one.owner not in originals
        if one.kind is StoredKind.STORYBOARD:
            return one.owner not in recordings
        if one.kind is StoredKind.MATERIAL:
            return True  # _materials yields those alone that may go
        clip = clips.get(one.owner)
        if clip is None:
            return True
        followed = clip.ready_at is not None and now - clip.ready_at < after
        return not (clip.busy or followed or one.plan in clip.plans)

    return [one for one in found if goes(one)]


def check_known(unknown: int, total: int) -> None:
    """Raise SweepRefused when so little of the store is known that the database must be the wrong one."""
    if total >= _MANY and unknown > total * _MOST_UNKNOWN:
        raise SweepRefused(unknown, total)


def _covers(session: Session) -> dict[str, list[str]]:
    """Return the covers of lessons, of their versions and of their drafts, by the clips in whose folders they
    lie."""
    named = session.scalars(select(Lesson.cover).where(Lesson.cover != ""))
    found: dict[str, list[str]] = {}
    for clip_id, name in (*filter(None, map(covers.parted, named)), *versions.covers_kept(session)):
        found.setdefault(clip_id, []).append(name)
    return found


@dataclass(frozen=True)
class Sweep:
    """Looks for what belongs to nobody and takes it away; several may do so at once.

    `after` is how old things must be, `keep_replaced` how long clips that were replaced by other cuts still
    play. Cancelled by `stopping` between two folders.
    """

    db: Database
    store: ObjectStore
    work: Path
    clock: Clock
    after: timedelta
    keep_replaced: timedelta
    stopping: Callable[[], bool] = lambda: False

    def look(self, *, force: bool = False) -> list[Found]:
        """Return what goes; raises SweepRefused, unless `force` says that the database is the right one."""
        now = self.clock()
        clips, recordings, originals = self._named()
        folders = list(self._clip_folders(clips))
        if not force:
            owners = set(objects.names_under(self.store, "clips/"))
            check_known(len(owners - clips.keys()), len(owners))
        boards, materials = self._storyboards(recordings), self._materials(force=force)
        found = [*folders, *boards, *materials, *self._originals(originals, force=force)]
        return what_goes(found, clips, recordings, originals, now, self.after)

    def run(self, *, force: bool = False) -> list[Found]:
        """Take away what goes and return it; raises SweepRefused.

        Clips that were replaced long ago are let go in the end: their files go the next time, when nobody can
        hold an address of them any more.
        """
        gone = []
        for one in self.look(force=force):
            if self.stopping():
                break
            if self._take(one):
                gone.append(one)
        self._sweep_work()
        with self.db.write() as session:
            catalog.retire(session, self.clock() - self.keep_replaced)
        return gone

    # ------------------------------------------------------------------ what there is

    def _named(self) -> tuple[dict[str, ClipNames], frozenset[str], frozenset[str]]:
        with self.db.read() as session:
            rows = session.execute(
                select(
                    *(Clip.id, Clip.plan, Clip.early, Clip.cover, Clip.ready_at, Clip.cover_at),
                    Recording.state,
                ).outerjoin(Recording, Recording.lesson_id == Clip.lesson_id)
            )
            of_lessons = _covers(session)
            clips = {
                clip_id: ClipNames(
                    frozenset(filter(None, (plan, early, cover, *of_lessons.get(clip_id, ())))),
                    max(filter(None, (ready_at, cover_at)), default=None),
                    state in BUSY,
                )
                for clip_id, plan, early, cover, ready_at, cover_at, state in rows
            }
            recordings = frozenset(session.scalars(select(Recording.id)))
            hashes = select(Recording.sha256).where(Recording.sha256.is_not(None))
            return clips, recordings, frozenset(filter(None, session.scalars(hashes)))

    def _clip_folders(self, clips: Mapping[str, ClipNames]) -> Iterator[Found]:
        for clip_id in objects.names_under(self.store, "clips/"):
            named = clips[clip_id].plans if clip_id in clips else frozenset()
            for plan in objects.names_under(self.store, f"clips/{clip_id}/"):
                if plan not in named:  # what is named stays: nobody need know how old and large it is
                    yield from _found(self.store, StoredKind.CLIP, f"clips/{clip_id}/{plan}", clip_id, plan)

    def _storyboards(self, recordings: frozenset[str]) -> Iterator[Found]:
        for recording_id in objects.names_under(self.store, "storyboards/"):
            if recording_id not in recordings:
                yield from _found(
                    self.store, StoredKind.STORYBOARD, f"storyboards/{recording_id}", recording_id
                )

    def _materials(self, *, force: bool) -> Iterator[Found]:
        """Yield the files that were taken from their lessons, or whose lesson is gone.

        One of which no row tells anything is left, but for `force`, as originals are.
        """
        with self.db.read() as session:
            known = frozenset(session.scalars(select(LessonFile.id)))
            gone = frozenset(session.scalars(select(GoneFile.id)))
            deleted = frozenset(session.scalars(select(DeletedLesson.lesson_id)))
        for lesson_id in objects.names_under(self.store, PREFIX):
            for file_id in objects.names_under(self.store, f"{PREFIX}{lesson_id}/"):
                if file_id not in known and (force or file_id in gone or lesson_id in deleted):
                    key = folder_of(lesson_id, file_id)
                    yield from _found(self.store, StoredKind.MATERIAL, key, file_id)

    def _originals(self, originals: frozenset[str], *, force: bool) -> Iterator[Found]:
        """Yield the originals that nothing is made of.

        One that has no row at all is left, but for `force`: it cannot be made again, and it is more likely
        that an older database was brought back than that a crash forgot it.
        """
        with self.db.read() as session:
            known = frozenset(session.scalars(select(Original.sha256)))
        for batch in obstore.list(self.store, prefix="originals/"):
            for meta in batch:
                name = meta["path"].rpartition("/")[2]
                nameless = name not in known and _SHA256.fullmatch(name) is not None
                if name not in originals and (force or not nameless):
                    yield Found(
                        StoredKind.ORIGINAL, meta["path"], name, "", meta["last_modified"], meta["size"]
                    )

    # ------------------------------------------------------------------ taking away

    def _take(self, one: Found) -> bool:
        """Take one thing away if it still goes; returns whether it did."""
        if one.kind is StoredKind.ORIGINAL:
            return self._take_original(one)
        with self.db.read() as session:
            if one.kind is StoredKind.STORYBOARD:
                kept = session.get(Recording, one.owner) is not None
            elif one.kind is StoredKind.MATERIAL:
                kept = session.get(LessonFile, one.owner) is not None
            else:
                kept = _is_kept(session, one, self.clock() - self.after)
        if not kept:
            objects.delete_prefix(self.store, one.key)
        return not kept

    def _take_original(self, one: Found) -> bool:
        """Take an original away while its row is held: an upload of the same bytes waits, and keeps its."""
        if not _SHA256.fullmatch(one.owner):  # half a copy that a crash left
            objects.delete_object(self.store, one.key)
            return True
        with self.db.write() as session:
            unused = actions.hold_unused(session, one.owner, one.key, one.size_bytes, self.clock())
            if unused is None:
                return False
            objects.delete_object(self.store, one.key)
            actions.drop_original(session, unused)
        return True

    def _sweep_work(self) -> None:
        """Take away the folders of unfinished things that nothing has been written to for long."""
        oldest = (self.clock() - self.after).timestamp()
        for entry in self.work.iterdir():
            with suppress(FileNotFoundError):  # it ends in this moment
                if all(file.stat().st_mtime < oldest for file in (entry, *entry.rglob("*"))):
                    objects.delete_path(entry)


def _is_kept(session: Session, one: Found, since: datetime) -> bool:
    """Tell whether a clip's folder is in use after all, or its clip has had others since then: pages that are
    open hold its address."""
    clip = session.get(Clip, one.owner)
    if clip is None:
        return False
    lesson_cover = f"{clip.id}/{one.plan}"
    if session.scalars(select(Lesson.id).where(Lesson.cover == lesson_cover).limit(1)).first() is not None:
        return True
    if versions.is_cover_kept(session, clip.id, one.plan):
        return True
    if any(at is not None and at > since for at in (clip.ready_at, clip.cover_at)):
        return True
    states = session.scalars(select(Recording.state).where(Recording.lesson_id == clip.lesson_id)).all()
    return one.plan in (clip.plan, clip.early, clip.cover) or any(state in BUSY for state in states)


def _found(store: ObjectStore, kind: StoredKind, key: str, owner: str, plan: str = "") -> Iterator[Found]:
    metas = [meta for batch in obstore.list(store, prefix=f"{key}/") for meta in batch]
    if metas:
        newest = max(meta["last_modified"] for meta in metas)
        yield Found(kind, key, owner, plan, newest, sum(meta["size"] for meta in metas))
