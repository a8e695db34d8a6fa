"""The form of what a bounded child is asked and says; apart from how it is asked, which children do not load.

Nothing here is executed, because the child has read what a stranger made: an answer is JSON, bytes, or parts
with their lengths before them. That something is wrong with what was brought is an answer too, in JSON.
"""

from __future__ import annotations

import json
import struct
from collections.abc import Iterable, Mapping
from typing import Any

from library.core.errors import Invalid

_LENGTH = struct.Struct(">I")


def in_parts(parts: Iterable[bytes]) -> bytes:
    """Return parts in one, each with its length (four bytes, so at most 4 GiB) before it."""
    return b"".join(_LENGTH.pack(len(part)) + part for part in parts)


def parts_of(data: bytes) -> list[bytes]:
    """Return what was put together by `in_parts`; raises struct.error where a length is cut off."""
    found, at = [], 0
    while at < len(data):
        (length,) = _LENGTH.unpack_from(data, at)
        at += _LENGTH.size
        found.append(data[at : at + length])
        at += length
    return found


def refusal(error: Invalid) -> bytes:
    """Return what is wrong as an answer."""
    return json.dumps({"invalid": error.code, "values": error.values}).encode()


def facts(answer: bytes) -> dict[str, Any]:
    """Return an answer that is JSON in any case; raises Invalid where it is a refusal."""
    told: dict[str, Any] = json.loads(answer)
    if "invalid" in told:
        raise _refused(told)
    return told


def unrefused(answer: bytes) -> bytes:
    """Return an answer that is no JSON; raises Invalid where it is, and so a refusal. Parts do not begin as
    JSON does: the first of them would have 2 GB."""
    if answer.startswith(b"{"):
        raise _refused(json.loads(answer))
    return answer


def _refused(told: Mapping[str, Any]) -> Invalid:
    return Invalid(told["invalid"], **told["values"])
