"""HEAD wherever GET is, and POST that carries what proxies refuse."""

from __future__ import annotations

import time

import httpx
import pytest

from library.catalog.permits import LessonState
from tests.server.conftest import Shelf
from tests.server.rights.test_roles import CASES
from tests.server.role_table import Case, send
from tests.support.server import Served

pytestmark = pytest.mark.dear(26)

CHANGES = {"date", "x-request-id", "set-cookie", "transfer-encoding", "content-length"}
"""Headers that differ from one answer to the next: the token on a page, and how it is compressed."""
GETS = [case for case in CASES if case.route.startswith("GET ") and not case.fresh]


def told(answer: httpx.Response) -> dict[str, str]:
    """The headers of an answer that must be the same."""
    return {name: value for name, value in answer.headers.items() if name not in CHANGES}


@pytest.mark.slow
@pytest.mark.spread("case")
@pytest.mark.parametrize("case", GETS, ids=str)
@pytest.mark.parametrize("viewer", ["nobody", "staff"])
def test_head_says_what_get_says(served: Served, shelf: Shelf, case: Case, viewer: str) -> None:
    browser, asked = served.person(viewer), case.ask(shelf)
    path = asked.get("path") or case.route.split(" ")[1].format_map(asked)
    got = send(browser, case, {**asked, "path": path})
    began = time.monotonic()
    head = browser.http.head(path)
    assert time.monotonic() - began < 30, "it waited for the end of something endless"
    assert (head.status_code, head.content) == (got.status_code, b"")
    assert told(head) == told(got)
    # The line is as it was: what follows is the next answer.
    assert browser.http.get("/healthz").json() == {"status": "ok"}


@pytest.mark.slow
def test_head_of_files_says_their_length(served: Served, shelf: Shelf) -> None:
    put = shelf.lesson(LessonState.PUBLISHED)
    http = served.person("nobody").http
    master = http.get(f"/api/v1/lessons/{put.lesson}").json()["clips"][0]["master"]
    style = (
        served.person("nobody").http.get("/").text.partition('rel="stylesheet" href="')[2].partition('"')[0]
    )
    for path in (master, style, f"/clips/{put.clip}/picture.jpg", "/api/openapi.json", "/healthz"):
        got, head = http.get(path), http.head(path)
        assert head.status_code == got.status_code == 200, path
        assert head.headers["content-length"] == got.headers["content-length"], path
        assert head.content == b""


def test_head_of_live_events_ends_although_they_do_not(served: Served, shelf: Shelf) -> None:
    put = shelf.lesson(recording="working")
    http = served.person("lecturer").http
    for _ in range(3):
        answer = http.head(f"/lessons/{put.lesson}/events", timeout=10)
        assert (answer.status_code, answer.content) == (200, b"")
        assert answer.headers["content-type"].startswith("text/event-stream")
    assert http.get("/mine").status_code == 200, "and nothing is held by them"


def test_post_stands_for_methods_that_proxies_refuse(served: Served, shelf: Shelf) -> None:
    lecturer, put = served.person("lecturer"), shelf.lesson()
    path = f"/lessons/{put.lesson}"
    meant = {"X-HTTP-Method-Override": "PATCH"}
    changed = lecturer.api("POST", path, json={"title": "改过的标题"}, headers=meant)
    assert (changed.status_code, changed.json()["title"]) == (200, "改过的标题")
    gone = lecturer.api("POST", path, headers={"X-HTTP-Method-Override": "DELETE"})
    assert gone.status_code == 204
    assert lecturer.http.get(path).status_code == 404


@pytest.mark.slow
def test_what_post_stands_for_needs_the_same_token_and_only_what_is_meant_is_taken(
    served: Served, shelf: Shelf
) -> None:
    lecturer, put = served.person("lecturer"), shelf.lesson()
    path = f"/api/v1/lessons/{put.lesson}"
    forged = lecturer.http.post(path, json={"title": "x"}, headers={"X-HTTP-Method-Override": "PATCH"})
    assert (forged.status_code, forged.json()["error"]) == (403, "csrf_absent")
    assert "X-CSRF-Token" in forged.json()["message"]
    for nonsense in ("GET", "TRACE", "PATCH, DELETE", ""):
        answer = lecturer.api("POST", f"/lessons/{put.lesson}", headers={"X-HTTP-Method-Override": nonsense})
        assert answer.status_code == 405, nonsense
    assert lecturer.http.get(path).json()["title"] == put.title
