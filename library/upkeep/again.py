"""What somebody waits for is begun again, or given up: by the actions of its own slice, and noted.

Doing it twice is doing it once: what waits or runs already is left alone, and nothing is noted.
"""

from __future__ import annotations

from datetime import datetime

from sqlalchemy.orm import Session

from library.audit import actions as audit
from library.audit.rules import Deed
from library.catalog import queries as catalog
from library.core.errors import Conflict, NotFound
from library.core.permits import Viewer
from library.hearing import actions as hearing
from library.hearing import queries as hearing_queries
from library.hearing.rules import OPEN, AskedAs, SpeechMode
from library.intake import actions as intake
from library.intake import arranging
from library.intake import queries as intake_queries
from library.intake.rules import BUSY, RecordingState
from library.outbox import actions as outbox
from library.upkeep import actions
from library.upkeep.tables import Look
from library.upkeep.waiting import Kind

RETRIED_MOST = 200
"""Recordings that one press of "all again" begins anew: each is written in the same transaction."""


def retry(session: Session, viewer: Viewer, kind: Kind, its_id: str, now: datetime) -> bool:
    """Begin something again, or let a letter be tried now; returns whether that changed anything.

    Raises NotFound, Conflict: nothing_to_retry, letter_closed, nothing_to_hear.
    """
    changed = _RETRIES[kind](session, viewer, its_id, now)
    if changed:
        audit.note(session, Deed.RETRIED, viewer.writer_id, thing=its_id, what=kind.value)
    return changed


def retry_failed(session: Session, viewer: Viewer, most: int = RETRIED_MOST) -> bool:
    """Begin recordings anew that failed, the `most` oldest; returns whether those were all.

    Raises Conflict("nothing_to_retry") where there is none.
    """
    failed = intake_queries.in_state(session, RecordingState.FAILED, most=most + 1)
    if not failed:
        raise Conflict("nothing_to_retry")
    begun = failed[:most]
    for recording in begun:
        intake.retry(session, recording)
    audit.note(session, Deed.RETRIED, viewer.writer_id, what=f"{Kind.RECORDING.value}s", count=len(begun))
    return len(failed) <= most


def give_up(session: Session, viewer: Viewer, kind: Kind, its_id: str, now: datetime) -> None:
    """Give something up; raises NotFound, Conflict: nothing_to_cancel, not_recognising, letter_closed."""
    if kind is Kind.ASKED:
        actions.give_up(session, _number(its_id), viewer.writer_id, now)
        return  # it notes itself
    if kind is Kind.LETTER:
        outbox.give_up(session, its_id, now)
    elif kind is Kind.SPEECH:
        one = hearing_queries.held(session, its_id)
        if one is None:
            raise NotFound
        hearing.cancel(session, one, now)
    else:
        recording = intake_queries.recording(session, its_id)
        arranging.cancel(session, recording, catalog.lesson(session, recording.lesson_id), now)
    audit.note(session, Deed.GIVEN_UP, viewer.writer_id, thing=its_id, what=kind.value)


def _recording(session: Session, viewer: Viewer, its_id: str, now: datetime) -> bool:
    recording = intake_queries.held(session, its_id)
    if recording is None:
        raise NotFound
    if recording.state in BUSY:
        return False
    intake.retry(session, recording)
    return True


def _speech(session: Session, viewer: Viewer, its_id: str, now: datetime) -> bool:
    one = hearing_queries.held(session, its_id)
    if one is None:
        raise NotFound
    if one.state in OPEN:
        return False
    recording = intake_queries.recording(session, its_id)
    owner_id = catalog.lesson(session, recording.lesson_id).owner_id
    if owner_id is not None and hearing_queries.choice_of(session, owner_id) is SpeechMode.NEVER:
        return False
    hearing.want(session, recording.lesson_id, one.wanted_by, now, one.asked_as or AskedAs.WANTED)
    return True


def _letter(session: Session, viewer: Viewer, its_id: str, now: datetime) -> bool:
    return outbox.hurry(session, its_id, now)


def _asked(session: Session, viewer: Viewer, its_id: str, now: datetime) -> bool:
    row = session.get(Look, _number(its_id))
    if row is None:
        raise NotFound
    if row.done_at is None:
        return False
    if not row.reason:
        raise Conflict("nothing_to_retry")
    return actions.ask(session, viewer.writer_id, row.task, now, row.about)


def _number(text: str) -> int:
    if not (text.isascii() and text.isdecimal() and len(text) <= 9):
        raise NotFound
    return int(text)


_RETRIES = {Kind.RECORDING: _recording, Kind.SPEECH: _speech, Kind.LETTER: _letter, Kind.ASKED: _asked}
