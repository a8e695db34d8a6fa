"""Reading transcripts as people have them: .srt .vtt .txt .docx, in UTF-8, UTF-16 or GB18030.

Tolerant of what can be understood (each leniency leaves a warning code), firm about what cannot.
"""

from __future__ import annotations

import html
import re
import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import PurePath
from typing import Literal

from transcode.errors import Refused
from transcode.transcripts.docx import docx_text

LIMIT_BYTES = 8 * 2**20
"""A transcript of twelve hours has about 1 MB."""

MAX_CUES = 50_000
MAX_CUE_CHARS = 2_000
PLAIN_CUE_CHARS = 60
"""A plain text is cut into cues at sentences, and inside longer ones at commas: three lines on a phone."""

WARNINGS = {
    "bad_characters": "some characters could not be decoded and were replaced",
    "unsorted": "cues were not in the order of time and have been sorted",
    "overlap": "cues overlapped; the earlier one was shortened",
    "same_time": "cues at the same time were joined (two languages, usually)",
    "no_length": "cues ended before they began; they were given a reading time",
    "negative_time": "cues began before 0; they were moved",
    "no_text": "cues without words were left out",
    "long_cue": "very long cues were shortened",
    "too_many_cues": "only the first MAX_CUES were read",
    "past_the_end": "cues lie behind the recording's end (from fit_cues)",
}
"""Codes in `Transcript.warnings` and what each means."""

_SUFFIXES = {".srt", ".vtt", ".txt", ".docx"}
_STAMP = r"(-?)(?:(\d{1,3}):)?(\d{1,2}):(\d{1,2})(?:[.,](\d{1,3}))?"
_TIMES = re.compile(rf"^\s*{_STAMP}\s*-{{1,2}}>\s*{_STAMP}(?:\s.*)?$")
_BINARY, _BINARY_PART = re.compile(r"[\x00-\x08\x0e-\x1f]"), 0.05
_MARKUP = re.compile(r"</?[a-zA-Z][^<>]*>|<\d[\d:.]*>|\{\\[^{}]*\}")
_CONTROL = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f"  # C0 and C1 without tab and line feed
    "\u200b\u200e\u200f\u202a-\u202e\u2066-\u2069\ufeff]"  # no width, and what turns the direction of writing
)
_SENTENCES = re.compile(r"[^。！？!?；;\n]+[。！？!?；;]*[”’」』）)\"']*|[。！？!?；;]+")
_COMMAS = re.compile(r"[^，,、：:]+[，,、：:]*|[，,、：:]+")

_READING_CHARS_PER_S = 5.0
_SHORTEST_READING_S = 1.0


@dataclass(frozen=True)
class Cue:
    """One line of a transcript; times are None in a plain one."""

    start_s: float | None
    end_s: float | None
    text: str


@dataclass(frozen=True)
class Transcript:
    """A transcript as read. `encoding`: utf-8, utf-16, gb18030 or docx. `warnings`: codes of WARNINGS."""

    kind: Literal["timed", "plain"]
    cues: tuple[Cue, ...]
    encoding: str
    warnings: tuple[str, ...]


def parse_transcript(data: bytes, file_name: str) -> Transcript:
    """Return what a transcript says. Of the name only the suffix counts; a .txt with time lines is timed.

    Raises Refused: transcript_unknown_type, _too_large, _empty, _not_text, _broken, _no_cues.
    """
    suffix = PurePath(file_name).suffix.lower()
    if suffix not in _SUFFIXES:
        raise Refused("transcript_unknown_type", {"found": suffix})
    if len(data) > LIMIT_BYTES:
        raise Refused("transcript_too_large", {"size_bytes": len(data), "limit_bytes": LIMIT_BYTES})
    if not data.strip():
        raise Refused("transcript_empty")
    if suffix == ".docx":
        text, encoding, warnings = docx_text(data), "docx", set[str]()
    else:
        text, encoding, warnings = _decode(data)
    blocks = list(_blocks(text.splitlines()))
    if blocks:
        return _timed_transcript(blocks, encoding, warnings)
    if suffix in {".srt", ".vtt"}:
        raise Refused("transcript_no_cues")
    return _plain_transcript(text, encoding, warnings)


