"""Seals: what makes a figure provable afterwards. Pure: values in, digests out.

A view is written as one line, its fields separated by tabs and ended by a line feed, in UTF-8:

    id  play  clip  lesson  kind  people  branch  source  at  viewer's token

`branch` is empty for none, `at` is UTC to the microsecond (2026-11-23T09:30:00.000000Z), the token is that of
`rules.token`. The digest of a day is the SHA-256 of the lines of its views, sorted by id; its link in the
chain the SHA-256 of

    previous link|day|members' views|visitors' views|screenings|digest

where the first day's previous link is 64 zeros. Digests are written as 64 small hexadecimal digits. This form
never changes: a seal that was printed once must stay comparable.
"""

from __future__ import annotations

import hashlib
import re
from datetime import UTC, date, datetime
from typing import NamedTuple

from library.core.errors import Invalid
from library.plays.rules import Kind, token

GENESIS = "0" * 64
LEAST_DIGITS = 16
"""So many digits of a seal must be given at least to look it up."""
_SEAL = re.compile(rf"[0-9a-f]{{{LEAST_DIGITS},64}}")


class Sealed(NamedTuple):
    """A view as it is sealed."""

    id: str
    play_id: str
    clip_id: str
    lesson_id: str
    kind: str
    people: int
    node_id: str | None
    source: str
    at: datetime
    viewer: str


class DayDigest:
    """Takes the views of one day in the order of their ids and adds them up."""

    def __init__(self) -> None:
        self._hash = hashlib.sha256()
        self.counts = dict.fromkeys(Kind, 0)

    def add(self, view: Sealed) -> None:
        """Take the next view."""
        self._hash.update(line(view).encode())
        self.counts[Kind(view.kind)] += 1

    @property
    def digest(self) -> str:
        """The digest of the views so far."""
        return self._hash.hexdigest()


def line(view: Sealed) -> str:
    """Return the canonical form of a view."""
    at = view.at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")
    fields = (
        view.id,
        view.play_id,
        view.clip_id,
        view.lesson_id,
        view.kind,
        str(view.people),
        view.node_id or "",
        view.source,
        at,
        token(view.viewer),
    )
    return "\t".join(fields) + "\n"


def link(previous: str, day: date, members: int, visitors: int, screenings: int, digest: str) -> str:
    """Return a day's link in the chain."""
    text = f"{previous}|{day.isoformat()}|{members}|{visitors}|{screenings}|{digest}"
    return hashlib.sha256(text.encode()).hexdigest()


def written(seal: str) -> str:
    """Return a seal, or its beginning, that somebody copied, as the chain writes it.

    Raises Invalid("bad_seal") for what is too short, too long or not hexadecimal: that is no seal at all, and
    says nothing about the records.
    """
    digits = "".join(seal.split()).rstrip("…").lower()
    if not _SEAL.fullmatch(digits):
        raise Invalid("bad_seal", field="--seal")
    return digits
