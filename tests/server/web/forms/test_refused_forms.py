"""A form that cannot be taken comes back: what was typed is in it, and why stands beside its field."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from html.parser import HTMLParser
from pathlib import Path

import pytest

from tests.server.conftest import Shelf
from tests.server.slices.works.roles import HONOUR
from tests.server.web.forms.shelved import (
    ASK,
    CALL,
    EDIT,
    GRANT,
    HAND_OVER,
    INVITE,
    NEXT,
    NODE,
    PASSWORDS,
    PLAN,
    SERIES,
    SITE,
    WELCOME,
    WRITER,
    Made,
    Typed,
    answered,
    asked_node,
    asking,
    at_desk,
    at_node,
    branch_code,
    call,
    changed,
    desk_view,
    draft,
    first,
    frozen_grade,
    grade_appeal,
    graded_node,
    graded_year,
    group,
    invited,
    listed,
    meeting,
    moving,
    newcomer,
    node,
    open_grade,
    own_note,
    published,
    reflection,
    rules_draft,
    sent_reflection,
    series,
    signed_record,
    site,
    stay,
    suggestion,
    told,
)
from tests.support.server import Served

pytestmark = pytest.mark.dear(12)

TEMPLATES = Path(__file__).parents[4] / "templates"
LONG = "长" * 300


@dataclass(frozen=True)
class Case:
    """A form as its template names it, what is typed into it, and what comes of that.

    `{id}` is what `make` puts on the shelf. `kept` are fields that come back as typed (None: all of them),
    and `wrong` names the field beside which the reason stands ("" is: above the fields).
    """

    action: str
    typed: Typed
    status: int
    wrong: str
    who: str = "staff"
    make: Callable[[Shelf], Made] = lambda shelf: ""
    kept: tuple[str, ...] | None = None


CASES = [
    Case("/lessons/{id}/honours", HONOUR | {"award": " "}, 422, "award", make=published),
    Case("/lessons/{id}/honours", HONOUR | {"year": "明年"}, 422, "year", make=published),
    Case("/lessons/{id}/honours", HONOUR, 422, "file", make=published),
    Case("/lessons/{id}/materials", {}, 422, "file", make=published),
    Case("/sites", SITE | {"point": "东经"}, 422, "point"),
    Case("/sites/{id}/edit", SITE | {"name": " "}, 422, "name", make=site),
    Case("/sites/{id}/delete", {"confirm": "别处"}, 422, "confirm", make=site),
    Case("/lessons/{id}/site", {"site": "没有的基地"}, 422, "site", make=published),
    Case("/series", SERIES | {"title": " "}, 422, "title", "lecturer"),
    Case("/series/{id}/edit", SERIES | {"text": LONG * 14}, 422, "text", "lecturer", series),
    Case("/series/{id}/add", {"lesson": "第三课"}, 422, "lesson", "lecturer", series),
    Case("/series/{id}/delete", {"confirm": "党史"}, 422, "confirm", "lecturer", series),
    Case("/organisation/{id}/add", NODE | {"name": LONG}, 422, "name", "admin", node),
    Case("/organisation/{id}/add", NODE | {"code": "A 1"}, 422, "code", "admin", node),
    Case("/organisation/{id}/add", NODE | {"since": "去年"}, 422, "since", "admin", node, ("name", "code")),
    Case("/organisation/{id}/details", NODE | {"short_name": LONG}, 422, "short_name", "admin", node),
    Case("/organisation/{id}/move", {"to": "没有的党支部"}, 422, "to", "admin", node),
    Case("/organisation/{id}/merge", {"to": "没有的党支部"}, 422, "to", "admin", node),
    Case("/lessons/{id}/edit", EDIT | {"date": "昨天"}, 422, "date", make=draft),
    Case("/lessons/{id}/edit", EDIT | {"title": " "}, 422, "title", make=draft),
    Case("/lessons/{id}/edit", EDIT | {"title": LONG}, 422, "title", make=published),
    Case("/lessons/{id}/edit", EDIT | {"seen": "9"}, 409, "", make=published, kept=tuple(EDIT)),
    Case("/lessons/{id}/draft/publish", {"note": LONG * 2, "seen": "2"}, 422, "note", make=changed),
    Case("/lessons/{id}/draft/publish", {"note": "打过", "seen": "1"}, 409, "", make=changed, kept=("note",)),
    Case("/lessons/{id}/draft/discard", {"seen": "1"}, 409, "", make=changed, kept=()),
    Case("/lessons/{id}/restore", {"seen": "1"}, 409, "", make=first, kept=()),
    Case("/lessons/{id}/edit", EDIT | {"lecturer": LONG}, 422, "lecturer", make=draft),
    Case("/lessons/{id}/edit", EDIT | {"topics": "、".join(map(str, range(99)))}, 422, "topics", make=draft),
    Case("/lessons/{id}/edit", EDIT | {"summary": LONG * 14}, 422, "summary", make=draft),
    Case("/lessons/{id}/delete", {"confirm": "另一个标题"}, 422, "confirm", make=draft),
    Case("/lessons/{id}/withdraw", {"note": LONG * 2}, 422, "note", make=published),
    Case("/lessons/{id}/audience", {"audience": "nobody"}, 422, "audience", make=published, kept=()),
    Case("/lessons/{id}/transcripts", {}, 422, "", make=draft),
    Case("/people", INVITE, 422, "branch", kept=("name", "role")),
    Case("/people/{id}/grant", GRANT, 422, "branch", make=newcomer, kept=("role",)),
    Case("/people/{id}/erase", {"confirm": "别人"}, 422, "confirm", who="admin", make=newcomer),
    Case("/account/password", PASSWORDS, 422, "old", kept=()),
    Case("/account/password", PASSWORDS | {"again": "x"}, 422, "again", kept=()),
    Case("/account/tokens", {"label": LONG}, 422, "label"),
    Case("/welcome/{id}", WELCOME, 422, "again", who="nobody", make=invited, kept=("name", "username")),
    Case("/welcome/{id}", WELCOME | {"again": WELCOME["password"], "username": "staff"}, 409, "username",
         who="nobody", make=invited, kept=("name", "username")),
    Case("/sign-in", {"username": "谁", "password": "x"}, 401, "", who="nobody", kept=("username",)),
    Case("/frequent-searches/stop", {"text": LONG}, 422, "text"),
    Case("/people/{id}/home", {"to": "没有的党支部", "day": "2026-03-05"}, 422, "to", make=newcomer),
    Case("/people/{id}/transfer", {"to": "没有的党支部", "note": "附言"}, 422, "to", make=newcomer),
    Case("/people/{id}/answer", {"why": LONG}, 422, "", make=moving),
    Case("/people/{id}/end", {"day": "1026-03-05"}, 422, "", make=stay),
    Case("/people/{id}/since", {"day": "2999-03-05"}, 422, "", make=stay),
    Case("/people/lists/new", {}, 422, "file"),
    Case("/organisation/{id}/list", {}, 422, "file", "admin", node),
    Case("/organisation/{id}/groups", {"name": LONG}, 422, "name", make=node),
    Case("/people/groups/{id}/rename", {"name": LONG}, 422, "name", make=group),
    Case("/organisation/{id}/hand-over", HAND_OVER, 422, "holder", "admin", node),
    Case("/organisation/{id}/hand-over", HAND_OVER | {"day": "昨天"}, 422, "day", "admin", node),
    Case("/invitations/people/{id}/names", {"staff_number": "7", "phone": "电话"}, 422, "phone", make=listed),
    Case("/invitations/requests/{id}/approve", {"username": "staff"}, 409, "username", make=asking),
    Case("/invitations/{id}/code", {"ends_on": "2020-03-05"}, 422, "ends_on", make=node),
    Case("/join/{id}", ASK, 422, "again", "nobody", branch_code, ("name", "username")),
    Case("/join/{id}", ASK | {"again": ASK["password"], "name": LONG}, 422, "name", "nobody", branch_code,
         ("name", "username")),
    Case("/start", {"code": "AAAAA-AAAAA"}, 404, "", who="nobody"),
    Case("/reflections/{id}/save", {"title": LONG, "text": "写了"}, 422, "title", WRITER, reflection),
    Case("/reflections/{id}/delete", {}, 422, "confirm", WRITER, reflection),
    Case("/reflections/{id}/sound", {}, 422, "file", WRITER, reflection),
    Case("/reflections/{id}/publish", {"reach": "public"}, 422, "reach", make=sent_reflection, kept=()),
    Case("/reflections/{id}/return", {"remark": " "}, 422, "remark", make=sent_reflection),
    Case("/reflections/desk/ask", {"question": LONG}, 422, "question", make=asked_node),
    Case("/suggestions", {"text": " ", "contact": "手机 1234"}, 422, "text", who="nobody"),
    Case("/suggestions", {"text": "一条意见", "contact": LONG}, 422, "contact", who="nobody"),
    Case("/suggestions/answer", {"receipt": "aaaa-bbbb-cccc"}, 404, "", who="nobody"),
    Case("/suggestions/{id}/answer", {"answer": " ", "done": "修好了"}, 422, "answer", make=suggestion),
    Case("/suggestions/{id}/answer", {"answer": "谢谢", "done": LONG}, 422, "done", make=suggestion),
    Case("/suggestions/{id}/release", {"with_text": "1"}, 409, "", make=answered),
    Case("/calls", CALL | {"title": " "}, 422, "title"),
    Case("/calls", CALL | {"title": "征集", "closes_on": "明天"}, 422, "closes_on"),
    Case("/calls/{id}/edit", CALL | {"title": "征集", "criteria": "内容很好"}, 422, "criteria", make=call),
    Case(
        "/grades/one/{id}/enter",
        {"item": "民主测评", "points": "八十", "reason": "会上测评"},
        422,
        "points",
        make=open_grade,
    ),
    Case("/grades/one/{id}/decide", {"band": "优", "reason": " "}, 422, "reason", make=open_grade),
    Case("/grades/one/{id}/correct", {"band": "良", "reason": " "}, 422, "reason", make=frozen_grade),
    Case("/grades/one/{id}/appeal", {"text": " "}, 422, "text", "member", frozen_grade),
    Case("/grades/appeals/{id}/uphold", {"answer": " "}, 422, "answer", make=grade_appeal),
    Case(
        "/grades/import-rules", {"document": "{}", "valid_from": "2027-01"}, 422, "document", make=graded_node
    ),
    Case(
        *("/grades/rules/{id}/json", {"document": "[]", "valid_from": "2027-01"}, 422, "document"),
        make=rules_draft,
    ),
    Case("/grades/rules/{id}/trial", {"month": "明年"}, 422, "month", make=rules_draft),
    Case("/grades/waivers", {"point": "likes", "basis": "有"}, 422, "basis", "admin", graded_node),
    Case("/grades/year/enter", {"points": "九十", "reason": "测评会"}, 422, "points", make=graded_year),
    Case("/calls/{id}/check", {"lesson": "没有的课"}, 404, "lesson", "lecturer", call),
    Case("/calls/{id}/judges", {"judge": "没有这个人"}, 422, "judge", make=call),
    Case("/calls/{id}/honours", {"prizes": "一等奖若干", "level": "city"}, 422, "prizes", make=told),
    Case("/records/{id}/template", {}, 422, "file", make=node),
    Case("/gatherings/{id}/record/add", {"text": LONG * 14}, 422, "text", make=signed_record),
    Case("/vocabulary/words", {"word": LONG}, 422, ""),
    Case("/vocabulary/groups", {"words": "只有一个"}, 422, ""),
    Case("/vocabulary/paste", {"lines": "行\n" * 10_001}, 422, ""),
    Case("/gatherings", PLAN, 422, "ends", make=at_node),
    Case("/gatherings", {**NEXT, "chair": "没有这个人"}, 422, "chair", make=at_node),
    Case("/gatherings/{id}/edit", {**PLAN, "version": "1"}, 422, "ends", make=meeting),
    Case("/gatherings/{id}/end", {"ended_at": "2126-12-02T19:30"}, 422, "ended_at", make=meeting),
    Case("/gatherings/{id}/here", {"digits": "12345"}, 422, "digits", make=meeting),
    Case("/gatherings/{id}/photos", {"caption": "合影"}, 422, "file", make=meeting),
    Case("/my-learning/notes/{id}/edit", {"text": LONG * 14}, 422, "", "lecturer", own_note),
    Case("/desk", {"value": LONG}, 422, "", make=at_desk),
    Case("/desk/views", {"name": " "}, 422, "name", make=desk_view),
    Case("/system/branding/emblem", {}, 422, "", "admin"),
]  # fmt: skip


MULTIPART = {
    *("/vocabulary/paste", "/people/lists/new", "/organisation/{id}/list"),
    *("/lessons/{id}/honours", "/lessons/{id}/materials", "/records/{id}/template"),
    *("/system/branding/emblem", "/gatherings/{id}/photos"),
}


class Form(HTMLParser):
    """What stands in the form with an action: the values of its fields, and what is said beside each."""

    def __init__(self, action: str, page: str) -> None:
        super().__init__()
        self.values: Typed = {}
        self.said: Typed = {}
        self.found = False
        self._action, self._inside, self._said = action, False, False
        self._area: str | None = None
        self._select = self._field = ""
        self.feed(page)

    def handle_starttag(self, tag: str, attributes: list[tuple[str, str | None]]) -> None:
        has = {name: value or "" for name, value in attributes}
        if tag == "form":
            self._inside = has.get("action") == self._action
            self.found |= self._inside
        if not self._inside:
            return
        if tag in ("input", "select", "textarea") and "name" in has:
            self._field = has["name"]
            box = has.get("type") in ("checkbox", "radio")
            value = has.get("value", "") if not box or "checked" in has else ""
            self.values[self._field] = self.values.get(self._field) or value
        if tag == "select":
            self._select = has["name"]
        if tag == "option" and "selected" in has:
            self.values[self._select] = has["value"]
        self._area = self._field if tag == "textarea" else None
        self._said = has.get("role") == "alert"

    def handle_endtag(self, tag: str) -> None:
        self._inside &= tag != "form"
        self._said &= tag not in ("span", "p")
        self._area = None

    def handle_data(self, data: str) -> None:
        if self._area:
            self.values[self._area] += data
        if self._said and self._inside:
            self.said[self._field] = self.said.get(self._field, "") + data


@pytest.mark.slow
@pytest.mark.parametrize("case", CASES, ids=lambda case: f"{case.action} {case.wrong} {case.status}")
def test_a_refused_form_was_gone_with_all_that_had_been_typed(
    served: Served, shelf: Shelf, case: Case
) -> None:
    made = case.make(shelf)
    of, hidden = (made, {}) if isinstance(made, str) else made
    action = case.action.replace("{id}", of)
    person = served.nobody() if case.who == "nobody" else served.person(case.who)
    # As the form's enctype says: what is large does not come written in percent signs.
    sent = {"files": {"file": b""}} if case.action in MULTIPART else {}
    answer = person.http.post(action, data={"csrf": person.csrf(), **hidden, **case.typed}, **sent)
    assert answer.status_code == case.status, answer.text
    form = Form(action, answer.text)
    assert form.found, "the form is not on the page that came back"
    for name in case.typed if case.kept is None else case.kept:
        assert form.values[name].split() == case.typed[name].split(), name
    if case.wrong:
        assert form.said.get(case.wrong, "").strip(), (form.said, "nothing is said beside the field")
    else:
        assert 'role="alert"' in answer.text
    assert answer.text.count(" autofocus") >= 1, "on a phone the reason would be far below"
    for name in ("password", "again", "old"):
        assert form.values.get(name, "") == "", "a password was sent back"


@pytest.mark.slow
def test_every_form_into_which_something_is_typed_is_tried_here() -> None:
    typed = set()
    for path in TEMPLATES.rglob("*.html"):
        for action, inside in re.findall(
            r'<form action="([^"]+)" method="post"[^>]*>(.*?)</form>', path.read_text("utf-8"), re.DOTALL
        ):
            hidden = re.sub(r'<input type="hidden"[^>]*>', "", inside)
            if re.search(r"<input (?!class=\"sr\" type=\"radio\")[^>]*name=|<textarea", hidden):
                typed.add(re.sub(r"\{\{.*?\}\}", "{id}", action.replace("{{ prefix }}", "")))
    elsewhere = {
        "/organisation/{id}/{id}",  # move and merge, above
        # A gathering's end and photos, above; marks: tests/server/slices/gatherings/test_gatherings.py.
        *("{id}/end", "{id}/photos", "{id}/roll"),
        *("{id}/words", "{id}/repeat", "{id}/copy"),  # tests/server/slices/programme/test_weeks.py
        "{id}/add",  # to a record, above: and tests/server/slices/screening/test_screening.py
        "{id}",  # saving a search: tests/server/slices/finding/test_saved_searches.py
        "/searches/{id}/rename",
        "/grades/rules/{id}/edit",  # its lines: tests/server/slices/grades/test_grades.py
        "/calls{id}",  # a call's form, new or not: above
        "/calls/{id}/judging/{id}",  # points: tests/server/slices/calls/test_calls.py
        "/lessons/{id}/transcripts/{id}/shift",  # tests/server/slices/intake/test_transcripts.py
        "/lessons/{id}/compare",  # tests/server/slices/correcting/test_compare.py
        "/sign-in/second",  # codes and passwords alone: tests/server/slices/access/test_second_factor.py
        "{id}/begin",
        "/sign-in/forgotten",  # where letters are sent: tests/server/slices/access/test_mail.py
        "/account/mail",
        # tests/server/slices/declaring/test_declaring.py
        *(
            "{id}/remarks",
            "{id}/remarks/{id}/answer",
            "{id}/read",
            "{id}/decide",
            "{id}/withdraw",
            "{id}/stop",
        ),
        *("/lessons/{id}/declare", "/levels/{id}", "/declarations/bulk"),
        "/lessons/{id}/cover",  # a picture or a second: tests/server/slices/studio/test_covers.py
        # boxes alone: tests/server/slices/upkeep/test_upkeep_pages.py
        *("/system/storage/sweep", "/system/storage/unfit"),
        "/weeks-at-once",  # tests/server/slices/programme/test_together.py
        "/{id}s/{id}/about",  # tests/server/slices/works/test_abouts.py
        "/notices/choices",  # boxes alone: what is not known is not wanted, and nothing is refused
        "/vocabulary/{id}",  # tests/server/slices/dictionary/test_dictionary.py
        # tests/server/slices/books/test_books.py
        *("/learning/study", "/learning/study/{id}/notes", "/learning/study/{id}/done"),
        *("/learning/practice", "/learning/confirm/{id}"),
        *("/learning/people/{id}/take-back", "/learning/people/{id}/lift", "/learning/rules/{id}"),
    }
    assert typed - {case.action for case in CASES} - elsewhere == set()
