"""A question from the clip to its answer, over HTTP."""

from __future__ import annotations

import re

import pytest

from library.catalog.permits import LessonState
from library.questions import rules
from tests.server.conftest import Shelf
from tests.support.server import Served


@pytest.mark.slow
def test_asked_answered_and_read_at_its_second(served: Served, shelf: Shelf) -> None:
    put = shelf.lesson(LessonState.PUBLISHED)
    at_clip, desk = f"/clips/{put.clip}/questions", "/questions/desk"
    asker = served.person("member")
    lecturer = served.person("lecturer")
    nobody = served.person("nobody")
    refused = asker.post(at_clip, at="没有", text="账本<i>在哪里？")
    assert refused.status_code == 422
    assert "账本&lt;i&gt;在哪里？" in refused.text
    assert asker.post(at_clip, at="0:12", text="账本<i>在哪里？").status_code == 303
    assert "账本" not in nobody.http.get(at_clip).text
    assert "您的课上有人提问" in lecturer.http.get("/notices").text
    assert 'href="/questions/desk"' in lecturer.http.get("/").text
    page = lecturer.http.get(desk).text
    question = re.search(r"/questions/([0-9a-z]{16})/answer", page[page.index("账本") :])
    assert question is not None
    answer = f"/questions/{question[1]}/answer"
    wrong = lecturer.post(answer, version="1", answer="在第三段。", said_n="9", said_at="0:30")
    assert wrong.status_code == 422
    assert "在第三段。" in wrong.text
    done = lecturer.post(answer, version="1", answer="在第三段。", said_at="0:30", published="1")
    assert done.status_code == 303
    read = nobody.http.get(at_clip).text
    assert "账本&lt;i&gt;在哪里？" in read
    assert f"/clips/{put.clip}?t=12" in read
    assert f"/clips/{put.clip}?t=30" in read
    mine = asker.http.get("/questions/mine").text
    assert "在第三段。" in mine
    assert f"您的提问有了答复：{put.title}" in asker.http.get("/notices").text
    [listed] = nobody.http.get(f"/api/v1{at_clip}").json()["questions"]
    assert (listed["at_s"], listed["asker"], listed["own"]) == (12.0, "", False)
    assert asker.post(f"/questions/{question[1]}/withdraw").status_code == 303
    assert "账本" not in nobody.http.get(at_clip).text


def test_too_many_questions_come_back_with_their_words_and_the_number(served: Served, shelf: Shelf) -> None:
    put = shelf.lesson(LessonState.PUBLISHED)
    asker = served.person("other")
    for n in range(rules.OPEN_OF_ONE):
        assert asker.post(f"/clips/{put.clip}/questions", at="1", text=f"第{n}问？").status_code == 303
    full = asker.post(f"/clips/{put.clip}/questions", at="1", text="还想问一个？")
    assert full.status_code == 429
    assert "还想问一个？" in full.text
    assert str(rules.OPEN_OF_ONE) in full.text


@pytest.mark.slow
def test_a_refused_answer_to_a_question_that_left_the_list_comes_back_under_it(
    served: Served, shelf: Shelf
) -> None:
    put = shelf.lesson(LessonState.PUBLISHED)
    asker, lecturer = served.person("member"), served.person("lecturer")
    assert asker.post(f"/clips/{put.clip}/questions", at="0:12", text="先答的那一问").status_code == 303
    page = lecturer.http.get("/questions/desk").text
    found = re.search(r"/questions/([0-9a-z]{16})/answer", page[page.index("先答的那一问") :])
    assert found is not None
    answer = f"/questions/{found[1]}/answer"
    assert lecturer.post(answer, version="1", answer="另一台电脑答的。").status_code == 303
    late = lecturer.post(answer, version="1", answer="写了很久的答复。", state="open", page="1")
    assert late.status_code == 409
    assert "写了很久的答复。</textarea>" in late.text
    assert "另一台电脑答的。" in late.text
    declined = lecturer.post(f"/questions/{found[1]}/decline", version="1", reason="写了很久的原因")
    assert declined.status_code == 409
    assert 'value="写了很久的原因"' in declined.text
