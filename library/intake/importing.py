"""Rows of a manifest become lessons: made once, changed where the manifest changed, left alone when equal.

The key is the name under which the old library knew a lesson; importing the same manifest twice changes
nothing. A row that cannot be used raises Invalid, and the caller lists it and goes on.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum
from pathlib import Path

from sqlalchemy.orm import Session

from library.catalog import actions as catalog
from library.catalog import queries
from library.catalog.rules import SUMMARY_MAX, TITLE_MAX, CueLine, TranscriptQuality, parse_date, split_topics
from library.catalog.tables import Lesson
from library.core.errors import Invalid
from library.core.text import clean_block, clean_line, name_key, required_line
from library.intake import actions
from library.intake import queries as intake_queries
from library.intake.manifest import Row
from library.intake.rules import TRANSCRIPT_SUFFIXES, quality_of
from transcode.errors import Refused
from transcode.reading.facts import Facts
from transcode.transcripts import captions
from transcode.transcripts.parsing import Cue, parse_transcript


class Outcome(StrEnum):
    """What became of a row."""

    CREATED = "created"
    UPDATED = "updated"
    UNCHANGED = "unchanged"


_URL = re.compile(r"[a-z][a-z0-9+.\-]*:(?://|\\\\)", re.IGNORECASE)
# Excel counts days from here (day 60 is the 29 February 1900 that never was, long before our lectures).
_EXCEL_DAY_0 = date(1899, 12, 30)
_EXCEL_DAY = re.compile(r"\d{5}(?:\.0+)?")


@dataclass(frozen=True)
class Words:
    """What is said in a lesson. `timed` when the lines have times."""

    timed: bool
    lines: tuple[CueLine, ...]


@dataclass(frozen=True)
class Prepared:
    """A row that can be used: its values read and checked, its files found.

    None means that the manifest says nothing about the field. `media` is the recording's file.
    """

    key: str
    title: str
    lecturer: str | None
    topics: tuple[str, ...] | None
    taught_on: date | None
    says_date: bool
    summary: str | None
    words: Words | None
    media: Path | None


def prepare(row: Row, folder: Path) -> Prepared:
    """Read a row's values and its transcript; files are named relative to `folder`, the manifest's.

    Raises Invalid naming the field that cannot be used.
    """
    return Prepared(
        key=row.key,
        title=required_line(row.title, "title", TITLE_MAX),
        lecturer=None if row.lecturer is None else clean_line(row.lecturer),
        topics=None if row.topics is None else tuple(split_topics(row.topics)),
        taught_on=_day(row.date or ""),
        says_date=row.date is not None,
        summary=None if row.summary is None else clean_block(row.summary, "summary", SUMMARY_MAX),
        words=_words(row, folder),
        media=_file(row.media, folder, "media"),  # what it is, its bytes say when it is brought
    )


def _day(text: str) -> date | None:
    if _EXCEL_DAY.fullmatch(text.strip()):
        return _EXCEL_DAY_0 + timedelta(days=int(text.strip()[:5]))
    return parse_date(text)


def _file(name: str | None, folder: Path, field: str, suffixes: Sequence[str] = ()) -> Path | None:
    name = (name or "").strip()
    if not name:
        return None
    if _URL.match(name):
        # Fetching what a table says would let whoever wrote it send this machine anywhere.
        raise Invalid("is_address", field=field, found=name[:200])
    file = folder / name.replace("\\", "/") if not (folder / name).exists() else folder / name
    if not file.is_file():
        raise Invalid("file_missing", field=field, found=name[:200])
    if suffixes and file.suffix.lower() not in suffixes:
        raise Invalid("upload_type", field=field, suffix=file.suffix or file.name[-20:])
    return file


def _words(row: Row, folder: Path) -> Words | None:
    file = _file(row.transcript, folder, "transcript", TRANSCRIPT_SUFFIXES)
    if file is not None:
        return read_words(file.read_bytes(), file.name)
    text = (row.transcript_text or "").strip()
    # Marked as UTF-8, because here nothing is left to guess.
    return read_words(b"\xef\xbb\xbf" + text.encode("utf-8", "replace"), "text.txt") if text else None


def read_words(data: bytes, file_name: str) -> Words:
    """Read a transcript; raises Invalid with the reason when it cannot be read."""
    try:
        transcript = parse_transcript(data, file_name)
    except Refused as refused:
        raise Invalid(refused.code, field="transcript", **dict(refused.details)) from refused
    lines = tuple(CueLine(cue.start_s, cue.end_s, cue.text, cue.speaker) for cue in transcript.cues)
    return Words(transcript.kind == "timed", lines)


def put_lesson(session: Session, row: Prepared, branch_id: str, now: datetime) -> tuple[Lesson, Outcome]:
    """Make the lesson of a row, or change what differs; raises Invalid. Its recording is the caller's."""
    lesson = queries.lesson_by_key(session, row.key)
    if lesson is None:
        details = catalog.Details(row.title, row.lecturer, row.topics, row.taught_on, summary=row.summary)
        lesson = catalog.new_lesson(
            session, branch_id=branch_id, owner_id=None, details=details, now=now, key=row.key
        )
        if row.words is not None:
            _store(session, lesson, row.words)
        return lesson, Outcome.CREATED
    details = _differences(lesson, row)
    changed = details != catalog.Details()
    if changed:
        catalog.edit(session, lesson, details)
    if row.words is not None and _says_more(session, lesson, row.words):
        _store(session, lesson, row.words)
        _fit(session, lesson)
        changed = True
    return lesson, Outcome.UPDATED if changed else Outcome.UNCHANGED


