"""Pictures that somebody chose for a lesson or a clip, beside those that were made of themselves.

A cover lies in a folder of a clip like what a plan made of it, under a name of its own: another one
is another folder, the row switches, and the old one is swept later.
It is served as all pictures of clips are.
"""

from __future__ import annotations

import re
import secrets
from collections.abc import Mapping
from datetime import datetime
from typing import Literal

from sqlalchemy.orm import Session

from library.audit import actions as audit
from library.audit.rules import Deed
from library.catalog.tables import Clip, Lesson
from library.core.errors import Conflict
from transcode.pictures.small import SmallForm, small_file

Of = Literal["picture", "frame", "words"]
"""What a cover is made of: somebody's own picture, a moment of the recording, the present one with other
words."""
COVER = "cover.jpg"
"""The picture itself, with its words."""
PLAIN = "plain.jpg"
"""The same without words, for whoever wants other words on it."""
SMALL = small_file(COVER, SmallForm.WEBP)
FILES = (PLAIN, SMALL, COVER)
"""All files of a cover; that which pages name comes last."""

_BYTES = 6
_OF_LESSON = re.compile(r"([a-z0-9]{16})/([0-9a-f]{12})")


def folder_name() -> str:
    """Return a name that no folder of a cover had: one that was left may be swept in this moment."""
    return secrets.token_hex(_BYTES)


def of_lesson(lesson: Lesson) -> tuple[str, str] | None:
    """Return the clip in whose folder the lesson's own cover lies, and the cover's name; None for none."""
    return parted(lesson.cover)


def parted(cover: str) -> tuple[str, str] | None:
    """Return what a lesson's column says: a clip's id and a cover's name; None for "" ."""
    found = _OF_LESSON.fullmatch(cover)
    return (found[1], found[2]) if found else None


def bearer(lesson: Lesson) -> Clip:
    """Return the clip whose folder takes a lesson's cover: the first that plays; raises Conflict."""
    for clip in lesson.clips:
        if clip.plan:
            return clip
    raise Conflict("cover_no_clip")


def cover_lesson(
    session: Session, lesson: Lesson, clip: Clip, name: str, now: datetime, by: str | None, what: Of
) -> None:
    """Let a cover in a clip's folder stand for a lesson that nobody sees yet (of a published one it waits:
    library.versions); the ledger says who chose it and of `what` it was made."""
    _left(session, lesson, now)
    lesson.cover, clip.cover_at = f"{clip.id}/{name}", now
    audit.note(session, Deed.COVER, by, thing=lesson.id, what=what)
    session.flush()


def cover_clip(session: Session, clip: Clip, name: str, now: datetime, by: str | None, what: Of) -> None:
    """Let a cover stand for a clip; noted as `cover_lesson` is."""
    clip.cover, clip.cover_at = name, now
    audit.note(session, Deed.COVER, by, thing=clip.lesson_id, what=what, n=clip.number)
    session.flush()


def uncover_lesson(session: Session, lesson: Lesson, now: datetime, by: str | None) -> None:
    """Let the first clip's picture stand for a lesson again."""
    _left(session, lesson, now)
    lesson.cover = ""
    audit.note(session, Deed.COVER, by, thing=lesson.id, what="undone")
    session.flush()


def uncover_clip(session: Session, clip: Clip, now: datetime, by: str | None) -> None:
    """Let the picture stand for a clip again that was chosen of itself, or among its own."""
    clip.cover, clip.cover_at = "", now
    audit.note(session, Deed.COVER, by, thing=clip.lesson_id, what="undone", n=clip.number)
    session.flush()


def stand(
    session: Session, lesson: Lesson, cover: str | None, posters: Mapping[str, str], now: datetime
) -> None:
    """Let other covers stand for a lesson and for its clips (by their ids), which lie in the store already;
    None leaves the lesson's. "" lets the picture stand again that was chosen of itself."""
    if cover is not None:
        _left(session, lesson, now)
        lesson.cover = cover
        place = parted(cover)
        clip = session.get(Clip, place[0]) if place is not None else None
        if clip is not None:
            clip.cover_at = now
    for clip in lesson.clips:
        if clip.id in posters:
            clip.cover, clip.cover_at = posters[clip.id], now
    session.flush()


def _left(session: Session, lesson: Lesson, now: datetime) -> None:
    """Note on the clip that has a lesson's cover when another followed it: its address plays for a while."""
    place = of_lesson(lesson)
    clip = session.get(Clip, place[0]) if place is not None else None
    if clip is not None:
        clip.cover_at = now
