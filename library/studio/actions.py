"""The only writer of the studio."""

from __future__ import annotations

import re
from datetime import datetime, timedelta

from sqlalchemy import delete
from sqlalchemy.orm import Session

from library.catalog.tables import Lesson
from library.core.errors import Conflict, Invalid
from library.studio.rules import LOOKED_AT, StepName
from library.studio.tables import Editor, StepDone

OPEN_FOR = timedelta(seconds=75)
"""Who has not said so for so long has closed the window, or lost the line."""
MOST_WINDOWS = 40
"""Windows on one lesson that are remembered at a time."""
_WINDOW = re.compile(r"[a-z0-9]{8,16}")


def call_done(session: Session, lesson: Lesson, step: str, person_id: str | None, now: datetime) -> None:
    """Note that a step needs nothing more; twice is once. Raises Invalid for a step that is not looked at."""
    if step not in LOOKED_AT:
        raise Invalid("unknown_choice", field="step")
    if session.get(StepDone, (lesson.id, StepName(step))) is None:
        session.add(StepDone(lesson_id=lesson.id, step=StepName(step), person_id=person_id, done_at=now))
        session.flush()


def open_again(session: Session, lesson: Lesson, step: str) -> None:
    """Take back that a step was called done."""
    if step not in LOOKED_AT:
        raise Invalid("unknown_choice", field="step")
    session.execute(delete(StepDone).where(StepDone.lesson_id == lesson.id, StepDone.step == StepName(step)))


def note_editor(session: Session, lesson: Lesson, window_id: str, person_id: str, now: datetime) -> None:
    """Note that somebody has a lesson's words open; raises Invalid, Conflict("too_many_windows")."""
    if not _WINDOW.fullmatch(window_id):
        raise Invalid("unknown_choice", field="window")
    session.execute(delete(Editor).where(Editor.seen_at < now - OPEN_FOR))
    row = session.get(Editor, (lesson.id, window_id))
    if row is None:
        if session.query(Editor).filter(Editor.lesson_id == lesson.id).count() >= MOST_WINDOWS:
            raise Conflict("too_many_windows", most=MOST_WINDOWS)
        row = Editor(lesson_id=lesson.id, window_id=window_id, person_id=person_id, since=now, seen_at=now)
        session.add(row)
    elif row.person_id != person_id:
        raise Invalid("unknown_choice", field="window")
    row.seen_at = now
    session.flush()


def forget_editor(session: Session, lesson_id: str, window_id: str, person_id: str) -> None:
    """Note that somebody closed a window."""
    its = (Editor.lesson_id == lesson_id, Editor.window_id == window_id, Editor.person_id == person_id)
    session.execute(delete(Editor).where(*its))
