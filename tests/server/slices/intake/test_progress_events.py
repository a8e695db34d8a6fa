"""The progress as events: what the page reads, when it comes, and what the line says when nothing does."""

from __future__ import annotations

import json
import time

import pytest

from library.core.clock import utc_now
from library.intake import actions, queries
from tests.server.conftest import Shelf
from tests.support.server import Served

pytestmark = pytest.mark.dear(20)


@pytest.mark.slow
def test_each_change_is_one_event_and_the_last_ends_the_stream(served: Served, shelf: Shelf) -> None:
    put = shelf.lesson(recording="working")
    lecturer = served.person("lecturer")
    with lecturer.http.stream("GET", f"/lessons/{put.lesson}/events") as stream:
        assert stream.headers["content-type"].startswith("text/event-stream")
        assert "no-store" in stream.headers["cache-control"]
        assert stream.headers["x-accel-buffering"] == "no"
        lines = stream.iter_lines()
        first = next(lines)
        assert next(lines) == "", "an event ends with an empty line"
        assert first.startswith("data: {"), "one line, without a name: main.js listens to messages"
        assert json.loads(first.removeprefix("data: "))["state"] == "working"
        assert "\\u" not in first
        time.sleep(2.5)  # nothing changes, nothing is said
        with served.ports.db.write() as session:
            recording = queries.recording_of(session, put.lesson)
            assert recording is not None
            actions.give_up_run(session, recording, utc_now())
        rest = [line for line in lines if line]
    assert [json.loads(line.removeprefix("data: "))["state"] for line in rest] == ["failed"]


@pytest.mark.slow
def test_a_lesson_that_goes_ends_the_stream(served: Served, shelf: Shelf) -> None:
    put = shelf.lesson(recording="working")
    lecturer = served.person("lecturer")
    with lecturer.http.stream("GET", f"/lessons/{put.lesson}/events") as stream:
        lines = stream.iter_lines()
        assert next(lines).startswith("data: ")
        assert served.person("staff").api("DELETE", f"/lessons/{put.lesson}").status_code == 204
        assert [line for line in lines if line] == []


@pytest.mark.slow
def test_a_quiet_line_is_kept_open(served: Served, shelf: Shelf) -> None:
    """Proxies close a line on which nothing is said for a minute."""
    put = shelf.lesson(recording="working")
    began = time.monotonic()
    with served.person("lecturer").http.stream("GET", f"/lessons/{put.lesson}/events") as stream:
        said = next(line for line in stream.iter_lines() if line.startswith(":"))
    assert said.startswith(": "), "a comment, which no browser takes for an event"
    assert time.monotonic() - began < 50
