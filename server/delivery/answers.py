"""What is said about a file before its bytes: status, headers, and which of the bytes are asked for.

deploy/nginx.conf says the same of the same addresses; tests/server/delivery holds the two together.
"""

from __future__ import annotations

import re
from collections.abc import Awaitable, Callable, Iterable, MutableMapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import PurePath
from typing import Any

Scope = MutableMapping[str, Any]
Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]
Headers = list[tuple[bytes, bytes]]

_RANGE = re.compile(r"bytes=([0-9]{0,18})-([0-9]{0,18})", re.IGNORECASE)
_DOWNLOAD = re.compile(r"download_[0-9a-z]+_[0-9a-f]{8}\.(mp4|m4a)")
_NAME = re.compile(rb"name=((?:[A-Za-z0-9._~-]|%[0-9A-F]{2}){1,900})")
_TYPES = {
    ".m3u8": b"application/vnd.apple.mpegurl",
    ".m4s": b"video/iso.segment",
    ".mp4": b"video/mp4",
    ".m4a": b"audio/mp4",
    ".jpg": b"image/jpeg",
    ".webp": b"image/webp",
    ".vtt": b"text/vtt",
}
INDEXES = (".m3u8", ".vtt")
"""Files that name others: small, asked for again and again, and kept by caches for minutes only."""


@dataclass(frozen=True)
class Span:
    """The bytes of a file that are asked for, `end` exclusive."""

    start: int
    end: int

    @property
    def size_bytes(self) -> int:
        """How many they are."""
        return self.end - self.start


class Unsatisfiable(Exception):
    """The range lies outside the file."""


def parse_range(header: str | None, size_bytes: int) -> Span | None:
    """Return the asked part of a file, None for all of it (RFC 9110, section 14); raises Unsatisfiable.

    Several ranges at once are answered with the whole file, which the RFC allows and no player minds; one
    that ends before it begins is none.
    """
    match = _RANGE.fullmatch(header.strip()) if header else None
    if match is None or match.groups() == ("", ""):
        return None
    first, last = match.groups()
    if first == "":
        start, end = max(0, size_bytes - int(last)), size_bytes
        if int(last) == 0:
            raise Unsatisfiable
    elif last and int(last) < int(first):
        return None
    else:
        start, end = int(first), min(size_bytes, int(last) + 1) if last else size_bytes
    if start >= size_bytes or end <= start:
        raise Unsatisfiable
    return Span(start, end)


@dataclass(frozen=True)
class Asked:
    """What a request asks of a file: how, and under which name it is saved."""

    audience: str
    file: str
    head_only: bool = False
    range: str | None = None
    if_range: str | None = None
    if_none_match: str | None = None
    query: bytes = b""

    @property
    def conditional(self) -> bool:
        """Whether the answer depends on what is known of the file before its bytes are fetched."""
        return self.head_only or self.if_range is not None or self.if_none_match is not None


def asked_of(scope: Scope, audience: str, file: str) -> Asked:
    """Return what a request asks."""
    given: dict[str, str] = {}
    for name, value in scope["headers"]:
        if name in _OF_INTEREST:
            given[_OF_INTEREST[name]] = value.decode("latin-1")
    return Asked(
        audience=audience,
        file=file,
        head_only=scope["method"] == "HEAD",
        query=scope.get("query_string", b""),
        **given,
    )


_OF_INTEREST = {b"range": "range", b"if-range": "if_range", b"if-none-match": "if_none_match"}


@dataclass(frozen=True)
class Facts:
    """What is known of a file without its bytes; `tag` is its ETag."""

    size_bytes: int
    tag: str


@dataclass(frozen=True)
class Answer:
    """The head of an answer, and the bytes that follow it; None when all is said."""

    status: int
    headers: Headers
    span: Span | None


def answer(asked: Asked, facts: Facts) -> Answer:
    """Decide how a file is answered."""
    tag = (b"etag", facts.tag.encode())
    kind, cache, *others = _common(PurePath(asked.file).suffix, asked.audience)
    if asked.if_none_match is not None and _knows(asked.if_none_match, facts.tag):
        return Answer(304, [cache, tag], None)
    # A part of another version would be glued to what the player has: it gets the whole file instead.
    same = asked.if_range is None or asked.if_range == facts.tag
    try:
        part = parse_range(asked.range if same else None, facts.size_bytes)
    except Unsatisfiable:
        content_range = (b"content-range", f"bytes */{facts.size_bytes}".encode())
        return Answer(416, [content_range, _NOTHING], None)
    span = part or Span(0, facts.size_bytes)
    headers = [kind, cache, *others, tag, (b"content-length", str(span.size_bytes).encode())]
    headers += attachment(asked.file, asked.query)
    if part is not None:
        of = f"bytes {part.start}-{part.end - 1}/{facts.size_bytes}"
        headers.append((b"content-range", of.encode()))
    nothing_follows = asked.head_only or span.size_bytes == 0
    return Answer(206 if part else 200, headers, None if nothing_follows else span)


_NOTHING = (b"content-length", b"0")


@lru_cache(maxsize=64)
def _common(suffix: str, audience: str) -> Headers:
    """Return the headers that only hang on the kind of file and on the audience: type and cache first."""
    # A plan's folder is never written again, so all in it may be kept for a year; the address ends sooner.
    # Playlists are kept for minutes: what is changed about delivery reaches viewers through them.
    who = b"public" if audience == "everyone" else b"private"
    age = b", max-age=300" if suffix in INDEXES else b", max-age=31536000, immutable"
    return [
        (b"content-type", _TYPES.get(suffix, b"application/octet-stream")),
        (b"cache-control", who + age),
        (b"accept-ranges", b"bytes"),
        (b"x-content-type-options", b"nosniff"),
    ]


def attachment(file: str, query: bytes) -> Headers:
    """Return the header that makes a browser save a download, under the name that its address carries.

    The name stays percent-encoded (RFC 8187), so that nothing in it can end the header; deploy/nginx.conf
    does the same. The ending is the file's own: an address cannot make a video look like a program.
    """
    match = _DOWNLOAD.fullmatch(file)
    if match is None:
        return []
    name = _NAME.fullmatch(query)
    stem = name[1] if name else b"weike"
    return [(b"content-disposition", b"attachment; filename*=UTF-8''%b.%b" % (stem, match[1].encode()))]


def _knows(if_none_match: str, tag: str) -> bool:
    """Tell whether the browser has this version; a proxy that compresses marks tags as weak (W/)."""
    tags = [known.strip().removeprefix("W/") for known in if_none_match.split(",")]
    return tag in tags or tags == ["*"]


async def send_empty(send: Send, status: int, headers: Iterable[tuple[bytes, bytes]] = ()) -> None:
    """Send an answer without a body."""
    await send({"type": "http.response.start", "status": status, "headers": [*headers, _NOTHING]})
    await send({"type": "http.response.body", "body": b""})


async def send_head(send: Send, said: Answer) -> bool:
    """Send the head of an answer; tells whether bytes must follow, and ends the answer when not."""
    await send({"type": "http.response.start", "status": said.status, "headers": said.headers})
    if said.span is None:
        await send({"type": "http.response.body", "body": b""})
    return said.span is not None
