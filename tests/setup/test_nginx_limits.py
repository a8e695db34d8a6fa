"""What deploy/nginx.conf lets a visitor cost, in a real nginx before a stand-in of the web process."""

from __future__ import annotations

import contextlib
import http.client
import re
import socket
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import httpx
import pytest

from server.slices import SLICES
from server.web.limits.sizes import BODY_BYTES
from server.web.routing.registry import gather
from tests.setup import nginx_server
from tests.setup.nginx_server import Site
from tests.support.client import PLAIN

pytestmark = [pytest.mark.nginx, pytest.mark.dear(19)]

VISITORS = iter(f"127.0.0.{n}" for n in range(2, 100))
"""People who are no proxies: the file believes 127.0.0.1."""


class Web(BaseHTTPRequestHandler):
    """Stands where the web process is: says how much it was sent."""

    protocol_version = "HTTP/1.1"

    def do_GET(self) -> None:
        size = len(self.rfile.read(int(self.headers.get("Content-Length", "0"))))
        body = str(size).encode()
        self.send_response(200)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def do_POST(self) -> None:
        self.do_GET()

    def do_PUT(self) -> None:
        self.do_GET()

    def do_PATCH(self) -> None:
        self.do_GET()

    def log_message(self, format: str, *args: object) -> None:
        """Quiet."""


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory, nginx_path: Path) -> Iterator[Site]:
    server = ThreadingHTTPServer(("127.0.0.1", 0), Web)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    rendered = nginx_server.render(tmp_path_factory.mktemp("nginx"), upstream_port=server.server_port)
    with nginx_server.running(rendered):
        yield rendered
    server.shutdown()
    server.server_close()


def large_bodies() -> list[str]:
    return sorted(gather(SLICES).bodies)


@pytest.mark.parametrize("route", large_bodies())
def test_nginx_takes_what_the_routes_take(site: Site, route: str) -> None:
    method, path = re.sub(r"\{\w+\}", "x1", route).split(" ")
    body = b"x" * gather(SLICES).bodies[route].most_bytes
    with httpx.Client(verify=PLAIN, base_url=site.base_url) as client:
        assert client.request(method, path, content=body).text == str(len(body))


def test_nginx_took_sixteen_megabytes_for_every_form(site: Site) -> None:
    with httpx.Client(verify=PLAIN, base_url=site.base_url) as client:
        for path in ("/sign-in", "/sign-out", "/welcome/x", "/api/v1/lessons", "/lessons/x/edit"):
            assert client.post(path, content=b"x" * BODY_BYTES).status_code == 200
            answer = client.post(path, content=b"x" * (BODY_BYTES + 1))
            assert answer.status_code == 413
            assert "太大" in answer.text
            assert "charset=utf-8" in answer.headers["content-type"]


def test_nginx_logged_one_time_links(site: Site) -> None:
    """They open an account until they are used."""
    secret = "wk-one-time-secret"
    with contextlib.closing(http.client.HTTPConnection("127.0.0.1", site.port)) as line:
        for path in (f"/welcome/{secret}", f"//welcome/{secret}", f"/%77elcome/{secret}?x=1"):
            for method, body in (("GET", b""), ("POST", b"x" * (BODY_BYTES + 1))):
                line.request(method, path, body)
                line.getresponse().read()
    with httpx.Client(verify=PLAIN, base_url=site.base_url, transport=visiting()) as client:
        statuses = [client.get(f"/welcome/{secret}").status_code for _ in range(200)]
    assert 429 in statuses, "and nobody tries them all"
    said = (site.folder / "access.log").read_text() + (site.folder / "start.log").read_text()
    assert "/welcome/-" in said
    assert secret not in said


def visiting(address: str = "") -> httpx.HTTPTransport:
    return httpx.HTTPTransport(verify=PLAIN, local_address=address or next(VISITORS))


def test_one_visitor_is_told_to_wait_and_a_proxy_is_not(site: Site) -> None:
    """And forty people behind one address are not: each opens a page and sends a form, with one mistake."""
    with httpx.Client(verify=PLAIN, base_url=site.base_url, transport=visiting()) as client:
        answers = [client.get("/sign-in") for _ in range(240)]
    refused = [answer for answer in answers if answer.status_code == 429]
    assert {answer.status_code for answer in answers[:120]} == {200}
    assert 20 <= len(refused) <= 119, "a burst is let through"
    assert refused[0].headers["retry-after"] == "5"
    assert "请求太多" in refused[0].text
    with httpx.Client(verify=PLAIN, base_url=site.base_url) as client:
        assert {client.get("/sign-in").status_code for _ in range(60)} == {200}


@pytest.mark.slow
def test_one_visitor_has_so_many_lines(site: Site) -> None:
    visitor = next(VISITORS)
    with contextlib.ExitStack() as lines:
        for _ in range(205):
            line = socket.create_connection(("127.0.0.1", site.port), source_address=(visitor, 0))
            lines.enter_context(line)
            line.settimeout(20)
            # nginx counts a line once its request has begun to be read: half of a body holds it.
            line.sendall(b"POST /x HTTP/1.1\r\nHost: x\r\nContent-Length: 9\r\n\r\n12345678")
        with httpx.Client(verify=PLAIN, base_url=site.base_url, transport=visiting(visitor)) as client:
            assert client.get("/").status_code == 429
        with httpx.Client(verify=PLAIN, base_url=site.base_url) as client:
            assert client.get("/").status_code == 200, "others are served"


@pytest.mark.parametrize(
    "head",
    ["a: " + "x" * 9000, "\r\n".join(f"a{n}: " + "x" * 1000 for n in range(80))],
    ids=["one header", "many"],
)
def test_headers_have_a_size(site: Site, head: str) -> None:
    with socket.create_connection(("127.0.0.1", site.port)) as line:
        line.sendall(f"GET / HTTP/1.1\r\nHost: x\r\n{head}\r\n\r\n".encode())
        assert line.recv(100).startswith(b"HTTP/1.1 400")
