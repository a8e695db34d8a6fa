"""Reading transcripts as people have them: subtitles, minutes of meetings, lyrics, Word, plain text.

What a file holds decides how it is read; its name only says what is to be expected of it. Tolerant of what
can be understood (each leniency leaves a remark), firm about what cannot.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import PurePath
from typing import Literal

from transcode.errors import Refused
from transcode.remarks import Remark
from transcode.transcripts.ass import is_ass, read_ass
from transcode.transcripts.decoding import decode
from transcode.transcripts.docx import docx_text
from transcode.transcripts.plain import plain_cues
from transcode.transcripts.raw import Notes, RawCue
from transcode.transcripts.recognised import is_json, read_json
from transcode.transcripts.repairing import repaired
from transcode.transcripts.stamps import read_stamped
from transcode.transcripts.subtitles import read_subtitles
from transcode.transcripts.suffixes import SUFFIXES
from transcode.transcripts.timedtext import is_timedtext, read_timedtext
from transcode.transcripts.ttml import is_ttml, read_ttml
from transcode.transcripts.words import speakers_apart

LIMIT_BYTES = 8 * 2**20
"""A transcript of twelve hours has about 1 MB."""

WARNINGS = {
    "bad_characters": "some characters could not be decoded and were replaced",
    "divided": "paragraphs with one stamp for all of it; the times inside them were estimated",
    "footnotes_left_out": "foot- and endnotes of a Word document are not read",
    "frames_guessed": "times counted frames; rate is the frame rate that was assumed",
    "lines_not_understood": "lines that belong to no time or whose time cannot be read; line is the first",
    "long_cue": "very long cues were shortened to most characters",
    "milliseconds_guessed": "times without a unit were taken for milliseconds",
    "negative_time": "cues began before 0; they were moved",
    "no_length": "cues ended before they began; they were given a reading time",
    "no_text": "cues without words were left out",
    "overlap": "cues overlapped; the earlier one was shortened",
    "past_the_end": "cues lie behind the recording's end (from fit_cues), which is length_s long; last_s",
    "same_time": "cues at the same time were joined (two languages, usually)",
    "time_too_late": "cues that begin later than any clock (most_h hours) were left out",
    "times_of_day": "times were times of a day; the first was taken for the recording's beginning",
    "too_many_cues": "cues behind the first `most` were not read",
    "unsorted": "cues were not in the order of time and have been sorted",
    "without_time": "cues without a time, in a file of timed ones, were left out",
}
"""Codes in `Transcript.warnings` and what each counts; the names are of its values."""

_ZIP = b"PK\x03\x04"
_PLAIN = {".txt", ".docx"}
"""What may hold text without times; anything else without times is refused."""


@dataclass(frozen=True)
class Cue:
    """One line of a transcript; times are None in a plain one. `speaker`: who says it, "" when not told."""

    start_s: float | None
    end_s: float | None
    text: str
    speaker: str = ""


@dataclass(frozen=True)
class Transcript:
    """A transcript as read.

    `encoding`: utf-8, utf-16, utf-32, gb18030, big5 or docx. `warnings`: what was odd, codes of WARNINGS,
    sorted by code. `cues_read`: how many cues the file holds; `cues` are fewer where some were joined or
    left out.
    """

    kind: Literal["timed", "plain"]
    cues: tuple[Cue, ...]
    encoding: str
    warnings: tuple[Remark, ...]
    cues_read: int


def parse_transcript(data: bytes, file_name: str) -> Transcript:
    """Return what a transcript says. Of the name only the suffix counts.

    Raises Refused: transcript_unknown_type, _too_large, _empty, _not_text, _broken, _no_cues.
    """
    suffix = PurePath(file_name).suffix.lower()
    if suffix not in SUFFIXES:
        raise Refused("transcript_unknown_type", {"found": suffix, "known": " ".join(SUFFIXES)})
    if len(data) > LIMIT_BYTES:
        raise Refused("transcript_too_large", {"size_bytes": len(data), "limit_bytes": LIMIT_BYTES})
    if not data.strip():
        raise Refused("transcript_empty")
    notes = Notes()
    text, encoding = _text(data, suffix, notes)
    if not text.strip("\ufeff \n\t"):
        raise Refused("transcript_empty")
    cues = _timed(text, suffix, notes)
    if cues:
        cues_read = len(cues) + notes.count("too_many_cues")
        done = repaired(speakers_apart(cues, timed=True), notes)
        shown = tuple(Cue(cue.start_s, cue.end_s, cue.text, cue.speaker) for cue in done)
    elif suffix in _PLAIN:
        done = plain_cues(text, notes)
        cues_read = len(done) + notes.count("too_many_cues")
        shown = tuple(Cue(None, None, cue.text, cue.speaker) for cue in done)
    else:
        raise Refused("transcript_no_cues")
    if not shown:
        raise Refused("transcript_no_cues" if notes.count("time_too_late") else "transcript_empty")
    return Transcript("timed" if cues else "plain", shown, encoding, notes.remarks(), cues_read)


def _text(data: bytes, suffix: str, notes: Notes) -> tuple[str, str]:
    if suffix == ".docx":
        return docx_text(data, notes), "docx"
    if not data.startswith(_ZIP):
        return decode(data, notes)
    try:
        return docx_text(data, notes), "docx"  # a Word document under another name
    except Refused as refused:
        code = "transcript_not_text" if refused.code == "transcript_broken" else refused.code
        raise Refused(code, refused.details) from refused


def _timed(text: str, suffix: str, notes: Notes) -> list[RawCue]:
    """Return the cues of whichever kind of timed text this is, none when it is none."""
    readers = ((is_ttml, read_ttml), (is_timedtext, read_timedtext), (is_json, read_json))
    for looks_like, read in readers:
        if looks_like(text):
            try:
                return read(text, notes)
            except Refused:
                if suffix not in _PLAIN:
                    raise
    lines = text.split("\n")
    if is_ass(text):
        return read_ass(lines, notes)
    cues = read_subtitles(lines, notes, may_be_prose=suffix in _PLAIN)
    return cues or read_stamped(lines, notes, surely=suffix == ".lrc")
