"""What the voice says, line by line, and how long it is silent in between. Pure."""

from __future__ import annotations

import re
from dataclasses import dataclass

from server.demo.content import DemoLesson, Section
from server.demo.reading import spoken

CLAUSE_PAUSE_S = 0.15
SENTENCE_PAUSE_S = 0.35
PARAGRAPH_PAUSE_S = 0.9
SECTION_PAUSE_S = 1.5
LEAD_IN_S = 0.8

CAPTION_CHARS = 28
"""A longer sentence becomes several lines: two rows of 14 fit a phone without covering the picture."""


@dataclass(frozen=True)
class Line:
    """One line of the transcript: as written, as read, and the silence after it.

    `ends_section` is followed by a new slide.
    """

    text: str
    said: str
    pause_s: float
    ends_section: bool


def lines(lesson: DemoLesson) -> tuple[Line, ...]:
    """Return a lesson's lines in order."""
    return tuple(line for section in lesson.sections for line in _section_lines(section))


def _section_lines(section: Section) -> list[Line]:
    texts: list[tuple[str, float]] = []
    for paragraph in section.paragraphs:
        for sentence in paragraph:
            texts += [(piece, CLAUSE_PAUSE_S) for piece in split_sentence(sentence)]
            texts[-1] = (texts[-1][0], SENTENCE_PAUSE_S)
        texts[-1] = (texts[-1][0], PARAGRAPH_PAUSE_S)
    texts[-1] = (texts[-1][0], SECTION_PAUSE_S)
    return [
        Line(text, spoken(text), pause_s, n == len(texts)) for n, (text, pause_s) in enumerate(texts, start=1)
    ]


def split_sentence(sentence: str) -> tuple[str, ...]:
    """Return a sentence as lines of at most CAPTION_CHARS, where commas and colons allow it."""
    pieces: list[str] = []
    for clause in re.split(r"(?<=[，：])", sentence):
        if pieces and len(pieces[-1]) + len(clause) <= CAPTION_CHARS:
            pieces[-1] += clause
        else:
            pieces.append(clause)
    return tuple(pieces)
