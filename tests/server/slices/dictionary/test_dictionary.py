"""The dictionary over HTTP: what staff teach is searched with at once, and nothing that was typed is lost."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from html import unescape
from typing import Any
from urllib.parse import quote

import httpx
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from library.core.clock import utc_now
from library.dictionary import actions, queries
from library.dictionary.rules import GROUP_MAX, shipped_id
from search import shipped_entries
from tests.server.conftest import Shelf
from tests.support import factories as make
from tests.support.client import Person
from tests.support.examples import examples
from tests.support.server import Served

pytestmark = [pytest.mark.dear(9), pytest.mark.slow]

SHIPPED = next(words for words in shipped_entries() if "党的生日" in words)


@pytest.fixture(scope="module")
def library(served: Served, shelf: Shelf) -> Served:
    """Three lessons, each of which says something in one way only."""
    with served.ports.db.write() as session:
        for title, spoken in (
            ("甲课", "学习党的二十大报告。"),
            ("乙课", "庆祝党的生日。"),
            ("丙课", "千万工程二十年。"),
        ):
            make.lesson(session, title, spoken=[spoken], clips=1)
    shelf.index()
    return served


@pytest.fixture
def staff(library: Served) -> Person:
    """The staff's browser."""
    return library.person("staff")


@pytest.fixture(autouse=True)
def _empty(served: Served) -> Iterator[None]:
    """Leave the dictionary as it comes."""
    yield
    with served.ports.dictionary.teaching() as session:
        for row in queries.rows(session):
            if not row.entry.shipped:
                actions.remove(session, None, row.entry.id, None, utc_now())
        actions.switch(session, None, shipped_id(SHIPPED), True, utc_now())


def own(staff: Person) -> dict[tuple[str, ...], dict[str, Any]]:
    """The staff's entries by their words."""
    found = staff.http.get("/api/v1/vocabulary").json()["entries"]
    return {tuple(entry["words"]): entry for entry in found if not entry["shipped"]}


def hits(person: Person, query: str) -> list[str]:
    """Titles of the lessons that a search finds."""
    return [hit["title"] for hit in person.http.get("/api/v1/search", params={"q": query}).json()["hits"]]


def text_of(html: str) -> str:
    """What a page says, without its marks."""
    return re.sub(r"\s+", " ", unescape(re.sub(r"<[^>]+>", "", html)))


def box(html: str, name: str) -> str:
    """What stands in a text box of a page; a browser drops the line break at its beginning."""
    found = re.search(rf'<textarea name="{name}"[^>]*>\n?(.*?)</textarea>', html, re.DOTALL)
    assert found is not None
    return unescape(found[1])


def test_a_synonym_just_added_finds_and_marks_what_is_said_in_other_words(staff: Person) -> None:
    nobody = Person(str(staff.http.base_url))
    assert hits(nobody, "历史性盛会") == []
    answer = staff.post("/vocabulary/groups", words="历史性盛会、党的二十大")
    assert (answer.status_code, answer.headers["location"]) == (303, "/vocabulary")
    assert "已加入词库" in staff.http.get("/vocabulary").text
    assert hits(nobody, "历史性盛会") == ["甲课"]
    assert hits(nobody, "歷史性盛會") == ["甲课"], "folded on both sides"
    assert "<mark>党的二十大</mark>" in nobody.http.get("/search?q=历史性盛会").text
    assert (
        staff.post(
            f"/vocabulary/{own(staff)[('历史性盛会', '党的二十大')]['id']}/remove", version="1"
        ).status_code
        == 303
    )
    assert hits(nobody, "历史性盛会") == []
    nobody.http.close()


def test_a_group_that_shares_a_word_with_another_may_join_it(staff: Person, shelf: Shelf) -> None:
    shelf.taught("江姐", "江竹筠")
    asked = staff.post("/vocabulary/groups", words="江姐=双枪老太婆")
    assert asked.status_code == 409
    assert "已经在另一组同义词里：江姐=江竹筠" in text_of(asked.text)
    assert set(own(staff)) == {("江姐", "江竹筠")}, "nothing is done before an answer"
    entry = own(staff)[("江姐", "江竹筠")]
    assert f'action="/vocabulary/{entry["id"]}"' in asked.text
    assert "并成一组以后是：江姐 = 江竹筠 = 双枪老太婆" in text_of(asked.text)
    (words,) = re.findall(r'name="words" value="(江姐=江竹筠=双枪老太婆)"', asked.text)
    joined = staff.post(f"/vocabulary/{entry['id']}", words=words, version="1")
    assert joined.status_code == 303
    assert set(own(staff)) == {("江姐", "江竹筠", "双枪老太婆")}


