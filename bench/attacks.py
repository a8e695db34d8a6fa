"""Attacks on a server, each from a few connections, by somebody without an account or with a small one.

Each attacker is a function of a Target; it goes on until `target.over()` and ignores what it is answered.
They run in a process of their own, so that their work is nobody else's. Raw sockets, because a client that
behaves would not send what these send.
"""

from __future__ import annotations

import contextlib
import io
import json
import os
import random
import re
import socket
import subprocess
import sys
import threading
import time
import zipfile
from collections.abc import Callable, Iterator, Sequence
from dataclasses import asdict, dataclass, field
from urllib.parse import urlencode

CONNECTIONS = 4
_TIMEOUT_S = 120.0
_CSRF = re.compile(rb'<meta name="csrf" content="([^"]+)"')
_COOKIE = re.compile(rb"set-cookie: ([^=]+)=([^;]*)", re.IGNORECASE)


@dataclass
class Target:
    """Whom to attack, until when (time.monotonic), and what an attacker knows: `account` is a name and a
    password."""

    port: int
    until: float
    clips: list[str] = field(default_factory=list)
    account: Sequence[str] = ()

    def over(self) -> bool:
        """Whether the time is up."""
        return time.monotonic() >= self.until

    def line(self) -> socket.socket:
        """A fresh connection."""
        return socket.create_connection(("127.0.0.1", self.port), _TIMEOUT_S)


Attack = Callable[[Target, int], None]


def run(name: str, target: Target) -> subprocess.Popen[bytes]:
    """Start an attack in a process of its own."""
    return subprocess.Popen([sys.executable, "-m", "bench.attacks", name, json.dumps(asdict(target))])


