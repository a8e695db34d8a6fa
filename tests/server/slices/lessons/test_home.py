"""Home shows no lesson twice, and topics and lecturers lead on."""

from __future__ import annotations

import re

import pytest

from library.catalog.permits import LessonState
from tests.server.conftest import Shelf
from tests.support.server import Served


@pytest.mark.slow
def test_a_lesson_that_is_new_and_much_watched_stands_on_home_once(served: Served) -> None:
    shelf = Shelf(served)
    watched, other = (shelf.lesson(LessonState.PUBLISHED) for _ in range(2))
    member = served.person("member")
    member.beat(member.play(watched.clip), (0, 12))
    page = member.http.get("/").text
    assert re.findall(r'href="/lessons/([0-9a-z]{16})" class="card-link"', page).count(watched.lesson) == 1
    assert f'href="/lessons/{other.lesson}"' in page
    assert "按发布时间" in page
