"""Files that are gone from the store or damaged: which they are, and making them again from the original.

With `actions` and others a writer of the intake tables. A clip that is made again keeps its id, its place,
its borders and its views; where this version plans it as the one before did, its addresses stay too.
"""

from __future__ import annotations

import hashlib
import random
import time
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum

import obstore
from obstore.store import ObjectStore
from sqlalchemy import ColumnElement, select, update
from sqlalchemy.orm import Session

from library.catalog import actions as catalog
from library.catalog.tables import Clip, Lesson
from library.core.database import Database
from library.core.errors import Conflict, NotFound
from library.intake import actions, queries
from library.intake.files import objects
from library.intake.rules import BUSY, RecordingState, StepKind, StepState
from library.intake.tables import Original, Recording, Step
from transcode.hls.files import MASTER
from transcode.pictures.small import is_small

_AGAIN = (StepKind.SPLIT, StepKind.CAPTIONS, StepKind.INDEX)
_BESIDE = "download_"
"""Files that come later into a clip's folder, made when somebody asks for them."""


class LostKind(StrEnum):
    """What is not as it was: an original, a clip, its pictures alone, the small pictures of a recording."""

    ORIGINAL = "original"
    CLIP = "clip"
    POSTER = "poster"
    STORYBOARD = "storyboard"


@dataclass(frozen=True)
class Lost:
    """Files that are gone, or `damaged`: something is there, and it is not all. `key` is where they lie.

    `clip_id` and `n` (its place in the lesson) are those of a clip, else None.
    """

    kind: LostKind
    key: str
    lesson_id: str
    title: str
    damaged: bool
    clip_id: str | None = None
    n: int | None = None


@dataclass(frozen=True)
class Examined:
    """What was found missing, and of how many of all `clips` every file was looked at."""

    lost: tuple[Lost, ...]
    clips: int
    looked_at: int


@dataclass(frozen=True)
class ClipFiles:
    """What the database says of a clip's files: their folder, their bytes, its picture ("" for none).

    `has_small`: whether its small pictures are among them.
    """

    clip_id: str
    n: int
    prefix: str
    size_bytes: int
    poster: str
    lesson_id: str
    title: str
    has_small: bool = True


def judge(files: ClipFiles, found: Sequence[tuple[str, int]]) -> Lost | None:
    """Return what is wrong with a clip whose folder holds `found` (names and bytes); None when nothing is.

    Files are written once: all of them together have as many bytes as when the clip was published.
    """
    sizes = {
        name: size
        for name, size in found
        # Small ones that came later are there a moment before the database knows of them.
        if not name.startswith(_BESIDE) and (files.has_small or not is_small(name))
    }
    kind, damaged = LostKind.CLIP, True
    if MASTER not in sizes:
        damaged = bool(sizes)
    elif files.poster and files.poster not in sizes:
        kind, damaged = LostKind.POSTER, False
    elif sum(sizes.values()) == files.size_bytes:
        return None
    return Lost(kind, files.prefix, files.lesson_id, files.title, damaged, files.clip_id, files.n)


def examine(db: Database, store: ObjectStore, within_s: float, lesson_id: str | None = None) -> Examined:
    """Compare the store with the database, of one lesson or of all; reads names and sizes, no contents.

    Originals, small pictures and clips that are gone altogether are all found. The files of clips are looked
    at one clip after another, in no order, for at most `within_s`.
    """
    with db.read() as session:
        originals = _originals(session, lesson_id)
        boards = list(_storyboards(session, lesson_id))
        clips = list(_clips(session, lesson_id))
    lost = [*_lost_originals(store, originals, lesson_id), *_lost_storyboards(store, boards, lesson_id)]
    here = _folders(store, "clips/") if lesson_id is None else None
    until, looked_at = time.monotonic() + within_s, 0
    random.shuffle(clips)
    for files in clips:
        found: list[tuple[str, int]] = []
        if here is None or files.clip_id in here:
            if time.monotonic() > until:
                continue
            found = _listed(store, files.prefix)
        looked_at += 1
        wrong = judge(files, found)
        if wrong is not None:
            lost.append(wrong)
    return Examined(tuple(sorted(lost, key=lambda one: (one.lesson_id, one.n or 0))), len(clips), looked_at)


def remake(
    session: Session,
    lesson: Lesson,
    recording: Recording,
    clip_ids: Collection[str],
    *,
    storyboard: bool = False,
) -> None:
    """Begin a run that makes some clips of a lesson again, and the small pictures of its recording.

    What plays of them plays until they are made. Raises Conflict("remake_not_now") while a run is going on or
    before there was one, NotFound.
    """
    catalog.touch(session, lesson)
    held = queries.held(session, recording.id)
    if held is None:
        raise NotFound
    if held.state in (*BUSY, RecordingState.RECEIVING) or held.wanted is not None or held.facts is None:
        raise Conflict("remake_not_now")
    held.lost = [clip.id for clip in lesson.clips if clip.id in clip_ids] or None
    held.remake = held.lost
    if storyboard:
        held.look = None
    of_it = Step.recording_id == held.id
    again = Step.kind.in_(_AGAIN) | (Step.kind == StepKind.CLIP) & Step.clip_id.in_(held.lost or ())
    session.execute(update(Step).where(of_it, again).values(state=StepState.WAITING, percent=0.0))
    actions.start_run(session, held)


