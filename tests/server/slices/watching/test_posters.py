"""The picture that stands for a clip: shown wherever the clip is."""

from __future__ import annotations

import re

import pytest

from library.catalog.permits import LessonState
from library.catalog.tables import Clip
from tests.server.conftest import Shelf
from tests.support.server import Served
from transcode.pictures.small import SmallForm

pytestmark = pytest.mark.slow


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
    stills = lecturer.http.get(f"/lessons/{put.lesson}/cover?clip={put.clip}").text
    assert stills.count("_480.webp") == 4  # the present one, and three to choose from
    with served.ports.db.write() as session:
        session.get_one(Clip, put.clip).small = SmallForm.JPEG
    page = lecturer.http.get(f"/lessons/{put.lesson}").text
    assert "<picture>" not in page
    assert 'poster_480.jpg"' in page
