"""Time stamps as people and programs write them, full-width or not, with milliseconds or with frames."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

_FOLD = {code: code - 0xFEE0 for code in range(0xFF01, 0xFF5F)}
_FOLD |= {ord(sign): ord("-") for sign in "‐‑‒–—―─━−﹣"}
_FOLD |= {ord(sign): ord(">") for sign in "→⟶➔➜➡⇒›»"}
_FOLD |= {ord(sign): ord(":") for sign in "∶﹕︰"}
_FOLD |= {ord(sign): ord("[") for sign in "【〔"} | {ord(sign): ord("]") for sign in "】〕"}
_FOLD |= {ord("。"): ord("."), ord("〜"): ord("~"), 0x3000: 0x20, 0xA0: 0x20}
_FOLD |= {start + n: 0x30 + n for start in (0x660, 0x6F0) for n in range(10)}

TIGHT = r"(-?)(?:(\d{1,3}):)?(\d{1,3}):([0-5]\d)(?:[.,](\d{1,9})|[:;](\d{1,3}))?(?!:?\d)"
"""A stamp without spaces in it; six groups, for `stamp`."""
LOOSE = (
    r"(-?)\s?(?:(\d{1,3})\s?:\s?)?(\d{1,3})\s?:\s?(\d{1,2})"
    r"(?:\s?[.,]\s?(\d{1,9})|\s?[:;]\s?(\d{1,3}))?(?!:?\d)"
)
"""A stamp as translators leave it ("00: 00: 01, 000"); six groups, for `stamp`."""

DEFAULT_FRAME_RATE = 25
"""Of China's television (PAL); more is assumed where a file counts more frames."""
_FRAME_RATES = (DEFAULT_FRAME_RATE, 30, 50, 60, 120)


@dataclass(frozen=True, slots=True)
class Stamp:
    """A moment; `frames` are to be added once the frame rate is known, None when there are none.

    `parts`: how many numbers stand before the fraction, 2 (minutes and seconds) or 3.
    """

    seconds: float
    frames: int | None = None
    parts: int = 3
    has_fraction: bool = False

    def at_s(self, frame_rate: float = DEFAULT_FRAME_RATE) -> float:
        """Return the moment in seconds."""
        return self.seconds if self.frames is None else round(self.seconds + self.frames / frame_rate, 3)


def seconds(hours: str | None, minutes: str, whole: str, fraction: str | None) -> float:
    """Return a clock's digits as seconds, to the last one exactly what they say."""
    total = int(hours or 0) * 3600 + int(minutes) * 60 + int(whole)
    scale: int = 10 ** len(fraction or "")
    return (total * scale + int(fraction or 0)) / scale


def fold(line: str) -> str:
    """Return a line with full-width digits and signs as ASCII has them; every character keeps its place."""
    return line.translate(_FOLD)


def stamp(groups: Iterable[str | None]) -> Stamp:
    """Return the stamp of the six groups of TIGHT or LOOSE."""
    sign, hours, minutes, whole, fraction, last = groups
    frames = None
    if last is not None and len(last) < 3:
        frames = int(last)
    elif last is not None:  # three digits are milliseconds, whatever stands before them
        fraction = last
    at_s = seconds(hours, minutes or "0", whole or "0", fraction)
    return Stamp(-at_s if sign else at_s, frames, 2 if hours is None else 3, fraction is not None)


def frame_rate(stamps: Iterable[Stamp]) -> int | None:
    """Return the frame rate that the stamps' frames allow, None when none has frames."""
    most = max((each.frames for each in stamps if each.frames is not None), default=None)
    return None if most is None else next((rate for rate in _FRAME_RATES if most < rate), 120)


_UNITS = (
    r"(?:(\d{1,2})\s?(?:小时|小時|时|時|h)\s?)?"
    r"(\d{1,3})\s?(?:分钟|分鐘|分|m|['’′])\s?(\d{1,2})\s?(?:秒钟|秒鐘|秒|s|[\"”″]|''|’’|′′)"
)
_SPELLED = re.compile(rf"(\D{{0,24}}?){_UNITS}(?:(\s?[-~—–至到]{{1,2}}\s?){_UNITS})?")
_DATED = re.compile(
    r"(\D{0,24}?)\d{4}[-/.年]\d{1,2}[-/.月]\d{1,2}日?(?:\s{1,3}|T)(?=\d{1,2}:\d{2}:\d{2}(?!\d))"
)


def plainly(line: str) -> tuple[str, bool]:
    """Return a line with the stamp that stands at its beginning written as a clock shows it.

    Units are taken for colons (00分02秒, 1小时2分3秒, 2'03"), and of a date with a time of day to the second
    (2026-11-30 09:12:33) the time is left. Tells too whether there was a date.
    """
    dated = _DATED.match(line)
    if dated:
        return dated[1] + line[dated.end() :], True
    spelled = _SPELLED.match(line)
    if not spelled:
        return line, False
    before, *first, between = spelled.groups()[:5]
    second = spelled.groups()[5:]
    clock = _clock(first) + (f"-{_clock(second)}" if between is not None else "")
    return before + clock + line[spelled.end() :], False


def _clock(groups: Sequence[str | None]) -> str:
    hours, minutes, whole = (int(each or 0) for each in groups)
    return f"{hours}:{minutes:02}:{whole:02}" if groups[0] is not None else f"{minutes:02}:{whole:02}"


_CELL = re.compile(rf"[\[(]?\s?{TIGHT}\s?(?:(?:-{{1,3}}>?|~|>|\s)\s?{TIGHT}\s?)?[\])]?")


def time_cell(text: str) -> tuple[Stamp, Stamp | None] | None:
    """Return the start (and the end) that a table's cell holds when it holds nothing else."""
    match = _CELL.fullmatch(fold(text.strip())) if 3 < len(text) < 60 else None
    if match is None:
        return None
    groups = match.groups()
    return stamp(groups[:6]), stamp(groups[6:]) if groups[8] is not None else None
