"""Who gets what answer from which route: one table, and it must name every route there is."""

from __future__ import annotations

import base64
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import httpx
import pytest

from library.catalog.permits import LessonState
from library.core.clock import utc_now
from library.core.permits import Role
from library.dictionary.rules import shipped_id
from library.organisation import actions as organisation
from library.people import actions as people
from library.people import queries as people_queries
from search import shipped_entries
from tests.server.conftest import Shelf
from tests.server.routes import all_routes
from tests.support import factories
from tests.support.client import TUS, Person
from tests.support.server import Served, password

VIEWERS = ("nobody", "member", "lecturer", "other", "staff", "admin")
"""`lecturer` owns what is asked for, `other` is a lecturer who does not."""


@dataclass(frozen=True)
class Case:
    """A route and its answers, in the order of VIEWERS. `ask` puts what is needed on the shelf.

    `fresh` gives each viewer a browser of their own, because the answer signs it out.
    """

    route: str
    answers: str
    ask: Callable[[Shelf], dict[str, Any]] = field(default=lambda shelf: {})
    fresh: bool = False
    name: str = ""

    def __str__(self) -> str:
        return f"{self.route} {self.name}".strip()


def draft(**form: str) -> Callable[[Shelf], dict[str, Any]]:
    """Ask for a draft of `lecturer`, with the fields of a form."""

    def ask(shelf: Shelf) -> dict[str, Any]:
        put = shelf.lesson(recording="ready")
        return {"lesson_id": put.lesson, "clip_id": put.clip, "form": form}

    return ask


def taught(**form: str) -> Callable[[Shelf], dict[str, Any]]:
    """Ask about a word that staff have taught."""

    return lambda shelf: {"entry_id": shelf.taught(), "form": form}


def shipped(*, json: Any = None, **form: str) -> Callable[[Shelf], dict[str, Any]]:
    """Ask about a word that came with Weike."""
    asked: dict[str, Any] = {"entry_id": shipped_id(shipped_entries()[0])}
    return lambda shelf: {**asked, "json": json} if json is not None else {**asked, "form": form}


def to_take_along(shelf: Shelf) -> dict[str, Any]:
    """Ask for a file of a draft of `lecturer`."""
    return {"path": f"/clips/{shelf.lesson().clip}/download?quality=720p"}


def to_erase(shelf: Shelf) -> dict[str, Any]:
    """Ask for a new member's end, with the user name typed."""
    newcomer = shelf.newcomer()
    with shelf.served.ports.db.read() as session:
        name = people_queries.person(session, newcomer).username
    return {"person_id": newcomer, "form": {"confirm": name}}


def beat_of_member(shelf: Shelf) -> dict[str, Any]:
    """Report on a play of `member` with the key that was given to `member` alone."""
    play_id, key = shelf.play("member")
    return {"play_id": play_id, "json": {"ranges": [], "key": key}}


def published(**form: str) -> Callable[[Shelf], dict[str, Any]]:
    """Ask for a published lesson of `lecturer`."""

    def ask(shelf: Shelf) -> dict[str, Any]:
        put = shelf.lesson(LessonState.PUBLISHED)
        return {"lesson_id": put.lesson, "clip_id": put.clip, "form": form}

    return ask


def failed(shelf: Shelf) -> dict[str, Any]:
    """Ask for a draft whose recording failed."""
    return {"lesson_id": shelf.lesson(recording="failed").lesson, "form": {}}


def cuts(*, recut: bool = False, form: bool = False) -> Callable[[Shelf], dict[str, Any]]:
    """Ask about the cuts of a draft; with a form, or with other cuts as JSON."""

    def ask(shelf: Shelf) -> dict[str, Any]:
        put, version = shelf.cut(recut=recut)
        asked: dict[str, Any] = {"lesson_id": put.lesson, "n": 1}
        if form:
            return {**asked, "form": {}}
        return {**asked, "json": {"version": version, "clips": [{"start_s": 5, "end_s": 60}]}}

    return ask


