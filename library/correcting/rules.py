"""Pure rules of correcting: what becomes of lines when some of them are exchanged, how sure they then are."""

from __future__ import annotations

import hashlib
import json
import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from library.catalog.rules import CueLine, CueSource, TranscriptQuality
from library.core.errors import Invalid
from library.core.text import required_line
from transcode.transcripts.raw import MAX_CUES
from transcode.transcripts.repairing import MAX_CUE_CHARS

MOST_LINES = MAX_CUES
LINE_MAX = MAX_CUE_CHARS
"""Of one line, as in files."""
WORDING_MAX = 60
"""Of what is always to be written otherwise."""
WORDINGS_MAX = 500
"""Of one lecturer; beyond it the oldest makes room."""

ONE_PERSON = timedelta(hours=12)
"""A stretch goes on for so long after a person's last change: a day's work is one version."""
TOGETHER = timedelta(minutes=30)
"""Who comes within so long goes on with somebody else's stretch: two who correct in turns make no fifty."""

_SAME_S = 0.0015
_WEAKEST = (
    CueSource.RECOGNISED,
    CueSource.ESTIMATED,
    CueSource.ALIGNED,
    CueSource.GIVEN,
    CueSource.CORRECTED,
)
_Place = tuple[float | None, float | None, str]


@dataclass(frozen=True)
class WantedLine:
    """A line as it is wanted; times in seconds of the lecture, None in a text without times.

    `corrected`: a person says that it is right so, whatever it was.
    """

    start_s: float | None
    end_s: float | None
    text: str
    corrected: bool = False


@dataclass(frozen=True)
class Edit:
    """`gone` lines from line `at` on (from 0, as they were) make room for `lines`."""

    at: int
    gone: int
    lines: tuple[WantedLine, ...]


def tag(quality: TranscriptQuality, lines: Iterable[CueLine]) -> str:
    """Return the name of exactly these lines: a correction says which it was made from."""
    said = json.dumps([quality, [line.to_json() for line in lines]], ensure_ascii=False)
    return hashlib.sha256(said.encode("utf-8", "surrogatepass")).hexdigest()[:32]


def edits_tag(edits: Iterable[Edit]) -> str:
    """Return the name of some edits, by which one that is sent again is known."""
    said = [[e.at, e.gone, [[x.start_s, x.end_s, x.text, x.corrected] for x in e.lines]] for e in edits]
    return hashlib.sha256(json.dumps(said).encode()).hexdigest()[:32]


def applied(
    lines: Sequence[CueLine],
    edits: Sequence[Edit],
    origin: Iterable[CueLine] = (),
    duration_s: float | None = None,
) -> tuple[CueLine, ...]:
    """Return the lines after the edits, which come in order and take nothing twice.

    Times stay between the lines around those that made room; of the last ones, within `duration_s`.
    A line whose words are as they were, only parted otherwise, keeps its source and its doubts, and one that
    is as it was in `origin` gets them back; any other is corrected. Raises Invalid.
    """
    first = {(line.start_s, line.end_s, line.text): line for line in origin}
    became: list[CueLine] = []
    done = 0
    for edit in edits:
        if edit.gone < 1 or edit.at < done or edit.at + edit.gone > len(lines):
            raise Invalid("edit_out_of_place", field="edits")
        became += lines[done : edit.at]
        done = edit.at + edit.gone
        room, wanted = lines[edit.at : done], [_clean(line) for line in edit.lines]
        _check_times(room, wanted, *_around(lines, edit, duration_s))
        became += _exchanged(room, wanted, first)
    became += lines[done:]
    if not became:
        raise Invalid("no_line_left", field="edits")
    if len(became) > MOST_LINES:
        raise Invalid("too_many", field="edits", most=MOST_LINES, count=len(became))
    return tuple(became)


def quality_of(present: TranscriptQuality, lines: Iterable[CueLine]) -> TranscriptQuality:
    """Return how well is known what corrected lines say and when: as well as of the weakest of them.

    Words that were corrected say nothing of times that are guessed, or not there.
    """
    if present in (TranscriptQuality.PLAIN, TranscriptQuality.ESTIMATED):
        return present
    weakest = _weakest(line.source for line in lines)
    of_source = {
        CueSource.RECOGNISED: TranscriptQuality.RECOGNISED,
        CueSource.ESTIMATED: TranscriptQuality.ESTIMATED,
        CueSource.ALIGNED: TranscriptQuality.ALIGNED,
    }
    return of_source.get(weakest, TranscriptQuality.EXACT)


def goes_on(began_by: str | None, saved_at: datetime, person_id: str | None, now: datetime) -> bool:
    """Tell whether a change belongs to the stretch of corrections that was last changed at `saved_at`."""
    same = began_by is not None and began_by == person_id
    return now - saved_at <= (ONE_PERSON if same else TOGETHER)


def _weakest(sources: Iterable[CueSource]) -> CueSource:
    return min(sources, key=_WEAKEST.index, default=CueSource.CORRECTED)


def _clean(line: WantedLine) -> WantedLine:
    return replace(line, text=required_line(line.text, "text", LINE_MAX))


def _exchanged(
    room: Sequence[CueLine], wanted: Sequence[WantedLine], origin: Mapping[_Place, CueLine]
) -> list[CueLine]:
    """Return the lines that come where `room` was."""
    said = _Said(room)
    found: list[CueLine | None] = []
    for line in wanted:
        span = None if line.corrected else said.find(line.text)
        if span is None:
            said.skip()
        found.append(None if span is None else said.line(span, room, line))
    if found and not said.is_over:
        found[-1] = None  # its end was taken away
    return [
        line or _as_it_was(one, origin) or _corrected(room, one)
        for line, one in zip(found, wanted, strict=True)
    ]


