"""Which objects of the store the rows of sounds need: for copies of the library."""

from __future__ import annotations

from collections.abc import Iterator

from sqlalchemy import inspect, select
from sqlalchemy.orm import Session

from library.intake.files.stored_names import OBJECTS
from library.reflections.places import raw_key, sound_key
from library.reflections.rules import SoundState
from library.reflections.tables import ReflectionSound


def needed(session: Session) -> Iterator[tuple[str, ...]]:
    """Yield what the rows need, each as names of which one has to be there; the tables may be older."""
    if not inspect(session.connection()).has_table(ReflectionSound.__tablename__):
        return
    for sound_id, state in session.execute(select(ReflectionSound.id, ReflectionSound.state)):
        if state is SoundState.WAITING:
            yield (f"{OBJECTS}{raw_key(sound_id)}", f"{OBJECTS}{sound_key(sound_id)}")
        elif state is SoundState.READY:
            yield (f"{OBJECTS}{sound_key(sound_id)}",)
