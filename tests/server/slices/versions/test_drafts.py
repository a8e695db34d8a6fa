"""A published lesson is changed, looked at, published, and taken back to what it was, over HTTP."""

from __future__ import annotations

import re

import pytest

from library.catalog.permits import LessonState
from tests.server.conftest import Put, Shelf
from tests.support.client import Person
from tests.support.server import Served

pytestmark = pytest.mark.dear(5)

FORM = {"lecturer": "王芳", "topics": "党史、乡村振兴", "summary": "第二稿", "genre": "onsite"}


def shown(served: Served, shelf: Shelf, put: Put) -> tuple[str, str, list[str], str]:
    """What viewers see of a lesson wherever they look: its title, genre, topics and summary."""
    shelf.index()
    with served.nobody() as visitor:
        lesson = visitor.http.get(f"/api/v1/lessons/{put.lesson}").json()
        found = visitor.http.get("/api/v1/search", params={"q": '"山乡巨变四十年"'}).json()["hits"]
        pages = [
            visitor.http.get(at).text for at in (f"/lessons/{put.lesson}", f"/clips/{put.clip}", "/lessons")
        ]
    assert [hit["title"] for hit in found] == [lesson["title"]]
    assert all(lesson["title"] in page for page in pages)
    assert lesson["draft"] is None
    assert all("等待发布" not in page for page in pages)
    return lesson["title"], lesson["genre"], lesson["topics"], lesson["summary"]


def seen_by(person: Person, path: str) -> str:
    """The number of what a form of a page was made of."""
    found = re.search(r'name="seen" value="(\d+)"', person.http.get(path).text)
    assert found is not None
    return found[1]


@pytest.mark.slow
def test_a_published_lesson_is_changed_beside_what_viewers_see(served: Served, shelf: Shelf) -> None:
    put = shelf.lesson(LessonState.PUBLISHED, words="山乡巨变四十年")
    lecturer, staff, member = (served.person(name) for name in ("lecturer", "staff", "member"))
    at, api = f"/lessons/{put.lesson}", f"/lessons/{put.lesson}"
    old = shown(served, shelf, put)
    assert old == (put.title, "lecture", [], "")

    # The lecturer changes it on the page, a program goes on.
    form = FORM | {"title": "山乡新题", "seen": seen_by(lecturer, at)}
    answer = lecturer.post(f"{at}/edit", **form)
    assert answer.headers["location"].startswith(f"{at}/draft")
    assert "已保存为草稿，发布以后观众才看得到。" in lecturer.http.get(f"{at}/draft").text
    answer = lecturer.api("PATCH", api, json={"topics": ["党史"]})
    assert answer.json()["title"] == put.title
    assert answer.json()["draft"]["topics"] == ["党史"]
    assert shown(served, shelf, put) == old

    # Who typed beside them is told, and keeps what they typed.
    late = lecturer.post(f"{at}/edit", **form | {"title": "晚了的题"})
    assert late.status_code == 409
    assert "刚才已经被别人动过" in late.text
    assert 'value="晚了的题"' in late.text
    assert lecturer.api("PATCH", api, json={"title": "晚", "draft_seen": 0}).status_code == 409

    # The lecturer is told that it waits, the staff find it and see what differs.
    assert "有修改等待发布，观众看到的还是原来的。" in lecturer.http.get(at).text
    assert "发布草稿" not in lecturer.http.get(f"{at}/draft").text
    assert f"{at}/draft" in staff.http.get("/review").text
    draft = staff.http.get(f"{at}/draft").text
    assert "<del>第" in draft
    assert "<ins>山乡新题</ins>" in draft
    assert member.http.get(f"{at}/draft").status_code == 403

    # Of two versions that they did not see nobody publishes the other.
    seen = seen_by(staff, f"{at}/draft")
    lecturer.api("PATCH", api, json={"summary": "第三稿"})
    refused = staff.post(f"{at}/draft/publish", note="改正题目", seen=seen)
    assert refused.status_code == 409
    assert 'value="改正题目"' in refused.text
    assert "第三稿" in refused.text
    assert shown(served, shelf, put) == old
    seen = seen_by(staff, f"{at}/draft")
    assert staff.post(f"{at}/draft/publish", note="改正题目", seen=seen).status_code == 303
    new = shown(served, shelf, put)
    assert new == ("山乡新题", "onsite", ["党史"], "第三稿")
    assert "没有等待发布的修改" in staff.http.get(f"{at}/draft").text
    assert put.title not in staff.http.get("/review").text

    # Everything that was published stays to be read, with who and why.
    listed = staff.api("GET", f"{api}/versions").json()["versions"]
    assert [(one["n"], one["origin"], one["why"]) for one in listed] == [
        (2, "draft", "改正题目"),
        (1, "found", ""),
    ]
    first = staff.api("GET", f"{api}/versions/1").json()["snapshot"]
    assert (first["values"]["title"], len(first["clips"])) == (put.title, 1)
    history = lecturer.http.get(f"{at}/versions").text
    assert history.count("改正题目") == 1, "what was decided and the version that came of it are one line"
    assert "山乡新题" in staff.http.get(f"{at}/versions/1?against=2").text
    assert staff.http.get(f"{at}/versions/3").status_code == 404

    # An old version comes back the same way.
    assert (
        lecturer.post(f"{at}/versions/1/restore", seen=seen_by(lecturer, f"{at}/versions/1")).status_code
        == 303
    )
    assert lecturer.api("GET", f"{api}/draft").json()["restored"] == 1
    assert shown(served, shelf, put) == new
    assert staff.api("POST", f"{api}/draft/publish", json={"note": "还是原来的好"}).json()["n"] == 3
    assert shown(served, shelf, put) == old

    # What is given up is gone, and nothing else.
    lecturer.api("PATCH", api, json={"title": "不要了"})
    assert lecturer.post(f"{at}/draft/discard", seen=seen_by(lecturer, f"{at}/draft")).status_code == 303
    assert lecturer.api("GET", f"{api}/draft").json()["error"] == "draft_none"
    assert lecturer.api("DELETE", f"{api}/draft").status_code == 404
    assert staff.api("POST", f"{api}/draft/publish", json={}).status_code == 404
    assert shown(served, shelf, put) == old


