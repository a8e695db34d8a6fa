"""What the log says of requests: ids that hold a request's lines together, and nothing that is somebody's."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import httpx
import pytest
from starlette.types import Message, Receive, Scope, Send

from server.addresses import shortened
from server.logs import told_path
from server.web.middleware.requests import TrustedProxies, request_id
from tests.support.client import PLAIN, Person
from tests.support.server import new_data, process

pytestmark = pytest.mark.dear(5)

GIVEN = "from-the-proxy-0001"


async def _nothing() -> Message:
    return {"type": "http.request", "body": b""}


async def _silent(_message: Message) -> None: ...


@pytest.mark.parametrize(
    ("peer", "kept"), [("10.0.0.9", True), ("10.0.1.9", False), ("203.0.113.5", False), (None, False)]
)
@pytest.mark.anyio
async def test_anybody_could_choose_the_id_of_their_log_lines(peer: str | None, kept: bool) -> None:
    seen: list[Scope] = []

    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        seen.append(scope)

    headers = [(b"x-request-id", GIVEN.encode()), (b"traceparent", b"00-1-2-01"), (b"accept", b"*/*")]
    scope = {"type": "http", "headers": headers, "client": (peer, 1) if peer else None, "scheme": "http"}
    await TrustedProxies(app, "10.0.0.0/24")(scope, _nothing, _silent)
    assert seen[0]["headers"] == (headers if kept else headers[2:])


@pytest.mark.parametrize(
    ("given", "taken"),
    [
        ([GIVEN.encode()], True),
        ([b"0123456789abcdef0123456789abcdef"], True),
        ([], False),
        ([b"short"], False),
        ([b"x" * 65], False),
        ([b"a line\nanother"], False),
        (["编号编号编号".encode()], False),
        ([GIVEN.encode(), b"and-another-one"], False),
    ],
)
def test_an_id_is_a_plain_word_or_a_new_one(given: list[bytes], taken: bool) -> None:
    found = request_id([(b"x-request-id", value) for value in given])
    assert (found == given[0].decode("latin-1")) if taken else (len(found) == 16 and found.isalnum())


@pytest.mark.parametrize(
    ("path", "told"),
    [
        ("/lessons/06h0277bvnmgxjfr", "/lessons/06h0277bvnmgxjfr"),
        ("/welcome/Xy-_9", "/welcome/…"),
        ("//welcome/Xy-_9", "//welcome/…"),
        ("/WELCOME/Xy-_9/", "/welcome/…"),
        ("/feeds/06h300/weeks.ics", "/feeds/…/weeks.ics"),
        ("//FEEDS/06h300/files/x/480p.mp4", "//feeds/…/files/x/480p.mp4"),
        ("/feeds/public/weeks.ics", "/feeds/public/weeks.ics"),
        ("/people/06h0277bvnmgxjfr/close", "/people/…/close"),
        ("/x\nrequest status=200", "/x\\x0arequest status=200"),
        ("/" + "长" * 500, "/" + "长" * 199 + "…"),
    ],
)
def test_a_path_that_could_forge_a_line_or_holds_a_secret(path: str, told: str) -> None:
    assert told_path(path) == told


@pytest.mark.parametrize(
    ("address", "told"),
    [
        ("192.168.7.41", "192.168.7.0"),
        ("2001:db8:1:2:3:4:5:6", "2001:db8:1::"),
        ("::ffff:10.1.2.3", "10.1.2.0"),
        ("fe80::1%eth0", "fe80::"),
        ("unknown", ""),
    ],
)
def test_an_address_in_the_log_is_that_of_a_network(address: str, told: str) -> None:
    assert shortened(address) == told


@pytest.mark.slow
def test_nothing_that_is_somebodys_stands_in_the_log(tmp_path: Path) -> None:
    """Through `weike serve` itself: all of its lines, whoever writes them."""
    data = new_data(tmp_path / "data")
    with process(data) as running, httpx.Client(base_url=running.base_url, timeout=60, verify=PLAIN) as http:
        member = Person(running.base_url).sign_in("member", "test-password-member")
        cookies = [value for value in member.http.cookies.values() if len(value) > 12]
        secrets = ["Geheim-Link-0001", "某人的名字", "test-password-member", "Bearer-Token-77", *cookies]
        http.get("/welcome/Geheim-Link-0001")
        http.get("/search", params={"q": "某人的名字"})
        http.get(
            "/api/v1/search", params={"q": "某人的名字"}, headers={"Authorization": "Bearer Bearer-Token-77"}
        )
        # From 127.0.0.1, which is trusted.
        answer = member.http.get("/", headers={"X-Request-ID": GIVEN})
        http.get("/nowhere%0Arequest%20status=200")
        running.stop()
    log = running.log.read_text("utf-8")
    lines: list[dict[str, Any]] = [json.loads(line) for line in log.splitlines() if line.startswith("{")]
    assert [secret for secret in secrets if secret in log] == []
    requests = [line for line in lines if line["event"] == "request"]
    assert {line["route"] for line in requests} >= {"/welcome/{token}", "/search", "/api/v1/search", "/"}
    assert all(line["request"] and line["address"] == "127.0.0.0" for line in requests)
    assert answer.headers["x-request-id"] == GIVEN
    assert GIVEN in {line["request"] for line in requests}