def main() -> None:
    """Attack as `run` said, from CONNECTIONS threads, until the time is up."""
    name, said = sys.argv[1:]
    target = Target(**json.loads(said))

    def one(n: int) -> None:
        while not target.over():
            with contextlib.suppress(OSError, ValueError):
                ATTACKS[name](target, n)

    threads = [threading.Thread(target=one, args=(n,), daemon=True) for n in range(CONNECTIONS)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(max(0.0, target.until - time.monotonic()) + 1)
    os._exit(0)


# ---------------------------------------------------------------------- a browser in a dozen lines


class Browser:
    """Cookies and the page's token over one connection."""

    def __init__(self, target: Target, cookies: dict[str, str] | None = None) -> None:
        self.target, self.cookies, self._line = target, dict(cookies or {}), target.line()
        self.keeps_cookies = cookies is None
        self.csrf = ""

    def close(self) -> None:
        """Leave."""
        self._line.close()

    def look(self, path: str = "/counting") -> bytes:
        """Read a page, and its token."""
        page = self.ask("GET", path)[1]
        found = _CSRF.search(page)
        self.csrf = found[1].decode() if found else ""
        return page

    def ask(
        self, method: str, path: str, body: bytes = b"", kind: str = "application/json"
    ) -> tuple[int, bytes]:
        """Send a request; returns the status and the body."""
        head = [f"{method} {path} HTTP/1.1", "Host: weike", "Accept-Encoding: identity"]
        if self.cookies:
            head.append("Cookie: " + "; ".join(f"{name}={value}" for name, value in self.cookies.items()))
        if method != "GET":
            head += [f"Content-Type: {kind}", f"Content-Length: {len(body)}", f"X-CSRF-Token: {self.csrf}"]
        self._line.sendall("\r\n".join([*head, "", ""]).encode() + body)
        return self._answer()

    def _answer(self) -> tuple[int, bytes]:
        data = b""
        while b"\r\n\r\n" not in data:
            data += self._some()
        head, _, rest = data.partition(b"\r\n\r\n")
        if self.keeps_cookies:
            for name, value in _COOKIE.findall(head):
                self.cookies[name.decode()] = value.decode()
        length = re.search(rb"content-length: (\d+)", head, re.IGNORECASE)
        while length and len(rest) < int(length[1]):
            rest += self._some()
        while not length and not rest.endswith(b"0\r\n\r\n"):
            rest += self._some()
        return int(head.split(b" ", 2)[1]), rest

    def _some(self) -> bytes:
        some = self._line.recv(65536)
        if not some:
            raise OSError("the server closed the line")
        return some

    def sign_in(self, username: str, password: str) -> Browser:
        """Sign in by the form."""
        self.look()
        form = urlencode({"csrf": self.csrf, "username": username, "password": password, "next": "/"})
        self.ask("POST", "/sign-in", form.encode(), "application/x-www-form-urlencoded")
        self.look()
        return self


# ---------------------------------------------------------------------- every input has a price limit


def marks(target: Target, _n: int) -> None:
    """A name of 400 kB of combining marks at the door."""
    browser = Browser(target)
    browser.look()
    name = "a" + "\u0301\u0327" * 100_000
    form = urlencode({"csrf": browser.csrf, "username": name, "password": "x", "next": "/"})
    browser.ask("POST", "/sign-in", form.encode(), "application/x-www-form-urlencoded")
    browser.close()


def nested(target: Target, _n: int) -> None:
    """9.4 MB of nested arrays to a route that reads none."""
    browser = Browser(target)
    browser.look()
    browser.csrf = ""
    browser.ask("POST", "/sign-out", b"[" * 900 + b"[0]," * 2_350_000 + b"0" + b"]" * 900)
    browser.close()


def headers(target: Target, _n: int) -> None:
    """Headers without an end."""
    with contextlib.closing(target.line()) as line:
        line.sendall(b"GET / HTTP/1.1\r\nHost: weike\r\n")
        block = b"".join(b"x-%06d: y\r\n" % n for n in range(4096))
        for _ in range(500):  # 25 MB a connection
            if target.over():
                return
            line.sendall(block)


def half_open(target: Target, _n: int) -> None:
    """Requests that are begun and never ended: 75 for each connection that others use."""
    lines = []
    for n in range(75):
        lines.append(target.line())
        head = b"POST /sign-in HTTP/1.1\r\nHost: weike\r\nContent-Length: 100\r\n"
        lines[-1].sendall(head + (b"\r\nx" if n % 2 else b""))
    while not target.over():
        time.sleep(0.1)


def hashing(target: Target, n: int) -> None:
    """Names that nobody has, one after the other."""
    browser = Browser(target)
    browser.look()
    while not target.over():
        form = {"csrf": browser.csrf, "username": f"nobody-{n}-{random.random()}", "password": "x" * 20}
        browser.ask("POST", "/sign-in", urlencode(form).encode(), "application/x-www-form-urlencoded")


def docx(target: Target, _n: int) -> None:
    """A document of some kB that is 20 MB inside, as a lecturer's transcript."""
    browser = Browser(target).sign_in(*target.account)
    status, made = browser.ask("POST", "/api/v1/lessons", b'{"title": "x"}')
    if status != 201:
        raise OSError(f"no lesson: {status}")
    lesson, file, border = json.loads(made)["id"], _document(), "x" * 20
    part = (
        f'--{border}\r\nContent-Disposition: form-data; name="file"; filename="x.docx"\r\n\r\n'.encode()
        + file
        + f"\r\n--{border}--\r\n".encode()
    )
    while not target.over():
        path = f"/api/v1/lessons/{lesson}/transcript"
        browser.ask("PUT", path, part, f"multipart/form-data; boundary={border}")


def _document() -> bytes:
    word = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
    text = '<w:p><w:r><w:t xml:space="preserve"> 00:00 </w:t></w:r></w:p>' * 300_000
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("[Content_Types].xml", '<?xml version="1.0"?><Types/>')
        body = f'<?xml version="1.0"?><w:document xmlns:w="{word}"><w:body>{text}</w:body></w:document>'
        archive.writestr("word/document.xml", body)
    return file.getvalue()


def hanging(target: Target, n: int) -> None:
    """Chunks of uploads that stop in the middle, ten for each connection that others use."""
    browser = Browser(target).sign_in(*target.account)
    lines = []
    for number in range(10):
        status, made = browser.ask("POST", "/api/v1/lessons", b'{"title": "x"}')
        if status != 201:
            break
        lesson = json.loads(made)["id"]
        lines += _hang(target, browser, lesson, f"{n}-{number}.mp4")
    while not target.over():
        time.sleep(0.1)


def _hang(target: Target, browser: Browser, lesson: str, name: str) -> Iterator[socket.socket]:
    from base64 import b64encode

    words = {"filename": name, "filetype": "video/mp4", "lesson": lesson}
    metadata = ",".join(f"{key} {b64encode(value.encode()).decode()}" for key, value in words.items())
    cookies = "; ".join(f"{key}={value}" for key, value in browser.cookies.items())
    common = f"Host: weike\r\nTus-Resumable: 1.0.0\r\nCookie: {cookies}\r\nX-CSRF-Token: {browser.csrf}\r\n"
    begin = target.line()
    begin.sendall(
        f"POST /tus/ HTTP/1.1\r\n{common}Upload-Length: 30000000\r\nUpload-Metadata: {metadata}\r\n"
        "Content-Length: 0\r\n\r\n".encode()
    )
    found = re.search(rb"location: (\S+)", begin.recv(65536), re.IGNORECASE)
    begin.close()
    if found is None:
        return
    path = re.sub(r"^https?://[^/]+", "", found[1].decode())
    for _ in range(3):  # those after the first wait for it
        line = target.line()
        line.sendall(
            f"PATCH {path} HTTP/1.1\r\n{common}Upload-Offset: 0\r\nContent-Length: 8000000\r\n"
            "Content-Type: application/offset+octet-stream\r\n\r\n".encode()
            + b"\0" * 1000
        )
        yield line


# ---------------------------------------------------------------------- what people see of each other


_WATCHED_S = 11.0


def views(target: Target, _n: int) -> None:
    """Visitors who keep what they are given and watch for eleven seconds each, many at once."""
    _watch(target, lambda: Browser(target))


def made_up(target: Target, _n: int) -> None:
    """The same with a cookie that is made up for each."""
    _watch(target, lambda: Browser(target, {"weike_visitor": f"{random.getrandbits(160):040x}"}))


def _watch(target: Target, browser: Callable[[], Browser]) -> None:
    begun: list[tuple[float, dict[str, str]]] = []
    while not target.over():
        with contextlib.suppress(OSError, ValueError, KeyError):
            one = browser()
            one.look()
            path = f"/api/v1/clips/{random.choice(target.clips)}/plays"
            status, said = one.ask("POST", path, b"{}")
            if status == 200:
                begun.append((time.monotonic(), json.loads(said)))
            one.close()
        while begun and time.monotonic() - begun[0][0] >= _WATCHED_S:
            _, play = begun.pop(0)
            teller = Browser(target)
            beat = json.dumps({"key": play["key"], "ranges": [[0, _WATCHED_S]], "rate": 1})
            teller.ask("POST", f"/api/v1/plays/{play['play']}/beats", beat.encode())
            teller.close()


def searching(target: Target, _n: int) -> None:
    """Text for everybody's search page from browsers that nobody knows."""
    cookie = {"weike_visitor": f"{random.getrandbits(160):040x}"}
    for browser in (Browser(target, cookie), Browser(target)):
        browser.look()
        for query in ("三会一课 年份:张三是骗子", "绿水青山就是金山银山 " * 12):
            browser.ask("GET", "/search?" + urlencode({"q": query}))
        browser.close()


def screening(target: Target, n: int) -> None:
    """One member's screenings of every clip, one after the other, for as many people as are taken."""
    if n:  # a person has one clock, however many connections
        time.sleep(1)
        return
    browser = Browser(target).sign_in(*target.account)
    for clip in target.clips:
        for people in (500, 200, 60):
            body = json.dumps({"people": people}).encode()
            status, said = browser.ask("POST", f"/api/v1/clips/{clip}/plays", body)
            if status == 200:
                play = json.loads(said)
                time.sleep(_WATCHED_S)
                beat = json.dumps({"key": play["key"], "ranges": [[0, 60]], "rate": 2}).encode()
                browser.ask("POST", f"/api/v1/plays/{play['play']}/beats", beat)
                break
    while not target.over():
        time.sleep(0.1)


PRICES: dict[str, Attack] = {
    "marks": marks,
    "nested": nested,
    "headers": headers,
    "half_open": half_open,
    "hashing": hashing,
    "docx": docx,
    "hanging": hanging,
}
SEEN: dict[str, Attack] = {
    "views": views,
    "made_up": made_up,
    "searching": searching,
    "screening": screening,
}
ATTACKS = PRICES | SEEN


if __name__ == "__main__":
    main()
