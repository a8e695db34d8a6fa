"""ASS and SSA: the dialogue lines of a subtitle file of Aegisub, VSFilter and the like."""

from __future__ import annotations

import re
from collections.abc import Sequence

from transcode.transcripts.clock import fold, seconds
from transcode.transcripts.raw import Notes, RawCue
from transcode.transcripts.words import clean, clean_name

_DIALOGUE = re.compile(r"dialogue\s*:", re.IGNORECASE)
_FORMAT = re.compile(r"format\s*:", re.IGNORECASE)
_USUAL = ("layer", "start", "end", "style", "name", "marginl", "marginr", "marginv", "effect", "text")
_TIME = re.compile(r"\s*(\d{1,3}):(\d{1,2}):(\d{1,2})(?:[.,:](\d{1,3}))?\s*")
_OVERRIDES = re.compile(r"\{[^{}]*\}")
_DRAWING = re.compile(r"\\p([0-9]+)")
_LOOKS_LIKE = re.compile(
    r"^[ \t\ufeff]{0,20}(?:\[script info\]|\[events\]|dialogue\s?:[^,\n]{0,40},\s?\d{1,3}:\d\d?:\d\d?)",
    re.IGNORECASE | re.MULTILINE,
)


def is_ass(text: str) -> bool:
    """Tell whether a text is one of these, whatever its file is called."""
    return _LOOKS_LIKE.search(text) is not None


def read_ass(lines: Sequence[str], notes: Notes) -> list[RawCue]:
    """Return what is said; comments, drawings and styles are not. The Format line names the columns."""
    fields: Sequence[str] = _USUAL
    in_events = True
    cues = []
    for n, line in enumerate(lines):
        line = line.strip()
        if line.startswith("[") and line.endswith("]"):
            in_events = line.lower() == "[events]"
        elif in_events and (match := _FORMAT.match(line)):
            named = [name.strip().lower() for name in line[match.end() :].split(",")]
            fields = named if {"start", "text"} <= set(named) else fields
        elif match := _DIALOGUE.match(line):
            cue = _cue(dict(zip(fields, line[match.end() :].split(",", len(fields) - 1), strict=False)))
            if cue is None:
                notes.line_not_understood(n + 1)
            else:
                cues.append(cue)
    return [cue for cue in cues if cue is not _DRAWN]


_DRAWN = RawCue(0.0, 0.0, "")


def _cue(values: dict[str, str]) -> RawCue | None:
    start_s, end_s = _seconds(values.get("start", "")), _seconds(values.get("end", ""))
    if start_s is None or "text" not in values:
        return None
    text, is_drawing = _spoken(values["text"])
    if is_drawing and not text:
        return _DRAWN
    return RawCue(start_s, end_s, text, clean_name(values.get("name", values.get("actor", ""))))


def _seconds(text: str) -> float | None:
    match = _TIME.fullmatch(fold(text))
    return None if match is None else seconds(*match.groups())


def _spoken(text: str) -> tuple[str, bool]:
    r"""Return a line's words, and whether it draws: between {\p1} and {\p0} stand coordinates."""
    kept, at, drawing, draws = list[str](), 0, False, False
    for match in _OVERRIDES.finditer(text):
        if not drawing:
            kept.append(text[at : match.start()])
        for scale in _DRAWING.findall(match.group()):
            drawing = int(scale[:3]) > 0
            draws = draws or drawing
        at = match.end()
    if not drawing:
        kept.append(text[at:])
    said = "".join(kept).replace("\\N", "\n").replace("\\n", "\n").replace("\\h", " ")
    return clean(said), draws
