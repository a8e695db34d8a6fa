"""What is taken away from a store, and above all what is not: on a folder and on S3."""

from __future__ import annotations

import os
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import obstore
import pytest
from obstore.store import ObjectStore

from library.catalog import actions as catalog
from library.catalog import covers
from library.catalog import queries as catalog_queries
from library.catalog.tables import Clip
from library.core.database import Database
from library.intake import actions, arranging, queries
from library.intake.cutting import WantedCut
from library.intake.files import objects
from library.intake.files.sweeping import (
    ClipNames,
    Found,
    StoredKind,
    Sweep,
    SweepRefused,
    check_known,
    what_goes,
)
from library.intake.rules import RecordingState
from library.intake.tables import Original, Recording
from tests.support import factories as make
from tests.support.databases import Databases
from tests.support.server import MovableClock

pytestmark = [pytest.mark.slow, pytest.mark.every]

AFTER, KEEP = timedelta(hours=24), timedelta(days=30)
SHA = "ab" * 32


# ---------------------------------------------------------------------- what goes: pure

NOW = datetime(2026, 11, 23, 9, 30, tzinfo=UTC)
OLD, YOUNG = NOW - timedelta(hours=25), NOW - timedelta(hours=23)


def clip_folder(plan: str = "p1", newest: datetime = OLD) -> Found:
    return Found(StoredKind.CLIP, f"clips/c/{plan}", "c", plan, newest, 10)


@pytest.mark.parametrize(
    ("found", "names", "goes"),
    [
        (clip_folder(), None, True),
        (clip_folder(newest=YOUNG), None, False),
        (clip_folder(), ClipNames(frozenset({"p1"}), OLD, busy=False), False),
        (clip_folder(), ClipNames(frozenset({"p2"}), OLD, busy=False), True),
        (clip_folder(), ClipNames(frozenset({"p2"}), YOUNG, busy=False), False),
        (clip_folder(), ClipNames(frozenset({"p2"}), OLD, busy=True), False),
        (clip_folder(), ClipNames(frozenset(), None, busy=True), False),
        (clip_folder(), ClipNames(frozenset(), None, busy=False), True),
        (clip_folder("p1.3f2a.old"), ClipNames(frozenset({"p1"}), OLD, busy=False), True),
    ],
    ids=[
        *("of nobody", "of nobody, young", "plays", "followed long ago", "followed just now"),
        *("a run is going on", "being made", "given up", "half replaced"),
    ],
)
def test_a_clips_folder(found: Found, names: ClipNames | None, goes: bool) -> None:
    clips = {"c": names} if names is not None else {}
    assert what_goes([found], clips, frozenset(), frozenset(), NOW, AFTER) == ([found] if goes else [])


def test_originals_and_storyboards_go_when_nobody_is_made_of_them() -> None:
    original = Found(StoredKind.ORIGINAL, f"originals/ab/{SHA}", SHA, "", OLD, 10)
    board = Found(StoredKind.STORYBOARD, "storyboards/r", "r", "", OLD, 10)
    young = [Found(x.kind, x.key, x.owner, "", YOUNG, 10) for x in (original, board)]
    for recordings, hashes, goes in [
        (frozenset[str](), frozenset[str](), [original, board]),
        (frozenset({"r"}), frozenset({SHA}), []),
    ]:
        assert what_goes([original, board], {}, recordings, hashes, NOW, AFTER) == goes
        assert what_goes(young, {}, recordings, hashes, NOW, AFTER) == []


@pytest.mark.parametrize(("unknown", "total", "refused"), [(11, 20, True), (10, 20, False), (19, 19, False)])
def test_a_database_that_knows_less_than_half_is_not_believed(
    unknown: int, total: int, refused: bool
) -> None:
    if not refused:
        check_known(unknown, total)
        return
    with pytest.raises(SweepRefused):
        check_known(unknown, total)


# ---------------------------------------------------------------------- a library and its store


