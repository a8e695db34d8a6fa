"""Killed in every step, and in the middle of an upload: afterwards everything is there, once.

No code of ours is patched. A step is caught by looking at its row in the database, or at the real ffmpeg that
it runs (which SIGSTOP then stops, so that the step cannot end); the probe is held by another ffprobe.
"""

from __future__ import annotations

import hashlib
import os
import signal
import socket
import sqlite3
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from search.whoosh_index import WhooshIndex
from tests.flow import media
from tests.support import server
from tests.support.client import CHUNK_BYTES, TUS, Person

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(
        sys.platform != "linux", reason="looks at /proc and ends children by PR_SET_PDEATHSIG"
    ),
]

PAUSE_BETWEEN_LOOKS_S = 0.002


class Library:
    """A server process with its data, and the ways to look into it from outside."""

    def __init__(self, process: server.Process, hold: Path) -> None:
        self.process, self.hold = process, hold
        self._connection = sqlite3.connect(process.data / "weike.sqlite", timeout=30, isolation_level=None)

    def rows(self, query: str, *values: object) -> list[tuple[object, ...]]:
        """Ask the database as any other program would."""
        return self._connection.execute(query, values).fetchall()

    def close(self) -> None:
        """Look no longer."""
        self._connection.close()

    def step(self, lesson_id: str, kind: str) -> str:
        """The state of a step, "" before there is one."""
        found = self.rows(
            "SELECT s.state FROM intake_step s JOIN intake_recording r ON r.id = s.recording_id "
            "WHERE r.lesson_id = ? AND s.kind = ? ORDER BY s.n LIMIT 1",
            lesson_id,
            kind,
        )
        return str(found[0][0]) if found else ""

    def lecturer(self) -> Person:
        """The lecturer at a fresh browser."""
        return Person(self.process.base_url).sign_in("lecturer", server.password("lecturer"))

    def kill(self) -> None:
        """Kill the server alone, and see that nothing it started outlives it."""
        started = descendants(self.process.pid)
        self.process.kill()
        until("its children are gone", lambda: not any(alive(pid) for pid in started))
        assert not processes_with(str(self.process.data))

    def begin(self, file: Path, transcript: Path | None = None) -> str:
        """Upload a recording of a new lesson; returns the lesson's id."""
        with self.lecturer() as person:
            lesson_id = person.new_lesson(file.stem)
            if transcript is not None:
                assert person.transcript(lesson_id, transcript).status_code == 200
            person.upload(lesson_id, file)
        return lesson_id

    def finished(self, lesson_id: str) -> None:
        """Wait until a lesson is ready."""
        with self.lecturer() as person:
            lesson = person.wait(lesson_id, 90)
            assert lesson["recording"] == "ready", (lesson["problem"], self.process.log_tail())
            assert [clip["ready"] for clip in lesson["clips"]] == [True]
            media.played_s(self.process.base_url + lesson["clips"][0]["master"])

    def nothing_is_doubled(self) -> None:
        """Look at every row, object and file: each thing once, and nothing left that belongs to nobody."""
        data = self.process.data
        clips = self.rows("SELECT id, plan FROM catalog_clip")
        lessons = self.rows("SELECT id FROM catalog_lesson")
        assert len(clips) == len(lessons), "each of these recordings makes one clip"
        originals = {path.name for path in (data / "objects" / "originals").glob("*/*")}
        hashes = [str(row[0]) for row in self.rows("SELECT sha256 FROM intake_recording")]
        assert originals == set(hashes)
        assert len(hashes) == len(set(hashes)) == len(lessons)
        made = {f"{p.parent.name}/{p.name}" for p in (data / "objects" / "clips").glob("*/*")}
        assert made == {f"{clip_id}/{plan}" for clip_id, plan in clips}
        twice = self.rows(
            "SELECT lesson_id, start_s, text, count(*) FROM catalog_cue GROUP BY 1, 2, 3 HAVING count(*) > 1"
        )
        assert twice == []
        index = WhooshIndex.open_or_create(data / "index")
        try:
            assert index.doc_count() == len(clips)
        finally:
            index.close()
        assert list((data / "work").iterdir()) == []
        assert [path.name for path in (data / "uploads").rglob("*") if path.is_file()] == []


