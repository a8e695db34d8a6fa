"""TTML and DFXP: timed paragraphs of an XML file, as broadcasters and players exchange them."""

from __future__ import annotations

import re
from dataclasses import dataclass

from transcode.transcripts.careful_xml import read_text
from transcode.transcripts.clock import seconds
from transcode.transcripts.raw import Notes, RawCue
from transcode.transcripts.words import clean, clean_name

_LOOKS_LIKE = re.compile(r"<(?:[\w.-]{1,40}:)?tt[\s>]")
_CLOCK = re.compile(r"(\d{1,4}):(\d{1,2}):(\d{1,2})(?:\.(\d{1,9})|:(\d{1,3})(?:\.\d{1,3})?)?")
_OFFSET = re.compile(r"(\d{1,12}(?:\.\d{1,9})?)(h|ms|m|s|f|t)")
_UNIT_S = {"h": 3600.0, "m": 60.0, "s": 1.0, "ms": 0.001}
_LONGEST_NAME = 200
_READINGS = {"text", "textContainer", "delimiter"}
"""Values of tts:ruby of what stands above the base characters."""
_FRAME_RATE = 30.0
"""What TTML says when a document does not."""


def is_ttml(text: str) -> bool:
    """Tell whether a text is one of these, whatever its file is called."""
    return text.lstrip()[:1] == "<" and _LOOKS_LIKE.search(text[:20_000]) is not None


def read_ttml(text: str, notes: Notes) -> list[RawCue]:
    """Return what is said. Raises Refused("transcript_broken") for what is not well-formed."""
    reader = _Reader(notes)
    read_text(text, reader, "ttml")
    return reader.cues()


@dataclass
class _Element:
    """An open element: its name, when it begins and ends, and who speaks.

    `said`: the text of the nearest element around it (or of itself) that becomes a cue; shared, never copied.
    """

    name: str
    begin_s: float
    end_s: float | None
    is_timed: bool
    in_sequence: bool
    next_s: float
    agent: str
    said: list[str]


class _Reader:
    """Collects cues while expat reads. Times of an element count from the beginning of the one around it."""

    def __init__(self, notes: Notes) -> None:
        self._notes = notes
        self._open: list[_Element] = []
        self._found: list[tuple[float, float | None, str, str]] = []
        self._names: dict[str, str] = {}
        self._agent = ""
        self._silent = 0
        self._paragraph: _Element | None = None
        self._frame_rate, self._tick_rate = _FRAME_RATE, 1.0

    def cues(self) -> list[RawCue]:
        return [
            RawCue(start_s, end_s, clean(text), clean_name(self._names.get(agent, agent)))
            for start_s, end_s, text, agent in self._found
        ]

    def start(self, name: str, attributes: dict[str, str]) -> None:
        name = name.rpartition(":")[2]
        values = {key.rpartition(":")[2]: value for key, value in attributes.items()}
        if self._silent or values.get("ruby") in _READINGS or name in {"metadata", "desc", "title"}:
            self._silent += 1
        if name == "tt":
            self._rates(values)
        elif name == "agent":
            self._agent = values.get("id", "")
        elif name == "br" and self._paragraph is not None and not self._silent:
            self._open[-1].said.append("\n")
        around = self._open[-1] if self._open else None
        element = self._timed(name, values, around)
        self._open.append(element)
        if name == "p" and self._paragraph is None:
            self._paragraph = element

    def end(self, name: str) -> None:
        name = name.rpartition(":")[2]
        element = self._open.pop()
        around = self._open[-1] if self._open else None
        if self._silent:
            self._silent -= 1
        if name == "agent":
            self._agent = ""
        if element is self._paragraph:
            self._paragraph = None
            self._emit(element)
        elif self._paragraph is not None and element.is_timed:
            self._emit(element)
        if around is not None and around.in_sequence:
            around.next_s = max(around.next_s, element.end_s or element.begin_s)

    def text(self, data: str) -> None:
        if self._agent and self._open[-1].name == "name":
            self._names[self._agent] = (self._names.get(self._agent, "") + data)[:_LONGEST_NAME]
        elif self._paragraph is not None and not self._silent:
            self._open[-1].said.append(re.sub(r"\s+", " ", data))

    def _emit(self, element: _Element) -> None:
        text = "".join(element.said)
        if text.strip():
            if element.is_timed or element.end_s is not None or element.begin_s:
                self._found.append((element.begin_s, element.end_s, text, element.agent))
            else:
                self._notes.add("without_time")

    def _rates(self, values: dict[str, str]) -> None:
        keys = ("frameRate", "subFrameRate", "tickRate")
        frames, sub, ticks = (_number(values.get(key, "")) for key in keys)
        above, _, below = values.get("frameRateMultiplier", "1 1").replace(":", " ").strip().partition(" ")
        multiplier = (_number(above) or 1.0) / (_number(below) or 1.0)
        self._frame_rate = (frames or _FRAME_RATE) * multiplier
        self._tick_rate = ticks or (self._frame_rate * (sub or 1.0) if frames else 1.0)

    def _timed(self, name: str, values: dict[str, str], around: _Element | None) -> _Element:
        begin, end, length = (self._seconds(values.get(key, "")) for key in ("begin", "end", "dur"))
        base_s = 0.0 if around is None else around.next_s if around.in_sequence else around.begin_s
        begin_s = round(base_s + (begin or 0.0), 6)
        ends = [round(base_s + end, 6)] if end is not None else []
        ends += [round(begin_s + length, 6)] if length is not None else []
        if around is not None and around.end_s is not None:
            ends.append(around.end_s)
        is_timed = begin is not None or end is not None or length is not None
        is_cue = around is None or is_timed or (name == "p" and self._paragraph is None)
        return _Element(
            name,
            begin_s,
            min(ends, default=None),
            is_timed=is_timed,
            in_sequence=values.get("timeContainer") == "seq",
            next_s=begin_s,
            agent=values.get("agent", around.agent if around is not None else ""),
            said=[] if is_cue or around is None else around.said,
        )

    def _seconds(self, text: str) -> float | None:
        match = _CLOCK.fullmatch(text.strip())
        if match:
            hours, minutes, whole, fraction, frames = match.groups()
            return seconds(hours, minutes, whole, fraction) + int(frames or 0) / self._frame_rate
        match = _OFFSET.fullmatch(text.strip())
        if match is None:
            return None
        number, unit = float(match[1]), match[2]
        if unit == "f":
            return number / self._frame_rate
        return number / self._tick_rate if unit == "t" else number * _UNIT_S[unit]


def _number(text: str) -> float:
    """Return a positive number, 0 for whatever is none."""
    return float(text) if re.fullmatch(r"\d{1,9}(?:\.\d{1,6})?", text.strip()) else 0.0
