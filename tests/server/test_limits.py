"""Every limit is told in docs/limits.md and held by every route: all are sent twice as much.

On any one day one route in DAYS (tests/support/spreading.py).
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import httpx
import pytest

from server.delivery.lines import UNREAD_MAX_BYTES
from server.settings import Settings
from server.slices import SLICES
from server.web.limits import sizes
from server.web.limits.bodies import Bodies, without_nul
from server.web.routing.registry import gather
from tests.server.conftest import Shelf
from tests.server.inputs import Route, routes_with_inputs, texts_of
from tests.server.limits_table import DOCUMENT, document, tables
from tests.server.routes import UNSAFE, all_routes
from tests.support.client import PLAIN
from tests.support.server import Served
from tests.support.spreading import DAYS, chosen

pytestmark = pytest.mark.dear(20)

KINDS = ("application/json", "application/x-www-form-urlencoded", "multipart/form-data; boundary=b")
JSON = {"Content-Type": "application/json"}


@pytest.fixture(scope="module")
def routes(served: Served) -> list[Route]:
    return routes_with_inputs(served)


@pytest.fixture(scope="module")
def today(routes: list[Route], pytestconfig: pytest.Config) -> list[Route]:
    """The routes that this run asks."""
    wanted = chosen(sorted({str(route) for route in routes}), pytestconfig)
    return [route for route in routes if str(route) in wanted]


@pytest.fixture(scope="module")
def http(served: Served) -> Iterator[httpx.Client]:
    """An administrator's browser: nothing but a limit stands in its way."""
    with served.person("admin") as admin:
        admin.http.headers["X-CSRF-Token"] = admin.csrf()
        yield admin.http


def test_the_document_says_what_the_code_does() -> None:
    """`python -m tests.server.limits_table` writes it anew."""
    assert DOCUMENT.read_text("utf-8") == document()
    named = {
        name for rows in tables().values() for row in rows for name in re.findall(r"WEIKE_(\w+)", row.where)
    }
    assert named <= {name.upper() for name in Settings.model_fields}


@pytest.mark.slow
def test_every_text_has_a_limit(routes: list[Route]) -> None:
    """Headers of what others wrote (tus) have that of every header."""
    assert len(routes) > 90
    without = [
        (str(route), one.name)
        for route in routes
        for one in route.inputs
        if one.part in ("query", "body", "cookie") and one.is_text and one.most is None
    ]
    for route in routes:
        for one in route.of("body"):
            if one.model is not None:
                without += [(str(route), name) for name, most in texts_of(one.model) if most is None]
    assert without == []


@pytest.mark.slow
def test_every_large_body_belongs_to_a_route(served: Served) -> None:
    assert set(gather(SLICES).bodies) <= all_routes(served)


