"""Contexts of correcting."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import ClassVar

from library.catalog.rules import TranscriptQuality
from server.web.parts import Context, LessonRef, Pager, Reason


@dataclass(frozen=True, slots=True, kw_only=True)
class WordsPage(Context):
    """GET /lessons/{id}/words (who may edit the lesson): its lines beside its sound, to be corrected.

    `words` is exactly what GET /api/v1/lessons/{id}/transcript/lines answers; it travels with the page, so
    that the script can begin at once. Without lines, and while a machine still writes them (`being_heard`),
    the page says so. The script saves by PATCH of the same address.
    """

    template: ClassVar[str] = "correcting/words.html"
    lesson: LessonRef
    words: Mapping[str, object]


Parts = tuple[tuple[str, bool], ...]
"""A text in pieces, and whether the other side does not say each of them; lines are parted by line breaks."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CompareSide:
    """One of a lesson's transcripts: its number, and what tells it from the others."""

    n: int
    file_name: str
    quality: TranscriptQuality
    by: str | None
    made_at: datetime
    corrected: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class CompareRow:
    """Lines that belong together and differ.

    `key` names them in the form; `choice` is "left", "right" or "keep". `moment_s` is None in texts without
    times; `clip_s` is where the clip `clip_id` plays it. `changed`: somebody has changed the lines in use
    here since the choice was made: it has to be made again.
    """

    key: str
    moment_s: float | None
    clip_id: str | None
    clip_s: float
    left: Parts
    right: Parts
    choice: str = "keep"
    changed: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class ComparePage(Context):
    """GET /lessons/{id}/compare?with=&page=&all= (who may edit the lesson): two of its transcripts.

    `now` is the one in use, `other` the one it is compared with, one of `others` (newest first). `rows` are
    those of this page that differ; `same` says how many do not, `decided` how many differ and have been
    decided about, which are listed when `listed_all`. `base` is the name of the lines in use. `problem`: why
    nothing can be compared, or why the form was not taken.
    Form: POST of the same address (base, with, page, all, take, and for each row c.<key>: left, right, keep);
    `take` "left" or "right" chooses for all rows of the page.
    """

    template: ClassVar[str] = "correcting/compare.html"
    lesson: LessonRef
    now: CompareSide | None
    other: CompareSide | None
    others: tuple[CompareSide, ...] = ()
    rows: tuple[CompareRow, ...] = ()
    base: str = ""
    pager: Pager
    same: int = 0
    decided: int = 0
    listed_all: bool = False
    problem: Reason | None = None
