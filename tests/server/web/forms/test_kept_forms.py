"""A form whose page was too old comes back with what was typed, and is taken when it is sent once more."""

from __future__ import annotations

import re
from html import unescape

import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st

from library.catalog import queries as catalog
from server.web.forms.kept import is_ours
from tests.server.conftest import Shelf
from tests.support.client import Person
from tests.support.server import Served

OURS = {"sec-fetch-site": "same-origin"}
SUMMARY = "第一段，写了很久。\n第二段 <b>&amp;</b>"


def sent_again(person: Person, page: str) -> httpx.Response:
    """Press the button of the page that came back, as a browser would."""
    form = re.search(r'<form class="acts" action="([^"]+)" method="post">(.*?)</form>', page, re.DOTALL)
    assert form is not None, page
    fields = re.findall(r'<input type="hidden" name="([^"]+)" value="([^"]*)">', form[2], re.DOTALL)
    token = re.search(r'name="csrf" value="([^"]+)"', form[2])
    assert token is not None
    data = {unescape(name): unescape(value) for name, value in fields} | {"csrf": token[1]}
    return person.http.post(form[1], data=data, headers=OURS)


def edit(person: Person, lesson: str, **headers: str) -> httpx.Response:
    data = {"csrf": "of-yesterday", "title": "新的题目", "summary": SUMMARY, "topics": ""}
    return person.http.post(f"/lessons/{lesson}/edit", data=data, headers=headers or OURS)


@pytest.mark.slow
def test_what_was_typed_into_a_page_that_was_too_old_is_not_lost(served: Served, shelf: Shelf) -> None:
    put = shelf.lesson()
    lecturer = served.person("lecturer")
    refused = edit(lecturer, put.lesson)
    assert refused.status_code == 403
    assert "您填的内容还在" in refused.text
    assert sent_again(lecturer, refused.text).status_code == 303
    with served.ports.db.read() as session:
        lesson = catalog.lesson(session, put.lesson)
        assert (lesson.title, lesson.summary) == ("新的题目", SUMMARY)


@pytest.mark.slow
def test_what_was_typed_outlives_a_sign_in_that_is_over(served: Served, shelf: Shelf) -> None:
    put = shelf.lesson()
    person = served.person("lecturer")
    session = person.http.cookies["weike_session"]
    person.http.cookies.delete("weike_session")
    refused = edit(person, put.lesson)
    assert refused.status_code in (401, 403)
    assert 'href="/sign-in" target="_blank"' in refused.text
    person.http.cookies.set("weike_session", session)  # they signed in in the other window
    once_more = sent_again(person, refused.text)
    if once_more.status_code == 403:  # the button's token was a visitor's
        once_more = sent_again(person, once_more.text)
    assert once_more.status_code == 303
    with served.ports.db.read() as session_:
        assert catalog.lesson(session_, put.lesson).title == "新的题目"


@pytest.mark.slow
def test_another_sites_form_does_not_come_back_with_a_button_under_it(served: Served, shelf: Shelf) -> None:
    put = shelf.lesson()
    lecturer = served.person("lecturer")
    for headers in ({"sec-fetch-site": "cross-site"}, {"origin": "https://evil.example"}, {"origin": "null"}):
        refused = edit(lecturer, put.lesson, **headers)
        assert refused.status_code == 403
        assert "新的题目" not in refused.text, headers


@pytest.mark.slow
def test_no_password_stands_in_a_page_that_comes_back(served: Served) -> None:
    member = served.person("member")
    data = {"csrf": "x", "current": "a-password-1", "password": "another-password-2"}
    refused = member.http.post("/account/password", data=data, headers=OURS)
    assert refused.status_code == 403
    assert "a-password-1" not in refused.text
    assert "another-password-2" not in refused.text


@pytest.mark.slow
@given(st.dictionaries(st.sampled_from(["origin", "host", "referer"]), st.text(max_size=30)))
def test_without_the_browsers_word_no_form_is_ours(headers: dict[str, str]) -> None:
    origin = headers.get("origin", "")
    if is_ours(headers):
        assert origin.partition("://")[2].startswith(headers["host"])