@pytest.mark.slow
def test_every_field_refuses_twice_its_limit(
    http: httpx.Client, routes: list[Route], today: list[Route]
) -> None:
    asked = 0
    for route in today:
        path = route.address()
        for one in (*route.of("query"), *route.of("body")):
            if one.model is not None:
                for name, most in texts_of(one.model):
                    answer = http.request(
                        route.method, path, json=json_of(one.model, name, "x" * (2 * (most or 0)))
                    )
                    assert answer.status_code == 422, (str(route), name)
                    asked += 1
            elif one.most is not None:
                given = {one.name: "x" * (2 * one.most)}
                if "{key}" in str(route):
                    # Whoever has no key of a feed is told nothing else of it.
                    assert http.request(route.method, path, params=given).status_code == 404
                    continue
                if one.part == "query":
                    answer = http.request(route.method, path, params=given)
                else:
                    kind = {"files": {"x": b""}} if one.most == sizes.PASTE else {}
                    answer = http.request(route.method, path, data=given, **kind)
                assert answer.status_code == 422, (str(route), one.name)
                told = answer.json()["message"] if path.startswith("/api") else answer.text
                assert f"最多 {one.most} 个字" in told
                asked += 1
    assert asked > (100 if len(today) == len(routes) else 100 // DAYS)


def json_of(model: Any, name: str, value: str) -> dict[str, Any]:
    """An object that is right but for one text in it."""
    outer, _, inner = name.partition(".")
    some = {"q": "x", "version": "x", "clips": [], "words": ["x"], "audience": ["x"]}
    there = {one: some[one] for one in model.model_fields if one in some}
    if inner:
        return {**there, outer: [{"start_s": 0, "end_s": 1, inner: value}]}
    return {**there, outer: [value] if outer in ("words", "audience") else value}


@pytest.mark.slow
def test_every_route_refuses_twice_its_body(
    served: Served, http: httpx.Client, pytestconfig: pytest.Config
) -> None:
    """With its length told and in chunks; whoever asks, and before the page's token is looked at."""
    bodies = Bodies(gather(SLICES).bodies)
    with httpx.Client(verify=PLAIN, base_url=served.base_url, timeout=60) as nobody:
        for n, route in enumerate(sorted(chosen(sorted(all_routes(served)), pytestconfig))):
            method, path = re.sub(r"\{\w+\}", "x1", route).split(" ")
            if method not in UNSAFE or path.endswith("/beats"):
                continue
            most, kind = bodies.of(method, path).most_bytes, KINDS[n % len(KINDS)]
            for who in (http, nobody):
                answer = who.request(method, path, content=b" " * 2 * most, headers={"Content-Type": kind})
                assert answer.status_code == 413, (route, kind)
                is_json = "json" in answer.headers["content-type"]
                assert "发来的内容太大" in (answer.json()["message"] if is_json else answer.text)
            for who in (http, nobody):
                answer = who.request(method, path, content=iter([b" " * most, b" " * most]))
                assert answer.status_code == 413, (route, "in chunks")


@pytest.mark.slow
def test_a_large_body_is_not_read_of_who_may_not_send_it(served: Served, shelf: Shelf) -> None:
    lesson = shelf.lesson().lesson
    path, files = f"/lessons/{lesson}/transcripts", {"file": ("x.txt", b"x" * 1_000_000)}
    with httpx.Client(verify=PLAIN, base_url=served.base_url) as nobody:
        assert nobody.post(path, files=files).status_code == 401
    member = served.person("member")
    assert member.http.post(path, files=files, headers={"X-CSRF-Token": member.csrf()}).status_code == 403
    lecturer = served.person("lecturer")
    assert lecturer.http.post(path, files=files, data={"csrf": lecturer.csrf()}).status_code == 303


def test_a_small_body_in_chunks_was_refused(served: Served) -> None:
    """For want of a length; now it is counted as it comes."""
    lecturer = served.person("lecturer")
    made = lecturer.api("POST", "/lessons", content=iter([b'{"title": ', b'"x"}']), headers=JSON)
    assert made.status_code == 201


@pytest.mark.parametrize(
    "body",
    [b"[" * 60_000, b'{"a":' * 10_000, b'{"title":' + b"[" * 21 + b"]" * 21 + b"}"],
    ids=["lists", "objects", "one level too deep"],
)
def test_nested_json_was_looked_into(http: httpx.Client, body: bytes) -> None:
    answer = http.post("/api/v1/lessons", content=body, headers=JSON)
    assert answer.status_code == 422
    assert answer.json()["error"] == "json_depth"
    fine = b'{"title": "' + b"[{" * 80 + b'\\"[[[[[[[[[[[[[[[[[[[[[[[["}'
    assert http.post("/api/v1/lessons", content=fine, headers=JSON).status_code == 201, "brackets in a text"


def test_a_form_of_thirty_thousand_fields_was_read(http: httpx.Client) -> None:
    headers = {"Content-Type": "application/x-www-form-urlencoded"}
    for path in ("/language", "/sign-out"):
        answer = http.post(path, content=b"a&" * 30_000, headers=headers)
        assert answer.status_code in (303, 400), path


def test_who_meets_the_limit_of_a_head_reads_a_sentence(http: httpx.Client) -> None:
    long = http.get("/lessons", params={"anything": "x" * (sizes.QUERY_BYTES + 1)})
    assert long.status_code == 414
    assert "网址太长：最多" in long.text
    api = http.get("/api/v1/lessons", headers={"X-Anything": "x" * (sizes.HEADER_BYTES + 1)})
    assert api.status_code == 431
    assert "标头太大" in api.json()["message"]


@pytest.mark.slow
def test_every_head_has_a_limit(http: httpx.Client, today: list[Route]) -> None:
    assert sizes.QUERY_BYTES < 60_000, "twice as much is more than a line takes, and httpx sends"
    for route in today:
        path = route.address()
        for status, sent in (
            (414, {"url": path, "params": {"anything": "x" * 60_000}}),
            (431, {"url": path, "headers": {"X-Anything": "x" * 2 * sizes.HEADER_BYTES}}),
            (431, {"url": path, "headers": {"Cookie": "a=b; c=" + "x" * 2 * sizes.COOKIE_BYTES}}),
            (414, {"url": f"{path.rstrip('/')}/{'x' * 2 * sizes.PATH_BYTES}"}),
        ):
            assert http.request(route.method, **sent).status_code == status, (str(route), status)


def test_what_is_twice_the_largest_piece_is_refused_and_not_cut_off() -> None:
    """However little of it had arrived when it was refused: all of it may come unread."""
    assert 2 * max(body.most_bytes for body in gather(SLICES).bodies.values()) < UNREAD_MAX_BYTES


def test_a_nul_in_the_name_of_a_file_reached_the_database() -> None:
    kind = b"multipart/form-data; boundary=x"
    field = b'--x\r\nContent-Disposition: form-data; name="a"\r\n\r\nb\x00c\r\n'
    file = (
        b'--x\r\nContent-Disposition: form-data; name="f"; filename="n%b.xlsx"\r\n\r\nPK\x00\x00\r\n--x--\r\n'
    )
    clean = without_nul(kind, field + file % b"\x00")
    assert clean == field.replace(b"\x00", b"") + file % b""
