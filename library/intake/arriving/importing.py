"""Rows of a manifest become lessons: made once, changed where the manifest changed, left alone when equal.

The key is the name under which the old library knew a lesson; importing the same manifest twice changes
nothing. A row that cannot be used raises Invalid, and the caller lists it and goes on.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from enum import StrEnum
from pathlib import Path

from sqlalchemy.orm import Session

from library.catalog import actions as catalog
from library.catalog import audiences, queries
from library.catalog.audience import Named, read_words
from library.catalog.rules import SUMMARY_MAX, TITLE_MAX, Genre, read_genre, split_topics
from library.catalog.tables import Lesson
from library.core.days import parse_date
from library.core.errors import Invalid
from library.core.permits import Viewer
from library.core.text import clean_block, clean_line, name_key, required_line
from library.intake.arriving.manifest import Row
from library.intake.rules import TRANSCRIPT_SUFFIXES
from library.intake.transcripts import taking
from library.intake.transcripts.taking import Words
from library.versions import actions as versions
from transcode.remarks import Remark


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
class Prepared:
    """A row that can be used: its values read and checked, its files found.

    None means that the manifest says nothing about the field. `media` is the recording's file; `remarks` tell
    what was guessed or left out.
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
    audience: Named | None = None
    genre: Genre | None = None
    remarks: tuple[Remark, ...] = ()


def prepare(row: Row, folder: Path) -> Prepared:
    """Read a row's values and its transcript; files are named relative to `folder`, the manifest's.

    Raises Invalid naming the field that cannot be used.
    """
    said: list[Remark] = []
    words = _words(row, folder, said)
    media = find_file(row.media, folder, "media", (), said)  # what it is, its bytes say when it is brought
    return Prepared(
        key=row.key,
        title=required_line(row.title, "title", TITLE_MAX),
        lecturer=None if row.lecturer is None else clean_line(row.lecturer),
        topics=None if row.topics is None else tuple(split_topics(row.topics)),
        taught_on=_day(row.date or ""),
        says_date=row.date is not None,
        summary=None if row.summary is None else clean_block(row.summary, "summary", SUMMARY_MAX),
        words=words,
        media=media,
        audience=read_words([row.audience]) if row.audience and row.audience.strip() else None,
        genre=read_genre(row.genre) if row.genre and row.genre.strip() else None,
        remarks=tuple(said),
    )


def _day(text: str) -> date | None:
    if _EXCEL_DAY.fullmatch(text.strip()):
        return _EXCEL_DAY_0 + timedelta(days=int(text.strip()[:5]))
    return parse_date(text)


def find_file(
    name: str | None, folder: Path, field: str, suffixes: Sequence[str], said: list[Remark]
) -> Path | None:
    """Return the file of a name in a manifest's folder, None for no name; raises Invalid naming `field`."""
    name = (name or "").strip()
    if not name:
        return None
    if _URL.match(name):
        # Fetching what a table says would let whoever wrote it send this machine anywhere.
        raise Invalid("is_address", field=field, found=name[:200])
    file = folder / name if (folder / name).exists() else folder / name.replace("\\", "/")
    if not file.exists():
        file = _spelt_otherwise(folder, name.replace("\\", "/"), field, said)
    if not file.is_file():
        raise Invalid("file_missing", field=field, found=name[:200])
    if suffixes and file.suffix.lower() not in suffixes:
        raise Invalid("upload_type", field=field, suffix=file.suffix or file.name[-20:])
    return file


def _spelt_otherwise(folder: Path, name: str, field: str, said: list[Remark]) -> Path:
    """Return the file that is meant where its name differs in capitals or in how its letters are composed.

    A Mac composes them otherwise than Windows, and Windows knows no capitals. Raises Invalid when there is
    none, and when there are several.
    """
    here = folder
    for part in Path(name).parts:
        if (here / part).exists():
            here = here / part
            continue
        alike = [one for one in _names_in(here) if _spelling(one) == _spelling(part)]
        if len(alike) > 1:
            values = {"name": part[:200], "found": ", ".join(sorted(alike))[:200]}
            raise Invalid("file_ambiguous", field=field, **values)
        if not alike:
            raise Invalid("file_missing", field=field, found=name[:200])
        here = here / alike[0]
    said.append(Remark("name_spelt_otherwise", 1, {"name": name[:200], "file": here.name[:200]}))
    return here


def _names_in(folder: Path) -> list[str]:
    try:
        return [file.name for file in folder.iterdir()]
    except OSError:
        return []


def _spelling(name: str) -> str:
    return unicodedata.normalize("NFC", unicodedata.normalize("NFC", name).casefold())


def _words(row: Row, folder: Path, said: list[Remark]) -> Words | None:
    file = find_file(row.transcript, folder, "transcript", TRANSCRIPT_SUFFIXES, said)
    text = (row.transcript_text or "").strip()
    if file is not None:
        if text:
            said.append(Remark("text_beside_file", 1, {"name": file.name}))
        return taking.read(file.read_bytes(), file.name)
    if not text:
        return None
    # Marked as UTF-8, because here nothing is left to guess.
    words = taking.read(b"\xef\xbb\xbf" + text.encode("utf-8", "replace"), "text.txt")
    return replace(words, file_name="")


def put_lesson(
    session: Session, row: Prepared, node_id: str, now: datetime, viewer: Viewer
) -> tuple[Lesson, Outcome, tuple[Remark, ...]]:
    """Make the lesson of a row, or change what differs; raises Invalid. Its recording is the caller's.
    `viewer` is who names its audience.

    Words that fit worse than those it has are kept beside them: then the remarks say so, and why.
    """
    lesson = queries.lesson_by_key(session, row.key)
    if lesson is None:
        details = catalog.Details(row.title, row.lecturer, row.topics, row.taught_on, summary=row.summary)
        details = replace(details, genre=row.genre)
        lesson = catalog.new_lesson(
            session, node_id=node_id, owner_id=None, details=details, now=now, key=row.key
        )
        if row.words is not None:
            taking.take(session, lesson, row.words, now)
        _open_to(session, lesson, row, now, viewer)
        return lesson, Outcome.CREATED, ()
    versions.keep_present(session, lesson)
    details = _differences(lesson, row)
    changed = details != catalog.Details()
    if changed:
        catalog.edit(session, lesson, details)
    changed = _open_to(session, lesson, row, now, viewer) or changed
    refused: tuple[Remark, ...] = ()
    if row.words is not None:
        taken = taking.take(session, lesson, row.words, now)
        changed, refused = taken.changed or changed, taken.remarks()
    if changed:
        versions.record_straight(session, lesson, now)
    return lesson, Outcome.UPDATED if changed else Outcome.UNCHANGED, refused


def _open_to(session: Session, lesson: Lesson, row: Prepared, now: datetime, viewer: Viewer) -> bool:
    """Give a lesson the audience of its row; returns whether it had another."""
    if row.audience is None:
        return False
    wanted = audiences.meant(session, row.audience, viewer)
    if (lesson.audience, tuple(lesson.chosen)) == (wanted.audience, wanted.tokens):
        return False
    audiences.set_audience(session, lesson, wanted, now)
    return True


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
        genre=row.genre if row.genre is not None and row.genre is not lesson.genre else None,
    )