def working(shelf: Shelf) -> dict[str, Any]:
    """Ask for a draft whose recording is being processed."""
    return {"lesson_id": shelf.lesson(recording="working").lesson, "form": {}}


def deletion(shelf: Shelf) -> dict[str, Any]:
    """Ask for a draft's end, with its title typed."""
    put = shelf.lesson()
    return {"lesson_id": put.lesson, "form": {"confirm": put.title}}


def person(**form: str) -> Callable[[Shelf], dict[str, Any]]:
    """Ask for a new member."""

    def ask(shelf: Shelf) -> dict[str, Any]:
        return {"person_id": shelf.newcomer(), "form": {"branch": shelf.root(), **form}}

    return ask


def of_root(**form: str) -> Callable[[Shelf], dict[str, Any]]:
    """Ask something about the root of the tree."""
    return lambda shelf: {"form": {"branch": shelf.root(), **form}}


def new_account(shelf: Shelf) -> dict[str, Any]:
    """Ask to use a one-time link."""
    invitation_id, secret = shelf.invitation()
    chosen = {"username": f"new-{invitation_id}", "name": "新同志", "password": "一句好记的话就很好"}
    return {"token": secret, "form": {**chosen, "again": chosen["password"]}}


def tus(**headers: str) -> Callable[[Shelf], dict[str, Any]]:
    """Ask for an upload of `lecturer`."""
    return lambda shelf: {"path": shelf.upload(), "headers": {**TUS, **headers}}


def new_upload(shelf: Shelf) -> dict[str, Any]:
    """Ask to begin an upload for a draft of `lecturer`."""
    words = f"filename dGl0bGUubXA0,lesson {_base64(shelf.lesson().lesson)}"
    return {"headers": {**TUS, "Upload-Length": "10", "Upload-Metadata": words}}


def _base64(text: str) -> str:
    return base64.b64encode(text.encode()).decode()


def saved(**form: str) -> Callable[[Shelf], dict[str, Any]]:
    """Ask about a search that `staff` saved."""
    return lambda shelf: {"search_id": shelf.saved("staff"), "form": form}


def new_search(shelf: Shelf) -> dict[str, Any]:
    """Ask to save a search under a name that nobody has given yet."""
    return {"path": "/searches?q=党史", "form": {"name": shelf.newcomer()}}


SIGNED_IN_ONLY = "303 200 200 200 200 200"
LECTURERS = "303 403 200 200 200 200"
OWNER_SEES = "404 404 200 404 200 200"
OWNER_DOES = "404 404 303 404 303 303"
STAFF_DO = "404 404 403 404 303 303"
STAFF = "303 403 403 403 200 200"
OF_STAFF = "401 403 403 403 303 404"
STAFF_ONLY = "401 403 403 403 303 303"
EVERYBODY = "200 200 200 200 200 200"