def _as_it_was(line: WantedLine, origin: Mapping[_Place, CueLine]) -> CueLine | None:
    return None if line.corrected else origin.get((line.start_s, line.end_s, line.text))


def _corrected(room: Sequence[CueLine], line: WantedLine) -> CueLine:
    return CueLine(*_times(room, line), line.text, _speaker(room, line), CueSource.CORRECTED)


def _around(lines: Sequence[CueLine], edit: Edit, duration_s: float | None) -> tuple[float, float]:
    """Return when the line before those that make room is over, and when the one behind them begins."""
    behind = edit.at + edit.gone
    before = lines[edit.at - 1].end_s if edit.at else None
    after = lines[behind].start_s if behind < len(lines) else duration_s
    return (0.0 if before is None else before), (0.0 if after is None else after)


def _check_times(
    room: Sequence[CueLine], wanted: Sequence[WantedLine], before_s: float, after_s: float
) -> None:
    """Raise Invalid unless the wanted times run forward between those around the lines that make room."""
    starts = [line.start_s for line in room if line.start_s is not None]
    ends = [line.end_s for line in room if line.end_s is not None]
    if not starts or not ends:
        if any(line.start_s is not None or line.end_s is not None for line in wanted):
            raise Invalid("line_untimed", field="start_s")
        return
    known = {(line.start_s, line.end_s) for line in room}
    first, last, before = min(before_s, *starts), max(after_s, *ends), -math.inf
    for line in wanted:
        start_s, end_s = line.start_s, line.end_s
        if start_s is None or end_s is None or not (math.isfinite(start_s) and math.isfinite(end_s)):
            raise Invalid("line_without_time", field="start_s")
        if start_s < before or (end_s <= start_s and (start_s, end_s) not in known):
            raise Invalid("lines_backwards", field="start_s", start_s=start_s, end_s=end_s)
        if start_s < first - _SAME_S or end_s > last + _SAME_S:
            raise Invalid("line_outside", field="start_s", first_s=first, last_s=last)
        before = start_s


def _times(room: Sequence[CueLine], line: WantedLine) -> tuple[float | None, float | None]:
    """Return a line's times: those that were there as they are, others to the millisecond."""
    start_s, end_s = line.start_s, line.end_s
    if start_s is not None and all(start_s != one.start_s for one in room):
        start_s = round(start_s, 3)
    if end_s is not None and all(end_s != one.end_s for one in room):
        end_s = round(end_s, 3)
    return start_s, end_s


def _speaker(room: Sequence[CueLine], line: WantedLine) -> str:
    """Return who says a new line: whoever speaks when it begins."""
    start_s = line.start_s
    begun = [
        one for one in room if start_s is None or one.start_s is None or one.start_s <= start_s + _SAME_S
    ]
    return (begun[0] if start_s is None else begun[-1]).speaker if begun else room[0].speaker


class _Said:
    """The characters of some lines one after the other, without spaces, in which others are looked for."""

    def __init__(self, lines: Sequence[CueLine]) -> None:
        self._owner: list[int] = []
        self._doubtful: list[bool] = []
        text: list[str] = []
        for n, line in enumerate(lines):
            for at, character in enumerate(line.text):
                if not character.isspace():
                    text.append(character)
                    self._owner.append(n)
                    self._doubtful.append(any(start <= at < end for start, end in line.doubtful))
        self._text = "".join(text)
        self._at = 0
        self._loose = False

    @property
    def is_over(self) -> bool:
        """Whether nothing is left behind the last line that was found, or nobody asks for what is."""
        return self._loose or self._at == len(self._text)

    def skip(self) -> None:
        """Note that a line comes that says something else: where the next one begins is open."""
        self._loose = True

    def find(self, text: str) -> tuple[int, int] | None:
        """Return which characters a line is, from and to: those behind the one before. None for others."""
        squeezed = "".join(text.split())
        at = self._text.find(squeezed, self._at)
        if at < 0 or (at != self._at and not self._loose):
            return None
        self._at, self._loose = at + len(squeezed), False
        return at, self._at

    def line(self, span: tuple[int, int], room: Sequence[CueLine], wanted: WantedLine) -> CueLine:
        """Return the line that was found, as sure as the lines it comes from."""
        owners = [room[n] for n in sorted(set(self._owner[slice(*span)]))]
        source = _weakest(one.source for one in owners)
        sure = [one.confidence for one in owners if one.confidence is not None and one.source is source]
        start_s, end_s = _times(room, wanted)
        return CueLine(
            start_s,
            end_s,
            wanted.text,
            _speaker(room, wanted),
            source,
            min(sure, default=None),
            self._doubts(span[0], wanted.text),
        )

    def _doubts(self, at: int, text: str) -> tuple[tuple[int, int], ...]:
        """Return the doubtful spans of a line that begins at character `at`."""
        spans: list[tuple[int, int]] = []
        for n, character in enumerate(text):
            if character.isspace():
                continue
            if self._doubtful[at]:
                joins = bool(spans) and not text[spans[-1][1] : n].strip()
                spans[-1:] = [(spans[-1][0], n + 1)] if joins else [*spans[-1:], (n, n + 1)]
            at += 1
        return tuple(spans)
