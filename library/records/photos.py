"""Photos of gatherings: given by whoever keeps the list and wants to, never asked for.

What is kept is a picture of our own making: of the file that was given only the pixels stay, so no place, no
moment and no phone is in it. Nothing counts them: no book, no grade and no part of a record hangs on one.
"""

from __future__ import annotations

import io
import threading
from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from library.audit import actions as audit
from library.audit.rules import Deed
from library.core.errors import Conflict, Invalid, NotFound, Throttled
from library.core.ids import new_id
from library.core.permits import Viewer
from library.core.text import short_line
from library.gatherings import queries as gatherings
from library.gatherings.rules import GatheringState
from library.gatherings.tables import Gathering
from library.records.tables import CAPTION_MAX, RecordPhoto

PHOTO_BYTES = 12 * 2**20
"""The largest file that is taken as one; what is kept is a twentieth of it."""
PHOTO_PIXELS = 60_000_000
PHOTO_SIDE = 1_600
MOST_PHOTOS = 6
_QUALITY = 82
_FORMATS = ("JPEG", "PNG", "WEBP")
"""A phone's JPEG of several pictures (MPO) is opened as a JPEG: its first is kept."""
_DRAWN = 16_000_000
"""Pixels of what cannot be read at a smaller size: everything but a JPEG."""


DRAWING = threading.Lock()
"""One picture at a time in a process: a progressive JPEG of 60 million pixels takes 0.9 s and 355 MB."""
_PATIENCE_S = 3.0


def rewritten(data: bytes) -> tuple[bytes, int, int]:
    """Return a picture as a JPEG of ours with its width and height: turned as it is seen, at most PHOTO_SIDE,
    and without anything else that was in the file.

    What it is its content says, not its name. Raises Invalid: photo_missing, photo_large, photo_pixels,
    photo_unreadable; Throttled where others are drawn for longer than one waits.
    """
    if not DRAWING.acquire(timeout=_PATIENCE_S):
        raise Throttled
    try:
        return _rewritten(data)
    finally:
        DRAWING.release()


def _rewritten(data: bytes) -> tuple[bytes, int, int]:
    from PIL import Image, ImageOps  # loaded where it is used: few requests draw

    if not data:
        raise Invalid("photo_missing", field="file")
    if len(data) > PHOTO_BYTES:
        raise Invalid("photo_large", field="file", most_bytes=PHOTO_BYTES)
    try:
        with Image.open(io.BytesIO(data), formats=_FORMATS) as found:
            width, height = found.size
            most = PHOTO_PIXELS if found.format in ("JPEG", "MPO") else _DRAWN
            if width * height > most:  # known from its header, before anything is unpacked
                raise Invalid("photo_pixels", field="file", width=width, height=height)
            found.draft("RGB", (PHOTO_SIDE, PHOTO_SIDE))
            small = ImageOps.exif_transpose(found).convert("RGB")
            small.thumbnail((PHOTO_SIDE, PHOTO_SIDE))
    except (
        *(OSError, ValueError, SyntaxError, EOFError, KeyError, IndexError, TypeError, OverflowError),
        *(Image.DecompressionBombError, Image.DecompressionBombWarning),
    ) as error:
        raise Invalid("photo_unreadable", field="file") from error
    # A picture of its own, because Pillow hands on what stands beside the pixels (a comment, a profile).
    clean = Image.new("RGB", small.size)
    clean.paste(small)
    told = io.BytesIO()
    clean.save(told, "JPEG", quality=_QUALITY, optimize=True, progressive=True)
    return told.getvalue(), *clean.size


def put(
    session: Session,
    viewer: Viewer,
    gathering_id: str,
    caption: str,
    picture: tuple[bytes, int, int],
    now: datetime,
) -> RecordPhoto:
    """Keep a picture (`rewritten`) of a gathering; raises NotFound unless the viewer keeps its list,
    Conflict: photo_early, photos_many; Invalid("too_long")."""
    one = _held(session, viewer, gathering_id)
    if one.state not in (GatheringState.OPEN, GatheringState.ENDED):
        raise Conflict("photo_early")
    there = select(func.count()).where(RecordPhoto.gathering_id == one.id)
    if (session.scalar(there) or 0) >= MOST_PHOTOS:
        raise Conflict("photos_many", most=MOST_PHOTOS)
    data, width, height = picture
    row = RecordPhoto(
        id=new_id(),
        gathering_id=one.id,
        caption=short_line(caption, "caption", CAPTION_MAX),
        data=data,
        width=width,
        height=height,
        put_by=viewer.writer_id,
        put_at=now,
    )
    session.add(row)
    session.flush()
    audit.note(session, Deed.RECORD, viewer.writer_id, thing=one.id, what="photo", bytes=len(data))
    return row


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
