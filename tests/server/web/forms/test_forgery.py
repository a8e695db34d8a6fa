"""Nothing is changed by a request that our own page, or a program with a token, did not send."""

from __future__ import annotations

import base64
import json
import re

import httpx
import pytest

from library.access.tables import ApiToken
from library.catalog.permits import LessonState
from tests.server.conftest import Shelf
from tests.server.routes import BEATS, UNSAFE, all_routes
from tests.support.client import PLAIN, TUS
from tests.support.server import Served
from tests.support.spreading import is_spread

pytestmark = pytest.mark.dear(24)

CHANGES_NOTHING = {"POST /healthz/upload-probe", "PATCH /healthz/upload-probe"}
"""Counts bytes and forgets them: `weike doctor` asks it through the proxies, without a browser."""


def unsafe_routes(served: Served) -> list[tuple[str, str]]:
    """Every route that changes something, with places in its path filled."""
    unsafe = {route for route in all_routes(served) if route.split(" ")[0] in UNSAFE}
    unsafe -= {*CHANGES_NOTHING, BEATS}  # a beat carries a key of its own: see test_beats.py
    found = [route.split(" ") for route in sorted(unsafe)]
    return [(method, re.sub(r"{\w+}", "x", path)) for method, path in found]


@pytest.mark.slow
def test_every_unsafe_route_wants_the_pages_token(served: Served, pytestconfig: pytest.Config) -> None:
    admin, other = served.person("admin"), served.person("staff")
    admin.csrf()
    routes = unsafe_routes(served)
    assert len(routes) > 30
    wrong = ("", "x" * 43, other.csrf(), "密码")
    for n, (method, path) in enumerate(routes):
        # None at all for every route; of those that are wrong one for each by the day.
        turn = (n + pytestconfig.option.seed) % len(wrong)
        for token in (None, *(wrong[turn : turn + 1] if is_spread(pytestconfig) else wrong)):
            sent = [(name.encode(), value.encode()) for name, value in TUS.items()]
            sent += [] if token is None else [(b"X-CSRF-Token", token.encode())]
            answer = admin.http.request(method, path, headers=sent)
            assert answer.status_code == 403, (method, path, token)
            assert "csrf" in answer.text or "为了安全没有提交" in answer.text


@pytest.mark.slow
def test_the_token_of_a_form_is_as_good(served: Served, shelf: Shelf) -> None:
    staff = served.person("staff")
    path = f"/lessons/{shelf.lesson().lesson}/audience"
    form = {"audience": "signed_in"}
    assert staff.http.post(path, data=form).status_code == 403
    assert staff.http.post(path, data={**form, "csrf": "wrong"}).status_code == 403
    assert staff.http.post(path, data={**form, "csrf": staff.csrf()}).status_code == 303
    files = {"file": ("x.txt", b"words")}
    put = f"/api/v1/lessons/{shelf.lesson().lesson}/transcript?replace=true"
    assert staff.http.put(put, files=files).status_code == 403
    assert staff.http.put(put, files=files, data={"csrf": staff.csrf()}).status_code == 200


def test_a_token_in_the_json_itself_had_every_body_read_to_find_it(served: Served) -> None:
    """It stands in a header or in a form's field: six bodies of 9 MB of brackets took eighteen seconds."""
    lecturer = served.person("lecturer")
    for kind in ("text/plain", "application/json"):
        about = {"title": "灯塔", "csrf": lecturer.csrf()}
        headers = {"Content-Type": kind}
        answer = lecturer.http.post("/api/v1/lessons", content=json.dumps(about), headers=headers)
        assert answer.status_code == 403
        assert answer.json()["error"] == "csrf_absent"


def test_a_signed_in_browser_that_lost_its_visitors_cookie_was_refused(served: Served) -> None:
    member = served.person("member")
    headers = {"X-CSRF-Token": member.csrf()}
    session = {name: value for name, value in member.http.cookies.items() if "visitor" not in name}
    with httpx.Client(base_url=served.base_url, cookies=session, verify=PLAIN) as http:
        assert http.post("/language", data={"language": "en"}, headers=headers).status_code == 303


@pytest.mark.slow
@pytest.mark.parametrize("body", [b"", b"[]", b'"x"', b"{", b"\xff\xfe", b"[" * 20, b'{"csrf": 5}'])
def test_nonsense_instead_of_a_token_was_an_error(served: Served, body: bytes) -> None:
    # A route without JSON: where there is one, FastAPI refuses nonsense before it asks for the token.
    http, headers = served.person("member").http, {"Content-Type": "application/json"}
    assert http.post("/account/sign-out-others", content=body, headers=headers).status_code == 403


def test_a_browser_that_has_never_been_here_cannot_change_anything(served: Served) -> None:
    with httpx.Client(base_url=served.base_url, verify=PLAIN) as http:
        answer = http.post("/sign-in", data={"username": "admin", "password": "x", "csrf": ""})
        assert answer.status_code == 403
        assert "weike_session" not in answer.cookies


def test_the_method_of_a_request_cannot_be_disguised(served: Served, shelf: Shelf) -> None:
    path = shelf.upload()
    lecturer = served.person("lecturer")
    headers = {**TUS, "Upload-Offset": "1", "Content-Type": "application/offset+octet-stream"}
    for method in ("GET", "HEAD", "OPTIONS", "POST"):
        for disguise in ("PATCH", "DELETE"):
            disguised = {**headers, "X-HTTP-Method-Override": disguise}
            answer = lecturer.http.request(method, path, headers=disguised, content=b"evil")
            assert answer.status_code in (403, 404, 405), (method, disguise)
    assert lecturer.offset(path) == 1


