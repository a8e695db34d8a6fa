"""What is refused at the desk brings back the list as it was: the same lessons, and what was chosen."""

from __future__ import annotations

import re

from library.catalog.permits import LessonState
from tests.server.conftest import Shelf
from tests.support.server import Served


def test_a_refused_form_came_back_with_another_list_and_the_widest_audience(
    served: Served, shelf: Shelf
) -> None:
    drafts = [shelf.lesson().lesson for _ in range(2)]
    published = shelf.lesson(LessonState.PUBLISHED).lesson
    staff = served.person("staff")
    typed = {"what": "topic_add", "value": "长" * 300, "audience": "organisation", "lesson": drafts[1]}
    answer = staff.post("/desk", **typed, state="draft", page="1")
    assert answer.status_code == 422
    page = answer.text
    assert f'value="{published}"' not in page, "the list is narrowed as before"
    assert re.findall(r'name="lesson" value="(\w+)" checked', page) == [drafts[1]]
    assert '<option value="organisation" selected>' in page
    assert re.search(r'<input type="hidden" name="state" value="draft">', page)
    far = staff.post("/desk", **typed, page="99999999999")
    assert far.status_code == 422, "nonsense is the first page"