def until(what: str, true: Callable[[], bool], timeout_s: float = 60) -> None:
    """Look again and again, as fast as it goes, until it is so."""
    end = time.monotonic() + timeout_s
    while not true():
        assert time.monotonic() < end, f"never came: {what}"
        time.sleep(PAUSE_BETWEEN_LOOKS_S)


def descendants(pid: int) -> set[int]:
    """The processes that a process started, and those that they started."""
    found: set[int] = set()
    with suppress(OSError):
        for thread in Path(f"/proc/{pid}/task").iterdir():
            with suppress(OSError):
                found |= {int(child) for child in (thread / "children").read_text().split()}
    return found.union(*(descendants(child) for child in found))


def alive(pid: int) -> bool:
    """Whether a process runs (one that waits to be reaped does not)."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] not in ("Z", "X")
    except OSError:
        return False


def processes_with(text: str) -> list[str]:
    """The command lines of this machine's processes that contain `text`."""
    found = []
    for entry in Path("/proc").glob("[0-9]*/cmdline"):
        with suppress(OSError):
            line = entry.read_bytes().replace(b"\0", b" ").decode("utf-8", "replace")
            if text in line:
                found.append(line)
    return found


def ffmpeg_of(pid: int) -> int | None:
    """The ffmpeg that a server runs at the moment."""
    for child in descendants(pid):
        with suppress(OSError):
            if Path(f"/proc/{child}/exe").readlink().name.startswith("ffmpeg"):
                return child
    return None


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


def catch(library: Library, lesson_id: str, kind: str) -> None:
    """Stop the server's clockwork while a step is running."""
    until(f"{kind} begins", lambda: library.step(lesson_id, kind) in ("running", "done"))
    library.process.freeze()
    assert library.step(lesson_id, kind) == "running", f"{kind} was over before it could be caught"


def catch_ffmpeg(library: Library, lesson_id: str, kind: str) -> None:
    """Stop the ffmpeg of a step, so that the step cannot end."""
    caught: list[int] = []

    def look() -> bool:
        found = ffmpeg_of(library.process.pid) if library.step(lesson_id, kind) == "running" else None
        if found is not None:
            os.kill(found, signal.SIGSTOP)
            caught.append(found)
        return found is not None

    until(f"an ffmpeg for {kind}", look)
    assert library.step(lesson_id, kind) == "running"
    assert alive(caught[0])


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
        _send_half(person, location, data[sent : 2 * sent], sent)
        library.kill()
        library.process.start()
        at = person.offset(location)
        assert sent <= at < len(data), "what was acknowledged is kept"
        assert person.send_chunk(location, data[at:], at).status_code == 204
    library.finished(lesson_id)
    stored = library.rows("SELECT sha256 FROM intake_recording WHERE lesson_id = ?", lesson_id)
    digest = hashlib.sha256(data).hexdigest()
    assert stored == [(digest,)]
    kept = library.process.data / "objects" / "originals" / digest[:2] / digest
    assert hashlib.sha256(kept.read_bytes()).hexdigest() == digest
    library.nothing_is_doubled()


def _send_half(person: Person, location: str, chunk: bytes, at: int) -> None:
    """Begin to send a chunk and stop in the middle, as a line that hangs does."""
    address = urlsplit(location)
    headers = {
        **TUS,
        "Host": address.netloc,
        "X-CSRF-Token": person.csrf(),
        "Cookie": "; ".join(f"{name}={value}" for name, value in person.http.cookies.items()),
        "Upload-Offset": str(at),
        "Content-Type": "application/offset+octet-stream",
        "Content-Length": str(len(chunk)),
    }
    head = "".join(f"{name}: {value}\r\n" for name, value in headers.items())
    line = socket.create_connection((str(address.hostname), address.port or 80))
    line.sendall(f"PATCH {address.path} HTTP/1.1\r\n{head}\r\n".encode() + chunk[: len(chunk) // 2])
    time.sleep(0.2)  # for the server to read it
    line.close()


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
