"""Photos of gatherings: given by whoever keeps the list and wants to, never asked for.

What is kept is a picture of our own making (`picturing`): of the file that was given only the pixels stay, so
no place, moment or phone is in it. Nothing counts them: no book, grade or part of a record hangs on one.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from library.audit import actions as audit
from library.audit.rules import Deed
from library.core.errors import Conflict, NotFound
from library.core.ids import new_id
from library.core.permits import Viewer
from library.core.text import short_line
from library.gatherings import queries as gatherings
from library.gatherings.rules import GatheringState
from library.gatherings.tables import Gathering
from library.records.picturing.drawing import Picture
from library.records.tables import CAPTION_MAX, RecordPhoto

MOST_PHOTOS = 6


def put(
    session: Session,
    viewer: Viewer,
    gathering_id: str,
    caption: str,
    picture: Picture,
    now: datetime,
) -> tuple[RecordPhoto, bool]:
    """Keep a picture (as PhotoDrawer draws it) of a gathering, and say whether it is new: the same one again
    is the one that is there. Raises NotFound unless the viewer keeps its list, Conflict: photo_early,
    photos_many; Invalid("too_long")."""
    one = _held(session, viewer, gathering_id)
    if one.state not in (GatheringState.OPEN, GatheringState.ENDED):
        raise Conflict("photo_early")
    known = select(RecordPhoto).where(RecordPhoto.gathering_id == one.id, RecordPhoto.data == picture.data)
    if (same := session.scalar(known.limit(1))) is not None:
        return same, False
    there = select(func.count()).where(RecordPhoto.gathering_id == one.id)
    if (session.scalar(there) or 0) >= MOST_PHOTOS:
        raise Conflict("photos_many", most=MOST_PHOTOS)
    row = RecordPhoto(
        id=new_id(),
        gathering_id=one.id,
        caption=short_line(caption, "caption", CAPTION_MAX),
        data=picture.data,
        width=picture.width,
        height=picture.height,
        put_by=viewer.writer_id,
        put_at=now,
    )
    session.add(row)
    session.flush()
    audit.note(session, Deed.RECORD, viewer.writer_id, thing=one.id, what="photo", bytes=len(picture.data))
    return row, True


def remove(session: Session, viewer: Viewer, gathering_id: str, photo_id: str) -> None:
    """Delete a photo; nothing of it stays. Raises NotFound unless the viewer keeps the gathering's list."""
    one = _held(session, viewer, gathering_id)
    row = session.get(RecordPhoto, photo_id)
    if row is None or row.gathering_id != one.id:
        raise NotFound
    session.delete(row)
    session.flush()
    audit.note(session, Deed.RECORD, viewer.writer_id, thing=one.id, what="photo_removed")


def _held(session: Session, viewer: Viewer, gathering_id: str) -> Gathering:
    """Return a gathering whose list the viewer keeps; nobody else gives it photos until this is over."""
    one = gatherings.kept(session, viewer, gathering_id).gathering
    session.refresh(one, with_for_update=True)
    return one


def of(session: Session, gathering_id: str) -> Sequence[RecordPhoto]:
    """Return the photos of a gathering, the first given first; whoever calls has looked who asks."""
    wanted = select(RecordPhoto).where(RecordPhoto.gathering_id == gathering_id)
    return session.scalars(wanted.order_by(RecordPhoto.put_at, RecordPhoto.id)).all()


def seen(session: Session, viewer: Viewer, gathering_id: str, photo_id: str) -> RecordPhoto:
    """Return a photo of a gathering that the viewer may know of; raises NotFound."""
    gatherings.seen(session, viewer, gathering_id)
    row = session.get(RecordPhoto, photo_id)
    if row is None or row.gathering_id != gathering_id:
        raise NotFound
    return row
