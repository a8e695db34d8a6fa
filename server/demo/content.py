"""The lessons of the demonstration, read from the texts beside this file."""

from __future__ import annotations

import re
import tomllib
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from importlib import resources
from typing import Any, Literal

from library.catalog.permits import Audience
from library.core.clock import CHINA

# A sentence ends at its mark; a closing quotation mark or bracket right after it still belongs to it.
_SENTENCE_END = re.compile(r"(?<=[。！？；])(?![”’」』）])|(?<=[。！？；][”’」』）])")


@dataclass(frozen=True)
class Section:
    """One topic of a lesson, shown on one slide. `paragraphs` hold sentences."""

    title: str
    points: tuple[str, ...]
    paragraphs: tuple[tuple[str, ...], ...]


@dataclass(frozen=True)
class DemoLesson:
    """One lesson: what a lecturer would type in, and what the voice says.

    `school` is who gives the lesson (shown on the slides only). `date` moves with the day the demonstration
    is made, so that there is always something new this week.
    """

    key: str
    title: str
    lecturer: str
    voice: Literal["male", "female"]
    school: str
    topics: tuple[str, ...]
    date: date
    summary: str
    audience: Audience
    sections: tuple[Section, ...]
    language: str = "zh"

    @property
    def sentences(self) -> tuple[str, ...]:
        """All sentences in the order of speaking: the lines of the transcript."""
        return tuple(s for section in self.sections for paragraph in section.paragraphs for s in paragraph)


def lessons(today: date | None = None) -> tuple[DemoLesson, ...]:
    """Return the lessons in the order to make them: a short one first, the longest last.

    `today` (by default the date in China) is what their dates count back from.
    """
    day = today or datetime.now(UTC).astimezone(CHINA).date()
    folder = resources.files("server.demo") / "texts"
    files = sorted((f for f in folder.iterdir() if f.name.endswith(".toml")), key=lambda f: f.name)
    return tuple(_lesson(tomllib.loads(f.read_text("utf-8")), day) for f in files)


def split_paragraphs(text: str) -> tuple[tuple[str, ...], ...]:
    """Return the sentences of each paragraph. Empty lines part paragraphs; a line's end ends a sentence."""
    blocks = re.split(r"\n\s*\n", text.strip())
    return tuple(
        tuple(s for line in block.splitlines() for s in _SENTENCE_END.split(line.strip()) if s)
        for block in blocks
    )


def _lesson(data: dict[str, Any], today: date) -> DemoLesson:
    sections = tuple(
        Section(s["title"], tuple(s["points"]), split_paragraphs(s["text"])) for s in data["sections"]
    )
    return DemoLesson(
        key=data["key"],
        title=data["title"],
        lecturer=data["lecturer"],
        voice=data["voice"],
        school=data["school"],
        topics=tuple(data["topics"]),
        date=today - timedelta(days=data["days_ago"]),
        summary=data["summary"],
        audience=Audience(data["audience"]),
        sections=sections,
    )
