"""Everything that somebody waits for, in one list: recordings, recognitions, letters, and
what a worker was asked for."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any

from sqlalchemy import Select, String, and_, case, cast, func, literal, or_, select, union_all
from sqlalchemy.orm import Session

from library.catalog.tables import Lesson
from library.core.paging import Page, clean_number
from library.hearing.rules import OPEN, RecognitionState
from library.hearing.tables import Recognition
from library.intake import queries as intake
from library.intake.rules import BUSY, RETRIABLE, RecordingState
from library.intake.tables import Recording
from library.outbox.rules import LetterState
from library.outbox.tables import Letter
from library.people.tables import Person
from library.upkeep.rules import reason_values
from library.upkeep.tables import Look

FAILED_SHOWN = timedelta(days=7)
"""For so long it is shown that something a worker was asked for failed: it can be asked for again."""
_ADDRESS = re.compile(r"[^\s<>@]+@[^\s<>@]+")


class Kind(StrEnum):
    """What somebody waits for."""

    RECORDING = "recording"
    SPEECH = "speech"
    LETTER = "letter"
    ASKED = "asked"


class Standing(StrEnum):
    """How it stands with it. `refused` can never be done, `failed` may be tried again."""

    WAITING = "waiting"
    WORKING = "working"
    FAILED = "failed"
    REFUSED = "refused"
    CANCELLED = "cancelled"


ENDED = (Standing.FAILED, Standing.REFUSED, Standing.CANCELLED)


@dataclass(frozen=True)
class Line:
    """One thing that somebody waits for, since when; `reason` is why it failed, or what went wrong last.

    `title` is the lesson's, `about` a file's name or a backup's, `who` whoever asked or gets it ("" nobody).
    `tries` and `next_at` are a letter's. A letter that was given up has no words any more: it cannot be tried
    again, but written anew.
    """

    kind: Kind
    id: str
    standing: Standing
    since: datetime
    lesson_id: str = ""
    title: str = ""
    about: str = ""
    who: str = ""
    size_bytes: int = 0
    percent: float | None = None
    reason: str = ""
    reason_args: dict[str, Any] = field(default_factory=dict)
    tries: int = 0
    next_at: datetime | None = None

    @property
    def may_retry(self) -> bool:
        """Whether it can be begun again, or sooner."""
        if self.kind is Kind.LETTER:
            return self.standing is Standing.WAITING and self.tries > 0
        return self.standing in ENDED

    @property
    def may_give_up(self) -> bool:
        """Whether it can be given up."""
        return self.standing in (Standing.WAITING, Standing.WORKING)


def lines(
    session: Session,
    now: datetime,
    kind: Kind | None = None,
    standing: Standing | None = None,
    number: int = 1,
    size: int = 50,
) -> Page[Line]:
    """Return a page of what somebody waits for, the oldest first."""
    number = clean_number(number)
    found = _all(now).subquery()
    where = [
        column == str(value)
        for column, value in ((found.c.kind, kind), (found.c.standing, standing))
        if value
    ]
    total = session.scalar(select(func.count()).select_from(found).where(*where)) or 0
    rows = session.execute(
        select(found)
        .where(*where)
        .order_by(found.c.since, found.c.kind, found.c.id)
        .limit(size)
        .offset((number - 1) * size)
    ).all()
    shown = {kind: [row.id for row in rows if row.kind == kind] for kind in Kind}
    by = {
        **_recordings(session, shown[Kind.RECORDING]),
        **_recognitions(session, shown[Kind.SPEECH]),
        **_letters(session, shown[Kind.LETTER]),
        **_looks(session, shown[Kind.ASKED]),
    }
    return Page([by[row.kind, row.id] for row in rows if (row.kind, row.id) in by], number, size, total)


def counts(session: Session, now: datetime) -> dict[tuple[Kind, Standing], int]:
    """Return how many there are of each kind and standing, without those of which there is none."""
    found = _all(now).subquery()
    rows = session.execute(
        select(found.c.kind, found.c.standing, func.count()).group_by(found.c.kind, found.c.standing)
    )
    return {(Kind(kind), Standing(standing)): n for kind, standing, n in rows}


def _all(now: datetime) -> Any:
    failed = str(Standing.FAILED)
    letter = case((Letter.state == LetterState.GIVEN_UP, failed), else_=str(Standing.WAITING))
    look = case(
        (Look.done_at.is_not(None), failed),
        (Look.begun_at.is_not(None), str(Standing.WORKING)),
        else_=str(Standing.WAITING),
    )
    recent = and_(Look.done_at > now - FAILED_SHOWN, Look.reason.not_in(("", "upkeep_given_up")))
    return union_all(
        _part(Kind.RECORDING, Recording.id, cast(Recording.state, String(16)), Recording.created_at).where(
            Recording.state.in_((*BUSY, *RETRIABLE))
        ),
        _part(
            *(Kind.SPEECH, Recognition.recording_id, cast(Recognition.state, String(16))),
            Recognition.wanted_at,
        ).where(Recognition.state.in_((*OPEN, RecognitionState.FAILED))),
        _part(Kind.LETTER, Letter.id, letter, Letter.written_at).where(
            Letter.state.in_((LetterState.WAITING, LetterState.GIVEN_UP))
        ),
        _part(Kind.ASKED, cast(Look.id, String(16)), look, Look.asked_at).where(
            or_(Look.done_at.is_(None), recent)
        ),
    )


def _part(kind: Kind, its: Any, standing: Any, since: Any) -> Select[Any]:
    return select(
        literal(str(kind)).label("kind"),
        its.label("id"),
        standing.label("standing"),
        since.label("since"),
    )


_Found = dict[tuple[str, str], Line]


def _recordings(session: Session, ids: Sequence[str]) -> _Found:
    rows = session.execute(
        select(Recording, Lesson.title, Person.name)
        .join(Lesson, Lesson.id == Recording.lesson_id)
        .outerjoin(Person, Person.id == Recording.uploaded_by)
        .where(Recording.id.in_(ids))
    ).all()
    working = [one.lesson_id for one, _, _ in rows if one.state is RecordingState.WORKING]
    works = intake.works(session, working) if working else {}
    return {
        (Kind.RECORDING, one.id): Line(
            *(Kind.RECORDING, one.id, Standing(one.state.value), one.created_at),
            lesson_id=one.lesson_id,
            title=title,
            about=one.file_name,
            who=name or "",
            size_bytes=one.size_bytes,
            percent=works[one.lesson_id][1].percent if one.lesson_id in works else None,
            reason=one.reason or "",
            reason_args=one.reason_args or {},
        )
        for one, title, name in rows
    }


def _recognitions(session: Session, ids: Sequence[str]) -> _Found:
    rows = session.execute(
        select(Recognition, Recording, Lesson.title, Lesson.duration_s, Person.name)
        .join(Recording, Recording.id == Recognition.recording_id)
        .join(Lesson, Lesson.id == Recording.lesson_id)
        .outerjoin(Person, Person.id == Recognition.wanted_by)
        .where(Recognition.recording_id.in_(ids))
    ).all()
    return {
        (Kind.SPEECH, one.recording_id): Line(
            *(Kind.SPEECH, one.recording_id, Standing(one.state.value), one.wanted_at),
            lesson_id=recording.lesson_id,
            title=title,
            who=name or "",
            percent=min(99.0, 100 * one.heard_s / duration)
            if duration and one.state is RecognitionState.WORKING
            else None,
            reason=one.reason or "",
            reason_args=one.reason_args or {},
        )
        for one, recording, title, duration, name in rows
    }


def _letters(session: Session, ids: Sequence[str]) -> _Found:
    rows = session.execute(
        select(Letter, Person.name).join(Person, Person.id == Letter.person_id).where(Letter.id.in_(ids))
    ).all()
    return {(Kind.LETTER, one.id): _letter(one, name) for one, name in rows}


def _letter(one: Letter, name: str) -> Line:
    waits = one.state is LetterState.WAITING
    reason, said = "", _ADDRESS.sub("…", one.problem)
    if one.problem or not waits:
        reason = "letter_not_taken" if waits else "letter_given_up"
    return Line(
        *(Kind.LETTER, one.id, Standing.WAITING if waits else Standing.FAILED, one.written_at),
        about=one.key.partition(":")[0],
        who=name,
        reason=reason,
        reason_args={"said": said or "-"},
        tries=one.tries,
        next_at=one.due_at if waits else None,
    )


def _looks(session: Session, ids: Sequence[str]) -> _Found:
    rows = session.execute(
        select(Look, Person.name)
        .outerjoin(Person, Person.id == Look.asked_by)
        .where(Look.id.in_([int(one) for one in ids]))
    ).all()
    return {
        (Kind.ASKED, str(one.id)): Line(
            *(Kind.ASKED, str(one.id), _standing(one), one.asked_at),
            title=one.task.value,
            about=one.about,
            who=name or "",
            percent=one.percent if one.begun_at and not one.done_at and one.percent else None,
            reason=one.reason,
            reason_args=reason_values(one.figures, one.about),
        )
        for one, name in rows
    }


def _standing(one: Look) -> Standing:
    if one.done_at is not None:
        return Standing.FAILED
    return Standing.WORKING if one.begun_at is not None else Standing.WAITING
