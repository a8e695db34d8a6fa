"""What pages say about a lesson, seen by those who may and those who may not."""

from __future__ import annotations

import pytest

from library.catalog.permits import Audience, LessonState
from tests.server.conftest import Shelf
from tests.support.server import Served


@pytest.mark.slow
def test_a_changed_audience_stood_in_the_history_as_its_code(served: Served, shelf: Shelf) -> None:
    put = shelf.lesson(LessonState.PUBLISHED)
    staff = served.person("staff")
    assert staff.post(f"/lessons/{put.lesson}/audience", audience="signed_in").status_code == 303
    history = staff.http.get(f"/lessons/{put.lesson}").text.split('class="history"')[1].split("</ul>")[0]
    assert "signed_in" not in history
    assert "登录后可看" in history


def test_who_has_a_link_to_a_lesson_for_signed_in_people_is_offered_to_sign_in(
    served: Served, shelf: Shelf
) -> None:
    put = shelf.lesson(LessonState.PUBLISHED, Audience.SIGNED_IN)
    answer = served.nobody().http.get(f"/lessons/{put.lesson}")
    assert answer.status_code == 303
    assert answer.headers["location"] == f"/sign-in?next=/lessons/{put.lesson}"
