"""The rows of sounds: brought, made into what is played, taken away. The worker's part is `sounding`."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import delete as sql_delete
from sqlalchemy.orm import Session

from library.core.permits import Viewer
from library.reflections import queries, rules
from library.reflections.rules import SoundState
from library.reflections.tables import GoneSound, ReflectionSound

ANNOUNCED_FOR = timedelta(hours=1)
"""So long an upload that lies here already may take on its way into the store."""


def check_takes(session: Session, viewer: Viewer, reflection_id: str) -> None:
    """Raise NotFound, and Conflict("reflection_sent"), where a reflection takes no sound."""
    rules.check_editable(queries.own(session, viewer, reflection_id).state)


def announce(session: Session, sound_id: str, now: datetime) -> None:
    """Note a sound whose bytes are about to be stored: if whoever brings it dies before it is `put`, they are
    swept after ANNOUNCED_FOR."""
    session.add(GoneSound(id=sound_id, gone_at=now + ANNOUNCED_FOR))
    session.flush()


def put(
    session: Session, viewer: Viewer, reflection_id: str, sound_id: str, size_bytes: int, now: datetime
) -> ReflectionSound:
    """Let a sound that lies in the store be that of a reflection, in place of another; raises as
    `check_takes`."""
    row = queries.own(session, viewer, reflection_id, held=True)
    rules.check_editable(row.state)
    _take_away(session, row.id, now)
    session.execute(sql_delete(GoneSound).where(GoneSound.id == sound_id))
    sound = ReflectionSound(
        id=sound_id,
        reflection_id=row.id,
        state=SoundState.WAITING,
        size_bytes=size_bytes,
        made_at=now,
        taken_at=None,
        details={},
    )
    session.add(sound)
    row.changed_at = now
    session.flush()
    return sound


def remove(session: Session, viewer: Viewer, reflection_id: str, now: datetime) -> None:
    """Take the sound of one's reflection away; none is as good. Raises as `check_takes`."""
    row = queries.own(session, viewer, reflection_id, held=True)
    rules.check_editable(row.state)
    _take_away(session, row.id, now)
    row.changed_at = now


def _take_away(session: Session, reflection_id: str, now: datetime) -> None:
    its = queries.sound_of(session, reflection_id)
    if its is None:
        return
    session.add(GoneSound(id=its.id, gone_at=now))
    session.execute(sql_delete(ReflectionSound).where(ReflectionSound.id == its.id))
    session.flush()
