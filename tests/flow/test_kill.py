"""Killed in every step, and in the middle of an upload: afterwards everything is there, once.

No code of ours is patched. A step is caught by looking at its row in the database, or at the real ffmpeg that
it runs (which SIGSTOP then stops, so that the step cannot end); the probe is held by another ffprobe.
"""

from __future__ import annotations

import hashlib
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.flow import media
from tests.flow.watching import (
    Library,
    alive,
    catch,
    catch_ffmpeg,
    descendants,
    ffmpeg_of,
    processes_with,
    until,
)
from tests.support import server
from tests.support.client import CHUNK_BYTES, TUS

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(
        sys.platform != "linux", reason="looks at /proc and ends children by PR_SET_PDEATHSIG"
    ),
    pytest.mark.dear(71),
]


@pytest.fixture(scope="module")
def library(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Library]:
    """One server for all tests here: each kills it and starts it again."""
    folder = tmp_path_factory.mktemp("kill")
    ffprobe, hold = media.held_ffprobe(folder)
    data = server.new_data(folder / "data")
    with server.process(data, WEIKE_FFPROBE=str(ffprobe)) as process:
        looking = Library(process, hold)
        yield looking
        looking.close()


@pytest.fixture(autouse=True)
def running(library: Library) -> None:
    """Whatever the test before left: the server runs, and nothing is held."""
    library.hold.unlink(missing_ok=True)
    if not alive(library.process.pid):
        library.process.start()


def ended_well(library: Library) -> None:
    """Ask the server to end, and see that it closed everything by itself."""
    assert library.process.stop() == 0, library.process.log_tail()


def test_killed_while_it_is_received(library: Library, tmp_path: Path) -> None:
    large = media.make(tmp_path / "receive.mp4", 12, seed=11)
    with large.open("ab") as file:  # an MP4 may end with a box that nobody reads; hashing it takes its time
        spare = 160 * 1024 * 1024
        file.write(spare.to_bytes(4, "big") + b"free")
        file.truncate(large.stat().st_size + spare)
    lesson_id = library.begin(large)
    catch(library, lesson_id, "receive")
    library.kill()
    library.process.start()
    library.finished(lesson_id)
    library.nothing_is_doubled()


def test_killed_while_it_is_probed(library: Library, tmp_path: Path) -> None:
    library.hold.touch()
    lesson_id = library.begin(media.make(tmp_path / "probe.mp4", 12, seed=12))
    until("the probe begins", lambda: library.step(lesson_id, "probe") == "running")
    until("ffprobe is started", lambda: bool(descendants(library.process.pid)))
    library.kill()
    library.hold.unlink()
    library.process.start()
    library.finished(lesson_id)
    library.nothing_is_doubled()


def test_killed_while_pauses_are_sought(library: Library, tmp_path: Path) -> None:
    lesson_id = library.begin(media.make(tmp_path / "split.mp4", 90, seed=13))
    catch_ffmpeg(library, lesson_id, "split")
    library.kill()
    library.process.start()
    library.finished(lesson_id)
    library.nothing_is_doubled()


def test_killed_while_a_clip_is_made(library: Library, tmp_path: Path) -> None:
    lesson_id = library.begin(media.make(tmp_path / "clip.mp4", 90, seed=14))
    catch_ffmpeg(library, lesson_id, "clip")
    assert list((library.process.data / "work").iterdir()) != []
    library.kill()
    library.process.start()
    library.finished(lesson_id)
    library.nothing_is_doubled()


@pytest.fixture(scope="module")
def long_text(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A text long enough that fitting and indexing it take their time; no line twice."""
    file = tmp_path_factory.mktemp("text") / "文稿.txt"
    file.write_text("\n".join(f"第{n}条：支部书记讲了第{n}个道理。" for n in range(3000)), "utf-8")
    return file


@pytest.mark.parametrize("kind", ["captions", "index"])
def test_killed_while_its_words_are_taken_in(
    library: Library, tmp_path: Path, long_text: Path, kind: str
) -> None:
    file = media.make(tmp_path / f"{kind}.mp4", 12, seed=15 if kind == "captions" else 16)
    lesson_id = library.begin(file, long_text)
    catch(library, lesson_id, kind)
    library.kill()
    library.process.start()
    library.finished(lesson_id)
    assert library.rows("SELECT count(*) FROM catalog_cue WHERE lesson_id = ?", lesson_id) == [(3000,)]
    library.nothing_is_doubled()


def test_killed_in_the_middle_of_an_upload(library: Library, tmp_path: Path) -> None:
    data = media.make(tmp_path / "upload.mp4", 90, seed=17).read_bytes()
    with library.lecturer() as person:
        lesson_id = person.new_lesson("upload")
        location = person.begin_upload(lesson_id, "upload.mp4", len(data)).headers["Location"]
        sent = CHUNK_BYTES // 4
        assert person.send_chunk(location, data[:sent], 0).status_code == 204
        file = library.process.data / "uploads" / location.rsplit("/", 1)[-1]
        with person.send_part(location, data[sent : 2 * sent], sent, 2 * sent):
            until("all of it is on the disk", lambda: file.stat().st_size == 2 * sent)
            library.kill()
        library.process.start()
        at = person.offset(location)
        assert at == 2 * sent, "what was acknowledged is kept, and what came after it too"
        assert person.send_chunk(location, data[at:], at).status_code == 204
    library.finished(lesson_id)
    stored = library.rows("SELECT sha256 FROM intake_recording WHERE lesson_id = ?", lesson_id)
    digest = hashlib.sha256(data).hexdigest()
    assert stored == [(digest,)]
    kept = library.process.data / "objects" / "originals" / digest[:2] / digest
    assert hashlib.sha256(kept.read_bytes()).hexdigest() == digest
    library.nothing_is_doubled()


def test_ended_while_a_clip_is_made(library: Library, tmp_path: Path) -> None:
    lesson_id = library.begin(media.make(tmp_path / "term.mp4", 90, seed=18))
    until(
        "an ffmpeg for the clip",
        lambda: library.step(lesson_id, "clip") == "running" and ffmpeg_of(library.process.pid) is not None,
    )
    started = descendants(library.process.pid)
    ended_well(library)
    assert not any(alive(pid) for pid in started)
    assert not processes_with(str(library.process.data))
    library.process.start()
    library.finished(lesson_id)
    library.nothing_is_doubled()


def test_a_probe_that_hangs_kept_the_server_from_ending(library: Library, tmp_path: Path) -> None:
    library.hold.touch()
    lesson_id = library.begin(media.make(tmp_path / "hung.mp4", 12, seed=19))
    until("ffprobe is started", lambda: bool(descendants(library.process.pid)))
    ended_well(library)
    library.hold.unlink()
    library.process.start()
    library.finished(lesson_id)
    library.nothing_is_doubled()


def test_an_open_page_of_progress_does_not_keep_the_server_from_ending(library: Library) -> None:
    with library.lecturer() as person:
        lesson_id = person.new_lesson("上传中")
        begun = person.begin_upload(lesson_id, "x.mp4", 10)
        with person.http.stream("GET", f"/lessons/{lesson_id}/events") as stream:
            assert "receiving" in next(stream.iter_lines())
            ended_well(library)
        library.process.start()
        headers = {**TUS, "X-CSRF-Token": person.csrf()}
        assert person.http.delete(begun.headers["Location"], headers=headers).status_code == 204
