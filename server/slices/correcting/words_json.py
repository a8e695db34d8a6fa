"""What is said in a lesson, as the page that corrects it and the API speak of it."""

from __future__ import annotations

from datetime import datetime

from pydantic import BaseModel
from sqlalchemy.orm import Session

from library.catalog import transcript_queries as given
from library.catalog.rules import CueLine, CueSource, TranscriptQuality
from library.catalog.tables import Lesson
from library.core.permits import Role, Viewer
from library.correcting import queries
from library.correcting.rules import LINE_MAX, WORDING_MAX
from library.hearing import queries as hearing
from library.intake.transcripts import telling
from server.web.shown.media_urls import MediaUrls


class LineOut(BaseModel):
    """A line as it is shown: times in seconds of the lecture, null in a text without times.

    `confidence` (0 to 1) and `doubtful` (characters from and to) are what a machine thinks of what it heard.
    """

    start_s: float | None
    end_s: float | None
    text: str
    speaker: str
    source: CueSource
    confidence: float | None
    doubtful: list[tuple[int, int]]


class PlayingOut(BaseModel):
    """A clip in which a stretch of the lecture can be heard."""

    start_s: float
    end_s: float
    master: str


class WordingOut(BaseModel):
    """Words that are always to be written otherwise in lessons of this lecturer."""

    was: str
    now: str


class LimitsOut(BaseModel):
    """Characters: of a line, and of what is always to be written so."""

    line: int
    wording: int


class WordsOut(BaseModel):
    """What is said in a lesson now, and what helps to correct it.

    `base` is the name of exactly these lines: a correction says it. `version` is their number among the
    lesson's transcripts (null for words that were there before versions), `by` who made it. `being_heard`: a
    machine still writes them. `pauses` are those of the sound, from and to; `heard`: when each word begins
    that a machine heard, and how many spoken characters it has. `may_teach`: what is always to be written so
    becomes a word of the site's dictionary too.
    """

    base: str
    quality: TranscriptQuality
    version: int | None
    by: str | None
    made_at: datetime | None
    being_heard: bool
    duration_s: float | None
    lines: list[LineOut]
    playing: list[PlayingOut]
    pauses: list[tuple[float, float]]
    heard: list[tuple[float, int]]
    always: list[WordingOut]
    may_teach: bool
    limits: LimitsOut


def words_out(media: MediaUrls, session: Session, lesson: Lesson, viewer: Viewer) -> WordsOut:
    """Return what is said in a lesson, for whoever may correct it."""
    present = queries.present(session, lesson)
    version = given.version_in_use(session, lesson.id)
    heard = telling.heard_of(session, lesson.id)
    return WordsOut(
        base=present.base,
        quality=present.quality,
        version=None if version is None else version.n,
        by=None if version is None or version.person is None else version.person.name,
        made_at=None if version is None else version.made_at,
        being_heard=queries.being_heard(session, lesson.id),
        duration_s=lesson.duration_s,
        lines=[_line(line) for line in present.lines],
        playing=[
            PlayingOut(start_s=c.start_s, end_s=c.end_s, master=media.of(lesson, c, "master.m3u8"))
            for c in lesson.clips
            if c.plan
        ],
        pauses=[(round(p.start_s, 3), round(p.end_s, 3)) for p in (heard.pauses if heard else ())],
        heard=hearing.word_starts(session, lesson.id),
        always=wordings_out(session, lesson),
        may_teach=viewer.has(Role.STAFF),
        limits=LimitsOut(line=LINE_MAX, wording=WORDING_MAX),
    )


def _line(line: CueLine) -> LineOut:
    return LineOut(
        start_s=line.start_s,
        end_s=line.end_s,
        text=line.text,
        speaker=line.speaker,
        source=line.source,
        confidence=line.confidence,
        doubtful=list(line.doubtful),
    )


def wordings_out(session: Session, lesson: Lesson) -> list[WordingOut]:
    """Return what is always to be written otherwise in lessons of this one's lecturer, the newest first."""
    return [WordingOut(was=pair.was, now=pair.now) for pair in queries.earlier(session, lesson)]
