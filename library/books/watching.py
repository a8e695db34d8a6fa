"""What people watched by themselves becomes evidence, at night, once a day is closed.

A second of a clip counts once in a calendar year, on the day on which the play began in which it was first
seen; only what plays were credited with counts. What was screened to a group is not this: that is the
gathering's. Of one lesson and day everything is said at once, so a run that was ended half-way, done twice or
by two processes says the same (library.evidence.actions.say).
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from datetime import date, datetime, timedelta
from typing import NamedTuple

from sqlalchemy import func, select, text
from sqlalchemy.orm import Session

from library.books.tables import WatchedDay
from library.core.clock import Clock, local_day, midnight
from library.core.database import Database, insert_new
from library.evidence import actions as evidence
from library.evidence.rules import EvidenceKind, Piece, Source, StudyForm
from library.plays import queries as plays
from library.plays.rules import Kind, Range, total_s, union
from library.plays.tables import Play

_AT_ONCE = 500
_MEMBER = "p:"

# Whoever says what was watched is alone (two numbers, which no other lock of the program has).
_ALONE = text("SELECT pg_advisory_xact_lock(39, 2)")


class _Played(NamedTuple):
    viewer: str
    clip_id: str
    lesson_id: str
    node_id: str | None
    started_at: datetime
    ranges: list[list[float]]


_COLUMNS = tuple(getattr(Play, name) for name in _Played._fields)


def said_through(session: Session) -> date | None:
    """Return the last day whose watching the ledger has, None before the first night."""
    return session.scalar(select(func.max(WatchedDay.day)))


def run(db: Database, clock: Clock, stopping: Callable[[], bool] = lambda: False) -> list[tuple[date, int]]:
    """Let the ledger say what was watched on the closed days that it does not have yet; returns these days,
    each with how many pieces it has."""
    done = list[tuple[date, int]]()
    while not stopping():
        with db.read() as session:
            day = _due(session)
            found = _lessons(session, day) if day is not None else []
        if day is None:
            break
        pieces = 0
        for lesson_id, on in found:
            if stopping():
                return done
            pieces += _say(db, lesson_id, on, clock())
        with db.write() as session:
            insert_new(session, WatchedDay, ("day",), {"day": day, "pieces": pieces, "ran_at": clock()})
        done.append((day, pieces))
    return done


def _due(session: Session) -> date | None:
    """Return the next day to be said: closed, and after those that are said."""
    closed, said = plays.closed_through(session), said_through(session)
    if closed is None:
        return None
    if said is None:
        began = session.scalar(select(func.min(Play.started_at)))
        day = local_day(began) if began is not None else None
    else:
        day = said + timedelta(days=1)
    return day if day is not None and day <= closed else None


def _lessons(session: Session, day: date) -> list[tuple[str, date]]:
    """Return of which lessons something has to be said for a day, and for the one before: a play may go on
    past midnight, and what it earns is of the day on which it began."""
    begins, ends = midnight(day), midnight(day + timedelta(days=1))
    rows = session.execute(
        select(Play.lesson_id, Play.started_at >= begins)
        .where(Play.started_at >= midnight(day - timedelta(days=1)), Play.started_at < ends)
        .where(Play.last_at >= begins, Play.kind == Kind.MEMBER)
        .distinct()
    )
    return sorted((lesson_id, day if of_it else day - timedelta(days=1)) for lesson_id, of_it in rows)


def _say(db: Database, lesson_id: str, day: date, now: datetime) -> int:
    with db.read() as session:
        pieces = list(pieces_of(session, lesson_id, day))
    with db.write() as session:
        if not db.is_sqlite:
            session.execute(_ALONE)
        evidence.say(session, Source.WATCHING, f"{lesson_id}:{day.isoformat()}", pieces, now)
    return len(pieces)


def pieces_of(session: Session, lesson_id: str, day: date) -> Iterator[Piece]:
    """Give what everybody watched of a lesson on a day."""
    begins, ends = midnight(day), midnight(day + timedelta(days=1))
    began = (Play.lesson_id == lesson_id, Play.kind == Kind.MEMBER, Play.viewer.startswith(_MEMBER))
    who = select(Play.viewer).where(*began, Play.started_at >= begins, Play.started_at < ends).distinct()
    viewers = sorted(session.scalars(who))
    for at in range(0, len(viewers), _AT_ONCE):
        some = viewers[at : at + _AT_ONCE]
        for viewer, played in _by_viewer(_played(session, some, [lesson_id], day)).items():
            yield from pieces_from(viewer, lesson_id, played, day, day)


def of_person(session: Session, person_id: str, today: date) -> list[Piece]:
    """Return what somebody watched on the days that the ledger does not have yet, today among them."""
    said = said_through(session)
    first = said + timedelta(days=1) if said is not None else date(today.year, 1, 1)
    viewer = f"{_MEMBER}{person_id}"
    # The day before too: a play that began late in the evening may have earned more since.
    begun = (Play.viewer == viewer, Play.started_at >= midnight(first), Play.kind == Kind.MEMBER)
    lessons = list(session.scalars(select(Play.lesson_id).where(*begun).distinct()))
    by_lesson: dict[str, list[_Played]] = defaultdict(list)
    for one in _played(session, [viewer], lessons, today, first) if lessons else ():
        by_lesson[one.lesson_id].append(one)
    return [
        piece for one, played in by_lesson.items() for piece in pieces_from(viewer, one, played, first, today)
    ]


def _played(
    session: Session, viewers: Sequence[str], lessons: Collection[str], day: date, first: date | None = None
) -> list[_Played]:
    """Return the plays of some viewers and lessons from the beginning of the calendar year through a day."""
    begins = midnight(date((first or day).year, 1, 1))
    rows = session.execute(
        select(*_COLUMNS).where(
            Play.viewer.in_(viewers),
            Play.started_at >= begins,
            Play.started_at < midnight(day + timedelta(days=1)),
            Play.lesson_id.in_(lessons),
            Play.kind == Kind.MEMBER,
        )
    )
    return [_Played(*row) for row in rows]


def _by_viewer(played: Iterable[_Played]) -> dict[str, list[_Played]]:
    found: dict[str, list[_Played]] = defaultdict(list)
    for one in played:
        found[one.viewer].append(one)
    return found


def pieces_from(
    viewer: str, lesson_id: str, played: Iterable[_Played], first: date, last: date
) -> Iterator[Piece]:
    """Give the pieces of one viewer and lesson for the days from `first` through `last`, from their plays.

    A day's seconds are what all plays up to it cover, in whole seconds, without what those before it covered:
    so the days of a calendar year add up to what was seen in it, and nothing is rounded twice.
    """
    seen: dict[str, list[Range]] = defaultdict(list)
    counted, year = 0, 0
    ordered = sorted(played, key=lambda one: one.started_at)
    days: dict[date, list[_Played]] = defaultdict(list)
    for one in ordered:
        days[local_day(one.started_at)].append(one)
    for day in sorted(days):
        if day.year != year:
            seen, counted, year = defaultdict(list), 0, day.year
        for one in days[day]:
            fresh = [(begin, end) for begin, end in one.ranges]
            seen[one.clip_id] = union([*seen[one.clip_id], *fresh])
        whole = int(sum(total_s(ranges) for ranges in seen.values()))
        amount, counted = whole - counted, whole
        if amount > 0 and first <= day <= last:
            yield Piece(
                person_id=viewer.removeprefix(_MEMBER),
                node_id=days[day][-1].node_id,
                kind=EvidenceKind.WATCHED,
                form=StudyForm.ONLINE,
                amount=amount,
                day=day,
                source=Source.WATCHING,
                source_id=f"{lesson_id}:{day.isoformat()}",
                lesson_id=lesson_id,
            )