def _decode(data: bytes) -> tuple[str, str, set[str]]:
    """Decode in a fixed order: marks, strict UTF-8, then GB18030, which accepts almost everything."""
    if data[:2] in {b"\xff\xfe", b"\xfe\xff"}:
        text, encoding = data.decode("utf-16", "replace"), "utf-16"
    elif b"\x00" in data[:4096]:
        text, encoding = _decode_unmarked_utf16(data), "utf-16"
    else:
        text, encoding = "", "utf-8"
        for name in ("utf-8-sig", "gb18030"):
            try:
                text, encoding = data.decode(name), name.removesuffix("-sig")
                break
            except UnicodeDecodeError:
                continue
        else:
            text = data.decode("utf-8-sig", "replace")
    if len(_BINARY.findall(text)) > len(text) * _BINARY_PART:
        raise Refused("transcript_not_text")
    return text, encoding, {"bad_characters"} if "\ufffd" in text else set()


def _decode_unmarked_utf16(data: bytes) -> str:
    """Text has zeros only on one side of its pairs (line ends, spaces, digits); anything else is not text."""
    head = data[: min(len(data), 4096) // 2 * 2]
    even, odd = head[::2].count(0), head[1::2].count(0)
    if not (even == 0 or odd == 0):
        raise Refused("transcript_not_text")
    try:
        return data.decode("utf-16-le" if odd else "utf-16-be")
    except UnicodeDecodeError as error:
        raise Refused("transcript_not_text") from error


@dataclass(frozen=True)
class _Block:
    start_s: float
    end_s: float
    lines: tuple[str, ...]


def _blocks(lines: Sequence[str]) -> Iterator[_Block]:
    """Yield what stands under each time line, up to a blank line or the next cue. Reads SRT and WebVTT alike:
    headers, NOTE, STYLE and REGION blocks and cue names have no time line above them and fall away."""
    times: tuple[float, float] | None = None
    text: list[str] = []
    for n, line in enumerate([*lines, ""]):
        match = _TIMES.match(line)
        if match or not line.strip():
            if times is not None:
                yield _Block(*times, tuple(text))
            times, text = (_times(match) if match else None), []
        elif times is not None and not _names_next_cue(lines, n):
            text.append(line)


def _names_next_cue(lines: Sequence[str], n: int) -> bool:
    """A number right above a time line is that cue's, even where the blank line between was forgotten."""
    return lines[n].strip().isdecimal() and n + 1 < len(lines) and _TIMES.match(lines[n + 1]) is not None


def _times(match: re.Match[str]) -> tuple[float, float]:
    groups = match.groups()
    return _seconds(groups[:5]), _seconds(groups[5:])


def _seconds(parts: Sequence[str | None]) -> float:
    sign, hours, minutes, seconds, fraction = parts
    total = int(hours or 0) * 3600 + int(minutes or 0) * 60 + int(seconds or 0)
    total_ms = total * 1000 + int((fraction or "0").ljust(3, "0"))
    return (-total_ms if sign else total_ms) / 1000


def _timed_transcript(blocks: Sequence[_Block], encoding: str, warnings: set[str]) -> Transcript:
    if len(blocks) > MAX_CUES:
        blocks = blocks[:MAX_CUES]
        warnings.add("too_many_cues")
    cues = [
        _Timed(block.start_s, block.end_s, _bounded(_clean("\n".join(block.lines)), warnings))
        for block in blocks
    ]
    if any(not cue.text for cue in cues):
        warnings.add("no_text")
        cues = [cue for cue in cues if cue.text]
    if not cues:
        raise Refused("transcript_empty")
    in_order = sorted(cues, key=lambda cue: cue.start_s)
    if in_order != cues:
        warnings.add("unsorted")
    apart = list(_apart(_joined(_within_time(in_order, warnings), warnings), warnings))
    return Transcript(
        "timed",
        tuple(Cue(cue.start_s, cue.end_s, cue.text) for cue in apart),
        encoding,
        tuple(sorted(warnings)),
    )


@dataclass(frozen=True)
class _Timed:
    start_s: float
    end_s: float
    text: str


def _within_time(cues: Iterable[_Timed], warnings: set[str]) -> Iterator[_Timed]:
    for cue in cues:
        start_s, end_s = max(0.0, cue.start_s), max(0.0, cue.end_s)
        if start_s != cue.start_s or end_s != cue.end_s:
            warnings.add("negative_time")
        if end_s <= start_s:
            warnings.add("no_length")
            end_s = start_s + max(_SHORTEST_READING_S, len(cue.text) / _READING_CHARS_PER_S)
        yield replace(cue, start_s=start_s, end_s=end_s)


def _joined(cues: Iterable[_Timed], warnings: set[str]) -> list[_Timed]:
    joined: list[_Timed] = []
    for cue in cues:
        last = joined[-1] if joined else None
        if (
            last is not None
            and last.start_s == cue.start_s
            and len(last.text) + len(cue.text) < MAX_CUE_CHARS
        ):
            warnings.add("same_time")
            text = last.text if last.text == cue.text else f"{last.text}\n{cue.text}"
            joined[-1] = _Timed(last.start_s, max(last.end_s, cue.end_s), text)
        else:
            joined.append(cue)
    return joined


def _apart(cues: Sequence[_Timed], warnings: set[str]) -> Iterator[_Timed]:
    for n, cue in enumerate(cues):
        next_s = cues[n + 1].start_s if n + 1 < len(cues) else cue.end_s
        if next_s < cue.end_s:
            warnings.add("overlap")
        yield replace(cue, end_s=max(min(cue.end_s, next_s), cue.start_s))


def _plain_transcript(text: str, encoding: str, warnings: set[str]) -> Transcript:
    pieces = (piece for line in text.splitlines() for piece in _pieces(_clean(line)))
    cues: list[Cue] = []
    for piece in pieces:
        if len(cues) == MAX_CUES:
            warnings.add("too_many_cues")
            break
        cues.append(Cue(None, None, piece))
    if not cues:
        raise Refused("transcript_empty")
    return Transcript("plain", tuple(cues), encoding, tuple(sorted(warnings)))


def _pieces(line: str) -> Iterator[str]:
    """Cut a paragraph into cues: at sentences, a long sentence at its commas, what is left by length."""
    for sentence in _SENTENCES.findall(line):
        now = ""
        for part in _COMMAS.findall(sentence) if len(sentence) > PLAIN_CUE_CHARS else [sentence]:
            if now and len(now) + len(part) > PLAIN_CUE_CHARS:
                yield now.strip()
                now = ""
            now += part
            while len(now) > 2 * PLAIN_CUE_CHARS:
                yield now[:PLAIN_CUE_CHARS].strip()
                now = now[PLAIN_CUE_CHARS:]
        if now.strip():
            yield now.strip()


def _clean(text: str) -> str:
    """Plain words: no markup, no entities, no control or direction characters, composed (NFC)."""
    text = html.unescape(_MARKUP.sub("", text)).replace("\xa0", " ")
    text = _CONTROL.sub("", unicodedata.normalize("NFC", text))
    return "\n".join(line.strip() for line in text.splitlines() if line.strip())


def _bounded(text: str, warnings: set[str]) -> str:
    if len(text) <= MAX_CUE_CHARS:
        return text
    warnings.add("long_cue")
    return text[:MAX_CUE_CHARS]
