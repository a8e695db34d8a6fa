"""The editor's JSON and what saving answers; old links; what a cancelled recording shows."""

from __future__ import annotations

import base64
import re
from typing import Any

import httpx
import pytest

from library.catalog import queries as catalog
from library.catalog.permits import LessonState
from library.intake import arranging
from library.intake import queries as intake
from library.intake.rules import RecordingState
from tests.server.conftest import Put, Shelf
from tests.support import factories
from tests.support.client import Person
from tests.support.server import MovableClock, Served


@pytest.fixture
def lecturer(served: Served) -> Person:
    return served.person("lecturer")


def cuts(person: Person, put: Put) -> dict[str, Any]:
    answer = person.api("GET", f"/lessons/{put.lesson}/cuts")
    assert answer.status_code == 200, answer.text
    found: dict[str, Any] = answer.json()
    return found


def save(person: Person, put: Put, version: str, *borders: tuple[float, float]) -> httpx.Response:
    clips = [{"start_s": a, "end_s": b, "title": "新"} for a, b in borders]
    return person.api("PUT", f"/lessons/{put.lesson}/cuts", json={"version": version, "clips": clips})


def adopt(served: Served, put: Put) -> None:
    """Do what the worker does: every wanted clip plays, and the arrangement is the lesson's."""
    with served.ports.db.write() as session:
        lesson = catalog.lesson(session, put.lesson)
        row = intake.recording_of(session, put.lesson)
        assert row is not None
        for clip in intake.arrangement(row, lesson):
            if clip.plan is None:
                factories.ready(session, clip)
        assert arranging.adopt_when_ready(session, row, lesson, served.ports.clock())
        row.state = RecordingState.READY


@pytest.mark.slow
def test_the_editor_is_given_all_that_helps_to_cut(shelf: Shelf, lecturer: Person) -> None:
    put, version = shelf.cut()
    found = cuts(lecturer, put)
    [clip] = found.pop("clips")
    assert clip.pop("master").endswith("/master.m3u8")
    assert clip.pop("poster").endswith("/poster.jpg")
    assert clip == {
        "id": put.clip,
        "n": 1,
        "title": "",
        "start_s": 0.0,
        "end_s": 60.0,
        "reason": "pause",
        "ready": True,
        "copied": "",
    }
    assert base64.b64decode(found.pop("wave")["levels"]) == bytes([0, 128, 255])
    [playing] = found.pop("playing")
    assert (playing["start_s"], playing["end_s"]) == (0.0, 60.0)
    halves = [
        {"start_s": 0.0, "end_s": 30.0, "title": "上篇", "reason": "chapter"},
        {"start_s": 30.0, "end_s": 60.0, "title": "下篇", "reason": "end"},
    ]
    assert found == {
        "version": version,
        "state": "ready",
        "duration_s": 60.0,
        "pending": False,
        "pauses": [[29.75, 30.25]],
        "sentences": [[0.0, 9.0, "为人民服务"]],
        "turns": [30.0],
        "chapters": [
            {"start_s": 0.0, "end_s": 30.0, "title": "上篇"},
            {"start_s": 30.0, "end_s": 60.0, "title": "下篇"},
        ],
        "proposals": {
            "pauses": [{"start_s": 0.0, "end_s": 60.0, "title": "", "reason": "whole"}],
            "chapters": halves,
        },
        "storyboard": {
            "tile_width": 160,
            "tile_height": 90,
            "columns": 10,
            "rows": 10,
            "step_s": 5.0,
            "times_s": [0.0, 5.0],
            "sheets": [f"/lessons/{put.lesson}/storyboard/1.jpg"],
        },
        "limits": {"max_s": 600.0, "min_s": 3.0, "most": 200},
    }
    sheet = lecturer.http.get(found["storyboard"]["sheets"][0])
    assert (sheet.content, sheet.headers["content-type"]) == (b"\xff\xd8\xff", "image/jpeg")
    assert "private" in sheet.headers["cache-control"]
    for n in ("0", "2", "-1", "99999"):
        assert lecturer.http.get(f"/lessons/{put.lesson}/storyboard/{n}.jpg").status_code == 404


@pytest.mark.parametrize("state", [None, "receiving", "working", "refused"])
def test_before_it_is_split_there_are_no_clips_and_no_error(
    shelf: Shelf, lecturer: Person, state: str | None
) -> None:
    put = shelf.lesson(recording=state)  # nothing was heard of it
    found = cuts(lecturer, put)
    assert (found["state"], found["clips"], found["version"]) == (state or "none", [], "")
    assert lecturer.http.get(f"/lessons/{put.lesson}/cut").status_code == 200
    assert save(lecturer, put, "", (0, 30)).json()["error"] == "cuts_not_yet"


