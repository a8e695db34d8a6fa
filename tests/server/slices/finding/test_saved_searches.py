"""Saving a search, finding it again, and what is new in it; on the pages and as JSON."""

from __future__ import annotations

import re
from datetime import date
from html import unescape
from typing import Any

import httpx
import pytest

from library.catalog.permits import Audience, LessonState
from library.core.clock import utc_now
from library.core.permits import Role
from library.organisation import actions as organisation
from library.people import actions as people
from library.searches.rules import MOST_SAVED
from tests.server.conftest import Shelf
from tests.support import factories as make
from tests.support.client import PLAIN, Person
from tests.support.server import Served, password, quickly_hashed

pytestmark = [pytest.mark.slow, pytest.mark.dear(7)]

WORD = "枫桥经验"


@pytest.fixture(scope="module")
def lessons(served: Served, shelf: Shelf) -> None:
    """Two lessons that say a word, of different lecturers and years."""
    with served.ports.db.write() as session:
        for n, lecturer in enumerate(("王芳", "李明")):
            make.lesson(
                session,
                f"第{n}课",
                lecturer=lecturer,
                topics=["基层治理"],
                taught_on=date(2025 + n, 3, 1),
                clips=1,
                spoken=[f"说到{WORD}。", "小事不出村。"],
            )
    shelf.index()


@pytest.fixture
def staff(served: Served, lessons: None) -> Person:
    """A member of the staff who has saved nothing yet."""
    name = make.new_id()
    with served.ports.db.write() as session:
        row = people.add_person(session, name, name, quickly_hashed(name), utc_now())
        people.grant(session, row.id, Role.STAFF, make.root(session), None, utc_now())
    return served.nobody().sign_in(name, password(name))


def save(staff: Person, name: str, **asked: str) -> httpx.Response:
    """Save a search as the page's form does."""
    form = {"csrf": staff.csrf(), "name": name}
    return staff.http.post("/searches", params={"q": WORD, **asked}, data=form)


def listed(staff: Person) -> list[dict[str, Any]]:
    """What is saved, as JSON."""
    found: list[dict[str, Any]] = staff.http.get("/api/v1/searches").json()["searches"]
    return found


def text_of(html: str) -> str:
    """What a page says, without its marks."""
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", html)).split())


def test_a_search_is_saved_from_its_page_and_opened_from_the_list(served: Served, staff: Person) -> None:
    asked = {"q": WORD, "lecturer": "王芳", "sort": "date"}
    page = staff.http.get("/search", params=asked).text
    form = re.search(r'<form action="(/searches\?[^"]+)".*?name="name" value="([^"]*)"', page, re.S)
    assert form is not None
    assert unescape(form[2]) == f"{WORD} · 王芳", "the name that is proposed"
    saved = staff.http.post(unescape(form[1]), data={"csrf": staff.csrf(), "name": "每周看一看"})
    assert saved.status_code == 303
    back = saved.headers["location"]
    assert httpx.URL(back).params == httpx.QueryParams(asked)
    again = staff.http.get(back).text
    assert "这次搜索已保存" in again
    assert "每周看一看" in again
    assert "保存这次搜索" not in again, "it is saved already"
    list_page = staff.http.get("/searches").text
    assert "每周看一看" in list_page
    assert "王芳" in text_of(list_page)
    assert "找到 1 段" in text_of(list_page)
    opening = re.search(r'action="(/searches/\w+/open)"', list_page)
    assert opening is not None
    opened = staff.post(opening[1])
    assert (opened.status_code, opened.headers["location"]) == (303, back)
    assert staff.http.get(back).text.count('class="result"') == 1


def test_what_came_since_the_last_visit_is_new(served: Served, shelf: Shelf, staff: Person) -> None:
    word = f"新词{make.new_id()}"
    staff.api("POST", "/searches", json={"q": word})
    assert "还没有一处完全符合" in text_of(staff.http.get("/searches").text)
    for n in range(2):
        with served.ports.db.write() as session:
            make.lesson(session, f"后来的课{n}", spoken=[f"说到{word}。"], clips=1)
    shelf.index()
    (one,) = listed(staff)
    assert (one["hits"], one["new"]) == (2, 2)
    assert "2 段是新的" in text_of(staff.http.get("/searches").text)
    assert listed(staff)[0]["new"] == 2, "looking at the list opens nothing"
    assert staff.http.get(f"/searches/{one['id']}/open").status_code == 405, "nor does a GET"
    staff.post(f"/searches/{one['id']}/open")
    (seen,) = listed(staff)
    assert (seen["hits"], seen["new"]) == (2, 0)
    assert seen["opened_at"] > one["opened_at"]


