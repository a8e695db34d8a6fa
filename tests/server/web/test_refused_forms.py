"""A form that cannot be taken comes back: what was typed is in it, and why stands beside its field."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from html.parser import HTMLParser
from pathlib import Path

import pytest

from library.catalog.permits import LessonState
from tests.server.conftest import Shelf
from tests.support.server import Served

TEMPLATES = Path(__file__).parents[3] / "templates"
LONG = "长" * 300
Typed = dict[str, str]


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
    make: Callable[[Shelf], str] = lambda shelf: ""
    kept: tuple[str, ...] | None = None


def draft(shelf: Shelf) -> str:
    """A draft's id."""
    return shelf.lesson(recording="ready").lesson


def published(shelf: Shelf) -> str:
    """A published lesson's id."""
    return shelf.lesson(LessonState.PUBLISHED).lesson


def newcomer(shelf: Shelf) -> str:
    """The id of somebody new."""
    return shelf.newcomer()


def invited(shelf: Shelf) -> str:
    """The secret of somebody's one-time link."""
    return shelf.invitation()[1]


EDIT = {
    "title": "打过的标题",
    "lecturer": "打过的讲师",
    "topics": "甲、乙",
    "date": "2026-03-05",
    "summary": "打过的\n简介",
    "language": "en",
}
WELCOME = {"name": "王小明", "username": "xiaoming", "password": "a good long secret", "again": "another"}
PASSWORDS = {"old": "not this one", "password": "a good long secret", "again": "a good long secret"}
INVITE = {"name": "张三", "role": "lecturer", "branch": "gone"}
GRANT = {"role": "lecturer", "branch": "gone"}
CASES = [
    Case("/lessons/{id}/edit", EDIT | {"date": "昨天"}, 422, "date", make=draft),
    Case("/lessons/{id}/edit", EDIT | {"title": " "}, 422, "title", make=draft),
    Case("/lessons/{id}/edit", EDIT | {"title": LONG}, 422, "title", make=published),
    Case("/lessons/{id}/edit", EDIT | {"lecturer": LONG}, 422, "lecturer", make=draft),
    Case("/lessons/{id}/edit", EDIT | {"topics": "、".join(map(str, range(99)))}, 422, "topics", make=draft),
    Case("/lessons/{id}/edit", EDIT | {"summary": LONG * 40}, 422, "summary", make=draft),
    Case("/lessons/{id}/delete", {"confirm": "另一个标题"}, 422, "confirm", make=draft),
    Case("/lessons/{id}/withdraw", {"note": LONG * 2}, 422, "note", make=published),
    Case("/lessons/{id}/audience", {"audience": "nobody"}, 422, "audience", make=published, kept=()),
    Case("/lessons/{id}/transcripts", {}, 422, "", make=draft),
    Case("/people/invites", INVITE, 422, "branch", kept=("name", "role")),
    Case("/people/{id}/grant", GRANT, 422, "branch", make=newcomer, kept=("role",)),
    Case("/people/{id}/erase", {"confirm": "别人"}, 422, "confirm", who="admin", make=newcomer),
    Case("/account/password", PASSWORDS, 422, "old", kept=()),
    Case("/account/password", PASSWORDS | {"again": "x"}, 422, "again", kept=()),
    Case("/account/tokens", {"label": LONG}, 422, "label"),
    Case("/welcome/{id}", WELCOME, 422, "again", who="nobody", make=invited, kept=("name", "username")),
    Case("/welcome/{id}", WELCOME | {"again": WELCOME["password"], "username": "staff"}, 409, "username",
         who="nobody", make=invited, kept=("name", "username")),
    Case("/sign-in", {"username": "谁", "password": "x"}, 401, "", who="nobody", kept=("username",)),
    Case("/vocabulary/words", {"word": LONG}, 422, ""),
    Case("/vocabulary/groups", {"words": "只有一个"}, 422, ""),
    Case("/vocabulary/paste", {"lines": "行\n" * 10_001}, 422, ""),
]  # fmt: skip


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
            self.values.setdefault(self._field, has.get("value", ""))
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
    action = case.action.replace("{id}", case.make(shelf))
    person = served.nobody() if case.who == "nobody" else served.person(case.who)
    answer = person.post(action, **case.typed)
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
        "{id}",  # saving a search: tests/server/slices/finding/test_saved_searches.py
        "/searches/{id}/rename",
        "/lessons/{id}/transcripts/{id}/shift",  # tests/server/slices/intake/test_transcripts.py
        "/vocabulary/{id}",  # tests/server/slices/dictionary/test_dictionary.py
    }
    assert typed - {case.action for case in CASES} - elsewhere == set()
