"""How large the body of a request may be, by its route, and how deep the JSON in it."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

from python_multipart.multipart import parse_options_header

from library.core.errors import Invalid, TooLarge
from library.core.permits import Role
from server.web.limits.sizes import BODY_BYTES, JSON_DEPTH

_PLACE = re.compile(r"\\\{[^}]*\\\}")
_STRING = re.compile(rb'"(?:[^"\\]|\\.)*+"?', re.DOTALL)
_BRACKET = re.compile(rb"[\[\]{}]")
_FORM = "application/x-www-form-urlencoded"


@dataclass(frozen=True)
class Body:
    """What a route takes beyond BODY_BYTES, and from whom: nobody else's is read at all; None: from anybody.

    `streamed`: the route takes it as it comes; otherwise it is there before the route begins.
    """

    most_bytes: int
    role: Role | None
    streamed: bool = False


SMALL = Body(BODY_BYTES, None)


class Bodies:
    """The bodies that routes take."""

    def __init__(self, by_route: Mapping[str, Body]) -> None:
        """`by_route`: "METHOD /path/{place}", as the route is declared."""
        self._known = [(self._pattern(route), body) for route, body in by_route.items()]

    @staticmethod
    def _pattern(route: str) -> re.Pattern[str]:
        return re.compile(_PLACE.sub("[^/]+", re.escape(route)))

    def of(self, method: str, path: str) -> Body:
        """Return what the route of a request takes."""
        asked = f"{method} {path}"
        return next((body for pattern, body in self._known if pattern.fullmatch(asked)), SMALL)


def announced_bytes(length: str | None, in_chunks: bool, kind: str, body: Body) -> int | None:
    """Return how much a request says that it brings, None when it does not say.

    `length` is its Content-Length, `kind` its media type. Raises TooLarge.
    """
    most = body.most_bytes
    if kind == _FORM:
        most = min(most, BODY_BYTES)  # each of its characters is looked at, which takes long
    if length is None:
        if in_chunks and most > BODY_BYTES:
            raise TooLarge("length_needed")
        return None if in_chunks else 0
    if not (length.isascii() and length.isdecimal()) or len(length) > 15 or int(length) > most:
        raise TooLarge("body_size", most_bytes=most)
    return int(length)


def check_depth(kind: str, body: bytes) -> None:
    """Raise Invalid when a body is JSON with more brackets within brackets than anything of ours."""
    if not kind.endswith("json"):
        return
    depth = 0
    for bracket in _BRACKET.finditer(_STRING.sub(b"", body)):
        depth += 1 if bracket[0] in b"[{" else -1
        if depth > JSON_DEPTH:
            raise Invalid("json_depth", most=JSON_DEPTH)


def without_nul(content_type: bytes, body: bytes) -> bytes:
    """Return a form without NUL, which no database takes and nobody types; what files in it hold stays."""
    kind, said = parse_options_header(content_type)
    if kind == _FORM.encode():
        return body.replace(b"%00", b"")
    if kind != b"multipart/form-data":
        return body
    edge = b"--" + said.get(b"boundary", b"")
    return edge.join(map(_cleaned, body.split(edge)))


def _cleaned(part: bytes) -> bytes:
    """Return a part of a form without NUL: all of a field, and what is said of a file, its name too."""
    head, gap, held = part.partition(b"\r\n\r\n")
    head = head.replace(b"\x00", b"")
    return head + gap + (held if _is_file(head) else held.replace(b"\x00", b""))


def _is_file(head: bytes) -> bool:
    """Tell whether a part of a form is a file, as whoever reads the form tells it (starlette.formparsers)."""
    named = [line for line in head.split(b"\r\n") if line.lower().startswith(b"content-disposition:")]
    return bool(named) and b"filename" in parse_options_header(named[-1].partition(b":")[2])[1]
