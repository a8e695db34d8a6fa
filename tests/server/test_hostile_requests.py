"""No request of anybody makes an error of ours: every route is sent what nobody types, a third of it each.

On any one day one of those who ask does it, to one route in DAYS (tests/support/spreading.py), each on one of
the two databases, which change places when all routes have been met: as three (who asks) has no divisor in
common with twice DAYS, everybody has asked every route on both after as many days as their product.
"""

from __future__ import annotations

import base64
import json
from collections.abc import Iterable, Iterator
from typing import Any, TypeVar

import httpx
import pytest

from library.catalog.permits import LessonState
from tests.server.conftest import Shelf
from tests.server.inputs import Route, routes_with_inputs, texts_of
from tests.support import server
from tests.support.client import PLAIN
from tests.support.databases import KINDS, Databases
from tests.support.server import Served
from tests.support.spreading import DAYS, chosen, is_spread

pytestmark = pytest.mark.dear(110)

VALUES = {
    "no host": "//[",
    "a NUL": "\x00",
    "a huge number": "9" * 150,
    "a negative one": "-1",
    "beyond 64 bits": str(2**63),
    "infinity": "1e999",
    "no number": "nan",
    "brackets": "[" * 150,
    "a template": "{{7*7}}%(x)s{0}%s",
    "marks": "e" + "\u0301" * 190,
    "backwards": "\u202e\u2066\ufeff",
    "outside of the BMP": "\U0001f600\U0010ffff" * 40,
    "digits of another script": "²①٣",
    "a day that is none": "2026-02-30",
    "a year that is none": "0000",
    "a path": "../../%2e%2e/etc/passwd",
    "line ends": "a\r\nSet-Cookie: x=y\r\n\r\n",
}
BODIES = {
    "a surrogate": '"\\ud800"',
    "a number": "1",
    "a huge number": "9" * 2000,
    "infinity": "1e999",
    "no number": "NaN",
    "null": "null",
    "a list": "[]",
    "a list of lists": "[[[[]]]]",
    "an object": '{"\\ud800": {"a": ["\\u0000"]}}',
    "a NUL": '"\\u0000"',
}
RAW_BODIES = (
    b"",
    b"[]",
    b'"x"',
    b"{",
    b"\xff\xfe",
    b"[" * 60_000,
    b'{"a":' * 5000,
    b"1e999",
    b'"\\ud800"',
    b"null",
)
NESTED = base64.urlsafe_b64encode(b"[" * 3000).decode()
HEADERS: list[dict[str, bytes]] = [
    {"Host": b"["},
    {"Host": b"[::1"},
    {"Host": b"evil.example/path?x#"},
    {"Host": b"\xff\xfe"},
    {"Host": b"a@b:99999999"},
    {"Host": b""},
    {"X-Forwarded-For": b"[", "X-Forwarded-Proto": b"javascript"},
    {"X-Forwarded-For": b"::ffff:999.1.1.1, \xff", "X-Forwarded-Host": b"evil.example"},
    {"Cookie": b"weike_flash=" + NESTED.encode()},
    {"Cookie": b"weike_flash=" + base64.urlsafe_b64encode(b'["done","\\ud800"]')},
    {"Cookie": b"weike_flash=\xff; weike_session=\xff; weike_visitor=\xff; weike_language=\xff"},
    {"Cookie": b'weike_session="\\377\\000"; weike_visitor=' + b"9" * 300},
    {"Cookie": b"=;;;=;weike_flash"},
    {"Accept-Language": b"en;q=nan,zh;q=inf,*;q=-1,\xff;q=1e999"},
    {"Authorization": b"Bearer \xff\xfe"},
    {"Authorization": b"Bearer " + b"x" * 4000},
    {"User-Agent": b"\xff" * 4000, "Referer": b"//["},
    {"Range": b"bytes=-" + b"9" * 400, "If-None-Match": b"\xff", "If-Modified-Since": b"never"},
    {"X-HTTP-Method-Override": b"\xff", "Upload-Offset": b"9" * 400, "Upload-Length": b"-1"},
    {"Accept-Encoding": b"gzip;q=nan,\xff", "Content-Type": b'multipart/form-data; boundary="'},
    {"Content-Type": b"multipart/form-data; boundary=" + b"x" * 3000},
    {"Content-Type": b"application/json; charset=\xff"},
]
TUS: list[dict[str, str]] = [
    {"Upload-Length": length, "Upload-Offset": length, "Upload-Metadata": words}
    for length in ("0", "5", "9" * 400, "-1", "x", str(2**63), "")
    for words in (
        "",
        "filename",
        "filename !!!",
        "filename /w==",
        "lesson 7aCA",
        ",,, ,",
        "lesson eA==,filename 4pyT4pyT",
    )
]


