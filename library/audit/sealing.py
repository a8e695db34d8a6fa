"""The chain over the ledger: what makes it provable afterwards. Pure: values in, digests out.

An entry is written as JSON in UTF-8, its keys sorted, without spaces, letters as they are:

    {"at": ..., "by": ..., "changed": ..., "deed": ..., "details": ..., "id": ..., "n": ..., "of": ...,
     "program": ..., "thing": ...}

`at` is UTC to the microsecond (2026-11-23T09:30:00.000000Z). `by` and `of` are the hashes of two marks. The
link of an entry is the SHA-256 of

    previous link|that JSON

where the first entry's previous link is 64 zeros. A mark is written "salt:hash": the hash is the SHA-256 of

    salt|person's id (empty for none)|address (of `by`; empty for `of`)

and the salt 16 random hexadecimal digits of that mark alone. When a person is erased the salt goes, with id
and address, and ":hash" stays: the chain does not mind, and nobody can find out any more whose it was, also
who has the id from elsewhere. This form never changes: a link that was printed once must stay
comparable.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any, NamedTuple

from library.core.errors import Invalid

GENESIS = "0" * 64
SALT_LENGTH = 16
MARK_LENGTH = SALT_LENGTH + 1 + 64
LEAST_DIGITS = 16
"""So many digits of a link must be given at least to look it up."""

_LINK = re.compile(rf"[0-9a-f]{{{LEAST_DIGITS},64}}")


class Chained(NamedTuple):
    """An entry as it is chained."""

    n: int
    id: str
    at: datetime
    deed: str
    thing: str
    program: str
    details: Mapping[str, Any]
    changed: Mapping[str, Any]
    by_mark: str
    of_mark: str


def mark(salt: str, person_id: str | None, address: str = "") -> str:
    """Return the mark of a person: what binds an entry to them without naming them."""
    digest = hashlib.sha256(f"{salt}|{person_id or ''}|{address}".encode()).hexdigest()
    return f"{salt}:{digest}"


def hash_of(its_mark: str) -> str:
    """Return what of a mark is in the chain, whether it has its salt or not."""
    return its_mark.rpartition(":")[2]


def salt_of(its_mark: str) -> str:
    """Return a mark's salt, "" once its person was erased."""
    return its_mark.rpartition(":")[0]


def canonical(entry: Chained) -> str:
    """Return the canonical form of an entry."""
    values = {
        "at": entry.at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ"),
        "by": hash_of(entry.by_mark),
        "changed": dict(entry.changed),
        "deed": entry.deed,
        "details": dict(entry.details),
        "id": entry.id,
        "n": entry.n,
        "of": hash_of(entry.of_mark),
        "program": entry.program,
        "thing": entry.thing,
    }
    return json.dumps(values, ensure_ascii=False, sort_keys=True, separators=(",", ":"))


def link(previous: str, entry: Chained) -> str:
    """Return an entry's link in the chain."""
    return hashlib.sha256(f"{previous}|{canonical(entry)}".encode()).hexdigest()


def written(seal: str) -> str:
    """Return a link, or its beginning, that somebody copied, as the chain writes it.

    Raises Invalid("bad_seal") for what is too short, too long or not hexadecimal.
    """
    digits = "".join(seal.split()).rstrip("…").lower()
    if not _LINK.fullmatch(digits):
        raise Invalid("bad_seal", field="--seal")
    return digits
