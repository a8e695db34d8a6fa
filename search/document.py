"""What the index is told about one clip, or one file. Everything else stays in the database."""

from __future__ import annotations

import datetime
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Document:
    """One clip, or a lesson that has no clip yet (then ``id == lesson`` and ``clip is None``), or a file of a
    lesson (``clip is None``, and an id of its own; what is written in it stands in ``spoken``).

    ``spoken`` is what is said in the clip: its cues joined by line breaks. ``scope`` holds the opaque tokens
    of those who may see it; an empty scope is seen by nobody. ``branch``, ``kind``, ``genre``, ``language``
    and ``length`` are opaque keys, compared as a whole; ``length_class`` makes the last. ``recognised``:
    those lines of ``spoken`` that a machine heard and nobody has corrected; their sound is found, too.
    """

    id: str
    lesson: str
    clip: str | None = None
    title: str = ""
    lecturer: str = ""
    topics: tuple[str, ...] = ()
    summary: str = ""
    spoken: str = ""
    recognised: str = ""
    date: datetime.date | None = None
    branch: str = ""
    kind: str = ""
    genre: str = ""
    language: str = ""
    length: str = ""
    scope: frozenset[str] = field(default_factory=frozenset)


LENGTHS = ("under_3", "3_to_5", "5_to_8", "over_8")


def length_class(duration_s: float | None) -> str:
    """How long something is, in the steps of the page's filter (minutes); "" when nobody knows. A clip has at
    most ten."""
    if duration_s is None:
        return ""
    return LENGTHS[sum(duration_s > minutes * 60 for minutes in (3, 5, 8))]