def test_a_group_that_shares_a_word_may_stand_apart(staff: Person, shelf: Shelf) -> None:
    shelf.taught("江姐", "江竹筠")
    assert staff.post("/vocabulary/groups", words="江姐=双枪老太婆", apart="1").status_code == 303
    assert set(own(staff)) == {("江姐", "江竹筠"), ("江姐", "双枪老太婆")}


def test_the_limit_of_a_word_is_the_same_however_it_is_passed(staff: Person) -> None:
    for size in (21, 30, 64, 65, 100):
        said = text_of(staff.post("/vocabulary/words", word="党" * size).text)
        assert f"最多 20 个字，现在有 {size} 个" in said
        assert "最多 64" not in said


def test_a_shipped_synonym_that_is_switched_off_finds_no_more(staff: Person) -> None:
    other = next(word for word in SHIPPED if word != "党的生日")
    path = f"/vocabulary/{shipped_id(SHIPPED)}/switch"
    assert hits(staff, other) == ["乙课"]
    assert staff.post(path, on="0").status_code == 303
    assert hits(staff, other) == []
    assert "已停用" in staff.http.get("/vocabulary", params={"q": "党的生日"}).text
    assert staff.post(path, on="1").status_code == 303
    assert hits(staff, other) == ["乙课"]


def test_synonyms_are_suggested_too(library: Served, shelf: Shelf, staff: Person) -> None:
    with library.ports.db.write() as session:
        make.lesson(session, "千村示范万村整治工程", topics=["千村示范"])
    shelf.index()

    def offers() -> list[str]:
        found = staff.http.get("/api/v1/suggest", params={"q": "绿色浙江"}).json()
        return [one["text"] for one in found]

    assert offers() == []
    staff.post("/vocabulary/groups", words="绿色浙江\n千村示范")
    assert "千村示范" in offers()


def test_a_query_is_tried_before_anybody_searches(staff: Person) -> None:
    staff.post("/vocabulary/groups", words="历史性盛会、党的二十大")
    page = text_of(staff.http.get("/vocabulary", params={"try": "歷史性盛會報告"}).text)
    assert "历史性盛会 词库里的词同时找：党的二十大" in page
    assert "您能找到 1 段" in page
    assert "这里没有要找的词" in staff.http.get("/vocabulary", params={"try": "，，"}).text
    for text in ('"', "“”", "lecturer:", "<b>", "\0", "a" * 4000, "topic:党史 报告"):
        answer = staff.http.get("/vocabulary", params={"try": text})
        assert answer.status_code == 200, text
        assert "<b><b>" not in answer.text


def test_what_was_typed_and_not_taken_stays_with_the_reason(staff: Person) -> None:
    staff.post("/vocabulary/words", word="千万工程")
    for path, field, typed, status, said in (
        ("words", "word", "，", 422, "一个词里不要有这些符号"),
        ("words", "word", "", 422, "请"),
        ("words", "word", "😀", 422, "没有字"),
        ("words", "word", "千萬工程", 409, "已经在词库里了：千万工程"),
        ("words", "word", "党" * 60, 422, "最多 20 个字"),
        ("words", "word", "a" * 65, 422, "64"),
        ("groups", "words", "三农、三農", 422, "至少要有两个不同的词"),
        ("groups", "words", "、".join(f"词{n}" for n in range(GROUP_MAX + 1)), 422, str(GROUP_MAX)),
        ("groups", "words", "<script>alert(1)</script>", 422, "至少要有两个不同的词"),
        ("groups", "words", "、".join(reversed(SHIPPED)), 409, "自带的词里已经有了"),
    ):
        answer = staff.post(f"/vocabulary/{path}", **{field: typed})
        assert answer.status_code == status, typed
        assert said in text_of(answer.text), typed
        assert "<script>alert" not in answer.text
        kept = box(answer.text, "words") if field == "words" else answer.text
        assert (typed in kept) or (quote(typed) in kept), typed
    assert list(own(staff)) == [("千万工程",)]


