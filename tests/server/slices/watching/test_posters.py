"""The picture that stands for a clip: chosen on its page, shown wherever the clip is."""

from __future__ import annotations

import re

import pytest

from library.catalog.permits import LessonState
from library.catalog.tables import Clip
from tests.server.conftest import Shelf
from tests.support.server import Served
from transcode.pictures.small import SmallForm

pytestmark = pytest.mark.slow


def test_the_lecturer_chooses_and_everybody_sees(served: Served, shelf: Shelf) -> None:
    put = shelf.lesson(LessonState.PUBLISHED)
    lecturer, nobody = served.person("lecturer"), served.person("nobody")
    page = lecturer.http.get(f"/clips/{put.clip}/poster").text
    assert page.count('name="still"') == 3
    assert "checked" not in page  # the present one is none of them
    answer = lecturer.post(f"/clips/{put.clip}/poster", still="2")
    assert answer.headers["location"] == f"/lessons/{put.lesson}"
    assert "checked" in lecturer.http.get(f"/clips/{put.clip}/poster").text
    for path in (f"/lessons/{put.lesson}", f"/clips/{put.clip}", "/"):
        assert "/stills/00002.jpg" in nobody.http.get(path).text, path
    assert f"/clips/{put.clip}/poster" in lecturer.http.get(f"/lessons/{put.lesson}").text
    assert f"/clips/{put.clip}/poster" not in nobody.http.get(f"/lessons/{put.lesson}").text


def test_lists_show_the_small_picture_to_browsers_that_know_webp(served: Served, shelf: Shelf) -> None:
    put = shelf.lesson(LessonState.PUBLISHED)
    lecturer = served.person("lecturer")
    with served.ports.db.write() as session:
        session.get_one(Clip, put.clip).small = SmallForm.WEBP
    for path in (f"/lessons/{put.lesson}", "/"):
        page = lecturer.http.get(path).text
        source = re.search(
            r'<picture><source type="image/webp" srcset="([^"]+/poster_480.webp)"><img src="([^"]+)"', page
        )
        assert source, path
        assert source[2].endswith("/poster.jpg"), path
    stills = lecturer.http.get(f"/clips/{put.clip}/poster").text
    assert stills.count("_480.webp") == 3
    with served.ports.db.write() as session:
        session.get_one(Clip, put.clip).small = SmallForm.JPEG
    page = lecturer.http.get(f"/lessons/{put.lesson}").text
    assert "<picture>" not in page
    assert 'poster_480.jpg"' in page


@pytest.mark.parametrize("still", ["0", "4", "", "x", "-1", "99999999", "../1"])
def test_what_is_no_still_changes_nothing(served: Served, shelf: Shelf, still: str) -> None:
    put = shelf.lesson()
    lecturer = served.person("lecturer")
    assert lecturer.post(f"/clips/{put.clip}/poster", still=still).status_code == 422
    assert "/poster.jpg" in lecturer.http.get(f"/lessons/{put.lesson}").text