T = TypeVar("T")


def some(values: Iterable[T], n: int, of: int = 3) -> list[T]:
    """A share of `values`, another one for each `n`; all of them for neighbours together."""
    return list(values)[n % of :: of]


@pytest.fixture(scope="module", params=KINDS)
def kind(request: pytest.FixtureRequest) -> str:
    """Which database."""
    return str(request.param)


@pytest.fixture(scope="module")
def served(
    kind: str,
    databases: Databases,
    tmp_path_factory: pytest.TempPathFactory,
    clock: server.MovableClock,
) -> Iterator[Served]:
    """One server for all tests of a database; PostgreSQL takes other texts and numbers than SQLite."""
    folder = tmp_path_factory.mktemp("hostile") / "data"
    if kind == "sqlite":
        with server.in_thread(server.new_data(folder), clock) as running:
            yield running
        return
    with databases.url(kind) as url, server.in_thread(folder, clock, database_url=url) as running:
        server.add_people(running.ports)
        yield running


@pytest.fixture(scope="module")
def routes(served: Served, kind: str, pytestconfig: pytest.Config) -> list[Route]:
    """The routes that the run asks on this database: it shares those of the day with the other."""
    every = {str(route): route for route in routes_with_inputs(served)}
    today = sorted(chosen(list(every), pytestconfig))
    if is_spread(pytestconfig):
        today = today[(pytestconfig.option.seed // DAYS + (kind == "postgres")) % 2 :: 2]
    return [every[name] for name in today]


@pytest.fixture(scope="module")
def places(shelf: Shelf) -> dict[str, str]:
    """What stands in the places of a path, so that a request gets further than to 'no such thing'."""
    put, _version = shelf.cut()
    shelf.lesson(LessonState.PUBLISHED)
    return {
        "lesson_id": put.lesson,
        "clip_id": put.clip,
        "person_id": shelf.newcomer(),
        "entry_id": shelf.taught(),
        "search_id": shelf.saved("admin"),
        "n": "1",
        "token": shelf.invitation()[1],
        "uuid": shelf.upload().rsplit("/", 1)[1],
    }


@pytest.fixture(scope="module", params=["nobody", "admin", "lecturer"])
def http(request: pytest.FixtureRequest, served: Served, shelf: Shelf) -> Iterator[httpx.Client]:
    """Who asks. A program's token goes past the page's token, and nothing signs it out."""
    headers = {}
    if request.param != "nobody":
        headers["Authorization"] = f"Bearer {shelf.token(request.param)[1]}"
    with httpx.Client(verify=PLAIN, base_url=served.base_url, headers=headers, timeout=60) as client:
        if request.param == "nobody":
            client.get("/counting")
        yield client


def path_of(route: Route, places: dict[str, str]) -> str:
    path = route.path
    for name, value in places.items():
        path = path.replace(f"{{{name}}}", value)
    return route.__class__(route.method, path, ()).address()


def ask(http: httpx.Client, method: str, path: str, **sent: Any) -> None:
    """Send it, without reading what has no end; an error of ours fails."""
    try:
        with http.stream(method, path, **sent) as answer:
            status = answer.status_code
            told = answer.headers.get("location", "")
    except httpx.RemoteProtocolError as error:  # our parser ended the line
        raise AssertionError((method, path, sent)) from error
    # 501 is what oEmbed 1.0 (section 2.3.3) says of a format that a provider does not have.
    assert status < 500 or (path, status) == ("/oembed", 501), (method, path, sent)
    assert "evil" not in told


@pytest.mark.slow
@pytest.mark.spread("http")
def test_every_field_of_every_route_takes_nonsense(
    http: httpx.Client, routes: list[Route], places: dict[str, str]
) -> None:
    for n, route in enumerate(routes):
        query, form = [one.name for one in route.of("query")], [one.name for one in route.of("body")]
        models = [one.model for one in route.of("body") if one.model]
        if not query and not form:
            continue
        path = path_of(route, places)
        for value in some(VALUES.values(), n):
            sent: dict[str, Any] = {"params": dict.fromkeys(query, value)} if query else {}
            if form and not models:
                sent["data"] = dict.fromkeys(form, value)
            elif models:
                sent["json"] = json_of(models[0], value)
            ask(http, route.method, path, **sent)
        for raw in some(BODIES.values(), n) if models else ():
            headers = {"Content-Type": "application/json"}
            content = json.dumps(json_of(models[0], "⚑")).replace('"\\u2691"', raw)
            ask(http, route.method, path, content=content, headers=headers)
            ask(http, route.method, path, content=raw, headers=headers)


def json_of(model: Any, value: str) -> dict[str, Any]:
    """An object with `value` for everything that the model has, one level deep."""
    inner = {name.partition(".")[2]: value for name, _most in texts_of(model) if "." in name}
    return {
        name: [{**inner, "start_s": value, "end_s": value}] if name == "clips" else value
        for name in model.model_fields
    }


@pytest.mark.slow
@pytest.mark.spread("http")
def test_every_place_of_every_path_takes_nonsense(http: httpx.Client, routes: list[Route]) -> None:
    fillers = (
        "%00",
        "%ff",
        "%ed%a0%80",
        "..%2f..",
        "9" * 150,
        "-1",
        "%F0%9F%98%80",
        "%E2%80%AE",
        "{x}",
        "%25",
        "~",
    )
    for n, route in enumerate(routes):
        if "{" in route.path:
            for filler in some(fillers, n):
                ask(http, route.method, route.address(filler))


@pytest.mark.slow
@pytest.mark.spread("http")
def test_no_header_of_any_request_is_an_error(
    http: httpx.Client, routes: list[Route], places: dict[str, str]
) -> None:
    for n, route in enumerate(routes):
        path = path_of(route, places)
        for headers in HEADERS if path == "/" else some(HEADERS, n, 6):
            raw = [(name.encode(), value) for name, value in headers.items()]
            ask(http, route.method, path, headers=raw)


@pytest.mark.slow
@pytest.mark.spread("http")
def test_no_body_of_any_kind_is_an_error(
    http: httpx.Client, routes: list[Route], places: dict[str, str]
) -> None:
    kinds = (
        "application/json",
        "application/x-www-form-urlencoded",
        "multipart/form-data; boundary=b",
        "text/plain",
    )
    bodies = (*RAW_BODIES, b"--b\r\n\r\n\xff\r\n--b--", b"&=&%&%00=%ff" * 30)
    for n, route in enumerate(routes):
        if route.method not in ("GET", "HEAD", "OPTIONS"):
            for kind in kinds:
                for body in some(bodies, n + len(kind)):
                    headers = {"Content-Type": kind}
                    ask(http, route.method, path_of(route, places), content=body, headers=headers)


@pytest.mark.slow
@pytest.mark.spread("http")
def test_no_upload_is_an_error(http: httpx.Client, places: dict[str, str]) -> None:
    for headers in TUS:
        sent = {"Tus-Resumable": "1.0.0", **headers}
        for method, path in (("POST", "/tus/"), ("PATCH", f"/tus/{places['uuid']}"), ("HEAD", "/tus/x")):
            ask(http, method, path, headers=sent)


@pytest.mark.slow
def test_a_surrogate_in_the_key_of_a_beat_was_a_500(served: Served, shelf: Shelf) -> None:
    play, _key = shelf.play("member")
    path = f"{served.base_url}/api/v1/plays/{play}/beats"
    for body in BODIES.values():
        sent = f'{{"key": {body}, "ranges": [[{body}, 1]], "rate": {body}}}'
        assert httpx.post(path, content=sent, verify=PLAIN).status_code in (403, 422), body


@pytest.mark.parametrize(
    "way", ["//[", "//evil.example", "/\\evil.example", "https:/evil.example", "/\t/evil.example"]
)
def test_a_way_on_that_leads_nowhere_was_a_500(served: Served, way: str) -> None:
    page = served.nobody().http.get("/sign-in", params={"next": way})
    assert page.status_code == 200
    assert 'name="next" value="/"' in page.text or "evil.example" not in page.text
    answer = served.person("member").post("/language", language="zh-CN", next=way)
    assert answer.headers["location"] in ("/", "/%09/evil.example")


@pytest.mark.slow
def test_no_location_is_made_of_the_host(served: Served, routes: list[Route]) -> None:
    """Nor of what a proxy that nobody believes says of it."""
    with httpx.Client(verify=PLAIN, base_url=served.base_url) as http:
        for route in routes:
            if route.method != "GET":
                continue
            for path in (route.address(), route.address() + "/"):
                headers = {"Host": "evil.example", "X-Forwarded-Host": "evil.example"}
                with http.stream("GET", path, headers=headers) as answer:
                    assert "evil" not in answer.headers.get("location", ""), path


def test_the_cookies_of_who_came_by_https_were_sent_by_http_too(served: Served) -> None:
    """A proxy on this machine is believed; whoever else says so is not."""
    for scheme, secure in (("https", True), ("http", False)):
        with httpx.Client(
            verify=PLAIN, base_url=served.base_url, headers={"X-Forwarded-Proto": scheme}
        ) as http:
            answer = http.get("/sign-in")
            cookies = answer.headers.get_list("set-cookie")
            assert cookies
            assert all(("; secure" in one.lower()) is secure for one in cookies)
            assert answer.headers.get("strict-transport-security") == ("max-age=31536000" if secure else None)
