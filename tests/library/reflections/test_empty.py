"""What has nothing to read and nothing to hear is not published, and is evidence of nothing."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from library.core.database import Database
from library.core.errors import Invalid
from library.core.ids import new_id
from library.core.permits import Role, Viewer
from library.evidence.tables import Evidence
from library.reflections import actions, sounds
from library.reflections.actions import About, Draft, Readers
from library.reflections.rules import Reach, ReflectionState, SoundState
from library.reflections.tables import Reflection, ReflectionSound
from tests.support import factories as make
from tests.support.databases import NOW

LATER = NOW + timedelta(hours=1)


def spoken(session: Session, writer: Viewer, text: str, state: SoundState) -> Reflection:
    """A draft with a sound in a state."""
    row = actions.save(session, writer, new_id(), Draft("", text), About(), None, NOW)
    sound_id = new_id()
    sounds.put(session, writer, row.id, sound_id, 100, NOW)
    session.get_one(ReflectionSound, sound_id).state = state
    session.flush()
    return row


def sound_becomes(session: Session, row: Reflection, state: SoundState) -> None:
    its = session.scalars(select(ReflectionSound).where(ReflectionSound.reflection_id == row.id)).one()
    its.state = state
    session.flush()


def test_a_sound_that_was_refused_after_it_was_sent_is_no_evidence(db: Database) -> None:
    with db.write() as session:
        root = make.root(session)
        writer = make.person(session, (Role.MEMBER, root))
        secretary = make.person(session, (Role.SECRETARY, root))
        with pytest.raises(Invalid, match="reflection_sound_waiting"):
            actions.send(session, writer, spoken(session, writer, " 〔引1〕", SoundState.WAITING).id, NOW)
        empty = spoken(session, writer, "", SoundState.READY)
        worded = spoken(session, writer, "听了很受教育。", SoundState.WAITING)
        for row in (empty, worded):
            actions.send(session, writer, row.id, NOW)
        readers = Readers(Reach.BRANCH)
        # An older copy of the store was brought back, say: the worker made nothing of it.
        sound_becomes(session, empty, SoundState.REFUSED)
        with pytest.raises(Invalid, match="reflection_nothing"):
            actions.publish(session, secretary, empty.id, empty.version, readers, LATER)
        with pytest.raises(Invalid, match="reflection_sound_waiting"):  # nobody has heard it
            actions.publish(session, secretary, worded.id, worded.version, readers, LATER)
        assert empty.state is ReflectionState.SENT
        assert session.scalar(select(func.count()).select_from(Evidence)) == 0
        sound_becomes(session, worded, SoundState.READY)
        sound_becomes(session, empty, SoundState.READY)
        for row in (empty, worded):
            actions.publish(session, secretary, row.id, row.version, readers, LATER)
        assert session.scalar(select(func.count()).select_from(Evidence)) == 2
