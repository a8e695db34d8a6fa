"""意见建议 over HTTP: written without an account, answered, released, and never more shown than that."""

from __future__ import annotations

import re

import pytest

from library.suggestions.rules import AN_ADDRESS
from tests.server.conftest import Shelf
from tests.server.slices.suggestions.roles import hour_later
from tests.support.server import Served

HOSTILE = '<script>alert("1")</script>\n=cmd|calc'


@pytest.mark.slow
def test_a_suggestion_goes_its_way(served: Served, shelf: Shelf) -> None:
    hour_later(served)
    staff = served.person("staff")
    with served.nobody() as visitor:
        taken = visitor.post("/suggestions", text=HOSTILE, contact="13912345678", about="/lessons/gone?x=1")
        assert taken.status_code == 200
        found = re.search(r'class="code">([0-9a-z-]{14})<', taken.text)
        assert found is not None
        receipt = found[1]
        again = visitor.post("/suggestions", text=HOSTILE)
        assert again.status_code == 409
        assert "&lt;script&gt;" in again.text, "what was typed is kept"
        waiting = visitor.post("/suggestions/answer", receipt=receipt.upper())
        assert "还没有答复" in waiting.text
        assert visitor.post("/suggestions/answer", receipt="nope").status_code == 404

        listed = staff.http.get("/api/v1/suggestions/desk").json()["suggestions"]
        mine = next(one for one in listed if one["contact"] == "13912345678")
        assert (mine["by"], mine["page"], mine["lesson_id"]) == ("", "/lessons/gone", None)
        desk = staff.http.get("/suggestions/desk").text
        assert "<script>alert" not in desk
        at = f"/suggestions/{mine['id']}"
        assert staff.post(f"{at}/answer", version="1", answer=" ", done="").status_code == 422
        assert (
            staff.post(f"{at}/answer", version="1", answer="改好了。", done="改好了脚本").status_code == 303
        )
        stale = staff.post(f"{at}/answer", version="1", answer="另一个人的答复", done="")
        assert stale.status_code == 409
        assert "改好了脚本" not in served_page(visitor), "answered is not public"
        assert "改好了脚本" in visitor.post("/suggestions/answer", receipt=receipt).text
        assert staff.post(f"{at}/change", version="2", action="erase").status_code == 422
        assert staff.post(f"{at}/release", version="2").status_code == 303
        page = served_page(visitor)
        assert "改好了脚本" in page
        assert "alert(" not in page, "the words were not released"
        assert "13912345678" not in page + visitor.http.get("/api/v1/suggestions").text
        assert visitor.post(f"{at}/release", version="3").status_code == 401


def served_page(visitor: object) -> str:
    return str(visitor.http.get("/suggestions").text)  # type: ignore[attr-defined]


def test_what_is_about_a_hidden_lesson_does_not_tell_that_it_is_there(served: Served, shelf: Shelf) -> None:
    draft = shelf.lesson().lesson
    with served.nobody() as visitor:
        hidden = visitor.http.get(f"/suggestions?about=/lessons/{draft}").text
        absent = visitor.http.get("/suggestions?about=/lessons/0000000000000000").text
        strip = re.compile(r'value="[^"]*"|content="[^"]*"|next=[^"]*')
        assert strip.sub("", hidden).replace(draft, "") == strip.sub("", absent).replace("0" * 16, "")
        assert 'evil.example"' not in visitor.http.get("/suggestions?about=//evil.example/").text


@pytest.mark.slow
def test_the_sixth_of_an_address_waits_and_loses_nothing(served: Served) -> None:
    hour_later(served)
    with served.nobody() as visitor:
        answers = [visitor.post("/suggestions", text=f"第 {n} 条") for n in range(AN_ADDRESS + 1)]
        assert {one.status_code for one in answers[:-1]} == {200}
        assert answers[-1].status_code == 429
        assert answers[-1].headers["retry-after"] == "3600"
        assert f"第 {AN_ADDRESS} 条" in answers[-1].text