def test_a_program_with_a_token_needs_no_page(served: Served, shelf: Shelf) -> None:
    token_id, secret = shelf.token("lecturer")
    with httpx.Client(
        base_url=served.base_url, headers={"Authorization": f"Bearer {secret}"}, verify=PLAIN
    ) as http:
        made = http.post("/api/v1/lessons", json={"title": "程序建的课"})
        assert made.status_code == 201
        assert http.get(f"/api/v1/lessons/{made.json()['id']}").status_code == 200
        assert not http.cookies
        served.person("lecturer").post(f"/account/tokens/{token_id}/revoke")
        answer = http.get("/api/v1/lessons")
        assert answer.status_code == 401
        assert answer.json()["message"] != ""


def test_when_a_token_was_last_used_was_never_noted(served: Served, shelf: Shelf) -> None:
    token_id, secret = shelf.token("other")

    def used_at() -> object:
        with served.ports.db.read() as session:
            return session.get_one(ApiToken, token_id).used_at

    assert used_at() is None
    httpx.get(
        f"{served.base_url}/api/v1/lessons", headers={"Authorization": f"Bearer {secret}"}, verify=PLAIN
    )
    first = used_at()
    assert first is not None
    httpx.get(
        f"{served.base_url}/api/v1/lessons", headers={"Authorization": f"Bearer {secret}"}, verify=PLAIN
    )
    assert used_at() == first, "once an hour is enough: not a write for every request"


def test_a_wrong_token_is_not_somebody_without_one(served: Served) -> None:
    with httpx.Client(
        base_url=served.base_url, headers={"Authorization": "Bearer wk_wrong"}, verify=PLAIN
    ) as http:
        assert http.get("/api/v1/lessons").status_code == 401
        assert http.post("/api/v1/lessons", json={"title": "x"}).status_code == 401


def test_tokens_are_kept_as_hashes_only(served: Served, shelf: Shelf) -> None:
    _id, secret = shelf.token("member")
    with served.signed_in("member") as browser:
        cookie = browser.http.cookies["weike_session"]
    for file in served.data.glob("weike.sqlite*"):
        content = file.read_bytes()
        assert secret.encode() not in content
        assert cookie.encode() not in content


@pytest.mark.parametrize(
    "headers",
    [
        {"Upload-Concat": "partial", "Upload-Length": "5"},
        {"Upload-Concat": "final;/tus/a /tus/b"},
        {"Upload-Defer-Length": "1"},
    ],
    ids=["partial", "final", "deferred"],
)
def test_forms_of_tus_that_could_not_be_checked(
    served: Served, shelf: Shelf, headers: dict[str, str]
) -> None:
    put = shelf.lesson()
    words = f"filename {_b64('x.mp4')},lesson {_b64(put.lesson)}"
    lecturer = served.person("lecturer")
    sent = {**TUS, "X-CSRF-Token": lecturer.csrf(), "Upload-Metadata": words, **headers}
    answer = lecturer.http.post("/tus/", headers=sent)
    assert answer.status_code == 422
    assert answer.json()["error"] == "upload_form"


def test_bytes_in_the_first_request_were_written_unasked(served: Served, shelf: Shelf) -> None:
    put = shelf.lesson()
    words = f"filename {_b64('x.mp4')},lesson {_b64(put.lesson)}"
    lecturer = served.person("lecturer")
    sent = {**TUS, "X-CSRF-Token": lecturer.csrf(), "Upload-Metadata": words, "Upload-Length": "5"}
    before = set((served.data / "uploads").iterdir())
    answer = lecturer.http.post("/tus/", headers=sent, content=b"much more than five")
    assert answer.status_code == 422
    assert set((served.data / "uploads").iterdir()) == before


def _b64(text: str) -> str:
    return base64.b64encode(text.encode()).decode()


@pytest.mark.slow
def test_a_body_larger_than_anything_needs(served: Served) -> None:
    lecturer = served.person("lecturer")
    answer = lecturer.api("POST", "/lessons", content=b" " * (10 * 1024 * 1024))
    assert answer.status_code == 413
    assert answer.json()["error"] == "body_size"

    def endless() -> object:
        while True:
            yield b" " * 10_000

    answer = lecturer.api("POST", "/lessons", content=endless())
    assert answer.status_code == 413
    assert answer.json()["error"] == "body_size"
    answer = lecturer.api("PUT", "/lessons/x/transcript", content=endless())
    assert answer.status_code == 413
    assert answer.json()["error"] == "length_needed", "what is passed on as it comes"


@pytest.mark.slow
def test_a_lesson_published_by_a_page_of_another_site(served: Served, shelf: Shelf) -> None:
    """The cookie itself is not sent by other sites (SameSite=Lax), and scripts cannot read it."""
    with served.signed_in("staff") as browser:
        header = browser.post("/sign-in", username="staff", password="test-password-staff", next="/").headers
        cookie = next(line for line in header.get_list("set-cookie") if line.startswith("weike_session="))
        assert "httponly" in cookie.lower()
        assert "samesite=lax" in cookie.lower()
        put = shelf.lesson(LessonState.DRAFT)
        assert browser.http.get(f"/lessons/{put.lesson}/publish").status_code in (404, 405)
