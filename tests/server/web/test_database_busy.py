"""Another program holds the SQLite file: it is said, soon, and nothing is lost by it."""

from __future__ import annotations

import time

import pytest

from library.catalog.permits import LessonState
from library.core.patience import PATIENCE_S
from tests.server.conftest import Shelf
from tests.support.outside.held import held
from tests.support.server import MovableClock, Served

pytestmark = [pytest.mark.slow, pytest.mark.dear(28)]
MARGIN_S = 6.0
"""For a busy machine: what is tested is that nobody waits for half a minute."""


def test_writing_while_a_backup_held_the_database_was_a_500_after_half_a_minute(
    served: Served, shelf: Shelf
) -> None:
    put = shelf.lesson()
    staff = served.person("staff")
    token = staff.csrf()
    with held(served.data / "weike.sqlite"):
        began = time.monotonic()
        page = staff.http.post(f"/lessons/{put.lesson}/publish", data={"csrf": token})
        told = staff.api("PATCH", f"/lessons/{put.lesson}", json={"title": "新标题"})
        took_s = time.monotonic() - began
    assert took_s < 2 * (PATIENCE_S + MARGIN_S)
    assert page.status_code == told.status_code == 503
    assert int(page.headers["retry-after"]) == int(told.headers["retry-after"]) > 0
    assert "资料库正被别的程序占用" in page.text
    assert told.json()["error"] == "database_busy"
    assert told.json()["todo"]
    assert staff.http.get(f"/lessons/{put.lesson}").status_code == 200
    assert staff.post(f"/lessons/{put.lesson}/publish").status_code == 303, "and then it works"


def test_who_only_reads_is_not_kept_waiting(served: Served, shelf: Shelf, clock: MovableClock) -> None:
    put = shelf.lesson(LessonState.PUBLISHED)
    member = served.person("member")
    member.csrf()
    clock.forward(hours=2)  # when they were last here wants to be noted anew
    with held(served.data / "weike.sqlite"):
        began = time.monotonic()
        for path in ("/", f"/lessons/{put.lesson}", f"/api/v1/lessons/{put.lesson}"):
            assert member.http.get(path).status_code == 200, path
        assert time.monotonic() - began < PATIENCE_S
    answer = member.http.get("/account")
    assert "weike_session" in answer.cookies, "it is noted afterwards, and the cookie renewed"


def test_a_chunk_and_a_beat_are_told_to_come_again(served: Served, shelf: Shelf) -> None:
    lecturer = served.person("lecturer")
    lesson = lecturer.new_lesson("上传中")
    play, key = shelf.play("member")
    beat, member = {"ranges": [[0, 1]], "key": key}, served.person("member")
    with held(served.data / "weike.sqlite"):
        begun = lecturer.begin_upload(lesson, "x.mp4", 10)
        counted = member.http.post(f"/api/v1/plays/{play}/beats", json=beat)
    assert (begun.status_code, begun.json()["error"]) == (503, "database_busy")
    assert counted.status_code == 503
    assert lecturer.begin_upload(lesson, "x.mp4", 10).status_code == 201
