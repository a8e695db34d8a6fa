"""What programs meet: the description of the API, health, and the shape of answers."""

from __future__ import annotations

import json
import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from openapi_spec_validator import validate

from library.catalog.permits import LessonState
from tests.server.conftest import Shelf
from tests.server.routes import all_routes
from tests.support.server import Served, in_thread, new_data
from tests.support.spreading import chosen

pytestmark = [pytest.mark.slow, pytest.mark.every]


@pytest.fixture(scope="module")
def description(served: Served) -> dict[str, Any]:
    """The OpenAPI document."""
    found: dict[str, Any] = served.person("nobody").http.get("/api/openapi.json").json()
    return found


def test_the_description_is_valid(description: dict[str, Any], pytestconfig: pytest.Config) -> None:
    """With one path in DAYS on any one day (tests/support/spreading.py), and all that paths refer to."""
    today = chosen(sorted(description["paths"]), pytestconfig)
    validate({**description, "paths": {path: description["paths"][path] for path in sorted(today)}})


def test_the_description_holds_all_of_the_api_and_nothing_else(
    served: Served, description: dict[str, Any]
) -> None:
    described = {
        f"{method.upper()} {path}" for path, methods in description["paths"].items() for method in methods
    }
    assert described == {
        route for route in all_routes(served) if route.partition(" ")[2].startswith("/api/v1")
    }


def test_each_part_of_the_description_says_what_it_does(description: dict[str, Any]) -> None:
    names = []
    for path, methods in description["paths"].items():
        for method, operation in methods.items():
            assert operation.get("summary"), (method, path)
            assert operation.get("description"), (method, path)
            assert operation.get("tags"), (method, path)
            names.append(operation["operationId"])
    assert len(names) == len(set(names))


def test_the_documentation_page_reads_our_own_description(served: Served) -> None:
    page = served.person("nobody").http.get("/api/docs").text
    assert "/api/openapi.json" in page
    assert "cdn" not in page


def test_a_lesson_as_json(served: Served, shelf: Shelf) -> None:
    put = shelf.lesson(LessonState.PUBLISHED)
    lesson = served.person("nobody").http.get(f"/api/v1/lessons/{put.lesson}").json()
    assert (lesson["id"], lesson["title"], lesson["state"]) == (put.lesson, put.title, "published")
    assert [clip["id"] for clip in lesson["clips"]] == [put.clip]
    assert lesson["clips"][0]["master"].startswith("/media/")
    assert lesson["views"] == 0


def test_a_change_leaves_out_what_it_does_not_name(served: Served, shelf: Shelf) -> None:
    put, staff = shelf.lesson(), served.person("staff")
    path = f"/lessons/{put.lesson}"
    staff.api("PATCH", path, json={"lecturer": "李明", "topics": "党史、党章", "date": "2026年3月5日"})
    lesson = staff.api("PATCH", path, json={"summary": "简介"}).json()
    assert (lesson["title"], lesson["lecturer"], lesson["topics"]) == (put.title, "李明", ["党史", "党章"])
    assert lesson["date"] == "2026-03-05"
    lesson = staff.api("PATCH", path, json={"date": "", "lecturer": ""}).json()
    assert (lesson["date"], lesson["lecturer"], lesson["summary"]) == (None, None, "简介")


