"""Series over HTTP: made, filled and put in order; next from the lesson's page and the player."""

from __future__ import annotations

import json
import re

import pytest

from library.catalog.permits import LessonState
from tests.server.conftest import Shelf
from tests.server.slices.works.roles import put_series
from tests.support.server import Served


@pytest.mark.slow
def test_a_lecturer_makes_a_series_and_viewers_go_on_in_it(served: Served, shelf: Shelf) -> None:
    one, two = shelf.lesson(LessonState.PUBLISHED), shelf.lesson(LessonState.PUBLISHED)
    draft = shelf.lesson()
    lecturer = served.person("lecturer")
    refused = lecturer.post("/series", title=" ", text="写好的介绍")
    assert refused.status_code == 422
    assert "写好的介绍" in refused.text
    made = lecturer.post("/series", title="<b>党史</b>十讲", text="从头讲起。")
    at = made.headers["location"]
    for named in (one.lesson, f"https://x.example/lessons/{draft.lesson}?a=1", f"/lessons/{two.lesson}"):
        assert lecturer.post(f"{at}/add", lesson=named).status_code == 303
    wrong = lecturer.post(f"{at}/add", lesson="第一课")
    assert wrong.status_code == 422
    assert 'value="第一课"' in wrong.text
    assert lecturer.post(f"{at}/move", lesson=one.lesson, how="sideways").status_code == 422
    with served.nobody() as visitor:
        page = visitor.http.get(at).text
        assert "&lt;b&gt;党史" in page
        assert page.index(one.title) < page.index(two.title)
        assert draft.lesson not in page
        assert draft.title not in page
        assert "2 课" in page, "the draft is not counted"
        assert visitor.http.get(f"/api/v1{at}").json()["count"] == 2
        lesson = visitor.http.get(f"/lessons/{one.lesson}").text
        assert "第 1 课，共 2 课" in lesson
        assert f'/lessons/{two.lesson}" rel="next"' in lesson
        watching = visitor.http.get(f"/clips/{one.clip}").text
        facts = re.search(r'id="clip" data-swap>(.*?)</script>', watching, re.DOTALL)
        assert facts is not None
        following = json.loads(facts[1])["next_lesson"]
        assert following["url"] == f"/clips/{two.clip}"
        assert following["title"] == two.title
        assert "第 2 课，共 2 课" in following["why"]
    assert lecturer.post(f"{at}/move", lesson=two.lesson, how="up").status_code == 303
    assert lecturer.post(f"{at}/move", lesson=two.lesson, how="up").status_code == 303
    order = [one["lesson"] for one in lecturer.http.get(f"/api/v1{at}").json()["episodes"]]
    assert order == [two.lesson, one.lesson, draft.lesson]
    assert lecturer.post(f"{at}/delete", confirm="党史").status_code == 422
    assert lecturer.post(f"{at}/delete", confirm="<B>党史</b>十讲").status_code == 303
    assert lecturer.http.get(at).status_code == 404
    assert lecturer.http.get(f"/lessons/{one.lesson}").status_code == 200


@pytest.mark.slow
def test_a_series_of_hidden_lessons_is_as_absent_as_none(served: Served, shelf: Shelf) -> None:
    series_id, _ = put_series(shelf, hidden=True)
    with served.nobody() as visitor:
        for path in ("/series/{}", "/api/v1/series/{}"):
            hidden, absent = visitor.http.get(path.format(series_id)), visitor.http.get(path.format("0" * 16))
            assert hidden.status_code == absent.status_code == 404
        assert series_id not in visitor.http.get("/series").text
        for form in ("add", "move", "edit", "delete"):
            assert visitor.post(f"/series/{series_id}/{form}", lesson="x", title="x").status_code == 404
