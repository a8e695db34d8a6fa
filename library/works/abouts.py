"""What is written of a lecturer or a topic, and a picture: kept by staff, shown on their page."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from library.audit import actions as audit
from library.audit.rules import Deed
from library.catalog.tables import Lecturer, Topic
from library.core.errors import NotFound
from library.core.permits import Viewer
from library.core.text import clean_block
from library.works.rules import ABOUT_MAX, Theirs
from library.works.tables import About


@dataclass(frozen=True)
class Told:
    """What is written, and the name of the picture ("" for none)."""

    text: str = ""
    sha256: str = ""


def told(session: Session, its_id: str) -> Told:
    """Return what is written of a lecturer or a topic."""
    found = session.execute(select(About.text, About.sha256).where(About.id == its_id)).first()
    return Told(found[0], found[1] or "") if found is not None else Told()


def picture(session: Session, sha256: str) -> bytes | None:
    """Return a picture by its name."""
    return session.scalar(select(About.picture).where(About.sha256 == sha256).limit(1))


def describe(session: Session, viewer: Viewer, what: Theirs, its_id: str, text: str, now: datetime) -> None:
    """Write some lines; raises NotFound, Invalid."""
    row = _row(session, what, its_id, now)
    row.text = clean_block(text, "text", ABOUT_MAX)
    _changed(session, viewer, row, "described", now)


def put_picture(
    session: Session, viewer: Viewer, what: Theirs, its_id: str, data: bytes | None, now: datetime
) -> None:
    """Give a picture that was written by us, or take it away; raises NotFound."""
    row = _row(session, what, its_id, now)
    row.picture, row.sha256 = data, hashlib.sha256(data).hexdigest() if data is not None else None
    _changed(session, viewer, row, "picture" if data is not None else "no_picture", now)


def _row(session: Session, what: Theirs, its_id: str, now: datetime) -> About:
    its: Lecturer | Topic | None
    if what == "lecturer":
        its = session.get(Lecturer, its_id, with_for_update=True)
    else:
        its = session.get(Topic, its_id, with_for_update=True)
    if its is None:
        raise NotFound
    row = session.get(About, its_id)
    if row is None:
        lecturer = what == "lecturer"
        row = About(
            id=its_id,
            lecturer_id=its_id if lecturer else None,
            topic_id=None if lecturer else its_id,
            text="",
            changed_at=now,
        )
        session.add(row)
    return row


def _changed(session: Session, viewer: Viewer, row: About, what: str, now: datetime) -> None:
    row.changed_at = now
    session.flush()
    audit.note(session, Deed.ABOUT, viewer.writer_id, thing=row.id, what=what)
