"""What stands before a request's body: its address and its headers."""

from __future__ import annotations

import re
from collections.abc import Iterable

from library.core.errors import WeikeError
from server.web.limits.sizes import COOKIE_BYTES, HEADER_BYTES, PATH_BYTES, QUERY_BYTES

_HOST = re.compile(rb"[A-Za-z0-9._-]{1,253}(?::[0-9]{1,5})?|\[[0-9A-Fa-f:.]{2,45}\](?::[0-9]{1,5})?")


class HeadTooLarge(WeikeError):
    """An address or a header that is longer than anything of ours; `values` say how much there may be."""

    code = "head_size"


class AddressTooLong(HeadTooLarge):
    """The same of the address."""

    code = "address_size"


class Malformed(WeikeError):
    """A head that no browser sends."""

    code = "host_unreadable"


def check_head(path: str, raw_path: bytes, query: bytes, headers: Iterable[tuple[bytes, bytes]]) -> None:
    """Raise HeadTooLarge, AddressTooLong or Malformed for what none of our pages sends.

    A host that is no name would find its way into addresses.
    """
    if max(len(raw_path), len(path)) > PATH_BYTES:
        raise AddressTooLong(most_bytes=PATH_BYTES)
    if len(query) > QUERY_BYTES:
        raise AddressTooLong(most_bytes=QUERY_BYTES)
    hosts = 0
    for name, value in headers:
        if len(value) > HEADER_BYTES:
            raise HeadTooLarge(most_bytes=HEADER_BYTES)
        if name == b"host":
            hosts += 1
            if hosts > 1 or _HOST.fullmatch(value) is None:
                raise Malformed
        elif name == b"cookie" and any(len(part) > COOKIE_BYTES for part in value.split(b";")):
            raise HeadTooLarge(most_bytes=COOKIE_BYTES)


def without_nul(path: str, query: bytes) -> tuple[str, bytes]:
    """Return an address without NUL, which no database takes: left out of texts, no character in a path."""
    return path.replace("\x00", "\ufffd"), query.replace(b"%00", b"")