@dataclass
class Library:
    """A library with a clock that can be put forward; what is written is as old as that makes it."""

    db: Database
    store: ObjectStore
    clock: MovableClock
    sweep: Sweep

    def there(self) -> set[str]:
        """The folders and originals in the store."""
        paths = [meta["path"] for batch in obstore.list(self.store) for meta in batch]
        return {path if path.startswith("originals") else path.rpartition("/")[0] for path in paths}

    def put(self, *folders: str) -> None:
        """Put something into folders of the store."""
        for folder in folders:
            obstore.put(self.store, f"{folder}/master.m3u8", b"#EXTM3U\n")

    def lesson(self, clips: int = 2) -> tuple[str, str, list[str]]:
        """A lesson with all its files; returns its id, its recording's, and its clips' folders."""
        with self.db.write() as session:
            lesson = make.lesson(session, clips=clips, now=self.clock())
            row = make.recording(session, lesson)
            make.heard(row, 60.0 * clips)
            row.state = RecordingState.READY
            key = objects.original_key(SHA)
            actions.take_in(session, row, SHA, key, self.clock())
            folders = [objects.clip_prefix(clip.id, clip.plan or "") for clip in lesson.clips]
            ids = lesson.id, row.id
        obstore.put(self.store, key, b"film")
        self.put(*folders, objects.storyboard_prefix(ids[1]))
        return *ids, folders

    def swept(self) -> set[str]:
        """Sweep; returns the keys that went."""
        before = self.there()
        gone = {one.key for one in self.sweep.run()}
        assert before - self.there() == gone
        assert self.sweep.look() == [], "a second sweep finds nothing"
        return gone


@pytest.fixture
def library(databases: Databases, store: ObjectStore, tmp_path: Path) -> Iterator[Library]:
    (tmp_path / "work").mkdir()
    with databases.open("sqlite") as db:
        clock = MovableClock()
        yield Library(db, store, clock, Sweep(db, store, tmp_path / "work", clock, AFTER, KEEP))


def test_nothing_goes_that_is_named_however_old(library: Library) -> None:
    library.lesson()
    there = library.there()
    for _ in range(2):
        library.clock.forward(days=400)
        assert library.swept() == set()
    assert library.there() == there
    assert len(there) == 4, "two clips, the storyboard, the original"


def test_all_of_a_deleted_lesson_goes_after_a_day(library: Library) -> None:
    lesson_id, _recording_id, _folders = library.lesson()
    with library.db.write() as session:
        catalog.delete_lesson(session, catalog_queries.lesson(session, lesson_id), library.clock())
    there = library.there()
    assert library.swept() == set(), "too young"
    library.clock.forward(hours=25)
    assert library.swept() == there
    with library.db.read() as session:
        assert session.query(Original).count() == 0


@pytest.mark.parametrize("of", ["clip", "lesson", "uncovered"])
def test_a_cover_that_is_chosen_while_the_sweep_goes_on_stays(library: Library, of: str) -> None:
    lesson_id, _recording_id, [folder] = library.lesson(clips=1)
    cover = f"{folder.rpartition('/')[0]}/c0ffeec0ffee"
    library.put(cover)
    library.clock.forward(days=3)

    def chosen() -> bool:
        """What somebody does between the look and the taking away."""
        with library.db.write() as session:
            lesson = catalog_queries.lesson(session, lesson_id)
            [clip] = lesson.clips
            if of == "lesson":
                covers.cover_lesson(session, lesson, clip, "c0ffeec0ffee", OLD, None, "frame")
            else:
                now = library.clock() if of == "uncovered" else OLD
                covers.cover_clip(session, clip, "c0ffeec0ffee", now, None, "frame")
            if of == "uncovered":
                covers.uncover_clip(session, clip, library.clock(), None)
        return False

    sweep = replace(library.sweep, stopping=chosen)
    assert [one.key for one in sweep.look()] == [cover]
    assert sweep.run() == []
    assert {folder, cover} <= library.there()


def test_what_two_lessons_are_made_of_stays_until_both_are_gone(library: Library) -> None:
    ids = [library.lesson(clips=1)[0] for _ in range(2)]
    original = objects.original_key(SHA)
    library.clock.forward(hours=25)
    for lesson_id, goes in zip(ids, (False, True), strict=True):
        with library.db.write() as session:
            catalog.delete_lesson(session, catalog_queries.lesson(session, lesson_id), library.clock())
        assert (original in library.swept()) is goes


def test_a_plan_that_was_followed_goes_a_day_later_and_never_while_a_run_is_going_on(
    library: Library,
) -> None:
    lesson_id, recording_id, [old] = library.lesson(clips=1)
    library.clock.forward(days=3)
    with library.db.write() as session:
        [clip] = catalog_queries.lesson(session, lesson_id).clips
        make.ready(session, clip, plan="feedfeedfeed", now=library.clock())
        queries.recording(session, recording_id).state = RecordingState.WORKING
        new = objects.clip_prefix(clip.id, "feedfeedfeed")
    library.put(new)
    library.clock.forward(hours=23)
    assert library.swept() == set(), "pages that are open hold its address"
    library.clock.forward(hours=2)
    assert library.swept() == set(), "a run is going on"
    with library.db.write() as session:
        queries.recording(session, recording_id).state = RecordingState.READY
    assert library.swept() == {old}
    assert new in library.there()


