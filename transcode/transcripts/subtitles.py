"""SubRip, WebVTT and SBV, and what recognisers print like them: text beneath or behind time lines.

Text goes on until the next time line: editors leave blank lines inside a cue.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from transcode.transcripts.clock import DEFAULT_FRAME_RATE, LOOSE, Stamp, fold, frame_rate, seconds, stamp
from transcode.transcripts.raw import MAX_CUES, Notes, RawCue
from transcode.transcripts.words import clean, voices

_ARROW = r"\s{0,8}(?:[-=~]{1,4}\s?[-=~]?>{1,2}|>{1,2})\s{0,8}"
_SECONDS = r"(\d{1,6}(?:\.\d{1,6})?)s"
_INDEX = r"(?:[#№]?\d{1,6}[.、)]?\s{1,8})??"
_TIME_LINE = re.compile(rf"{_INDEX}[\[(]?\s?{LOOSE}{_ARROW}{LOOSE}\s?[\])]?")
_SECONDS_LINE = re.compile(rf"{_INDEX}\[?\s?{_SECONDS}{_ARROW}{_SECONDS}\s?\]?")
_SBV_LINE = re.compile(r"(\d{1,3}:\d{1,2}:\d{1,2}\.\d{1,3}),(\d{1,3}:\d{1,2}:\d{1,2}\.\d{1,3})\s*$")
_START = re.compile(rf"{_INDEX}[\[(]?\s?{LOOSE}{_ARROW}")
_DAMAGED = re.compile(rf"(?P<left>[^<>]{{0,40}}?){_ARROW}(?P<right>[^<>]{{0,40}})")
_LIKE_A_TIME = re.compile(r"(?=.*\d)(?=.*[:;])[\d:;.,\s\[\]()oOlI?#xX-]+")
_MAY_BE_TIMES = re.compile(r"[:：∶﹕︰].*[-=~>→⟶➔➜➡⇒›»－﹣—–─━−,]|\ds.*>")
_SETTING = re.compile(
    r"(?:[XY][12]|align|line|position|size|vertical|region):\S*|[LDST]:\d+%|A:(?:start|middle|end)"
)
_NUMBER = re.compile(r"[#№]?(\d{1,6})[.、:)]?")
_NOT_SPOKEN = ("NOTE", "STYLE", "REGION")
_LONGEST_TIMES = 160
_MOST_ABOVE = 10
"""Lines above the first time line of a text: a title, who speaks, when."""


@dataclass(frozen=True, slots=True)
class _TimeLine:
    n: int
    start: Stamp
    end: Stamp | None
    text: str


def read_subtitles(lines: Sequence[str], notes: Notes, *, may_be_prose: bool = False) -> list[RawCue]:
    """Return the cues of a text with time lines; none when there is no time line in it.

    `may_be_prose`: the file need not be subtitles, so a page of text above the first time line says it is
    none.
    """
    times, damaged, looked_at = _time_lines(lines)
    if not times:
        return []
    left_out = sum(_time_line(n, line.strip()) is not None for n, line in enumerate(lines[looked_at:]))
    notes.add("too_many_cues", left_out, most=MAX_CUES)
    lines = _without(damaged, lines[:looked_at])
    is_vtt = _head(lines[: times[0].n]).startswith("WEBVTT")
    unread = [] if is_vtt else _unread(lines[: times[0].n])
    if may_be_prose and len(unread) > max(_MOST_ABOVE, len(times)):
        return []
    for n in sorted({*unread, *damaged}):
        notes.line_not_understood(n + 1)
    rate = frame_rate(each for time in times for each in (time.start, time.end) if each is not None)
    if rate is not None:
        notes.add("frames_guessed", sum(time.start.frames is not None for time in times), rate=rate)
    cues = []
    for k, time in enumerate(times):
        is_last = k + 1 == len(times)
        body = lines[time.n + 1 : len(lines) if is_last else times[k + 1].n]
        said = _vtt_text(body, is_last) if is_vtt else _text(body, is_last)
        speaker, text = voices("\n".join([time.text, *said]))
        end_s = None if time.end is None else time.end.at_s(rate or DEFAULT_FRAME_RATE)
        cues.append(RawCue(time.start.at_s(rate or DEFAULT_FRAME_RATE), end_s, clean(text), speaker))
    return cues


def _time_lines(lines: Sequence[str]) -> tuple[list[_TimeLine], list[int], int]:
    """Return at most MAX_CUES time lines, the numbers (from 0) of those that cannot be read whole, and how
    many lines were looked at."""
    found: list[_TimeLine] = []
    damaged: list[int] = []
    for n, line in enumerate(lines):
        if not _MAY_BE_TIMES.search(line[:_LONGEST_TIMES]):
            continue
        time = _time_line(n, line.strip())
        if time is None and _is_damaged(line.strip()):
            damaged.append(n)
            time = _half(n, line.strip())
        if time is not None and len(found) == MAX_CUES:
            return found, damaged, n
        if time is not None:
            found.append(time)
    return found, damaged, len(lines)


def _time_line(n: int, line: str) -> _TimeLine | None:
    folded = fold(line[:_LONGEST_TIMES])
    match = _TIME_LINE.match(folded)
    if match:
        groups = match.groups()
        return _TimeLine(n, stamp(groups[:6]), stamp(groups[6:]), _behind(line, match.end()))
    match = _SECONDS_LINE.match(folded)
    if match:
        start, end = (Stamp(float(group), has_fraction=True) for group in match.groups())
        return _TimeLine(n, start, end, _behind(line, match.end()))
    match = _SBV_LINE.match(folded)
    if match:
        start, end = (_of_sbv(group) for group in match.groups())
        return _TimeLine(n, start, end, "")
    return None


def _of_sbv(text: str) -> Stamp:
    hours, minutes, rest = text.split(":")
    whole, _, fraction = rest.partition(".")
    return Stamp(seconds(hours, minutes, whole, fraction), has_fraction=True)


def _behind(line: str, at: int) -> str:
    """Return text behind the times on their line; WebVTT's settings and SubRip's places are none."""
    rest = line[at:].strip()
    if len(rest) < _LONGEST_TIMES and all(_SETTING.fullmatch(word) for word in rest.split()):
        return ""
    return rest.lstrip(":： \t")


def _is_damaged(line: str) -> bool:
    """Tell a time line that cannot be read from text with an arrow in it."""
    match = _DAMAGED.match(fold(line[:_LONGEST_TIMES]))
    return match is not None and any(_LIKE_A_TIME.fullmatch(side.strip()) for side in match.groups())


def _half(n: int, line: str) -> _TimeLine | None:
    """Return what a damaged time line still says: where the cue begins."""
    match = _START.match(fold(line[:_LONGEST_TIMES]))
    return _TimeLine(n, stamp(match.groups()), None, "") if match else None


def _without(damaged: Sequence[int], lines: Sequence[str]) -> Sequence[str]:
    """Return the lines with damaged time lines, and the numbers right above them, blank."""
    left = list(lines)
    for n in damaged:
        above = n - 1 if n > 0 and _NUMBER.fullmatch(fold(lines[n - 1].strip())) else n
        left[above] = left[n] = ""
    return left


def _head(lines: Sequence[str]) -> str:
    return next((line.strip() for line in lines if line.strip()), "")


def _unread(lines: Sequence[str]) -> list[int]:
    """Return the lines above the first time line that are neither blank nor its number."""
    filled = [n for n, line in enumerate(lines) if line.strip()]
    if filled and _NUMBER.fullmatch(fold(lines[filled[-1]].strip())):
        filled.pop()
    return filled


def _text(body: Sequence[str], is_last: bool) -> Sequence[str]:
    """Return the lines beneath a time line without the number of the next cue.

    A number right above a time line is that cue's, even where the blank line between was forgotten; one
    with a blank line beneath it is when another stands above it (else it may be what is said).
    """
    filled = [n for n, line in enumerate(body) if line.strip()]
    if is_last or not filled or not _NUMBER.fullmatch(fold(body[filled[-1]].strip())):
        return body
    last = filled[-1]
    is_number = last + 1 == len(body) or (last > 0 and not body[last - 1].strip())
    return body[:last] if is_number else body


def _vtt_text(body: Sequence[str], is_last: bool) -> Sequence[str]:
    """Return the lines of a WebVTT cue: no notes, no styles, and not the next cue's name."""
    blocks: list[list[str]] = [[]]
    for line in body:
        if line.strip():
            blocks[-1].append(line)
        elif blocks[-1]:
            blocks.append([])
    kept: list[str] = []
    for k, block in enumerate(blocks):
        ends_at_time = not is_last and k + 1 == len(blocks)  # a blank line would have begun another block
        if k > 0 and block and block[0].startswith(_NOT_SPOKEN):
            continue
        if ends_at_time and block and (k > 0 or _NUMBER.fullmatch(fold(block[-1].strip()))):
            block = block[:-1]
        kept += block
    return kept
