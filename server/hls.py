"""Playlists and segments: a bare ASGI route, because a segment must cost no framework and no database.

Behind nginx these addresses never reach Python (`deploy/nginx.conf` checks the same signature); this route
serves the machine that has only Weike.
"""

import asyncio
import mimetypes
import os
import re
from collections.abc import Awaitable, Callable, MutableMapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import obstore
from obstore.store import ObjectStore

from library.core.clock import Clock
from library.intake.objects import clip_prefix, local_root
from server.signing import MediaSigner

Scope = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[MutableMapping[str, Any]]]
Send = Callable[[MutableMapping[str, Any]], Awaitable[None]]
Headers = list[tuple[bytes, bytes]]

# One read per block: large enough for a segment of the lower rungs, small enough for 500 slow viewers.
BLOCK_BYTES = 256 * 1024
_RANGE = re.compile(r"bytes=([0-9]{0,18})-([0-9]{0,18})", re.IGNORECASE)
_DOWNLOAD = re.compile(r"download_[0-9a-z]+_[0-9a-f]{8}\.(mp4|m4a)")
_NAME = re.compile(rb"name=((?:[A-Za-z0-9._~-]|%[0-9A-F]{2}){1,900})")
_TYPES = {
    ".m3u8": "application/vnd.apple.mpegurl",
    ".m4s": "video/iso.segment",
    ".mp4": "video/mp4",
    ".m4a": "audio/mp4",
    ".jpg": "image/jpeg",
    ".vtt": "text/vtt; charset=utf-8",
}


@dataclass(frozen=True)
class Span:
    """The bytes of a file that are asked for, `end` exclusive."""

    start: int
    end: int


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


class MediaApp:
    """Serves /media/<signed path> from the object store."""

    def __init__(self, signer: MediaSigner, store: ObjectStore, clock: Clock) -> None:
        self._signer, self._store, self._clock = signer, store, clock
        self._root = local_root(store)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        path = str(scope["path"]).removeprefix(scope.get("root_path", "")).removeprefix("/media").lstrip("/")
        if scope["method"] not in ("GET", "HEAD"):
            await _empty(send, 405, [(b"allow", b"GET, HEAD")])
            return
        address = self._signer.read(path, self._clock())
        if address is None:
            await _empty(send, 403, [])
            return
        headers = {name: value.decode("latin-1") for name, value in scope["headers"]}
        key = f"{clip_prefix(address.clip, address.plan)}/{address.file}"
        head_only = scope["method"] == "HEAD"
        extra = attachment(address.file, bytes(scope.get("query_string", b"")))
        if self._root is not None:
            await self._send_file(self._root / key, headers, extra, head_only, send)
        else:
            await self._send_object(key, headers, extra, head_only, send)

    async def _send_file(
        self, file: Path, headers: dict[bytes, str], extra: Headers, head_only: bool, send: Send
    ) -> None:
        try:
            descriptor = os.open(file, os.O_RDONLY | os.O_NOFOLLOW)
        except OSError:
            await _empty(send, 404, [])
            return
        try:
            facts = os.fstat(descriptor)
            tag = f'"{facts.st_mtime_ns:x}-{facts.st_size:x}"'
            span = await _begin(send, file.suffix, facts.st_size, tag, headers, extra)
            if span is None or head_only:
                if span is not None:
                    await send({"type": "http.response.body", "body": b""})
                return
            at = span.start
            while at < span.end:
                block = await asyncio.to_thread(os.pread, descriptor, min(BLOCK_BYTES, span.end - at), at)
                if not block:
                    raise OSError(f"{file} became shorter while it was sent")
                at += len(block)
                await send({"type": "http.response.body", "body": block, "more_body": at < span.end})
        finally:
            os.close(descriptor)

    async def _send_object(
        self, key: str, headers: dict[bytes, str], extra: Headers, head_only: bool, send: Send
    ) -> None:
        try:
            meta = await obstore.head_async(self._store, key)
        except FileNotFoundError:
            await _empty(send, 404, [])
            return
        size_bytes, tag = meta["size"], meta["e_tag"] or f'"{meta["size"]:x}"'
        span = await _begin(send, Path(key).suffix, size_bytes, tag, headers, extra)
        if span is None or head_only:
            if span is not None:
                await send({"type": "http.response.body", "body": b""})
            return
        at = span.start
        while at < span.end:
            end = min(span.end, at + BLOCK_BYTES * 4)
            block = bytes(await obstore.get_range_async(self._store, key, start=at, end=end))
            at = end
            await send({"type": "http.response.body", "body": block, "more_body": at < span.end})


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


async def _begin(
    send: Send, suffix: str, size_bytes: int, tag: str, headers: dict[bytes, str], extra: Headers
) -> Span | None:
    """Send the head of the answer; returns the span whose bytes must follow, None when all is said."""
    # A plan's folder is never written again, so every file in it may be kept for a year; the address ends
    # sooner. "private" for what only signed-in people get would stop no proxy of ours: the path is the key.
    common = [
        (
            b"content-type",
            (_TYPES.get(suffix) or mimetypes.types_map.get(suffix, "application/octet-stream")).encode(),
        ),
        (b"cache-control", b"max-age=31536000, immutable"),
        (b"etag", tag.encode()),
        (b"accept-ranges", b"bytes"),
        (b"x-content-type-options", b"nosniff"),
        *extra,
    ]
    if _knows(headers.get(b"if-none-match", ""), tag):
        await _empty(send, 304, common[1:3])
        return None
    # A part of another version would be glued to what the player has: it gets the whole file instead.
    same = headers.get(b"if-range", tag) == tag
    try:
        asked = parse_range(headers.get(b"range") if same else None, size_bytes)
    except Unsatisfiable:
        await _empty(send, 416, [(b"content-range", f"bytes */{size_bytes}".encode())])
        return None
    span = asked or Span(0, size_bytes)
    length = (b"content-length", str(span.end - span.start).encode())
    if asked is None:
        await send({"type": "http.response.start", "status": 200, "headers": [*common, length]})
    else:
        part = (b"content-range", f"bytes {span.start}-{span.end - 1}/{size_bytes}".encode())
        await send({"type": "http.response.start", "status": 206, "headers": [*common, length, part]})
    if span.end == span.start:
        await send({"type": "http.response.body", "body": b""})
        return None
    return span


def _knows(if_none_match: str, tag: str) -> bool:
    """Tell whether the browser has this version; a proxy that compresses marks tags as weak (W/)."""
    tags = [known.strip().removeprefix("W/") for known in if_none_match.split(",")]
    return tag in tags or tags == ["*"]


async def _empty(send: Send, status: int, headers: list[tuple[bytes, bytes]]) -> None:
    body_headers = [] if status == 304 else [(b"content-length", b"0")]
    await send({"type": "http.response.start", "status": status, "headers": [*headers, *body_headers]})
    await send({"type": "http.response.body", "body": b""})
