"""Identity providers for tests: a real OpenID provider (npm's oidc-provider), a small CAS server, and
企业微信's documented API. All over real HTTP."""

from __future__ import annotations

import contextlib
import html
import json
import shutil
import subprocess
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit

import httpx

from tests.support import needs
from tests.support.client import PLAIN

FRONTEND = Path(__file__).resolve().parents[3] / "frontend"
CLIENT, SECRET = "weike", "only-for-tests-and-long-enough-for-anything"


# ------------------------------------------------------------------ a real OpenID provider


@contextlib.contextmanager
def oidc_provider(port: int, back: str, left: str, people: dict[str, dict[str, str]]) -> Iterator[str]:
    """Run npm's oidc-provider with one client; yields its issuer."""
    node = shutil.which("node")
    if node is None or not (FRONTEND / "node_modules" / "oidc-provider").is_dir():
        needs.missing("neither node nor frontend/node_modules/oidc-provider (python3 run.py setup)")
    client = {
        "client_id": CLIENT,
        "client_secret": SECRET,
        "redirect_uris": [back],
        "post_logout_redirect_uris": [left],
    }
    child = subprocess.Popen(
        [node, str(FRONTEND / "tests" / "oidc_provider.mjs")],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    )
    try:
        assert child.stdin is not None
        assert child.stdout is not None
        child.stdin.write(json.dumps({"port": port, "client": client, "people": people}) + "\n")
        child.stdin.flush()
        assert "listening" in child.stdout.readline()
        yield f"http://127.0.0.1:{port}"
    finally:
        child.kill()
        child.wait()


def sign_in_there(url: str, subject: str) -> str:
    """Go to the provider's page as a browser, sign in, agree; returns the address that it leads back to."""
    with httpx.Client(verify=PLAIN, timeout=30) as there:
        answer = there.get(url)
        origin = f"{urlsplit(url).scheme}://{urlsplit(url).netloc}"
        for _ in range(12):
            if answer.is_redirect:
                to = str(answer.next_request.url) if answer.next_request is not None else ""
                if not to.startswith(origin):
                    return to
                answer = there.get(to)
                continue
            prompt = "login" if 'name="login"' in answer.text else "consent"
            answer = there.post(answer.url, data={"prompt": prompt, "login": subject, "password": "x"})
    raise AssertionError(f"the provider leads nowhere: {answer.status_code} {answer.text[:500]}")


# ------------------------------------------------------------------ small servers

Answer = tuple[int, str, str]
"""Status, content type, body."""
Serve = Callable[[str, dict[str, str], str], Answer]
"""From a path, its query (or a form), and the server's own address."""


@contextlib.contextmanager
def serving(serve: Serve) -> Iterator[str]:
    """Serve in a thread; yields the address."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self._answer(urlsplit(self.path).query)

        def do_POST(self) -> None:
            self._answer(self.rfile.read(int(self.headers.get("content-length") or 0)).decode())

        def _answer(self, query: str) -> None:
            values = {name: some[0] for name, some in parse_qs(query).items()}
            status, kind, body = serve(urlsplit(self.path).path, values, self.server.address)  # type: ignore[attr-defined]
            self.send_response(status)
            self.send_header("content-type", kind)
            self.send_header("content-length", str(len(body.encode())))
            self.end_headers()
            self.wfile.write(body.encode())

        def log_message(self, *_: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.address = f"http://127.0.0.1:{server.server_port}"  # type: ignore[attr-defined]
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        server.server_close()
        thread.join(10)


def as_json(value: object) -> Answer:
    return 200, "application/json", json.dumps(value)


@dataclass
class Cas:
    """A CAS 3.0 server: tickets of one use, each for one service."""

    tickets: dict[str, tuple[str, str]] = field(default_factory=dict)
    """Ticket -> service, user."""

    def sign_in(self, url: str, user: str) -> str:
        """Sign somebody in at its page; returns the address that it leads back to."""
        service = parse_qs(urlsplit(url).query)["service"][0]
        ticket = f"ST-{len(self.tickets) + 1}-x"
        self.tickets[ticket] = (service, user)
        return f"{service}{'&' if '?' in service else '?'}{urlencode({'ticket': ticket})}"

    def serve(self, path: str, query: dict[str, str], _address: str) -> Answer:
        if path != "/cas/p3/serviceValidate":
            return 404, "text/plain", "?"
        service, user = self.tickets.pop(query.get("ticket", ""), ("", ""))
        head = '<cas:serviceResponse xmlns:cas="http://www.yale.edu/tp/cas">'
        if not user or service != query.get("service"):
            said = '<cas:authenticationFailure code="INVALID_TICKET">?</cas:authenticationFailure>'
        else:
            about = "<cas:attributes><cas:displayName>王 建国</cas:displayName></cas:attributes>"
            said = (
                f"<cas:authenticationSuccess><cas:user>{html.escape(user)}</cas:user>{about}"
                "</cas:authenticationSuccess>"
            )
        return 200, "application/xml", f"{head}{said}</cas:serviceResponse>"


@dataclass
class Wecom:
    """企业微信's server API, as far as it is used here: tokens, codes of one use, the contacts."""

    members: dict[str, dict[str, Any]]
    departments: list[dict[str, Any]] = field(default_factory=list)
    secret: str = SECRET
    tokens: list[str] = field(default_factory=list)
    codes: dict[str, str] = field(default_factory=dict)

    def code_for(self, userid: str) -> str:
        """What it gives a browser whose person has scanned."""
        code = f"CODE{len(self.codes) + 1}"
        self.codes[code] = userid
        return code

    def expire(self) -> None:
        """Let the token that was handed out be over."""
        self.tokens.append("another")

    def serve(self, path: str, query: dict[str, str], _address: str) -> Answer:
        if path == "/cgi-bin/gettoken":
            if query.get("corpsecret") != self.secret:
                return as_json({"errcode": 40001, "errmsg": "invalid credential"})
            self.tokens.append(f"token{len(self.tokens)}")
            return as_json({"errcode": 0, "access_token": self.tokens[-1], "expires_in": 7200})
        if not self.tokens or query.get("access_token") != self.tokens[-1]:
            return as_json({"errcode": 42001, "errmsg": "access_token expired"})
        if path == "/cgi-bin/auth/getuserinfo":
            userid = self.codes.pop(query.get("code", ""), "")
            if not userid:
                return as_json({"errcode": 40029, "errmsg": "invalid code"})
            known = "userid" if userid in self.members else "openid"
            return as_json({"errcode": 0, known: userid})
        if path == "/cgi-bin/department/list":
            return as_json({"errcode": 0, "department": self.departments})
        if path == "/cgi-bin/user/list":
            inside = int(query["department_id"])
            found = [
                {"userid": name, **one} for name, one in self.members.items() if inside in one["department"]
            ]
            return as_json({"errcode": 0, "userlist": found})
        return 404, "text/plain", "?"