def _differences(lesson: Lesson, row: Prepared) -> catalog.Details:
    lecturer = lesson.lecturer.name if lesson.lecturer else ""
    is_other = row.lecturer is not None and name_key(row.lecturer) != name_key(lecturer)
    topics = [name_key(link.topic.name) for link in lesson.topics]
    are_other = row.topics is not None and [name_key(topic) for topic in row.topics] != topics
    return catalog.Details(
        title=row.title if row.title != lesson.title else None,
        lecturer=row.lecturer if is_other else None,
        topics=row.topics if are_other else None,
        taught_on=row.taught_on if row.taught_on != lesson.taught_on else None,
        clear_date=row.says_date and row.taught_on is None and lesson.taught_on is not None,
        summary=row.summary if row.summary is not None and row.summary != lesson.summary else None,
    )


def _says_more(session: Session, lesson: Lesson, words: Words) -> bool:
    """Tell whether `words` are news; plain text never replaces text with exact times."""
    if lesson.transcript is TranscriptQuality.NONE:
        return True
    exact = lesson.transcript is TranscriptQuality.EXACT
    if not words.timed and exact:
        return False
    present = queries.cues(session, lesson.id)
    if not words.timed:
        return [(line.text, line.speaker) for line in present] != [(c.text, c.speaker) for c in words.lines]
    return not exact or present != _fitted(session, lesson, words.lines)


def _fitted(session: Session, lesson: Lesson, lines: Sequence[CueLine]) -> list[CueLine]:
    """Return timed lines as they are kept once the recording's length is known."""
    recording = intake_queries.recording_of(session, lesson.id)
    if recording is None or recording.facts is None:
        return list(lines)
    cues = [Cue(line.start_s, line.end_s, line.text, line.speaker) for line in lines]
    kept, _warnings = captions.fit_cues(cues, Facts.from_json(recording.facts).duration_s)
    return [CueLine(cue.start_s, cue.end_s, cue.text, cue.speaker) for cue in kept]


def _store(session: Session, lesson: Lesson, words: Words) -> None:
    catalog.put_transcript(session, lesson, quality_of(timed=words.timed), words.lines)


def _fit(session: Session, lesson: Lesson) -> None:
    recording = intake_queries.recording_of(session, lesson.id)
    if recording is not None:
        actions.fit_transcript(session, lesson, recording)