CASES = [
    *(
        Case(f"GET {path}", EVERYBODY)
        for path in (
            *("/", "/lessons", "/search", "/counting", "/healthz", "/readyz"),
            *("/api/docs", "/api/openapi.json", "/api/v1/lessons", "/api/v1/search", "/api/v1/suggest"),
        )
    ),
    Case("GET /favicon.ico", "308 308 308 308 308 308"),
    Case("POST /healthz/upload-probe", EVERYBODY),
    # lessons
    Case("GET /lessons/{lesson_id}", OWNER_SEES, draft(), name="draft"),
    Case("GET /lessons/{lesson_id}", EVERYBODY, published(), name="published"),
    Case("GET /lessons/{lesson_id}/sheet", EVERYBODY, published(), name="published"),
    Case("GET /lessons/{lesson_id}/sheet", "404 404 409 404 409 409", draft(), name="draft"),
    Case("POST /lessons/{lesson_id}/publish", STAFF_DO, draft()),
    Case("POST /lessons/{lesson_id}/withdraw", "403 403 403 403 303 303", published()),
    Case("POST /lessons/{lesson_id}/audience", STAFF_DO, draft(audience="signed_in")),
    Case("POST /lessons/{lesson_id}/edit", OWNER_DOES, draft(title="新标题"), name="draft"),
    Case(
        "POST /lessons/{lesson_id}/edit",
        "403 403 303 403 303 303",
        published(title="新标题"),
        name="published",
    ),
    Case("POST /lessons/{lesson_id}/delete", OWNER_DOES, deletion, name="draft"),
    Case("GET /lessons/{lesson_id}/progress", OWNER_SEES, draft()),
    Case("GET /lessons/{lesson_id}/progress", "403 403 200 403 200 200", published(), name="published"),
    Case("GET /lessons/{lesson_id}/events", OWNER_SEES, draft()),
    *(
        Case(f"GET /lessons/{{lesson_id}}/stats{end}", "303 404 200 404 200 200", draft())
        for end in ("", "/export.xlsx", "/export.csv")
    ),
    *(Case(f"GET /stats{end}", LECTURERS) for end in ("", "/export.xlsx", "/export.csv")),
    Case("GET /api/v1/stats", "401 403 200 200 200 200"),
    Case("GET /lessons/{lesson_id}/stats", "303 403 200 403 200 200", published(), name="published"),
    Case("POST /lessons/{lesson_id}/retry", OWNER_DOES, failed),
    Case("POST /lessons/{lesson_id}/cancel", OWNER_DOES, working),
    Case("POST /api/v1/lessons/{lesson_id}/cancel", OWNER_SEES, working),
    # cutting
    Case("GET /lessons/{lesson_id}/cut", OWNER_SEES, cuts()),
    Case("GET /lessons/{lesson_id}/cut", "403 403 200 403 200 200", published(), name="published"),
    Case("GET /lessons/{lesson_id}/storyboard/{n}.jpg", OWNER_SEES, cuts()),
    Case("GET /api/v1/lessons/{lesson_id}/cuts", OWNER_SEES, cuts()),
    Case("PUT /api/v1/lessons/{lesson_id}/cuts", OWNER_SEES, cuts()),
    Case("POST /api/v1/lessons/{lesson_id}/cuts/discard", OWNER_SEES, cuts(recut=True, form=True)),
    Case("POST /lessons/{lesson_id}/cuts/discard", OWNER_DOES, cuts(recut=True, form=True)),
    # searching
    Case("GET /search/export.xlsx", STAFF, lambda shelf: {"path": "/search/export.xlsx?q=党史"}),
    Case("GET /search/export.xlsx", "303 403 403 403 422 422", name="of nothing"),
    Case("GET /searches", STAFF),
    Case("POST /searches", "401 403 403 403 303 303", new_search),
    Case("POST /searches/{search_id}/open", OF_STAFF, saved(), name="of staff"),
    Case("POST /searches/{search_id}/rename", OF_STAFF, saved(name="改了名"), name="of staff"),
    Case("POST /searches/{search_id}/delete", OF_STAFF, saved(), name="of staff"),
    Case("GET /api/v1/searches", "401 403 403 403 200 200"),
    Case(
        "POST /api/v1/searches",
        "401 403 403 403 201 201",
        lambda shelf: {"json": {"name": shelf.newcomer(), "q": "党史"}},
    ),
    Case("DELETE /api/v1/searches/{search_id}", "401 403 403 403 204 404", saved(), name="of staff"),
    Case("GET /upload", LECTURERS),
    Case("GET /mine", LECTURERS),
    Case("GET /review", "303 403 403 403 200 200"),
    # downloads: the shelf's segments are no real ones, so that whoever may watch is told that it failed
    Case("GET /clips/{clip_id}/download", "404 404 409 404 409 409", to_take_along, name="draft"),
    # pictures
    Case("GET /clips/{clip_id}/poster", OWNER_SEES, draft(), name="draft"),
    Case("GET /clips/{clip_id}/poster", "403 403 200 403 200 200", published(), name="published"),
    Case("POST /clips/{clip_id}/poster", OWNER_DOES, draft(still="2"), name="draft"),
    Case("POST /clips/{clip_id}/poster", "403 403 303 403 303 303", published(still="2"), name="published"),
    Case("POST /clips/{clip_id}/poster", "404 404 422 404 422 422", draft(still="9"), name="no such still"),
    # watching
    Case("GET /clips/{clip_id}", OWNER_SEES, draft(), name="draft"),
    Case("GET /clips/{clip_id}", EVERYBODY, published(), name="published"),
    Case("GET /clips/{clip_id}/captions.vtt", OWNER_SEES, draft()),
    Case("GET /clips/{clip_id}/growing.m3u8", OWNER_SEES, draft(), name="draft"),
    Case("GET /clips/{clip_id}/growing.m3u8", "403 403 200 403 200 200", published(), name="published"),
    Case("POST /api/v1/clips/{clip_id}/plays", OWNER_SEES, draft(), name="draft"),
    Case("POST /api/v1/clips/{clip_id}/plays", EVERYBODY, published(), name="published"),
    Case(
        "POST /api/v1/plays/{play_id}/beats",
        "403 403 403 403 403 403",
        lambda shelf: {"play_id": shelf.play("member")[0], "json": {"ranges": []}},
        name="of member, without its key",
    ),
    Case("POST /api/v1/plays/{play_id}/beats", EVERYBODY, beat_of_member, name="of member, with its key"),
    # people
    Case("GET /sign-in", "200 303 303 303 303 303"),
    Case(
        "POST /sign-in",
        "401 401 401 401 401 401",
        lambda shelf: {"form": {"username": f"x{shelf.newcomer()}", "password": "wrong"}},
    ),
    Case("POST /sign-out", "303 303 303 303 303 303", draft(), fresh=True),
    Case("POST /language", "303 303 303 303 303 303", lambda shelf: {"form": {"language": "zh-CN"}}),
    Case("GET /welcome/{token}", EVERYBODY, lambda shelf: {"token": shelf.invitation()[1]}),
    Case("POST /welcome/{token}", "303 303 303 303 303 303", new_account, fresh=True),
    Case("GET /account", SIGNED_IN_ONLY),
    Case("POST /account/password", "401 422 422 422 422 422", lambda shelf: {"form": {"old": "wrong"}}),
    Case("POST /account/tokens", "401 200 200 200 200 200", lambda shelf: {"form": {"label": "脚本"}}),
    Case(
        "POST /account/tokens/{token_id}/revoke",
        "401 404 303 404 404 404",
        lambda shelf: {"token_id": shelf.token("lecturer")[0], "form": {}},
        name="of lecturer",
    ),
    Case("POST /account/sign-out-others", "401 303 303 303 303 303", draft(), fresh=True),
    Case("GET /people", "303 403 403 403 200 200"),
    Case("POST /people/invites", "401 403 403 403 200 200", of_root(role="member"), name="member"),
    Case("POST /people/invites", "401 403 403 403 403 200", of_root(role="staff"), name="staff"),
    Case(
        "POST /people/invites/{invitation_id}/revoke",
        "401 403 403 403 303 303",
        lambda shelf: {"invitation_id": shelf.invitation()[0], "form": {}},
        name="member",
    ),
    Case(
        "POST /people/invites/{invitation_id}/revoke",
        "401 403 403 403 403 303",
        lambda shelf: {"invitation_id": shelf.invitation(Role.ADMIN)[0], "form": {}},
        name="admin",
    ),
    Case(
        "POST /people/{person_id}/grant", "401 403 403 403 303 303", person(role="lecturer"), name="lecturer"
    ),
    Case("POST /people/{person_id}/grant", "401 403 403 403 403 303", person(role="admin"), name="admin"),
    Case("POST /people/{person_id}/revoke", "401 403 403 403 303 303", person(role="member")),
    Case("POST /people/{person_id}/reset", "401 403 403 403 200 200", person(), name="member"),
    Case(
        "POST /people/{person_id}/reset",
        "401 403 403 403 403 200",
        lambda shelf: {"person_id": shelf.newcomer(Role.ADMIN), "form": {}},
        name="admin",
    ),
    Case("POST /people/{person_id}/active", "401 403 403 403 303 303", person(active="0")),
    Case("POST /people/{person_id}/erase", "401 403 403 403 403 303", to_erase),
    # the API
    Case("POST /api/v1/lessons", "401 403 201 201 201 201", lambda shelf: {"json": {"title": "新课"}}),
    Case("GET /api/v1/lessons/{lesson_id}", OWNER_SEES, draft()),
    Case(
        "PATCH /api/v1/lessons/{lesson_id}",
        OWNER_SEES,
        lambda shelf: {"lesson_id": shelf.lesson().lesson, "json": {"title": "改名"}},
    ),
    Case("DELETE /api/v1/lessons/{lesson_id}", "404 404 204 404 204 204", draft(), name="draft"),
    Case("DELETE /api/v1/lessons/{lesson_id}", "403 403 403 403 204 204", published(), name="published"),
    Case(
        "PUT /api/v1/lessons/{lesson_id}/transcript",
        OWNER_SEES,
        lambda shelf: {"lesson_id": shelf.lesson().lesson, "files": {"file": ("x.txt", b"words")}},
    ),
    Case("POST /api/v1/lessons/{lesson_id}/publish", "404 404 403 404 200 200", draft()),
    Case("POST /api/v1/lessons/{lesson_id}/withdraw", "403 403 403 403 200 200", published()),
    Case("POST /api/v1/lessons/{lesson_id}/retry", OWNER_SEES, failed),
    Case("GET /api/v1/lessons/{lesson_id}/stats", "401 404 200 404 200 200", draft()),
    # the dictionary
    Case("GET /vocabulary", "303 403 403 403 200 200"),
    Case("GET /vocabulary/download", "303 403 403 403 200 200"),
    Case("POST /vocabulary/words", STAFF_ONLY, lambda shelf: {"form": {"word": shelf.new_word()}}),
    Case(
        "POST /vocabulary/groups",
        STAFF_ONLY,
        lambda shelf: {"form": {"words": f"{shelf.new_word()}、{shelf.new_word()}"}},
    ),
    Case(
        "POST /vocabulary/paste",
        "401 403 403 403 200 200",
        lambda shelf: {"form": {"lines": shelf.new_word()}},
    ),
    Case(
        "POST /vocabulary/{entry_id}",
        STAFF_ONLY,
        lambda shelf: {"entry_id": shelf.taught(), "form": {"words": shelf.new_word(), "version": "1"}},
    ),
    Case("POST /vocabulary/{entry_id}/remove", STAFF_ONLY, taught(version="1")),
    Case("POST /vocabulary/{entry_id}/switch", STAFF_ONLY, shipped(on="1")),
    Case("GET /api/v1/vocabulary", "401 403 403 403 200 200"),
    Case(
        "POST /api/v1/vocabulary",
        "401 403 403 403 201 201",
        lambda shelf: {"json": {"words": [shelf.new_word()]}},
    ),
    Case(
        "PATCH /api/v1/vocabulary/{entry_id}",
        "401 403 403 403 200 200",
        lambda shelf: {
            "entry_id": shelf.taught(),
            "json": {"words": [shelf.new_word()], "version": 1},
        },
    ),
    Case("DELETE /api/v1/vocabulary/{entry_id}", "401 403 403 403 204 204", taught()),
    Case("POST /api/v1/vocabulary/{entry_id}/switch", "401 403 403 403 200 200", shipped(json={"on": True})),
    # uploads: the owner's alone, not even the staff's
    Case("OPTIONS /tus/", "401 403 204 204 204 204", lambda shelf: {"headers": TUS}),
    Case("POST /tus", "401 403 201 404 201 201", new_upload),
    Case("POST /tus/", "401 403 201 404 201 201", new_upload),
    Case("HEAD /tus/{uuid}", "401 403 200 404 404 404", tus()),
    Case(
        "PATCH /tus/{uuid}",
        "401 403 204 404 404 404",
        tus(**{"Upload-Offset": "1", "Content-Type": "application/offset+octet-stream"}),
    ),
    Case("DELETE /tus/{uuid}", "401 403 204 404 404 404", tus()),
]
BY_ITSELF = {"* /static"}
"""What is static is for everybody. Media are no route: tests/server/delivery asks for them."""


