"""Looking into a server's process and its library from outside, while it works."""

from __future__ import annotations

import os
import signal
import sqlite3
import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

from library.intake.files.previews import early_digest
from search.engines.whoosh.index import WhooshIndex
from tests.flow import media
from tests.support import server
from tests.support.client import Person

SHORTEST_PAUSE_S, LONGEST_PAUSE_S, OF_WHAT_PASSED = 0.002, 0.05, 0.05
"""Between two looks: what came after a moment is seen at once, what takes seconds is not asked for all the
while (those who looked every other millisecond kept a processor busy that what they waited for needed)."""


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
        play = {f"{clip_id}/{plan}" for clip_id, plan in clips}
        # What could be watched meanwhile is the sweep's, a day later: somebody may still be watching it.
        watched = {f"{clip_id}/{early_digest(str(plan))}" for clip_id, plan in clips}
        assert play <= made <= play | watched
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
    """Look again and again until it is so."""
    begin = time.monotonic()
    while not true():
        passed_s = time.monotonic() - begin
        assert passed_s < timeout_s, f"never came: {what}"
        time.sleep(min(LONGEST_PAUSE_S, max(SHORTEST_PAUSE_S, passed_s * OF_WHAT_PASSED)))


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


def catch(library: Library, lesson_id: str, kind: str) -> None:
    """Stop the server's clockwork while a step is running."""
    until(f"{kind} begins", lambda: library.step(lesson_id, kind) in ("running", "done"))
    library.process.freeze()
    assert library.step(lesson_id, kind) == "running", f"{kind} was over before it could be caught"


def catch_ffmpeg(library: Library, lesson_id: str, kind: str) -> int:
    """Stop the ffmpeg of a step, so that the step cannot end; returns its process id."""
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
    return caught[0]
