"""Staff write some lines of a lecturer, with a photo of which nothing but the picture stays."""

from __future__ import annotations

import io
import re

import pytest
from PIL import Image

from library.catalog import actions, queries
from library.catalog.actions import Details
from library.catalog.permits import LessonState
from tests.server.conftest import Shelf
from tests.support.server import Served


@pytest.mark.slow
def test_a_lecturer_has_some_lines_and_a_photo_without_its_place(served: Served, shelf: Shelf) -> None:
    put = shelf.lesson(LessonState.PUBLISHED)
    with served.ports.db.write() as session:
        lesson = queries.lesson(session, put.lesson)
        actions.edit(session, lesson, Details(put.title, "王芳华", []))
        at = f"/lecturers/{lesson.lecturer_id}"
    staff, nobody = served.person("staff"), served.person("nobody")
    assert "写介绍" in staff.http.get(at).text
    assert "写介绍" not in nobody.http.get(at).text
    photo, exif = io.BytesIO(), Image.Exif()
    exif[0x010F] = "SECRETCAMERA"
    Image.new("RGB", (900, 1200), "#a51d24").save(photo, "JPEG", exif=exif)
    assert b"SECRETCAMERA" in photo.getvalue()

    def give(data: bytes, text: str = "村里<长大>。") -> int:
        form = {"csrf": staff.csrf(), "text": text}
        return staff.http.post(f"{at}/about", data=form, files={"file": ("a.jpg", data)}).status_code

    assert give(b"<svg xmlns='x'/>") == 422, "by its content, whatever it is called"
    assert give(photo.getvalue(), text="长" * 601) == 422
    assert "about-pictures" not in nobody.http.get(at).text, "nothing of what was refused is kept"
    assert give(photo.getvalue()) == 303
    page = nobody.http.get(at).text
    assert "村里&lt;长大&gt;。" in page
    found = re.search(r'src="(/about-pictures/\w+\.jpg)"', page)
    assert found is not None
    shown = nobody.http.get(found[1])
    assert (shown.status_code, shown.headers["content-type"]) == (200, "image/jpeg")
    assert b"SECRETCAMERA" not in shown.content
    assert Image.open(io.BytesIO(shown.content)).size == (320, 320)
    assert staff.post(f"{at}/about", text="", remove="yes").status_code == 303
    assert "about-pictures" not in nobody.http.get(at).text