def test_the_table_names_every_route(served: Served) -> None:
    assert {case.route for case in CASES} | BY_ITSELF == all_routes(served)


def send(browser: Person, case: Case, asked: dict[str, Any]) -> httpx.Response:
    """Send the request as the page's scripts would, with the token."""
    method, path = case.route.split(" ")
    path = asked.get("path") or path.format_map(asked)
    headers = {"X-CSRF-Token": browser.csrf(), **asked.get("headers", {})}
    given = {"data": asked.get("form"), "json": asked.get("json"), "files": asked.get("files")}
    body: dict[str, Any] = {name: value for name, value in given.items() if value is not None}
    if method in ("PATCH", "POST") and "Upload-Offset" in headers:
        body = {"content": b"1"}
    if method == "GET":
        body = {}
    return browser.http.request(method, path, headers=headers, **body)


@pytest.mark.slow
@pytest.mark.parametrize("case", CASES, ids=str)
def test_answers(served: Served, shelf: Shelf, case: Case) -> None:
    found = {}
    for name in VIEWERS:
        browser = served.person(name)
        if case.fresh:
            browser = served.nobody() if name == "nobody" else served.signed_in(name)
        found[name] = send(browser, case, case.ask(shelf)).status_code
        if case.fresh:
            browser.http.close()
    if case.fresh:
        served.close()  # "sign out the others" means the kept browsers too
    assert " ".join(str(found[name]) for name in VIEWERS) == case.answers