@pytest.mark.slow
def test_saving_says_what_follows_and_the_old_clip_stays(shelf: Shelf, lecturer: Person) -> None:
    put, version = shelf.cut()
    answer = save(lecturer, put, version, (0, 30), (30, 60)).json()
    assert (answer["state"], answer["progress"]) == ("waiting", f"/lessons/{put.lesson}/progress")
    found = cuts(lecturer, put)
    assert (found["version"], found["pending"], found["state"]) == (answer["version"], True, "waiting")
    assert [(c["n"], c["ready"], c["master"], c["poster"], c["title"]) for c in found["clips"]] == [
        (1, False, None, None, "新"),
        (2, False, None, None, "新"),
    ]
    lesson = lecturer.http.get(f"/api/v1/lessons/{put.lesson}").json()
    assert [(c["id"], c["ready"]) for c in lesson["clips"]] == [(put.clip, True)]
    assert lecturer.http.get(f"/clips/{put.clip}").status_code == 200
    late = save(lecturer, put, version, (0, 60))
    assert (late.status_code, late.json()["error"]) == (409, "cuts_changed")


def test_what_cannot_be_saved_is_named_in_words(shelf: Shelf, lecturer: Person) -> None:
    put, version = shelf.cut()
    answer = save(lecturer, put, version, (0, 30), (30, 31))
    assert answer.status_code == 422
    said = answer.json()
    assert (said["error"], said["field"]) == ("cut_too_short", "end_s")
    assert "第 2 个短视频" in said["message"]
    assert "3 秒" in said["message"]
    assert said["todo"]
    for body in ({}, {"version": version}, {"version": version, "clips": [{"start_s": "x", "end_s": 1}]}):
        assert lecturer.api("PUT", f"/lessons/{put.lesson}/cuts", json=body).status_code == 422


@pytest.mark.slow
def test_an_old_link_leads_to_the_clip_that_now_plays_the_moment(
    served: Served, shelf: Shelf, lecturer: Person
) -> None:
    put, version = shelf.cut()
    old_master = cuts(lecturer, put)["clips"][0]["master"]
    save(lecturer, put, version, (5, 30), (30, 50))
    new = [clip["id"] for clip in cuts(lecturer, put)["clips"]]
    assert lecturer.http.get(f"/clips/{new[0]}").status_code == 404, "it has no place yet"
    adopt(served, put)
    for t, clip, at in [
        ("0", 0, "0.0"),
        ("12.5", 0, "7.5"),
        ("31", 1, "1.0"),
        ("55", 1, "25.0"),
        ("x", 0, "0.0"),
    ]:
        moved = lecturer.http.get(f"/clips/{put.clip}?t={t}")
        assert (moved.status_code, moved.headers["location"]) == (302, f"/clips/{new[clip]}?t={at}")
    assert served.person("nobody").http.get(f"/clips/{put.clip}").status_code == 404, "it is a draft"
    assert lecturer.http.get(old_master).status_code == 200, "who has the old page open plays on"
    started = lecturer.api("POST", f"/clips/{put.clip}/plays")
    assert started.status_code == 200, "and is counted"


@pytest.mark.slow
def test_the_statistics_have_a_line_for_clips_from_before(
    served: Served, shelf: Shelf, lecturer: Person, clock: MovableClock
) -> None:
    put, version = shelf.cut()
    lecturer_page = f"/lessons/{put.lesson}/stats"
    with served.ports.db.write() as session:
        catalog.lesson(session, put.lesson).state = LessonState.PUBLISHED
    assert "以前的短视频" not in lecturer.http.get(lecturer_page).text
    member = served.person("member")
    play = member.play(put.clip)
    save(lecturer, put, version, (0, 30), (30, 60))
    adopt(served, put)
    clock.forward(minutes=2)
    assert member.beat(play, (0, 40))["counted"] is True
    assert "以前的短视频" in lecturer.http.get(lecturer_page).text
    sums = lecturer.api("GET", f"/lessons/{put.lesson}/stats").json()
    assert sums["views"] == 1
    assert [c["views"] for c in sums["clips"]] == [0, 0]
    before = {name: sums["replaced"][name] for name in ("views", "people", "members", "watched_s")}
    assert before == {"views": 1, "people": 1, "members": 1, "watched_s": 40.0}
    assert lecturer.http.get(f"/api/v1/lessons/{put.lesson}").json()["views"] == 1


@pytest.mark.slow
def test_a_cancelled_recording_says_so_and_can_go_on(shelf: Shelf, lecturer: Person) -> None:
    put = shelf.lesson(recording="working")
    page = f"/lessons/{put.lesson}/progress"
    assert f"/lessons/{put.lesson}/cancel" in lecturer.http.get(page).text
    assert lecturer.post(f"/lessons/{put.lesson}/cancel").headers["location"] == page
    text = lecturer.http.get(page).text
    assert "已取消" in text
    assert f"/lessons/{put.lesson}/retry" in text
    [cancel] = re.findall(rf'<form action="/lessons/{put.lesson}/cancel"[^>]*>', text)
    assert cancel.endswith(" hidden>")
    with lecturer.http.stream("GET", f"/lessons/{put.lesson}/events") as stream:
        events = [line for line in stream.iter_lines() if line.startswith("data: ")]
    assert len(events) == 1, "all is over"
    assert "已取消" in lecturer.http.get("/mine").text
    again = lecturer.api("POST", f"/lessons/{put.lesson}/cancel")
    assert (again.status_code, again.json()["error"]) == (409, "nothing_to_cancel")
    assert lecturer.post(f"/lessons/{put.lesson}/retry").status_code == 303
    assert lecturer.http.get(f"/api/v1/lessons/{put.lesson}").json()["recording"] == "waiting"