def test_of_two_who_edit_one_entry_the_second_sees_what_the_first_made_of_it(staff: Person) -> None:
    staff.post("/vocabulary/words", word="千万工程")
    entry = own(staff)[("千万工程",)]
    form = {"version": str(entry["version"]), "next": "/vocabulary?q=千"}
    answer = staff.post(f"/vocabulary/{entry['id']}", words="千万工程、千村示范", **form)
    assert answer.status_code == 303
    assert answer.headers["location"].startswith("/vocabulary?q=")
    second = staff.post(f"/vocabulary/{entry['id']}", words="千万工程、万村整治", **form)
    assert second.status_code == 409
    assert "别人改了这一条" in second.text
    assert box(second.text, "words") == "千万工程、万村整治"
    assert staff.post(f"/vocabulary/{entry['id']}/remove", **form).status_code == 409
    assert list(own(staff)) == [("千万工程", "千村示范")]
    # Having seen it, they may still save theirs.
    version = re.search(r'name="version" value="(\d+)"', second.text)
    assert version is not None
    again = staff.post(f"/vocabulary/{entry['id']}", words="千万工程、万村整治", version=version[1])
    assert again.status_code == 303
    assert list(own(staff)) == [("千万工程", "万村整治")]


def test_a_change_of_an_entry_that_is_gone_can_be_added_anew(staff: Person) -> None:
    answer = staff.post("/vocabulary/gone", words="千万工程、千村示范", version="1")
    assert answer.status_code == 404
    assert "不在词库里了" in answer.text
    assert box(answer.text, "words") == "千万工程、千村示范"
    for path in (
        "/vocabulary/gone/remove",
        "/vocabulary/gone/switch",
        f"/vocabulary/{shipped_id(SHIPPED)}/remove",
    ):
        assert staff.post(path).status_code == 404


def test_pasted_lines_are_answered_one_by_one_and_refused_ones_stay_in_the_box(staff: Person) -> None:
    pasted = (
        f"# 说明\r\n千万工程=千村示范\r\n<b>，\r\n七一\r\n三农=三農\r\n停用:{'='.join(SHIPPED)}\r\n浙里办"
    )
    answer = staff.post("/vocabulary/paste", lines=pasted)
    said = text_of(answer.text)
    assert answer.status_code == 200
    for words in ("加入 2 条", "停用 1 条", "1 行已经有了", "2 行没有采用", "第 3 行", "第 5 行"):
        assert words in said, words
    assert box(answer.text, "lines") == "<b>，\n三农=三農"
    assert set(own(staff)) == {("千万工程", "千村示范"), ("浙里办",)}
    text = staff.http.get("/vocabulary/download")
    assert text.headers["content-type"] == "text/plain; charset=utf-8"
    assert "attachment" in text.headers["content-disposition"]
    assert text.text == f"停用:{'='.join(SHIPPED)}\n浙里办\n千万工程=千村示范\n"
    assert "没有采用" not in text_of(staff.post("/vocabulary/paste", lines=text.text).text)


@pytest.mark.parametrize("pasted", ["", "# 只有说明", "\n" * 5])
def test_a_paste_without_words_is_refused(staff: Person, pasted: str) -> None:
    assert staff.post("/vocabulary/paste", lines=pasted).status_code == 422


def paste(staff: Person, text: str) -> httpx.Response:
    """Send the form as its page does: one of more than 64 kB is read as multipart alone."""
    parts = {"csrf": (None, staff.csrf()), "lines": (None, text)}
    return staff.http.post("/vocabulary/paste", files=parts)


def test_thousands_of_lines_are_taken_at_once_and_too_many_not_at_all(staff: Person) -> None:
    many = "\n".join(f"词语{n}号" for n in range(10_001))
    answer = paste(staff, many)
    assert answer.status_code == 422
    assert box(answer.text, "lines").replace("\r\n", "\n") == many
    assert own(staff) == {}
    answer = paste(staff, "\n".join(many.splitlines()[:300]))
    assert "加入 300 条" in text_of(answer.text)
    pages = [staff.http.get("/vocabulary", params={"page": page}).text for page in (1, 2, 99)]
    assert all("300" in text_of(page) for page in pages)
    assert staff.http.get("/vocabulary?q=词语12号").text.count('name="version"') == 2, "change, remove"