def test_whoever_must_sign_in_is_led_back_afterwards(served: Served) -> None:
    with served.nobody() as browser:
        answer = browser.http.get("/review?page=2")
        assert answer.headers["location"] == "/sign-in?next=/review%3Fpage%3D2"
        back = browser.post("/sign-in", username="staff", password=password("staff"), next="/review?page=2")
        assert back.headers["location"] == "/review?page=2"


def test_a_strangers_chunk_was_written_before_he_was_refused(served: Served, shelf: Shelf) -> None:
    path = shelf.upload()
    upload_id = path.rsplit("/", 1)[-1]
    for name in ("nobody", "member", "other", "admin"):
        answer = served.person(name).send_chunk(path, b"evil", 1)
        assert answer.status_code in (401, 403, 404)
        assert (served.data / "uploads" / upload_id).read_bytes() == b"0", name


def test_staff_of_one_branch_have_no_power_in_another(served: Served, shelf: Shelf) -> None:
    put = shelf.lesson()
    with served.ports.db.write() as session:
        town = organisation.add_branch(session, factories.root(session), "东乡", utc_now())
        staff = people.add_person(session, "dongxiang", "东乡工作人员", password("dongxiang"), utc_now())
        people.grant(session, staff.id, Role.STAFF, town, None, utc_now())
    with served.signed_in("dongxiang") as browser:
        assert browser.http.get(f"/lessons/{put.lesson}").status_code == 404
        assert browser.post(f"/lessons/{put.lesson}/publish").status_code == 404
        assert browser.http.get("/people").status_code == 200
        newcomer = shelf.newcomer()
        assert "学员" not in browser.http.get("/people").text
        assert "学员" in served.person("staff").http.get("/people").text
        for what in ("reset", "active", "grant", "revoke", "erase"):
            form = {"role": "member", "branch": shelf.root()}
            assert browser.post(f"/people/{newcomer}/{what}", **form).status_code == 403
