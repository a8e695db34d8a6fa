"""Text without times, and long texts of which only the beginning has one: cut into cues of a sentence."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace

from transcode.transcripts.raw import MAX_CUES, Notes, RawCue
from transcode.transcripts.repairing import reading_s
from transcode.transcripts.words import clean, speakers_apart

PLAIN_CUE_CHARS = 60
"""A plain text is cut into cues at sentences, and inside longer ones at commas: three lines on a phone."""

_SENTENCES = re.compile(r"[^。！？!?；;\n]+[。！？!?；;]*[”’」』）)\"']*|[。！？!?；;]+")
_COMMAS = re.compile(r"[^，,、：:]+[，,、：:]*|[，,、：:]+")


def pieces(line: str) -> Iterator[str]:
    """Cut a paragraph into cues: at sentences, a long sentence at its commas, what is left by length."""
    for sentence in _SENTENCES.findall(line):
        now = ""
        for part in _COMMAS.findall(sentence) if len(sentence) > PLAIN_CUE_CHARS else [sentence]:
            if now and len(now) + len(part) > PLAIN_CUE_CHARS:
                yield now.strip()
                now = ""
            now += part
            at = 0
            while len(now) - at > 2 * PLAIN_CUE_CHARS:
                yield now[at : at + PLAIN_CUE_CHARS].strip()
                at += PLAIN_CUE_CHARS
            now = now[at:]
        if now.strip():
            yield now.strip()


def plain_cues(text: str, notes: Notes) -> list[RawCue]:
    """Return text without times as cues; their times mean nothing."""
    paragraphs: list[RawCue] = []
    for line in text.split("\n"):
        said = clean(line)
        if said and len(paragraphs) < MAX_CUES:
            paragraphs.append(RawCue(0.0, None, said))
        elif said:
            notes.add("too_many_cues", most=MAX_CUES)
    cues: list[RawCue] = []
    for paragraph in speakers_apart(paragraphs, timed=False):
        for piece in filter(None, pieces(paragraph.text)):
            if len(cues) < MAX_CUES:
                cues.append(replace(paragraph, text=piece))
            else:
                notes.add("too_many_cues", most=MAX_CUES)
    return cues


def divided(cues: Sequence[RawCue], notes: Notes) -> Iterator[RawCue]:
    """Cut what stands under one stamp into sentences; the first keeps the stamp, the others share the time.

    Recognisers that put a stamp before each paragraph would otherwise fill the picture with it.
    """
    for cue in cues:
        if len(cue.text) <= 2 * PLAIN_CUE_CHARS:
            yield cue
            continue
        parts = [part for line in cue.text.split("\n") for part in pieces(line) if part] or [cue.text]
        notes.add("divided")
        length_s = reading_s(cue.text) if cue.end_s is None else cue.end_s - cue.start_s
        total, before = sum(map(len, parts)), 0
        for part in parts:
            start_s = cue.start_s + length_s * before / total
            before += len(part)
            end_s = cue.start_s + length_s * before / total
            yield replace(cue, start_s=round(start_s, 3), end_s=round(end_s, 3), text=part)