def is_lost(recording: Recording, clip_id: str) -> bool:
    """Tell whether a clip is to be made again although its files seem to be there."""
    return clip_id in (recording.lost or ())


def is_whole(store: ObjectStore, key: str, sha256: str) -> bool:
    """Read an original and tell whether its bytes are those that it is named by."""
    digest = hashlib.sha256()
    try:
        for chunk in obstore.get(store, key).stream(min_chunk_size=objects.CHUNK_BYTES):
            digest.update(bytes(chunk))
    except FileNotFoundError:
        return False
    return digest.hexdigest() == sha256


def original_of(session: Session, recording: Recording) -> Original | None:
    """Return what a recording is made of; None while it is still arriving."""
    return session.get(Original, recording.sha256) if recording.sha256 else None


# ---------------------------------------------------------------- what the database says


def _originals(session: Session, lesson_id: str | None) -> list[tuple[Original, str, str]]:
    wanted = (
        select(Original, Lesson.id, Lesson.title)
        .join(Recording, Recording.sha256 == Original.sha256)
        .join(Lesson, Lesson.id == Recording.lesson_id)
        # Others were refused before they were kept, or are not in their place yet.
        .where(Recording.state.in_((RecordingState.READY, RecordingState.FAILED)), *_only(lesson_id))
    )
    return [(original, its_lesson, title) for original, its_lesson, title in session.execute(wanted)]


def _storyboards(session: Session, lesson_id: str | None) -> Iterator[tuple[str, list[str], str, str]]:
    sheets = Recording.look["storyboard"]["sheets"]
    wanted = (
        select(Recording.id, sheets, Lesson.id, Lesson.title)
        .join(Lesson, Lesson.id == Recording.lesson_id)
        .where(Recording.look.is_not(None), Recording.state.not_in(BUSY), *_only(lesson_id))
    )
    for recording_id, names, its_lesson, title in session.execute(wanted):
        if names:
            yield recording_id, names, its_lesson, title


def _clips(session: Session, lesson_id: str | None) -> Iterator[ClipFiles]:
    wanted = (
        select(Clip.id, Clip.n, Clip.plan, Clip.size_bytes, Clip.poster, Clip.small, Lesson.id, Lesson.title)
        .join(Lesson, Lesson.id == Clip.lesson_id)
        .where(Clip.plan.is_not(None), Clip.n.is_not(None), *_only(lesson_id))
    )
    for clip_id, n, plan, size_bytes, poster, small, its_lesson, title in session.execute(wanted):
        if n is not None and plan is not None:
            prefix = objects.clip_prefix(clip_id, plan)
            yield ClipFiles(clip_id, n, prefix, size_bytes, poster, its_lesson, title, bool(small))


def _only(lesson_id: str | None) -> tuple[ColumnElement[bool], ...]:
    """Return what lets through one lesson alone, or all."""
    return () if lesson_id is None else (Lesson.id == lesson_id,)


# ---------------------------------------------------------------- what the store says


def _lost_originals(
    store: ObjectStore, originals: Sequence[tuple[Original, str, str]], lesson_id: str | None
) -> Iterator[Lost]:
    if lesson_id is None:
        listed = {meta["path"]: meta["size"] for batch in obstore.list(store, "originals/") for meta in batch}
    else:
        listed = dict(size for one, _, _ in originals for size in _size_of(store, one.key))
    for original, its_lesson, title in originals:
        found = listed.get(original.key)
        if found != original.size_bytes:
            yield Lost(LostKind.ORIGINAL, original.key, its_lesson, title, damaged=found is not None)


def _size_of(store: ObjectStore, key: str) -> list[tuple[str, int]]:
    try:
        return [(key, obstore.head(store, key)["size"])]
    except FileNotFoundError:
        return []


def _lost_storyboards(
    store: ObjectStore, boards: Sequence[tuple[str, list[str], str, str]], lesson_id: str | None
) -> Iterator[Lost]:
    here = _folders(store, "storyboards/") if lesson_id is None else None
    for recording_id, names, its_lesson, title in boards:
        prefix = objects.storyboard_prefix(recording_id)
        found = set()
        if here is None or recording_id in here:
            found = {name for name, size in _listed(store, prefix) if size}
        if not found >= set(names):
            yield Lost(LostKind.STORYBOARD, prefix, its_lesson, title, damaged=bool(found))


def _folders(store: ObjectStore, prefix: str) -> set[str]:
    """Return the names of the folders right under a prefix."""
    listed = obstore.list_with_delimiter(store, prefix=prefix)
    return {path.rstrip("/").rpartition("/")[2] for path in listed["common_prefixes"]}


def _listed(store: ObjectStore, prefix: str) -> list[tuple[str, int]]:
    """Return the names and bytes of what lies under a prefix."""
    begins = f"{prefix}/"
    return [
        (meta["path"].removeprefix(begins), meta["size"])
        for batch in obstore.list(store, begins)
        for meta in batch
    ]