def test_clips_that_others_replaced_play_for_a_month(library: Library) -> None:
    lesson_id, recording_id, [old] = library.lesson(clips=1)
    with library.db.write() as session:
        lesson, row = catalog_queries.lesson(session, lesson_id), queries.recording(session, recording_id)
        version = queries.version_of(row, lesson.clips)
        cuts = [WantedCut(0, 30), WantedCut(30, 60)]
        arranging.rearrange(session, row, lesson, cuts, version, library.clock())
        new = queries.arrangement(row, lesson)
        for clip in new:
            make.ready(session, clip, now=library.clock())
        arranging.adopt_when_ready(session, row, lesson, library.clock())
        row.state = RecordingState.READY
        library.put(*(objects.clip_prefix(clip.id, clip.plan or "") for clip in new))
    library.clock.forward(days=29)
    assert library.swept() == set()
    library.clock.forward(days=2)
    assert {one.key for one in library.sweep.run()} == set(), "let go now, and taken away the next time"
    with library.db.read() as session:
        replaced = session.get_one(Clip, old.split("/")[1])
        assert (replaced.plan, replaced.poster, replaced.replaced_at is None) == (None, "", False)
    assert library.swept() == {old}


def test_what_was_asked_for_again_is_not_taken_away(library: Library) -> None:
    """Looked at, and then, before its turn comes, an upload of the same bytes, or a lesson cut anew."""
    lesson_id, _recording_id, _folders = library.lesson(clips=1)
    with library.db.write() as session:
        catalog.delete_lesson(session, catalog_queries.lesson(session, lesson_id), library.clock())
    library.clock.forward(hours=25)
    found = library.sweep.look()
    assert {one.kind for one in found} == {"clip", "storyboard", "original"}
    library.lesson(clips=1)
    taken = [one.kind for one in found if library.sweep._take(one)]
    assert "original" not in taken
    assert objects.exists(library.store, objects.original_key(SHA))
    with library.db.read() as session:
        assert session.query(Recording).one().sha256 == SHA


def test_what_a_run_began_to_need_is_not_taken_away(library: Library) -> None:
    """Looked at, and then a run begins, or the row names it again."""
    lesson_id, recording_id, [old] = library.lesson(clips=1)
    with library.db.write() as session:
        [clip] = catalog_queries.lesson(session, lesson_id).clips
        make.ready(session, clip, plan="feedfeedfeed", now=library.clock())
    library.clock.forward(hours=25)
    [found] = library.sweep.look()
    assert found.key == old
    for state, plan in [("working", "feedfeedfeed"), ("ready", make.PLAN)]:
        with library.db.write() as session:
            queries.recording(session, recording_id).state = state
            catalog_queries.lesson(session, lesson_id).clips[0].plan = plan
        assert library.sweep._take(found) is False
        assert old in library.there()


def test_an_original_that_the_database_never_knew_goes_only_when_somebody_says_so(library: Library) -> None:
    """It cannot be made again, and the database may be an older one that was brought back."""
    key = objects.original_key("cd" * 32)
    obstore.put(library.store, key, b"film")
    library.clock.forward(days=400)
    assert library.swept() == set()
    assert [one.key for one in library.sweep.run(force=True)] == [key]
    assert not objects.exists(library.store, key)


def test_half_a_copy_goes_and_other_folders_are_not_ours(library: Library) -> None:
    obstore.put(library.store, f"originals/ab/{SHA}.00ff.partial", b"half")
    obstore.put(library.store, "somebody/elses.txt", b"data")
    library.clock.forward(hours=25)
    assert library.swept() == {f"originals/ab/{SHA}.00ff.partial"}
    assert "somebody" in library.there()


def test_the_wrong_database_takes_nothing_away(library: Library) -> None:
    library.put(*(f"clips/clip{n}/c0ffeec0ffee" for n in range(30)))
    library.clock.forward(days=3)
    with pytest.raises(SweepRefused):
        library.sweep.run()
    assert len(library.there()) == 30
    assert len(library.sweep.run(force=True)) == 30


def test_unfinished_work_that_nobody_goes_on_with(library: Library) -> None:
    work = library.sweep.work
    for name, age_h in [("clip-a-1", 30), ("clip-b-2", 1), ("clip-c-1", 30)]:
        (work / name / "720p").mkdir(parents=True)
        (work / name / "720p" / "init.mp4").write_bytes(b"x")
        at = library.clock().timestamp() - age_h * 3600
        for path in (work / name / "720p" / "init.mp4", work / name / "720p", work / name):
            os.utime(path, (at, at))
    (work / "clip-c-1" / "720p" / "00001.m4s").write_bytes(b"new")
    library.sweep.run()
    assert sorted(path.name for path in work.iterdir()) == ["clip-b-2", "clip-c-1"]
