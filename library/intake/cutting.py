"""Which cuts a lecturer may ask for; pure."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Protocol

from library.core.errors import Invalid
from library.core.text import clean_line
from transcode.cutting.split import MAX_CLIP_S

SHORTEST_CLIP_S = 3.0
"""Shorter than a sentence; most players stumble over less than a segment or two."""

MOST_CLIPS = 200
CLIP_TITLE_MAX = 100
SAME_BORDER_S = 0.02
"""A border moved by less than half a frame is where it was: nothing is made again for it."""

_ROUNDING_S = 0.002
"""Two borders rounded to milliseconds, as they travel, make a clip of ten minutes up to this much longer."""

CHOSEN = "chosen"
"""Why a clip ends where it does when a person said so."""


class Stretch(Protocol):
    """What has a place in the lecture."""

    @property
    def start_s(self) -> float:
        """Where it begins."""

    @property
    def end_s(self) -> float:
        """Where it ends."""


@dataclass(frozen=True)
class WantedCut:
    """A clip that a lecturer asks for; `title` may be ""."""

    start_s: float
    end_s: float
    title: str = ""


def check_cuts(wanted: Sequence[WantedCut], duration_s: float) -> list[WantedCut]:
    """Return the cuts with borders rounded to milliseconds and held inside the lecture, titles cleaned.

    Raises Invalid that names the first clip that cannot be made (`n`) and why: fields `clips`, `start_s`,
    `end_s`, `title`. Gaps are allowed: what lies in them is dropped.
    """
    if not wanted:
        raise Invalid("cuts_none", field="clips")
    if len(wanted) > MOST_CLIPS:
        raise Invalid("cuts_too_many", field="clips", count=len(wanted), most=MOST_CLIPS)
    checked: list[WantedCut] = []
    for n, cut in enumerate(wanted, start=1):
        checked.append(_check(n, cut, checked[-1].end_s if checked else 0.0, duration_s))
    return checked


def _check(n: int, cut: WantedCut, earliest_s: float, duration_s: float) -> WantedCut:
    start_s, end_s, title = round(cut.start_s, 3), round(cut.end_s, 3), clean_line(cut.title)
    if not 0 <= start_s < duration_s:  # also what is not a number
        raise Invalid("cut_outside", field="start_s", n=n)
    if not 0 < end_s <= duration_s + SAME_BORDER_S:
        raise Invalid("cut_outside", field="end_s", n=n)
    if start_s < earliest_s - SAME_BORDER_S:
        raise Invalid("cut_overlaps", field="start_s", n=n)
    start_s, end_s = max(start_s, earliest_s), min(end_s, duration_s)
    if end_s - start_s < SHORTEST_CLIP_S - _ROUNDING_S:
        raise Invalid("cut_too_short", field="end_s", n=n, least_s=SHORTEST_CLIP_S)
    if end_s - start_s > MAX_CLIP_S + _ROUNDING_S:
        raise Invalid(
            "cut_too_long", field="end_s", n=n, length_s=round(end_s - start_s, 3), most_s=MAX_CLIP_S
        )
    if len(title) > CLIP_TITLE_MAX:
        raise Invalid("cut_title_too_long", field="title", n=n, length=len(title), most=CLIP_TITLE_MAX)
    return WantedCut(start_s, end_s, title)


def is_same(one: Stretch, other: Stretch) -> bool:
    """Tell whether two stretches have the same borders, as far as anybody can hear or see."""
    return abs(one.start_s - other.start_s) < SAME_BORDER_S and abs(one.end_s - other.end_s) < SAME_BORDER_S


def version(recording_id: str, parts: Iterable[tuple[str, float, float, str]]) -> str:
    """Return the name of an arrangement (id, borders and title of each clip): another arrangement, another
    name."""
    said = [f"{clip_id}|{start_s:.3f}|{end_s:.3f}|{title}" for clip_id, start_s, end_s, title in parts]
    return hashlib.sha256("\n".join([recording_id, *said]).encode()).hexdigest()[:16]