@pytest.mark.slow
def test_words_of_a_published_lesson_are_corrected_beside_what_viewers_hear(
    served: Served, shelf: Shelf
) -> None:
    put = shelf.lesson(LessonState.PUBLISHED, words="山乡聚变四十年")
    lecturer, staff = served.person("lecturer"), served.person("staff")
    at, lines = f"/lessons/{put.lesson}", f"/lessons/{put.lesson}/transcript/lines"

    def heard() -> tuple[str, bool]:
        """The captions that viewers get, and whether the search finds the right words."""
        shelf.index()
        with served.nobody() as visitor:
            hits = visitor.http.get("/api/v1/search", params={"q": '"山乡巨变四十年"'}).json()["hits"]
            found = any(hit["lesson"] == put.lesson for hit in hits)
            return visitor.http.get(f"/clips/{put.clip}/captions.vtt").text, found

    old = heard()
    assert "这节课已经发布：在这里改的先存成草稿" in lecturer.http.get(f"{at}/words").text
    present = lecturer.api("GET", lines).json()
    edit = {"at": 0, "gone": 1, "lines": [{"start_s": 0.0, "end_s": 9.0, "text": "山乡巨变四十年"}]}
    assert lecturer.api("PATCH", lines, json={"base": present["base"], "edits": [edit]}).status_code == 200
    assert lecturer.api("GET", lines).json()["lines"][0]["text"] == "山乡巨变四十年"
    assert heard() == old
    assert (old[1], "聚变" in old[0]) == (False, True)
    assert "文稿与字幕" in staff.http.get("/review").text
    draft = staff.http.get(f"{at}/draft").text
    assert "<del>聚</del>" in draft
    assert "<ins>巨</ins>" in draft
    assert staff.post(f"{at}/draft/publish", seen=seen_by(staff, f"{at}/draft")).status_code == 303
    captions, found = heard()
    assert "山乡巨变四十年" in captions
    assert found
    for n, said in ((1, "山乡聚变四十年"), (2, "山乡巨变四十年")):
        assert f"versions/{n}?against=" in staff.http.get(f"{at}/versions/{n}").text
        assert said in staff.http.get(f"{at}/versions/{n}?against=0&words=yes").text, "each stays to be read"
