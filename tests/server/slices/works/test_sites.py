"""Sites over HTTP: kept by the staff, seen by everybody, with the lessons that one may see."""

from __future__ import annotations

import pytest

from library.catalog.permits import LessonState
from library.core.errors import Invalid
from library.works.rules import map_link, read_point
from tests.server.conftest import Shelf
from tests.support.server import Served


@pytest.mark.slow
def test_lessons_are_held_at_a_site_and_counted_as_far_as_they_are_seen(served: Served, shelf: Shelf) -> None:
    staff, lecturer = served.person("staff"), served.person("lecturer")
    made = staff.post("/sites", name="余村<矿山>", place="安吉", point="30.5231，119.6874", text="关停的矿。")
    at = made.headers["location"]
    assert staff.post("/sites", name="余村<矿山>").status_code == 409
    shown, hidden = shelf.lesson(LessonState.PUBLISHED), shelf.lesson()
    for put in (shown, hidden):
        assert lecturer.post(f"/lessons/{put.lesson}/site", site=" 余村<矿山> ").status_code == 303
    with served.nobody() as visitor:
        page = visitor.http.get(at).text
        assert "余村&lt;矿山&gt;" in page
        assert 'href="geo:30.523100,119.687400"' in page
        assert shown.title in page
        assert hidden.lesson not in page
        assert "1 课" in visitor.http.get("/sites").text
        assert at in visitor.http.get(f"/lessons/{shown.lesson}").text
        told = visitor.http.get(f"/api/v1/lessons/{shown.lesson}/works").json()
        assert told["site"]["name"] == "余村<矿山>"
        assert visitor.post(f"{at}/edit", name="别名").status_code == 401
    assert lecturer.post(f"{at}/edit", name="别名").status_code == 403
    assert lecturer.post(f"/lessons/{shown.lesson}/site", site="").status_code == 303
    assert shown.title not in lecturer.http.get(at).text
    assert staff.post(f"{at}/delete", confirm="余村<矿山>").status_code == 303
    assert lecturer.http.get(f"/lessons/{hidden.lesson}").status_code == 200


def test_a_point_is_read_as_people_write_it_and_never_becomes_more_than_a_link() -> None:
    assert read_point(" 30.5°N, 119.6°E ") == (30.5, 119.6)
    assert read_point("") is None
    for text in ("91,0", "0,181", "nan,0", "30.5", "1,2,3", "东经"):
        with pytest.raises(Invalid, match="point_unreadable"):
            read_point(text)
    pattern = "https://uri.amap.com/marker?position={lon},{lat}&name={name}"
    assert map_link(pattern, (30.5, 119.6), "{lat}&x=余") == (
        "https://uri.amap.com/marker?position=119.600000,30.500000&name=%7Blat%7D%26x%3D%E4%BD%99"
    )
    assert map_link(pattern, None, "余村") == ""
