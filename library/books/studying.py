"""自学: a member plans, keeps notes of their own, and says in a few words that it is done."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from library.books import entries, queries
from library.books.entries import StudyState
from library.books.tables import Study
from library.catalog import queries as catalog
from library.core.clock import local_day
from library.core.errors import Conflict, Invalid, NotFound
from library.core.ids import new_id
from library.core.permits import Viewer
from library.core.text import clean_block, required_line, short_line
from library.evidence import actions as evidence
from library.evidence import queries as evidence_queries
from library.evidence.rules import EvidenceKind, Piece, Source, StudyForm
from library.people.tables import Person


def plan(
    session: Session,
    viewer: Viewer,
    title: str,
    lesson_id: str | None,
    first: date,
    last: date,
    now: datetime,
) -> Study:
    """Plan to study a lesson, or a text by its title, within some days.

    Raises NotFound for a lesson that one may not see, Invalid: empty, too_long, days_order, study_day_far,
    Conflict("studies_many").
    """
    person = _person(viewer)
    if lesson_id is not None:
        lesson = catalog.lesson_for(session, viewer, lesson_id)
        title = short_line(title, "title", entries.TITLE_MAX) or lesson.title[: entries.TITLE_MAX]
    else:
        title = required_line(title, "title", entries.TITLE_MAX)
    entries.check_days(first, last, local_day(now))
    _check_room(session, person)
    row = Study(
        id=new_id(),
        person_id=person,
        lesson_id=lesson_id,
        title=title,
        first=first,
        last=last,
        notes="",
        state=StudyState.PLANNED,
        account="",
        seconds=0,
        version=1,
        changed_at=now,
    )
    session.add(row)
    session.flush()
    return row


def note(session: Session, viewer: Viewer, study_id: str, notes: str, version: int, now: datetime) -> Study:
    """Keep one's notes, which nobody else reads; raises NotFound, Invalid("too_long"), Conflict:
    study_changed when they were changed elsewhere meanwhile."""
    text = clean_block(notes, "notes", entries.NOTES_MAX)
    row = _own(session, viewer, study_id)
    if row.version != version and row.notes != text:
        raise Conflict("study_changed", field="notes")
    row.notes, row.version, row.changed_at = text, row.version + 1, now
    session.flush()
    return row


def finish(
    session: Session, viewer: Viewer, study_id: str, account: str, minutes: str, day: date, now: datetime
) -> Study:
    """Say that it is done, how long it took and what came of it; it goes into the ledger as declared.

    Raises NotFound, Invalid: empty, too_long, study_minutes, day_coming, study_day_far, study_day_full,
    Conflict("study_done").
    """
    words = entries.account_of(account)
    seconds = entries.seconds_of(minutes)
    entries.check_done_on(day, local_day(now))
    row = _own(session, viewer, study_id)
    entries.check_open(row.state)
    _hold(session, row.person_id)
    entries.check_fits(seconds, evidence_queries.studied_on(session, row.person_id, day))
    row.state, row.account, row.seconds, row.done_on = StudyState.DONE, words, seconds, day
    row.version, row.changed_at = row.version + 1, now
    piece = Piece(
        person_id=row.person_id,
        node_id=queries.home_on(session, row.person_id, day),
        kind=EvidenceKind.STUDIED,
        form=StudyForm.SELF,
        amount=seconds,
        day=day,
        source=Source.SELF_STUDY,
        source_id=row.id,
        lesson_id=row.lesson_id,
    )
    evidence.say(session, Source.SELF_STUDY, row.id, [piece], now, row.person_id)
    return row


def take_up(session: Session, viewer: Viewer, study_id: str, now: datetime) -> Study:
    """Say that it is not done after all, or not given up: what the ledger has of it is reversed.

    Raises NotFound, Conflict: studies_many; study_corrected where the secretary took it back: what they
    corrected stays until they change it.
    """
    row = _own(session, viewer, study_id)
    if queries.correction_of(session, row) is not None:
        raise Conflict("study_corrected")
    if row.state is not StudyState.PLANNED:
        _check_room(session, row.person_id)
    if row.state is StudyState.DONE:
        evidence.say(session, Source.SELF_STUDY, row.id, [], now, row.person_id)
    row.state, row.done_on, row.version, row.changed_at = StudyState.PLANNED, None, row.version + 1, now
    session.flush()
    return row


def drop(session: Session, viewer: Viewer, study_id: str, now: datetime) -> Study:
    """Give a plan up; raises NotFound, Conflict("study_done") once it is done."""
    row = _own(session, viewer, study_id)
    entries.check_open(row.state)
    row.state, row.version, row.changed_at = StudyState.DROPPED, row.version + 1, now
    session.flush()
    return row


def _check_room(session: Session, person_id: str) -> None:
    _hold(session, person_id)
    open_ones = select(func.count()).where(Study.person_id == person_id, Study.state == StudyState.PLANNED)
    if (session.scalar(open_ones) or 0) >= entries.MOST_OPEN:
        raise Conflict("studies_many", field="title", most=entries.MOST_OPEN)


def _hold(session: Session, person_id: str) -> None:
    """Let somebody say one thing after the other: what they have said already is counted."""
    session.get_one(Person, person_id, with_for_update={"key_share": True})


def _own(session: Session, viewer: Viewer, study_id: str) -> Study:
    found = session.scalars(select(Study).where(Study.id == study_id).with_for_update()).first()
    if found is None or found.person_id != viewer.person_id:
        raise NotFound
    return found


def _person(viewer: Viewer) -> str:
    if viewer.writer_id is None:
        raise Invalid("empty", field="title")
    return viewer.writer_id
