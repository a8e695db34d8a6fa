"""Timed text of video sites in XML: <text start="1.2" dur="3"> counts seconds, <p t="1200" d="3000">
milliseconds.
"""

from __future__ import annotations

import re
from html import unescape

from transcode.transcripts.careful_xml import read_text
from transcode.transcripts.raw import Notes, RawCue
from transcode.transcripts.words import clean

_LOOKS_LIKE = re.compile(r"<(?:transcript|timedtext)[\s>]")
_NUMBER = re.compile(r"\d{1,9}(?:\.\d{1,9})?")


def is_timedtext(text: str) -> bool:
    """Tell whether a text is one of these, whatever its file is called."""
    return text.lstrip()[:1] == "<" and _LOOKS_LIKE.search(text[:2_000]) is not None


def read_timedtext(text: str, notes: Notes) -> list[RawCue]:
    """Return what is said. Raises Refused("transcript_broken") for what is not well-formed."""
    reader = _Reader(notes)
    read_text(text, reader, "xml")
    return reader.cues


class _Reader:
    """Collects cues while expat reads."""

    def __init__(self, notes: Notes) -> None:
        self.cues: list[RawCue] = []
        self._notes = notes
        self._times: tuple[float, float | None] | None = None
        self._said: list[str] | None = None
        self._depth = 0

    def start(self, name: str, attributes: dict[str, str]) -> None:
        if self._said is not None:
            self._depth += 1
            if name == "br":
                self._said.append("\n")
        elif name in {"text", "p"}:
            in_seconds = name == "text"
            start_s = _seconds(attributes.get("start" if in_seconds else "t"), in_seconds)
            length_s = _seconds(attributes.get("dur" if in_seconds else "d"), in_seconds)
            end_s = None if start_s is None or not length_s else round(start_s + length_s, 3)
            self._times = None if start_s is None else (start_s, end_s)
            self._said, self._depth = [], 0

    def text(self, data: str) -> None:
        if self._said is not None:
            self._said.append(data)

    def end(self, _name: str) -> None:
        if self._said is None:
            return
        if self._depth:
            self._depth -= 1
            return
        # Older files escape their text twice: &amp;#39; is an apostrophe.
        text = clean(unescape("".join(self._said)))
        if text and self._times is None:
            self._notes.add("without_time")
        elif text and self._times is not None:
            self.cues.append(RawCue(*self._times, text, ""))
        self._said = None


def _seconds(value: str | None, in_seconds: bool) -> float | None:
    if value is None or not _NUMBER.fullmatch(value.strip()):
        return None
    return round(float(value) / (1 if in_seconds else 1000), 3)
