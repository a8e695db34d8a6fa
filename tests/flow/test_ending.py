"""Ctrl-C while clips still queue: the server ends, and the next start goes on."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.support.client import Person
from tests.support.server import STOP_S, new_data, password, process

pytestmark = [pytest.mark.slow, pytest.mark.dear(34)]


def test_clips_that_still_queued_kept_the_server_from_ending(lecture: Path, tmp_path: Path) -> None:
    """The recording waited for a clip that nobody was going to begin any more."""
    with process(new_data(tmp_path / "data"), WEIKE_PARALLEL_CLIPS="1") as running:
        with Person(running.base_url).sign_in("lecturer", password("lecturer")) as lecturer:
            lesson = lecturer.new_lesson("两段")
            lecturer.upload(lesson, lecture)
            lecturer.wait(lesson, 60, "working")
            clips = lecturer.until_clips(lesson)
            assert len(clips) == 2
        assert running.stop(STOP_S) == 0
        running.start()
        with Person(running.base_url).sign_in("lecturer", password("lecturer")) as lecturer:
            assert lecturer.wait(lesson)["recording"] == "ready"