def test_the_history_says_who_did_what(staff: Person) -> None:
    staff.post("/vocabulary/words", word="千万工程")
    entry = own(staff)[("千万工程",)]
    staff.post(f"/vocabulary/{entry['id']}", words="千村示范", version="1")
    history = text_of(staff.http.get("/vocabulary").text.partition("最近的改动")[2])
    assert history.index("千万工程 → 千村示范") < history.index("加入 千万工程")
    assert "staff" in history


def test_the_api_teaches_and_forgets(staff: Person) -> None:
    made = staff.api("POST", "/vocabulary", json={"words": ["历史性盛会", "党的二十大", "黨的20大"]})
    assert made.status_code == 201
    entry = made.json()
    assert (entry["words"], entry["shipped"], entry["on"], entry["version"]) == (
        ["历史性盛会", "党的二十大"],
        False,
        True,
        1,
    )
    assert hits(staff, "历史性盛会") == ["甲课"]
    listed = staff.http.get("/api/v1/vocabulary", params={"q": "盛会"}).json()
    assert (listed["total"], listed["entries"]) == (1, [entry])
    path = f"/vocabulary/{entry['id']}"
    changed = staff.api("PATCH", path, json={"words": ["历史性盛会", "千万工程"], "version": 1})
    assert (changed.status_code, changed.json()["version"]) == (200, 2)
    assert hits(staff, "历史性盛会") == ["丙课"]
    late = staff.api("PATCH", path, json={"words": ["别的词"], "version": 1})
    assert (late.status_code, late.json()["error"]) == (409, "entry_changed")
    assert staff.api("DELETE", path, params={"version": 1}).status_code == 409
    assert staff.api("DELETE", path).status_code == 204
    assert staff.api("DELETE", path).status_code == 404
    assert hits(staff, "历史性盛会") == []


@pytest.mark.parametrize(
    ("body", "status"),
    [
        ({}, 422),
        ({"words": "千万工程"}, 422),
        ({"words": []}, 422),
        ({"words": [""]}, 422),
        ({"words": [1]}, 422),
        ({"words": ["a" * 20_000]}, 422),
        ({"words": ["a" * 100_000]}, 413),
        ({"words": ["\ud800"]}, 422),
        ({"words": ["\x00"]}, 422),
        ({"words": ["a,b", "c"]}, 422),
        ({"words": ["词"] * 5_000}, 422),
        ({"words": ["词"] * 100_000}, 413),
        ({"words": ["千万工程"], "version": 10**30}, 404),
    ],
    ids=str,
)
def test_bad_bodies_are_refused_in_words(staff: Person, body: dict[str, Any], status: int) -> None:
    method, path = ("PATCH", "/vocabulary/x") if "version" in body else ("POST", "/vocabulary")
    headers = {"Content-Type": "application/json"}
    answer = staff.api(method, path, content=json.dumps(body), headers=headers)
    assert answer.status_code == status
    assert answer.json()["message"]
    assert own(staff) == {}


@given(st.text(max_size=120), st.sampled_from(["words", "groups", "paste"]))
@settings(
    max_examples=examples(60), deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
def test_anything_may_be_typed_and_the_page_and_the_search_answer(
    staff: Person, typed: str, form: str
) -> None:
    field = {"words": "word", "groups": "words", "paste": "lines"}[form]
    # As a browser sends it: halves of surrogate pairs become question marks.
    sent = typed.encode("utf-8", "replace").decode()
    assert staff.post(f"/vocabulary/{form}", **{field: sent}).status_code in (200, 303, 409, 422)
    assert staff.http.get("/vocabulary", params={"q": sent, "try": sent, "page": "1"}).status_code == 200
    assert staff.http.get("/api/v1/search", params={"q": sent}).status_code == 200
    assert staff.http.get("/vocabulary/download").status_code == 200


def test_only_staff_are_led_to_the_dictionary(library: Served) -> None:
    for name, led in (("nobody", False), ("lecturer", False), ("staff", True)):
        page = library.person(name).http.get("/search?q=x").text
        assert ('href="/vocabulary"' in page) is led, name
