"""Pure rules of the catalogue: dates, topics and titles as people write them, cues of a clip."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from library.core.errors import Invalid
from library.core.text import clean_line, required_name

_DATE = re.compile(r"^\s*(\d{4})\s*[-/.年]\s*(\d{1,2})\s*[-/.月]\s*(\d{1,2})\s*日?(?:[T ].*)?$")
EARLIEST_YEAR = 1921

TITLE_MAX = 200
SUMMARY_MAX = 4_000
TOPICS_MAX = 20

LANGUAGES = ("zh-CN", "en")


class LessonKind(StrEnum):
    """What a lesson is made of: a moving picture, sound with a poster, or a text whose video is to come."""

    VIDEO = "video"
    SOUND = "sound"
    TEXT = "text"


class TranscriptQuality(StrEnum):
    """How well we know when something is said: from a file with times, guessed from plain text, not at all
    (the text has no times), or there is no text."""

    EXACT = "exact"
    ESTIMATED = "estimated"
    PLAIN = "plain"
    NONE = "none"


class ShiftReason(StrEnum):
    """Why the times of a transcript are moved: nobody has looked yet; they are not; its clock began at a full
    hour; its header says so; somebody chose it."""

    OPEN = "open"
    NONE = "none"
    HOURS = "hours"
    STREAM = "stream"
    CHOSEN = "chosen"


@dataclass(frozen=True)
class CueLine:
    """One line of what is said; times in seconds, None when the text has no times.

    `speaker`: who says it, "" when nobody told; never part of what is searched.
    """

    start_s: float | None
    end_s: float | None
    text: str
    speaker: str = ""


def parse_date(text: str) -> date | None:
    """Read a day as people write it: 2026-11-22, 2026/11/22, 2026.11.22, 2026年11月22日; "" is None.

    Raises Invalid("date_unreadable") for anything else, and for years before 1921 or after 2200.
    """
    if not text.strip():
        return None
    match = _DATE.match(text)
    try:
        day = date(*(int(part) for part in match.groups())) if match else None
    except ValueError:
        day = None
    if day is None or not EARLIEST_YEAR <= day.year <= 2200:
        raise Invalid("date_unreadable", field="date", text=text.strip()[:40])
    return day


def clean_language(text: str) -> str:
    """Return a lesson's language; raises Invalid("language_unknown")."""
    if text not in LANGUAGES:
        raise Invalid("language_unknown", field="language", known=", ".join(LANGUAGES))
    return text


def first_words(lines: Sequence[str], most: int = 36) -> str:
    """Return the beginning of what is said, cut at `most` characters."""
    joined = " ".join(line.strip() for line in lines if line.strip())
    return joined if len(joined) <= most else joined[: most - 1] + "…"


def said_characters(lines: Iterable[str]) -> int:
    """Return how many characters of some lines are said: letters, digits and Chinese characters."""
    return sum(character.isalnum() for line in lines for character in line)


def shared_topics(lessons: Sequence[Collection[str]]) -> list[str]:
    """Return the topics that more than half of some lessons have, given the topics of each."""
    numbers = Counter(topic for topics in lessons for topic in dict.fromkeys(topics))
    return [topic for topic, number in numbers.items() if 2 * number > len(lessons)]


def split_topics(text: str | Iterable[str]) -> list[str]:
    """Return the topics in `text` (separated by , ， 、 ; ； or line breaks), cleaned, each once, in order.

    Raises Invalid when there are more than TOPICS_MAX or one is longer than NAME_MAX.
    """
    parts = re.split(r"[,，、;；\n]", text) if isinstance(text, str) else list(text)
    topics: dict[str, str] = {}
    for part in parts:
        if not clean_line(part):
            continue
        name, folded = required_name(part, "topics")
        topics.setdefault(folded, name)
    if len(topics) > TOPICS_MAX:
        raise Invalid("too_many", field="topics", most=TOPICS_MAX, count=len(topics))
    return list(topics.values())


def title_from_file_name(name: str) -> str:
    """Return a first title for a recording: its file name without folder and extension, at most TITLE_MAX."""
    base = re.split(r"[/\\]", name)[-1]
    stem = base.rsplit(".", 1)[0] if "." in base.lstrip(".") else base
    return clean_line(stem.replace("_", " "))[:TITLE_MAX] or "未命名党课"
