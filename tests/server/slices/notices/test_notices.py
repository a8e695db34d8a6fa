"""What people are told, over HTTP: by whom, to whom, once, read, switched off, gone when it is gone."""

from __future__ import annotations

import time

import pytest

from library.catalog.permits import LessonState
from library.core.permits import node_token
from library.notices import actions
from library.notices.actions import News
from library.notices.rules import Kind
from server.web.shown.weeks import present
from tests.server.conftest import Shelf
from tests.support.server import MovableClock, Served


def bell(served: Served, username: str) -> int:
    """The number at somebody's bell."""
    number: int = served.person(username).http.get("/api/v1/notices").json()["unread"]
    return number


def clear(served: Served, *usernames: str) -> None:
    """Read all that came."""
    for username in usernames:
        person = served.person(username)
        assert person.post("/notices/read-all", to=served.ports.clock().isoformat()).status_code == 303
        assert bell(served, username) == 0


@pytest.mark.slow
def test_a_lesson_is_published_and_withdrawn_by_somebody_else(served: Served, shelf: Shelf) -> None:
    clear(served, "lecturer", "staff", "member")
    staff, lecturer, member = (served.person(name) for name in ("staff", "lecturer", "member"))
    put = shelf.lesson()
    assert staff.post(f"/lessons/{put.lesson}/publish").status_code == 303
    assert bell(served, "lecturer") == 1
    assert bell(served, "staff") == bell(served, "member") == 0
    page = lecturer.http.get("/notices").text
    assert f"您的课发布了：{put.title}" in page
    notice = lecturer.http.get("/api/v1/notices").json()["notices"][0]
    assert member.post(f"/notices/{notice['id']}/open").status_code == 404
    assert member.api("POST", "/notices/read", json={"ids": [notice["id"]]}).json()["read"] == 0
    assert bell(served, "lecturer") == 1
    opened = lecturer.post(f"/notices/{notice['id']}/open")
    assert (opened.status_code, opened.headers["location"]) == (303, f"/lessons/{put.lesson}")
    assert bell(served, "lecturer") == 0

    assert staff.post(f"/lessons/{put.lesson}/withdraw").status_code == 303
    assert bell(served, "lecturer") == 1
    own = shelf.lesson(owner="staff")
    assert staff.post(f"/lessons/{own.lesson}/publish").status_code == 303
    assert bell(served, "staff") == 0, "nobody is told what they did themselves"

    off = lecturer.post("/notices/choices", on=[f"{kind}:app" for kind in Kind if kind != "lesson_withdrawn"])
    assert off.status_code == 303
    assert bell(served, "lecturer") == 0
    assert "被撤回" not in lecturer.http.get("/notices").text
    lecturer.post("/notices/choices", on=[f"{kind}:app" for kind in Kind])
    assert bell(served, "lecturer") == 1
    assert lecturer.api("DELETE", f"/lessons/{put.lesson}").status_code in (403, 204)
    staff.api("DELETE", f"/lessons/{put.lesson}")
    gone = lecturer.http.get("/notices").text
    assert put.title not in gone
    assert "现在已经看不到了" in gone


@pytest.mark.slow
def test_a_week_is_one_row_for_all(served: Served, shelf: Shelf, clock: MovableClock) -> None:
    clear(served, "member", "lecturer")
    staff, member = served.person("staff"), served.person("member")
    week = present(clock())
    lesson = shelf.lesson(LessonState.PUBLISHED)
    body = {"theme": "绿水青山", "lessons": [lesson.lesson]}
    assert staff.api("PUT", f"/weeks/{week}", json=body).status_code == 200
    for _ in range(200):
        if bell(served, "member"):
            break
        time.sleep(0.05)
    assert bell(served, "member") == bell(served, "lecturer") == 1
    assert "绿水青山" in member.http.get("/notices").text
    seen = member.http.get("/api/v1/notices").json()["notices"][0]
    assert seen["url"] == f"/weeks/{week}"
    clock.forward(seconds=60)
    with served.ports.db.write() as session:
        news = News(Kind.WEEK_OUT, str(week), key="again")
        for _ in range(3):
            actions.tell_all(session, {node_token(shelf.root()): news}, clock())
    assert bell(served, "member") == 2
    # What came after the page was made is not read with it.
    assert member.post("/notices/read-all", to=seen["at"]).status_code == 303
    assert bell(served, "member") == 1
    assert member.post("/notices/read-all", to="9999-01-01T00:00:00+00:00").status_code == 303
    assert bell(served, "member") == 0
    clock.forward(seconds=60)
    with served.ports.db.write() as session:
        actions.tell_all(session, {node_token(shelf.root()): News(Kind.WEEK_OUT, str(week))}, clock())
    assert bell(served, "member") == 1, "the future cannot be read"


@pytest.mark.slow
def test_an_answer_reaches_who_put_their_name_to_it(served: Served, shelf: Shelf) -> None:
    clear(served, "member", "other")
    member, staff = served.person("member"), served.person("staff")
    assert member.post("/suggestions", text="字幕太小", named="1").status_code == 200
    listed = staff.http.get("/api/v1/suggestions/desk").json()["suggestions"]
    its = next(one for one in listed if one["text"] == "字幕太小")
    answered = staff.post(
        f"/suggestions/{its['id']}/answer", version=str(its["version"]), answer="已经放大", done=""
    )
    assert answered.status_code == 303
    assert "已经放大" in member.http.get("/notices").text
    assert bell(served, "other") == 0
