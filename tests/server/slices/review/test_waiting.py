"""What waits to be published is counted beside the way to it, for those who can publish it."""

from __future__ import annotations

import re

import pytest

from library.catalog.permits import LessonState
from tests.server.conftest import Shelf
from tests.support.client import Person
from tests.support.server import Served


def waiting(browser: Person, path: str) -> int | None:
    """The number beside the way to what waits: 0 when it is hidden, None without the way."""
    link = re.search(
        r'<a href="/review"[^>]*>待发布(?: <span class="number">(\d+)</span>)?</a>',
        browser.http.get(path).text,
    )
    return None if link is None else int(link[1] or 0)


@pytest.mark.slow
def test_staff_see_on_every_page_how_much_waits(served: Served, shelf: Shelf) -> None:
    staff = served.person("staff")
    assert waiting(staff, "/") == waiting(staff, "/review") == 0
    shelf.lesson(LessonState.PUBLISHED)
    for _ in range(2):
        shelf.lesson(LessonState.DRAFT)
    assert waiting(staff, "/") == waiting(staff, "/review") == waiting(staff, "/no-such-page") == 2
    for name in ("nobody", "member", "lecturer"):
        assert waiting(served.person(name), "/") is None
