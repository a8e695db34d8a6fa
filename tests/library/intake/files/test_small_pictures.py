"""Clips made before there were small pictures get them one by one, whatever happens on the way."""

from __future__ import annotations

from pathlib import Path

import pytest
from obstore.store import LocalStore
from sqlalchemy.orm import Session

from library.catalog.tables import Clip
from library.core.database import Database
from library.intake.files import objects
from library.intake.files.remaking import examine
from library.intake.files.small_pictures import SmallPictures, left
from library.intake.rules import RecordingState
from library.intake.tables import Recording
from tests.flow import media
from tests.support import factories as make
from transcode.hls.files import MASTER
from transcode.pictures.small import SmallForm, small_file
from transcode.pictures.stills import still_file

PLAN = "plan"


@pytest.fixture
def store(tmp_path: Path) -> LocalStore:
    (tmp_path / "objects").mkdir()
    return LocalStore(prefix=tmp_path / "objects")


@pytest.fixture
def old(db: Database, store: LocalStore, tmp_path: Path) -> list[str]:
    """Two clips with three large pictures each, and one whose pictures are gone; their ids, oldest first."""
    with db.write() as session:
        clips = make.lesson(session, clips=3).clips
        for clip in clips:
            clip.plan, clip.stills, clip.poster, clip.small = PLAN, 3, still_file(2), ""
        ids = sorted(clip.id for clip in clips)
    for clip_id in ids:
        folder = tmp_path / "objects" / objects.clip_prefix(clip_id, PLAN)
        (folder / "stills").mkdir(parents=True)
        (folder / MASTER).write_text("#EXTM3U\n")
    for clip_id in ids[:2]:
        folder = tmp_path / "objects" / objects.clip_prefix(clip_id, PLAN)
        drawn = ["-f", "lavfi", "-i", "testsrc2=s=640x360:r=1:d=3", "-c:v", "mjpeg"]
        media.ffmpeg(*drawn, str(folder / "stills" / "%05d.jpg"))
    with db.write() as session:
        for clip_id in ids:
            sizes = (f.stat().st_size for f in _folder(tmp_path, clip_id).rglob("*") if f.is_file())
            _clip(session, clip_id).size_bytes = sum(sizes)
    return ids


def _clip(session: Session, clip_id: str) -> Clip:
    clip = session.get(Clip, clip_id)
    assert clip is not None
    return clip


def _folder(tmp_path: Path, clip_id: str) -> Path:
    return tmp_path / "objects" / objects.clip_prefix(clip_id, PLAN)


def _left(db: Database) -> int:
    with db.read() as session:
        return left(session)


@pytest.mark.slow
def test_old_clips_get_small_pictures_one_by_one(
    db: Database, store: LocalStore, old: list[str], tmp_path: Path
) -> None:
    pictures = SmallPictures(db, store, media.tools(), tmp_path / "work", lambda: False)
    assert _left(db) == 3
    assert pictures.make_one()  # the newest, whose pictures are gone
    assert pictures.make_one()
    assert _left(db) == 2
    with db.read() as session:
        made = _clip(session, old[1])
        assert (made.small, made.poster, _clip(session, old[0]).small) == ("webp", still_file(2), "")
        form = SmallForm(made.small)
    # Killed between the files and the row: nothing looks damaged, and they are made again.
    half = _folder(tmp_path, old[0]) / small_file(still_file(1), form)
    half.write_bytes(b"half")
    lost = {one.clip_id: one.kind for one in examine(db, store, 10).lost}
    assert set(lost) == {old[2]}
    assert pictures.make_one()
    assert half.read_bytes().startswith(b"RIFF")
    assert not pictures.make_one(), "what failed is not tried again and again"
    assert _left(db) == 1
    assert {one.clip_id for one in examine(db, store, 10).lost} == {old[2]}
    assert not list((tmp_path / "work").iterdir())


@pytest.mark.slow
def test_they_wait_for_recordings(db: Database, store: LocalStore, old: list[str], tmp_path: Path) -> None:
    pictures = SmallPictures(db, store, media.tools(), tmp_path / "work", lambda: False)
    with db.write() as session:
        recording = make.recording(session, _clip(session, old[0]).lesson)
        assert recording.state is RecordingState.WAITING
        recording_id = recording.id
    assert not pictures.make_one()
    with db.write() as session:
        found = session.get(Recording, recording_id)
        assert found is not None
        found.state = RecordingState.READY
    assert pictures.make_one()