def test_words_that_are_not_said_together_are_no_hits_yet(
    served: Served, shelf: Shelf, staff: Person
) -> None:
    left, right = f"左{make.new_id()}", f"右{make.new_id()}"
    with served.ports.db.write() as session:
        make.lesson(session, "一课", spoken=[left], clips=1)
    shelf.index()
    saved = staff.api("POST", "/searches", json={"q": f"{left} {right}"}).json()
    assert saved["hits"] == 0
    with served.ports.db.write() as session:
        make.lesson(session, "二课", spoken=[f"{left}，{right}"], clips=1)
    shelf.index()
    assert [(one["hits"], one["new"]) for one in listed(staff)] == [(1, 1)]


def test_a_name_that_is_taken_keeps_what_was_typed(staff: Person) -> None:
    assert save(staff, "一").status_code == 303
    for name, status, words in (
        ("一", 409, "您已经有一个叫“一”的搜索了"),
        ("", 422, "这一项不能为空"),
        ("<b>" * 40, 422, "太长了"),
    ):
        answer = save(staff, name, year="2025")
        assert answer.status_code == status
        assert words in text_of(answer.text)
        form = re.search(r'action="(/searches\?[^"]+)".*?name="name" value="([^"]*)"', answer.text, re.S)
        assert form is not None
        assert unescape(form[2]) == name
        assert "year=2025" in form[1]
        assert "<b>" not in answer.text
    assert [one["name"] for one in listed(staff)] == ["一"]
    second = staff.api("POST", "/searches", json={"name": "二", "q": WORD}).json()["id"]
    refused = staff.post(f"/searches/{second}/rename", name="一")
    assert refused.status_code == 409
    assert "您已经有一个叫“一”的搜索了" in text_of(refused.text)
    assert staff.post(f"/searches/{second}/rename", name="三").status_code == 303
    assert [one["name"] for one in listed(staff)] == ["三", "一"]
    assert staff.post(f"/searches/{second}/delete").status_code == 303
    assert [one["name"] for one in listed(staff)] == ["一"]


def test_a_search_without_words_is_not_saved(staff: Person) -> None:
    assert staff.http.get("/search").text.count("保存这次搜索") == 0
    answer = save(staff, "空的", q=" ")
    assert answer.status_code == 422
    long = save(staff, "长的", q="党" * 301)
    assert long.status_code == 422
    assert listed(staff) == []


def test_a_hundred_are_enough_and_are_counted_a_page_at_a_time(staff: Person) -> None:
    for n in range(MOST_SAVED):
        assert staff.api("POST", "/searches", json={"name": f"第{n}个", "q": WORD}).status_code == 201
    full = staff.api("POST", "/searches", json={"name": "再来一个", "q": WORD})
    assert (full.status_code, full.json()["error"]) == (409, "searches_full")
    assert f"保存的搜索已经有 {MOST_SAVED} 个" in text_of(save(staff, "再来一个").text)
    first = staff.http.get("/api/v1/searches").json()
    assert (first["total"], first["page"], len(first["searches"])) == (MOST_SAVED, 1, 20)
    last = staff.http.get("/api/v1/searches", params={"page": 5}).json()
    assert len(last["searches"]) == 20
    page = staff.http.get("/searches", params={"page": 5}).text
    assert "第 5 页，共 5 页" in text_of(page)
    one = last["searches"][3]
    refused = staff.post(f"/searches/{one['id']}/rename", name="第99个")
    assert refused.status_code == 409
    assert f"/searches/{one['id']}/rename" in refused.text, "the page on which it stands is shown again"


