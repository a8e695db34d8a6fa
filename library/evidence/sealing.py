"""The chain over the ledger of evidence: what makes it provable afterwards. Pure: values in, digests out.

A row is written as JSON in UTF-8, its keys sorted, without spaces, letters as they are:

    {"amount": ..., "by": ..., "day": ..., "form": ..., "id": ..., "kind": ..., "lesson": ..., "made_up": ...,
     "node": ..., "person": ..., "recorded_at": ..., "reverses": ..., "rule": ..., "source": ...,
     "source_id": ...}

`person` and `by` are tokens (rules.token; "" for the machine), which stay when somebody is erased;
`recorded_at` is UTC to the microsecond. The digest of a day is the SHA-256 of its rows in the order of their
ids, each followed by a line feed; the link of a day that of

    previous link|day|number of rows|digest

where the first day's previous link is 64 zeros. This form never changes: a link that was printed once must
stay comparable.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable
from datetime import UTC, date, datetime
from typing import NamedTuple

from library.evidence.rules import token

GENESIS = "0" * 64


class Sealed(NamedTuple):
    """A row as it is sealed, in the order of the columns that are asked for."""

    id: str
    person_id: str
    node_id: str | None
    kind: str
    form: str
    amount: int
    day: date
    source: str
    source_id: str
    lesson_id: str | None
    made_up: bool
    rule_version: int
    reverses_id: str | None
    recorded_at: datetime
    recorded_by: str | None


def canonical(row: Sealed) -> str:
    """Return the canonical form of a row."""
    values = {
        "amount": row.amount,
        "by": token(row.recorded_by) if row.recorded_by else "",
        "day": row.day.isoformat(),
        "form": str(row.form),
        "id": row.id,
        "kind": str(row.kind),
        "lesson": row.lesson_id or "",
        "made_up": row.made_up,
        "node": row.node_id or "",
        "person": token(row.person_id),
        "recorded_at": row.recorded_at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ"),
        "reverses": row.reverses_id or "",
        "rule": row.rule_version,
        "source": str(row.source),
        "source_id": row.source_id,
    }
    return json.dumps(values, ensure_ascii=False, sort_keys=True, separators=(",", ":"))


def digest(rows: Iterable[Sealed]) -> tuple[int, str]:
    """Return how many rows a day has, and their digest; they come in the order of their ids."""
    count, found = 0, hashlib.sha256()
    for row in rows:
        count += 1
        found.update(canonical(row).encode() + b"\n")
    return count, found.hexdigest()


def link(previous: str, day: date, rows: int, day_digest: str) -> str:
    """Return a day's link in the chain."""
    return hashlib.sha256(f"{previous}|{day.isoformat()}|{rows}|{day_digest}".encode()).hexdigest()
