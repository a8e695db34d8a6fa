"""Pure rules of the catalogue: dates, topics and titles as people write them, cues of a clip."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Self

from library.core.errors import Invalid
from library.core.text import clean_line, name_key, required_name

TITLE_MAX = 200
SUMMARY_MAX = 4_000
TOPICS_MAX = 20

LANGUAGES = ("zh-CN", "en")


class LessonKind(StrEnum):
    """What a lesson is made of: a moving picture, sound with a poster, or a text whose video is to come."""

    VIDEO = "video"
    SOUND = "sound"
    TEXT = "text"


class Genre(StrEnum):
    """What kind of lesson it is, as those who call for lessons sort them: somebody teaches; somebody tells
    what they lived through; taught where it happened; acted on a stage; a film made for teaching; how
    something is done; drawn or very short."""

    LECTURE = "lecture"
    TESTIMONY = "testimony"
    ONSITE = "onsite"
    STAGED = "staged"
    FILM = "film"
    PRACTICAL = "practical"
    ANIMATION = "animation"


_GENRE_WORDS: Mapping[Genre, tuple[str, ...]] = {
    Genre.LECTURE: ("讲授", "讲授式", "专题讲授", "讲课"),
    Genre.TESTIMONY: ("亲历讲述", "讲述", "亲历"),
    Genre.ONSITE: ("现场教学", "现场", "on-site"),
    Genre.STAGED: ("情景党课", "情景", "情景剧"),
    Genre.FILM: ("教学片", "电教片", "党员教育片"),
    Genre.PRACTICAL: ("实用技术", "实用技术片"),
    Genre.ANIMATION: ("动漫微视频", "动漫", "动画", "微视频", "micro-video"),
}
GENRES: Mapping[str, Genre] = {
    name_key(word): genre for genre in Genre for word in (*_GENRE_WORDS[genre], genre.value)
}
"""Genres by the words under which people know them, folded as names are."""


def words_of_genre(code: str) -> tuple[str, ...]:
    """Return the names of a genre, the usual one first; nothing for what is none."""
    return next((words for genre, words in _GENRE_WORDS.items() if genre == code), ())


def read_genre(text: str) -> Genre:
    """Return a genre from its code or one of its names; raises Invalid("genre_unknown")."""
    found = GENRES.get(name_key(text))
    if found is None:
        raise Invalid("genre_unknown", field="genre", text=clean_line(text)[:40])
    return found


class TranscriptQuality(StrEnum):
    """How well we know what is said and when: from a file with times; from a text that was laid over what a
    machine heard; what a machine heard; guessed from plain text; not at all (the text has no times); or
    there is no text."""

    EXACT = "exact"
    ALIGNED = "aligned"
    RECOGNISED = "recognised"
    ESTIMATED = "estimated"
    PLAIN = "plain"
    NONE = "none"


CAPTIONED = (TranscriptQuality.EXACT, TranscriptQuality.ALIGNED, TranscriptQuality.RECOGNISED)
"""The times are those of the sound: such lines can stand under a picture. Guessed ones are off by seconds."""


RECOGNISED_NOTE = "机器识别，待校对 / Recognised by machine, not yet corrected"
"""What every file says that machines and people elsewhere read, in whatever language they do."""


def note_of(quality: TranscriptQuality) -> str:
    """Return what a file of such words must say about them; "" for nothing."""
    return RECOGNISED_NOTE if quality is TranscriptQuality.RECOGNISED else ""


class CueSource(StrEnum):
    """Where a line comes from: a file with times (or without, while it has none); a text whose times were
    heard; a text whose times were guessed; heard by a machine; heard by one and corrected by a person."""

    GIVEN = "given"
    ALIGNED = "aligned"
    ESTIMATED = "estimated"
    RECOGNISED = "recognised"
    CORRECTED = "corrected"


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

    `speaker`: who says it, "" when nobody told; never part of what is searched. `confidence`: how sure the
    machine is of a recognised line, what part of an aligned one it heard (0 to 1); None for others.
    `doubtful`: the characters of which it is not sure, from and to.
    """

    start_s: float | None
    end_s: float | None
    text: str
    speaker: str = ""
    source: CueSource = CueSource.GIVEN
    confidence: float | None = None
    doubtful: tuple[tuple[int, int], ...] = ()

    def to_json(self) -> dict[str, Any]:
        """Return it as a JSON column keeps it: what a machine thinks of it only where it thinks something,
        so that what was kept before there were machines is the same."""
        kept: dict[str, Any] = {
            "start_s": self.start_s,
            "end_s": self.end_s,
            "text": self.text,
            "speaker": self.speaker,
        }
        if self.source is not CueSource.GIVEN:
            kept["source"] = str(self.source)
        if self.confidence is not None:
            kept["confidence"] = self.confidence
        if self.doubtful:
            kept["doubtful"] = [list(span) for span in self.doubtful]
        return kept

    @classmethod
    def from_json(cls, value: Mapping[str, Any]) -> Self:
        """Return what `to_json` gave."""
        return cls(
            value["start_s"],
            value["end_s"],
            value["text"],
            value.get("speaker", ""),
            CueSource(value.get("source", CueSource.GIVEN)),
            value.get("confidence"),
            spans_of(value.get("doubtful")),
        )


def spans_of(value: Iterable[Sequence[int]] | None) -> tuple[tuple[int, int], ...]:
    """Return spans of characters from the lists of a JSON column."""
    return tuple((int(first), int(last)) for first, last in value or ())


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