@pytest.mark.parametrize(
    ("change", "field", "code"),
    [
        ({"title": ""}, "title", "empty"),
        ({"title": " \u200b\n"}, "title", "empty"),
        ({"title": "字" * 201}, "title", "too_long"),
        ({"lecturer": "字" * 81}, "lecturer", "too_long"),
        ({"topics": ["题" * 81]}, "topics", "too_long"),
        ({"topics": [str(n) for n in range(21)]}, "topics", "too_many"),
        ({"summary": "字" * 4001}, "summary", "too_long"),
        ({"date": "去年"}, "date", "date_unreadable"),
        ({"date": "2026-02-30"}, "date", "date_unreadable"),
        ({"language": "tlh"}, "language", "language_unknown"),
        ({"title": 5}, "title", "invalid"),
        ({"title": "\ud800"}, "title", "invalid"),
    ],
)
def test_what_cannot_be_used_names_its_field(
    served: Served, shelf: Shelf, change: dict[str, Any], field: str, code: str
) -> None:
    put = shelf.lesson()
    answer = served.person("staff").api(
        "PATCH",
        f"/lessons/{put.lesson}",
        content=json.dumps(change),
        headers={"Content-Type": "application/json"},
    )
    assert answer.status_code == 422
    body = answer.json()
    assert body["error"] in (code, "empty" if change == {"title": "\ud800"} else code)
    assert body["field"] == field
    assert body["message"]
    assert served.person("staff").http.get(f"/api/v1/lessons/{put.lesson}").json()["title"] == put.title


def test_publishing_twice_says_so(served: Served, shelf: Shelf) -> None:
    put, staff = shelf.lesson(), served.person("staff")
    assert staff.api("POST", f"/lessons/{put.lesson}/publish").status_code == 200
    for action, code in (("publish", "already_published"), ("retry", None)):
        answer = staff.api("POST", f"/lessons/{put.lesson}/{action}")
        if code:
            assert (answer.status_code, answer.json()["error"]) == (409, code)
    assert staff.api("POST", f"/lessons/{put.lesson}/withdraw").status_code == 200
    assert staff.api("POST", f"/lessons/{put.lesson}/withdraw").json()["error"] == "not_published"


def test_an_empty_lesson_cannot_be_published(served: Served) -> None:
    lesson_id = served.person("lecturer").new_lesson("空课")
    answer = served.person("staff").api("POST", f"/lessons/{lesson_id}/publish")
    assert (answer.status_code, answer.json()["error"]) == (409, "nothing_to_publish")


def test_whoever_lives_is_healthy_and_says_when_not_ready(tmp_path: Path) -> None:
    data = new_data(tmp_path / "data")
    with in_thread(data) as served:
        http = served.person("nobody").http
        assert http.get("/healthz").json() == {"status": "ok"}
        ready = http.get("/readyz")
        assert (ready.status_code, ready.json()["status"]) == (200, "ok")
        with closing(sqlite3.connect(data / "weike.sqlite")) as connection:
            connection.execute("UPDATE alembic_version SET version_num = 'older'")
            connection.commit()
        ready = http.get("/readyz")
        assert ready.status_code == 503
        assert ready.json()["database"] != "ok"
        assert http.get("/healthz").status_code == 200, "restarting would not help"


def test_numbers_of_a_lesson_that_was_watched_were_an_error(served: Served, shelf: Shelf) -> None:
    put, member = shelf.lesson(LessonState.PUBLISHED), served.person("member")
    play = member.play(put.clip)
    clock: Any = served.ports.clock
    clock.forward(seconds=30)
    assert member.beat(play, (0, 12)) == {
        "counted": True,
        "completed": False,
        "credited_s": 12,
        "now": True,
        "views": 1,
    }
    assert "views" not in member.beat(play, (0, 12)), "told when there is one more"
    stats = served.person("lecturer").http.get(f"/api/v1/lessons/{put.lesson}/stats").json()
    assert (stats["views"], stats["people"], stats["watched_s"]) == (1, 1, 12)
    assert [(c["clip"], c["views"], c["people"]) for c in stats["clips"]] == [(put.clip, 1, 1)]
    assert served.person("lecturer").http.get(f"/lessons/{put.lesson}/stats").status_code == 200
    clock.forward(minutes=61)
    again = member.play(put.clip)
    clock.forward(seconds=30)
    assert member.beat(again, (0, 12))["views"] == 2, "after an hour it counts again"


def test_lists_of_people_who_have_signed_in_were_an_error(served: Served) -> None:
    for path in ("/people", "/account"):
        assert served.person("staff").http.get(path).status_code == 200
