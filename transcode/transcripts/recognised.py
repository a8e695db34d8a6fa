"""JSON as recognisers and editors of subtitles write it: Whisper and its kin, FunASR, BCC, lists of cues."""

from __future__ import annotations

import json
import math
import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from transcode.errors import Refused
from transcode.transcripts.clock import TIGHT, fold, stamp
from transcode.transcripts.raw import Notes, RawCue
from transcode.transcripts.words import clean, clean_name

_LOOKS_LIKE = re.compile(r"\s*(?:\{\s*[\"}]|\[\s*[{\]])")
_TEXTS = ("text", "content", "sentence", "onebest", "caption", "subtitle", "line", "transcript")
_STARTS = ("start", "from", "begin", "startTime", "start_time", "begin_time", "beginTime", "bg", "start_ms")
_ENDS = ("end", "to", "endTime", "end_time", "ed", "end_ms")
_SPEAKERS = ("speaker", "speaker_name", "speakerName", "spk")
_NESTED = ("timestamps", "offsets")
"""Where whisper.cpp keeps its times: written out, and in milliseconds."""
_MILLISECONDS = {"bg", "ed", "start_ms", "end_ms"}
_STAMP = re.compile(rf"\s*{TIGHT}\s*")
_DEEPEST = 6
_LONGEST_SPEECH_S = 100
"""Whole numbers between which half of the lines would last longer than this are milliseconds."""


def is_json(text: str) -> bool:
    """Tell whether a text begins as JSON does; "[00:02.00]" and "[ti:…]" do not."""
    return _LOOKS_LIKE.match(text[:2_000]) is not None


def read_json(text: str, notes: Notes) -> list[RawCue]:
    """Return what is said. Raises Refused("transcript_broken") for what is not JSON."""
    try:
        value = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise Refused("transcript_broken", {"found": "json"}) from error
    rows = next(_lists(value), [])
    read = [_cue(row) for row in rows]
    notes.add("without_time", sum(cue is None for cue in read))
    cues = [cue for cue in read if cue is not None]
    lengths = sorted(cue.end_s - cue.start_s for cue in cues if cue.end_s is not None)
    whole = all(cue.start_s.is_integer() and (cue.end_s or 0.0).is_integer() for cue in cues)
    if whole and lengths and lengths[len(lengths) // 2] > _LONGEST_SPEECH_S:
        notes.add("milliseconds_guessed", len(cues))
        cues = [_in_milliseconds(cue) for cue in cues]
    return cues


def _lists(value: Any, depth: int = 0) -> Iterator[Sequence[Mapping[str, Any]]]:
    """Yield the lists of lines in a value, the outer before the inner."""
    if isinstance(value, list):
        rows = [row for row in value if isinstance(row, dict)]
        if any(_first(row, _TEXTS) is not None and _has_time(row) for row in rows[:50]):
            yield [row for row in rows if isinstance(_first(row, _TEXTS), str)]
    if depth < _DEEPEST:
        inner = value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()
        for each in inner:
            if isinstance(each, (dict, list)):
                yield from _lists(each, depth + 1)


def _first(row: Mapping[str, Any], keys: Sequence[str]) -> Any:
    return next((row[key] for key in keys if row.get(key) is not None), None)


def _has_time(row: Mapping[str, Any]) -> bool:
    return _first(row, _STARTS) is not None or any(isinstance(row.get(key), dict) for key in _NESTED)


def _cue(row: Mapping[str, Any]) -> RawCue | None:
    times = next((row[key] for key in _NESTED if isinstance(row.get(key), dict)), row)
    start_s = _seconds(times, _STARTS, in_ms=times is row.get("offsets"))
    end_s = _seconds(times, _ENDS, in_ms=times is row.get("offsets"))
    if start_s is None:
        return None
    speaker = _first(row, _SPEAKERS)
    text = clean(str(_first(row, _TEXTS)))
    return RawCue(start_s, end_s, text, clean_name(speaker) if isinstance(speaker, str) else "")


def _seconds(row: Mapping[str, Any], keys: Sequence[str], *, in_ms: bool) -> float | None:
    key = next((key for key in keys if row.get(key) is not None), None)
    if key is None:
        return None
    value = row[key]
    if isinstance(value, str):
        match = _STAMP.fullmatch(fold(value[:40]))
        if match:
            return stamp(match.groups()).at_s()
        if not re.fullmatch(r"\s*\d{1,12}(\.\d{1,9})?\s*", value[:40]):
            return None
        value = float(value)
    if isinstance(value, bool) or not isinstance(value, (int, float)) or abs(value) > 1e12:
        return None
    if not math.isfinite(value):
        return None
    return round(value / 1000, 6) if in_ms or key in _MILLISECONDS else float(value)


def _in_milliseconds(cue: RawCue) -> RawCue:
    end_s = None if cue.end_s is None else cue.end_s / 1000
    return RawCue(cue.start_s / 1000, end_s, cue.text, cue.speaker)
