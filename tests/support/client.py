"""A person at a browser, as far as HTTP goes: cookies, the page's CSRF token, forms, resumable uploads."""

from __future__ import annotations

import base64
import json
import re
import socket
import ssl
import time
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import httpx

CHUNK_BYTES = 1024 * 1024
TUS = {"Tus-Resumable": "1.0.0"}
PLAIN = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
"""For httpx's `verify`: without it every client reads all the world's certificates, and none is met here."""


class Person:
    """One browser. Every method raises on an answer it did not expect."""

    def __init__(self, base_url: str, language: str = "zh-CN") -> None:
        headers = {"Accept-Language": language}
        self.http = httpx.Client(base_url=base_url, timeout=60, headers=headers, verify=PLAIN)
        self._csrf: dict[tuple[str | None, ...], str] = {}

    def __enter__(self) -> Person:
        return self

    def __exit__(self, *_: object) -> None:
        self.http.close()

    def csrf(self) -> str:
        """The token in the head of every page; it stays the same for as long as the cookies do."""
        cookies = tuple(self.http.cookies.get(name) for name in ("weike_session", "weike_visitor"))
        if cookies not in self._csrf:
            page = self.http.get("/counting").text
            match = re.search(r'<meta name="csrf" content="([^"]+)"', page)
            assert match is not None, "no CSRF token on the page"
            cookies = tuple(self.http.cookies.get(name) for name in ("weike_session", "weike_visitor"))
            self._csrf[cookies] = match[1]
        return self._csrf[cookies]

    def post(self, path: str, **fields: str) -> httpx.Response:
        """Send a form as a page would."""
        return self.http.post(path, data={"csrf": self.csrf(), **fields})

    def api(self, method: str, path: str, **kwargs: Any) -> httpx.Response:
        """Call the API as the page's scripts do."""
        headers = {"X-CSRF-Token": self.csrf(), **kwargs.pop("headers", {})}
        return self.http.request(method, f"/api/v1{path}", headers=headers, **kwargs)

    def play(self, clip: str, **about: Any) -> dict[str, Any]:
        """Begin to play a clip; returns what the server says of the play."""
        answer = self.api("POST", f"/clips/{clip}/plays", json=about)
        assert answer.status_code == 200, answer.text
        begun: dict[str, Any] = answer.json()
        return begun

    def beat(self, play: dict[str, Any], *ranges: tuple[float, float], **more: Any) -> dict[str, Any]:
        """Report what was played; returns what the server believes."""
        beat = {"key": play["key"], "ranges": ranges, **more}
        answer = self.http.post(f"/api/v1/plays/{play['play']}/beats", json=beat)
        assert answer.status_code == 200, answer.text
        told: dict[str, Any] = answer.json()
        return told

    def sign_in(self, username: str, password: str) -> Person:
        """Sign in; fails loudly."""
        answer = self.post("/sign-in", username=username, password=password, next="/")
        assert answer.status_code == 303, answer.text
        return self

    # ------------------------------------------------------------------ uploading

    def new_lesson(self, title: str, **details: Any) -> str:
        """Make a draft and fill it in; returns its id."""
        answer = self.api("POST", "/lessons", json={"title": title})
        assert answer.status_code == 201, answer.text
        lesson: str = answer.json()["id"]
        if details:
            changed = self.api("PATCH", f"/lessons/{lesson}", json=details)
            assert changed.status_code == 200, changed.text
        return lesson

    def transcript(self, lesson: str, file: Path) -> httpx.Response:
        """Give a lesson its transcript."""
        files = {"file": (file.name, file.read_bytes())}
        return self.api("PUT", f"/lessons/{lesson}/transcript", files=files)

    def begin_upload(self, lesson: str, file_name: str, size_bytes: int) -> httpx.Response:
        """Ask to upload; the answer's Location is where the bytes go."""
        words = {"filename": file_name, "filetype": "video/mp4", "lesson": lesson}
        metadata = ",".join(f"{k} {base64.b64encode(v.encode()).decode()}" for k, v in words.items())
        headers = {
            **TUS,
            "X-CSRF-Token": self.csrf(),
            "Upload-Length": str(size_bytes),
            "Upload-Metadata": metadata,
        }
        return self.http.post("/tus/", headers=headers)

    def offset(self, location: str) -> int:
        """How much the server has."""
        answer = self.http.head(location, headers=TUS)
        assert answer.status_code == 200, answer.status_code
        return int(answer.headers["Upload-Offset"])

    def send_chunk(self, location: str, data: bytes, at: int) -> httpx.Response:
        """Send one chunk."""
        headers = {
            **TUS,
            "X-CSRF-Token": self.csrf(),
            "Upload-Offset": str(at),
            "Content-Type": "application/offset+octet-stream",
        }
        return self.http.patch(location, headers=headers, content=data)

    def send_part(self, location: str, data: bytes, at: int, size_bytes: int) -> socket.socket:
        """Begin to send a chunk of `size_bytes`, stop after `data` and return the line, as one that hangs."""
        address = urlsplit(str(self.http.base_url.join(location)))
        headers = {
            **TUS,
            "Host": address.netloc,
            "X-CSRF-Token": self.csrf(),
            "Cookie": "; ".join(f"{name}={value}" for name, value in self.http.cookies.items()),
            "Upload-Offset": str(at),
            "Content-Type": "application/offset+octet-stream",
            "Content-Length": str(size_bytes),
        }
        head = "".join(f"{name}: {value}\r\n" for name, value in headers.items())
        line = socket.create_connection((str(address.hostname), address.port or 80))
        line.sendall(f"PATCH {address.path} HTTP/1.1\r\n{head}\r\n".encode() + data)
        return line

    def upload(self, lesson: str, file: Path, file_name: str | None = None) -> None:
        """Upload a whole file."""
        data = file.read_bytes()
        begun = self.begin_upload(lesson, file_name or file.name, len(data))
        assert begun.status_code == 201, begun.text
        location = begun.headers["Location"]
        for at in range(0, len(data), CHUNK_BYTES):
            answer = self.send_chunk(location, data[at : at + CHUNK_BYTES], at)
            assert answer.status_code == 204, answer.text

    def wait(self, lesson: str, timeout_s: float = 120, *states: str) -> dict[str, Any]:
        """Wait until a recording is ready, failed or refused (or in `states`); returns the lesson."""
        wanted = states or ("ready", "failed", "refused")
        end = time.monotonic() + timeout_s
        while time.monotonic() < end:
            found: dict[str, Any] = self.http.get(f"/api/v1/lessons/{lesson}").json()
            if found.get("recording") in wanted:
                return found
            time.sleep(0.2)
        raise AssertionError(f"still not {wanted}: {json.dumps(found, ensure_ascii=False)}")

    def until_clips(self, lesson: str, timeout_s: float = 60) -> list[dict[str, Any]]:
        """Wait until it is known which clips a lesson gets; returns them, made or not."""
        end = time.monotonic() + timeout_s
        while time.monotonic() < end:
            clips: list[dict[str, Any]] = self.http.get(f"/api/v1/lessons/{lesson}").json()["clips"]
            if clips:
                return clips
            time.sleep(0.05)
        raise AssertionError("no clips are planned")