def test_the_empty_search_page_leads_to_what_one_saved_and_others_do_not_see_it(
    served: Served, staff: Person
) -> None:
    save(staff, "私人的名字")
    page = staff.http.get("/search").text
    assert "私人的名字" in page
    opening = re.search(r'action="(/searches/\w+/open)"', page)
    assert opening is not None
    for other in ("staff", "admin", "member", "nobody"):
        assert "私人的名字" not in served.person(other).http.get("/search").text
    for other in ("staff", "admin"):
        browser = served.person(other)
        assert "私人的名字" not in browser.http.get("/searches").text
        assert "私人的名字" not in browser.http.get("/api/v1/searches").text
        assert browser.post(opening[1]).status_code == 404


def test_who_saves_nothing_is_offered_nothing(served: Served, lessons: None) -> None:
    for name in ("nobody", "member", "lecturer"):
        page = served.person(name).http.get("/search", params={"q": WORD}).text
        assert 'class="result"' in page
        for word in ("保存这次搜索", "export.xlsx", "/searches"):
            assert word not in page, (name, word)


def test_hits_are_counted_as_the_one_who_saved_sees_them(served: Served, shelf: Shelf) -> None:
    word = f"范围{make.new_id()}"
    with served.ports.db.write() as session:
        town = organisation.add_named(session, make.root(session), "西乡", utc_now())
        row = people.add_person(session, word, word, quickly_hashed(word), utc_now())
        people.grant(session, row.id, Role.STAFF, town, None, utc_now())
        make.lesson(session, "公开", spoken=[word], clips=1)
        make.lesson(session, "本乡草稿", spoken=[word], clips=1, branch=town, state=LessonState.DRAFT)
        make.lesson(session, "县里草稿", spoken=[word], clips=1, state=LessonState.DRAFT)
        make.lesson(session, "登录才有", spoken=[word], clips=1, audience=Audience.SIGNED_IN)
    shelf.index()
    with served.nobody().sign_in(word, password(word)) as of_town:
        assert of_town.api("POST", "/searches", json={"q": word}).json()["hits"] == 3
    saved = served.person("staff").api("POST", "/searches", json={"q": word}).json()
    assert saved["hits"] == 4
    assert served.person("staff").api("DELETE", f"/searches/{saved['id']}").status_code == 204


def test_as_json_with_a_token_and_without_a_name(served: Served, shelf: Shelf, lessons: None) -> None:
    _id, secret = shelf.token("admin")
    with httpx.Client(
        base_url=served.base_url, headers={"Authorization": f"Bearer {secret}"}, verify=PLAIN
    ) as program:
        body = {"q": WORD, "lecturer": "李明", "year": "2026", "kind": "nonsense", "sort": "date"}
        made = program.post("/api/v1/searches", json=body)
        assert made.status_code == 201
        saved = made.json()
        assert saved["name"] == f"{WORD} · 李明 · 2026"
        assert saved["filters"] == {"lecturer": "李明", "year": "2026"}, "nonsense narrows nothing"
        assert (saved["hits"], saved["new"], saved["sort"]) == (1, 0, "date")
        url = httpx.URL(saved["url"])
        assert str(url).startswith(served.ports.settings.base_url)
        assert program.get("/api/v1/search", params=url.params).json()["total"] == 1
        assert program.post("/api/v1/searches", json=body).json()["error"] == "search_name_taken"
        for wrong in ({}, {"q": 5}, {"q": " "}, {"q": "\x00"}, {"q": "党", "name": "长" * 81}):
            assert program.post("/api/v1/searches", json=wrong).status_code == 422, wrong
        assert program.delete(f"/api/v1/searches/{saved['id']}").status_code == 204
        assert program.delete(f"/api/v1/searches/{saved['id']}").status_code == 404


def test_an_index_that_cannot_answer_hides_no_saved_search(shelf: Shelf, staff: Person) -> None:
    save(staff, "还在这里")
    with shelf.broken_index():
        page = staff.http.get("/searches")
        assert page.status_code == 200
        assert "还在这里" in page.text
        assert "搜索索引损坏" in page.text
        (one,) = listed(staff)
        assert (one["hits"], one["new"]) == (None, None)
        assert staff.post(f"/searches/{one['id']}/open").status_code == 303
        assert save(staff, "现在保存的").status_code == 303
    assert {one["hits"] for one in listed(staff)} == {2}
