"""What is refused at the desk brings back the list as it was: the same lessons, and what was chosen."""

from __future__ import annotations

import re
from typing import Any

import pytest

from library.catalog.permits import LessonState
from library.core.clock import local_day, utc_now
from library.programme.weeks import week_of
from tests.server.conftest import Shelf
from tests.support.server import Served


@pytest.mark.slow
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


@pytest.mark.slow
def test_lessons_are_put_into_weeks_after_a_look_and_taken_out_again(served: Served, shelf: Shelf) -> None:
    puts = [shelf.lesson(LessonState.PUBLISHED) for _ in range(2)]
    staff, week = served.person("staff"), week_of(local_day(utc_now())).after(20)
    page = staff.http.get("/desk").text
    [node] = re.findall(r'<select name="node">\s*<option value="(\w+)">[^<]*</option>\s*</select>', page)[:1]
    chosen = {"lesson": [one.lesson for one in puts], "node": node, "week": str(week), "spread": "each"}
    far = staff.post("/desk", **{**chosen, "week": "nonsense"}, what="week")
    named = f'<option value="{week.after(-19)}" selected>第 {week.after(-19).n} 周（'
    assert (far.status_code, named in far.text) == (422, True), "the next one, by its days"
    shown = staff.post("/desk", **chosen, what="week")
    assert shown.status_code == 200
    first, second = (f"{one.year} 年第 {one.n} 周" for one in (week, week.after(1)))
    assert all(said in shown.text for said in (puts[0].title, puts[1].title, first, second))
    at = f"/programme/{node}/{week}"
    assert puts[0].title not in staff.http.get(at).text, "a look changes nothing"
    assert staff.post("/desk/weeks", **chosen, count="1").status_code == 409
    done = staff.post("/desk/weeks", **chosen, count="2")
    assert done.status_code == 303
    assert puts[0].title in staff.http.get(at).text
    assert puts[1].title in staff.http.get(f"/programme/{node}/{week.after(1)}").text
    batch = done.headers["location"]
    assert second in staff.http.get(batch).text
    assert staff.post(f"{batch}/undo").status_code == 303
    assert puts[0].title not in staff.http.get(at).text


@pytest.mark.slow
def test_the_desk_of_the_interface_counts_confirms_and_undoes(served: Served, shelf: Shelf) -> None:
    drafts = [shelf.lesson().lesson for _ in range(2)]
    staff = served.person("staff")

    def post(path: str, **body: Any) -> Any:
        return staff.http.post(f"/api/v1/desk{path}", json=body, headers={"X-CSRF-Token": staff.csrf()})

    told = staff.http.get("/api/v1/desk?state=draft").json()
    assert set(drafts) <= {one["id"] for one in told["lessons"]}
    assert told["waiting"] >= 2
    asked = {"what": "topic_add", "value": "党史学习", "lessons": drafts}
    assert post("/batches", **asked, count=3).status_code == 409
    made = post("/batches", **asked, count=2)
    assert made.status_code == 201
    batch = made.json()
    assert {one["outcome"] for one in batch["items"]} == {"done"}
    assert batch["undo_until"]
    undone = post(f"/batches/{batch['id']}/undo").json()
    assert ({one["outcome"] for one in undone["items"]}, undone["undo_until"]) == ({"undone"}, None)
    assert post(f"/batches/{batch['id']}/undo").status_code == 409
    week = str(week_of(local_day(utc_now())).after(21))
    node = re.findall(r'<select name="node">\s*<option value="(\w+)"', staff.http.get("/desk").text)[0]
    weeks = {"node": node, "week": week, "spread": "all", "lessons": drafts}
    seen = post("/weeks/preview", **weeks).json()
    assert post("/weeks", **weeks, count=seen["count"] + 1).status_code == 409
    placed = post("/weeks", **weeks, count=seen["count"]).json()
    assert {one["week"] for one in placed["items"]} == {week}
    assert post(f"/batches/{placed['id']}/undo").json()["undone"]
