"""A lesson is cut otherwise while people watch it, processing is cancelled: over HTTP, with a real worker.

Where something must happen in the middle of an encode, its ffmpeg is stopped (SIGSTOP) and cannot end.
"""

from __future__ import annotations

import os
import signal
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.flow import media
from tests.flow.watching import Library, alive, catch_ffmpeg, descendants, ffmpeg_of, until
from tests.support import server
from tests.support.client import Person

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(sys.platform != "linux", reason="looks at /proc"),
    pytest.mark.dear(39),
]


@pytest.fixture(scope="module")
def library(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Library]:
    """One server for all tests here."""
    folder = tmp_path_factory.mktemp("cutting")
    with server.process(server.new_data(folder / "data")) as process:
        looking = Library(process, folder / "hold")
        yield looking
        looking.close()


def cuts(person: Person, lesson_id: str) -> dict[str, Any]:
    """What the editor is given."""
    answer = person.api("GET", f"/lessons/{lesson_id}/cuts")
    assert answer.status_code == 200, answer.text
    found: dict[str, Any] = answer.json()
    return found


def save(person: Person, lesson_id: str, *borders: tuple[float, float]) -> dict[str, Any]:
    """Save other cuts as the editor does; returns the answer."""
    clips = [{"start_s": a, "end_s": b, "title": f"从 {a:.0f} 秒"} for a, b in borders]
    body = {"version": cuts(person, lesson_id)["version"], "clips": clips}
    answer = person.api("PUT", f"/lessons/{lesson_id}/cuts", json=body)
    assert answer.status_code == 200, answer.text
    found: dict[str, Any] = answer.json()
    return found


def lesson(person: Person, lesson_id: str) -> dict[str, Any]:
    """A lesson as the API shows it."""
    found: dict[str, Any] = person.http.get(f"/api/v1/lessons/{lesson_id}").json()
    return found


def left_over(library: Library) -> list[str]:
    """What lies among the unfinished things."""
    return [path.name for path in (library.process.data / "work").iterdir()]


def test_the_old_clips_play_until_the_new_do_also_through_a_crash(library: Library, tmp_path: Path) -> None:
    lesson_id = library.begin(media.make(tmp_path / "recut.mp4", 90, seed=41))
    with library.lecturer() as person:
        first = person.wait(lesson_id, 90)
        [old] = first["clips"]
        assert save(person, lesson_id, (3, 40), (40, 90))["state"] == "waiting"
        catch_ffmpeg(library, lesson_id, "clip")
        assert [c["id"] for c in lesson(person, lesson_id)["clips"]] == [old["id"]]
        media.played_s(library.process.base_url + lesson(person, lesson_id)["clips"][0]["master"])
        assert cuts(person, lesson_id)["pending"] is True
        library.kill()
        library.process.start()
        again = person.wait(lesson_id, 90)
        assert again["recording"] == "ready", (again["problem"], library.process.log_tail())
        assert [(c["start_s"], c["end_s"], c["title"]) for c in again["clips"]] == [
            (3, 40, "从 3 秒"),
            (40, 90, "从 40 秒"),
        ]
        lengths = [media.played_s(library.process.base_url + c["master"]) for c in again["clips"]]
        assert lengths == [pytest.approx(37, abs=0.6), pytest.approx(50, abs=0.6)]
        # Who has the old page open plays on; who follows an old link is led to the same moment.
        media.played_s(library.process.base_url + old["master"])
        moved = person.http.get(f"/clips/{old['id']}?t=41.5")
        assert (moved.status_code, moved.headers["location"]) == (
            302,
            f"/clips/{again['clips'][1]['id']}?t=1.5",
        )
        kept = library.rows("SELECT ready_at FROM catalog_clip WHERE id = ?", again["clips"][0]["id"])
        save(person, lesson_id, (3, 40), (40, 80))
        third = person.wait(lesson_id, 90)["clips"]
        assert third[0]["id"] == again["clips"][0]["id"]
        assert library.rows("SELECT ready_at FROM catalog_clip WHERE id = ?", third[0]["id"]) == kept
        assert third[1]["id"] != again["clips"][1]["id"]
    assert left_over(library) == []


def test_cancelling_ends_the_ffmpeg_and_leaves_nothing_half_published(
    library: Library, tmp_path: Path
) -> None:
    lesson_id = library.begin(media.make(tmp_path / "cancel.mp4", 90, seed=42))
    running = catch_ffmpeg(library, lesson_id, "clip")
    with library.lecturer() as person:
        answer = person.post(f"/lessons/{lesson_id}/cancel")
        assert answer.headers["location"] == f"/lessons/{lesson_id}/progress"
        until("its ffmpeg is gone", lambda: not alive(running), timeout_s=20)
        until("its folder is gone", lambda: left_over(library) == [], timeout_s=20)
        found = lesson(person, lesson_id)
        assert (found["recording"], found["problem"]) == ("cancelled", None)
        assert [clip["ready"] for clip in found["clips"]] == [False]
        clip_id = found["clips"][0]["id"]
        assert list((library.process.data / "objects" / "clips").glob(f"{clip_id}/*/master.m3u8")) == []
        assert "已取消" in person.http.get(f"/lessons/{lesson_id}/progress").text
        assert person.http.get(f"/clips/{clip_id}").status_code == 409
        assert person.post(f"/lessons/{lesson_id}/retry").status_code == 303
        assert person.wait(lesson_id, 90)["recording"] == "ready"


def test_going_on_at_once_waits_for_nothing_of_the_run_before(library: Library, tmp_path: Path) -> None:
    lesson_id = library.begin(media.make(tmp_path / "goon.mp4", 90, seed=43))
    running = catch_ffmpeg(library, lesson_id, "clip")
    with library.lecturer() as person:
        for _ in range(3):
            assert person.api("POST", f"/lessons/{lesson_id}/cancel").json() == {"state": "cancelled"}
            assert person.api("POST", f"/lessons/{lesson_id}/retry").json()["recording"] == "waiting"
        found = person.wait(lesson_id, 90)
        assert found["recording"] == "ready", (found["problem"], library.process.log_tail())
        media.played_s(library.process.base_url + found["clips"][0]["master"])
    assert not alive(running)
    until("nothing runs any more", lambda: ffmpeg_of(library.process.pid) is None)
    assert left_over(library) == []


def test_a_recut_is_given_up_and_the_lesson_plays_as_before(library: Library, tmp_path: Path) -> None:
    lesson_id = library.begin(media.make(tmp_path / "discard.mp4", 90, seed=44))
    with library.lecturer() as person:
        before = person.wait(lesson_id, 90)["clips"]
        save(person, lesson_id, (0, 50), (50, 90))
        running = catch_ffmpeg(library, lesson_id, "clip")
        others = descendants(library.process.pid)
        assert person.post(f"/lessons/{lesson_id}/cuts/discard").status_code == 303
        until("its ffmpeg is gone", lambda: not alive(running), timeout_s=20)
        for pid in others:
            if alive(pid):
                os.kill(pid, signal.SIGCONT)
        after = lesson(person, lesson_id)
        assert after["recording"] == "ready"
        assert [(c["id"], c["start_s"], c["end_s"]) for c in after["clips"]] == [
            (c["id"], c["start_s"], c["end_s"]) for c in before
        ]
        media.played_s(library.process.base_url + after["clips"][0]["master"])
        until("nothing is left", lambda: left_over(library) == [], timeout_s=20)
        assert library.rows("SELECT count(*) FROM catalog_clip WHERE lesson_id = ?", lesson_id) == [(1,)]
