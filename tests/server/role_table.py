"""What the role tables of the slices are written in: cases, and what they ask for."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import httpx

from library.catalog.permits import LessonState
from tests.server.conftest import Shelf
from tests.support.client import Person
from tests.support.spreading import DAYS

REFUSED = ("401", "403", "404")
VIEWERS = ("nobody", "member", "lecturer", "other", "staff", "admin")
"""`lecturer` owns what is asked for, `other` is a lecturer who does not."""

Ask = Callable[[Shelf], dict[str, Any]]
"""Puts what is needed on the shelf, and returns what the request says."""


@dataclass(frozen=True)
class Case:
    """A route and its answers, in the order of VIEWERS. `ask` puts what is needed on the shelf.

    `fresh` gives each viewer a browser of their own, because the answer signs it out; `counted` a thing of
    their own, because a refusal is counted with it.
    """

    route: str
    answers: str
    ask: Ask = field(default=lambda shelf: {})
    fresh: bool = False
    counted: bool = False
    name: str = ""

    def __str__(self) -> str:
        return f"{self.route} {self.name}".strip()


def request_of(browser: Person, case: Case, asked: dict[str, Any]) -> httpx.Request:
    """The request of a case as the page's scripts would send it, with the token."""
    method, path = case.route.split(" ")
    path = asked.get("path") or path.format_map(asked)
    headers = {"X-CSRF-Token": browser.csrf(), **asked.get("headers", {})}
    given = {"data": asked.get("form"), "json": asked.get("json"), "files": asked.get("files")}
    body: dict[str, Any] = {name: value for name, value in given.items() if value is not None}
    if method in ("PATCH", "POST") and "Upload-Offset" in headers:
        body = {"content": b"1"}
    if method == "GET":
        body = {}
    return browser.http.build_request(method, path, headers=headers, **body)


def send(browser: Person, case: Case, asked: dict[str, Any]) -> httpx.Response:
    """Send the request of a case."""
    return browser.http.send(request_of(browser, case, asked))


def askers(case: Case, seed: int | None) -> list[str]:
    """Who of VIEWERS asks for a case in a run (None: all): whoever is refused, and of those who are let in
    with the same answer the first, who has least power, and at most one of the others by the day."""
    if seed is None or case.counted or case.fresh:
        return list(VIEWERS)
    let_in: dict[str, list[str]] = {}
    asking = set[str]()
    for name, answer in zip(VIEWERS, case.answers.split(), strict=True):
        if answer in REFUSED or (answer, name) == ("303", "nobody"):
            asking.add(name)
        else:
            let_in.setdefault(answer, []).append(name)
    for first, *others in let_in.values():
        turn = (seed + len(str(case))) % max(DAYS, len(others))
        asking |= {first, *others[turn : turn + 1]}
    return [name for name in VIEWERS if name in asking]


def draft(**form: str) -> Ask:
    """Ask for a draft of `lecturer`, with the fields of a form."""

    def ask(shelf: Shelf) -> dict[str, Any]:
        put = shelf.lesson(recording="ready")
        return {"lesson_id": put.lesson, "clip_id": put.clip, "form": form}

    return ask


def published(**form: str) -> Ask:
    """Ask for a published lesson of `lecturer`."""

    def ask(shelf: Shelf) -> dict[str, Any]:
        put = shelf.lesson(LessonState.PUBLISHED)
        return {"lesson_id": put.lesson, "clip_id": put.clip, "form": form}

    return ask


def failed(shelf: Shelf) -> dict[str, Any]:
    """Ask for a draft whose recording failed."""
    return {"lesson_id": shelf.lesson(recording="failed").lesson, "form": {}}


SIGNED_IN_ONLY = "303 200 200 200 200 200"
LECTURERS = "303 403 200 200 200 200"
OWNER_SEES = "404 404 200 404 200 200"
OWNER_DOES = "404 404 303 404 303 303"
STAFF_DO = "404 404 403 404 303 303"
STAFF = "303 403 403 403 200 200"
OF_STAFF = "401 403 403 403 303 404"
STAFF_ONLY = "401 403 403 403 303 303"
EVERYBODY = "200 200 200 200 200 200"
