"""What a machine can see of a lesson before it is declared. Pure but for the lesson's own row."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from library.catalog.rules import TranscriptQuality
from library.catalog.tables import Lesson


class Found(StrEnum):
    """A point that a machine can look at."""

    PLAYS = "plays"
    TRANSCRIPT = "transcript"
    PROOFREAD = "proofread"
    LECTURER = "lecturer"
    TOPICS = "topics"
    SUMMARY = "summary"
    COVER = "cover"


@dataclass(frozen=True)
class Checked:
    """A point, whether it is so, and whether a lesson cannot be declared without it."""

    what: Found
    good: bool
    needed: bool = False


def look_at(lesson: Lesson) -> tuple[Checked, ...]:
    """Return what a machine sees of a lesson."""
    plays = any(clip.plan for clip in lesson.clips)
    words = lesson.transcript is not TranscriptQuality.NONE
    found = [
        Checked(Found.PLAYS, plays, needed=not words),
        Checked(Found.TRANSCRIPT, words, needed=not plays),
    ]
    if words:
        found.append(Checked(Found.PROOFREAD, lesson.transcript is not TranscriptQuality.RECOGNISED))
    return (
        *found,
        Checked(Found.LECTURER, lesson.lecturer is not None),
        Checked(Found.TOPICS, bool(lesson.topics)),
        Checked(Found.SUMMARY, bool(lesson.summary)),
        Checked(Found.COVER, bool(lesson.cover) or any(clip.cover or clip.poster for clip in lesson.clips)),
    )
