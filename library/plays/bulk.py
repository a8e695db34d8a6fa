"""The rows that a batch of beats concerns: read at its beginning, written at its end.

Plain statements over many rows and no objects of the ORM: here every microsecond is paid for each beat.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import Connection, bindparam, func, insert, select, text, tuple_, update
from sqlalchemy.orm import Session

from library.catalog.permits import LessonState
from library.catalog.tables import Clip, Lesson
from library.core.clock import local_day
from library.core.database import upsert
from library.core.ids import new_id
from library.plays import closing, rules
from library.plays.crediting import Beat, Book, ClipFacts, PlayRow, WatcherRow
from library.plays.rules import Begun, FromOrigin, Kind, Range, ViewRule
from library.plays.tables import DaySum, OriginView, Play, View, Watcher

# One lock for a person, whether p: or g:, and taken in one order, so that two processes cannot wait for each
# other. Two people who share a hash wait for each other, and nothing worse.
_LOCK_PEOPLE = text(
    "SELECT pg_advisory_xact_lock(person) FROM (SELECT DISTINCT hashtextextended(substr(viewer, 3), 0)"
    " AS person FROM plays_play WHERE id = ANY(:ids) ORDER BY 1) AS people"
)
_LOCK_PERSON = text("SELECT pg_advisory_xact_lock(hashtextextended(:person, 0))")
# After the people's, so that nobody who holds one of these waits for one of those.
_LOCK_ORIGINS = text(
    "SELECT pg_advisory_xact_lock(6, origin) FROM"
    " (SELECT DISTINCT hashtext(unnest(CAST(:origins AS text[]))) AS origin ORDER BY 1) AS origins"
)
_LOCK_PLACE = text("SELECT pg_advisory_xact_lock(7, hashtext(:place))")
_SEEN = ("viewed_at", "unique_s", "completed_at", "last_day", "ranges")
_SUMS = (
    "member_views",
    "visitor_views",
    "group_views",
    "group_people",
    "completes",
    "watched_s",
    "visitor_s",
)


def read(session: Session, beats: Sequence[Beat], rule: ViewRule) -> Book:
    """Read all that decides what the beats earn; nobody else credits the same people until the commit.

    Raises DayClosed, see `check_open`.
    """
    connection = session.connection()
    closing.check_open(connection, min(beat.at for beat in beats))
    ids = sorted({beat.play_id for beat in beats})
    if connection.dialect.name == "postgresql":
        connection.execute(_LOCK_PEOPLE, {"ids": ids})
    plays = {play.id: play for play in _plays(connection, ids)}
    shares = _shares(connection, _limited(beats, plays, rule), min(beat.at for beat in beats) - rules.AN_HOUR)
    pairs = sorted({(play.clip_id, play.viewer) for play in plays.values()})
    begun = [(play.id, play.viewer, Begun(play.began_s, play.credited_s)) for play in plays.values()]
    # A play that is older than the oldest beat's reach takes no beats, and holds nobody back.
    since = min(beat.at for beat in beats) - timedelta(hours=rule.late_h)
    viewers = {name for _, viewer in pairs for name in rules.clock_of(viewer)}
    others = select(Play.id, Play.viewer, Play.started_at, Play.credited_s).where(
        Play.viewer.in_(sorted(viewers)), Play.started_at >= since, Play.id.not_in(ids)
    )
    for play_id, viewer, started_at, credited_s in connection.execute(others):
        begun.append((play_id, viewer, Begun(started_at.timestamp(), credited_s)))
    return Book(
        plays,
        _clips(connection, {clip_id for clip_id, _ in pairs}),
        {(row.clip_id, row.viewer): row for row in _watchers(connection, pairs)},
        begun,
        rule,
        shares,
    )


def _limited(beats: Sequence[Beat], plays: Mapping[str, PlayRow], rule: ViewRule) -> list[str]:
    """Return the origins from which a view may be about to count that is limited by them."""
    if not (rule.address_minute or rule.address_clip_hour):
        return []
    waiting = {
        play.id for play in plays.values() if not play.counted and rules.kind_of(play.viewer) is Kind.VISITOR
    }
    return sorted({beat.origin for beat in beats if beat.origin and beat.play_id in waiting})


def _shares(connection: Connection, origins: list[str], since: datetime) -> dict[str, list[FromOrigin]]:
    """Read what counted for some origins; nobody else counts for them until the commit."""
    shares: dict[str, list[FromOrigin]] = {}
    if not origins:
        return shares
    if connection.dialect.name == "postgresql":
        connection.execute(_LOCK_ORIGINS, {"origins": origins})
    rows = select(OriginView.origin, OriginView.clip_id, OriginView.at).where(
        OriginView.origin.in_(origins), OriginView.at > since
    )
    for origin, clip_id, at in connection.execute(rows):
        shares.setdefault(origin, []).append(FromOrigin(clip_id, at))
    return shares


def lock_person(session: Session, person_id: str) -> None:
    """Let nobody credit a person until the commit; whoever is at it is waited for."""
    connection = session.connection()
    if connection.dialect.name == "postgresql":
        connection.execute(_LOCK_PERSON, {"person": person_id})


def lock_place(session: Session, place: str) -> None:
    """Let nobody declare a screening at a place until the commit; whoever is at it is waited for."""
    connection = session.connection()
    if connection.dialect.name == "postgresql":
        connection.execute(_LOCK_PLACE, {"place": place})


def _plays(connection: Connection, ids: Collection[str]) -> Iterator[PlayRow]:
    row: Any
    for row in connection.execute(select(Play.__table__).where(Play.id.in_(ids))):
        if rules.is_token(row.viewer):  # whoever it was has been erased and earns nothing any more
            continue
        yield PlayRow(
            id=row.id,
            clip_id=row.clip_id,
            lesson_id=row.lesson_id,
            viewer=row.viewer,
            people=row.people,
            source=row.source,
            node_id=row.node_id,
            started_at=row.started_at,
            rate=row.rate,
            credited_s=row.credited_s,
            capped_s=row.capped_s,
            counted=row.counted,
            completed=row.completed,
            held=row.held,
            last_at=row.last_at,
            ranges=_pairs(row.ranges),
            doubted=_pairs(row.doubted),
        )


def _watchers(connection: Connection, pairs: Collection[tuple[str, str]]) -> Iterator[WatcherRow]:
    wanted = tuple_(Watcher.clip_id, Watcher.viewer).in_(pairs)
    row: Any
    for row in connection.execute(select(Watcher.__table__).where(wanted)):
        yield WatcherRow(
            clip_id=row.clip_id,
            viewer=row.viewer,
            lesson_id=row.lesson_id,
            viewed_at=row.viewed_at,
            unique_s=row.unique_s,
            completed_at=row.completed_at,
            last_day=row.last_day,
            ranges=_pairs(row.ranges),
        )


def _pairs(stored: Iterable[Sequence[float]]) -> list[Range]:
    return [(start, end) for start, end in stored]


def _clips(connection: Connection, ids: Collection[str]) -> dict[str, ClipFacts]:
    rows = connection.execute(
        select(Clip.id, func.coalesce(Clip.duration_s, Clip.end_s - Clip.start_s), Lesson.state)
        .join(Lesson, Lesson.id == Clip.lesson_id)
        .where(Clip.id.in_(ids))
    )
    return {clip_id: ClipFacts(length_s, state == LessonState.PUBLISHED) for clip_id, length_s, state in rows}


def write(session: Session, book: Book) -> None:
    """Write what has changed. Day sums come last and in one order: they are what batches of other processes
    wait for."""
    connection = session.connection()
    _many(connection, update(Play).where(Play.id == bindparam("its_id")), map(_play_values, book.plays()))
    watcher = upsert(session, Watcher)
    watcher = watcher.on_conflict_do_update(
        index_elements=["clip_id", "viewer"], set_={name: watcher.excluded[name] for name in _SEEN}
    )
    _many(connection, watcher, map(_watcher_values, book.watchers()))
    _many(connection, insert(View), (_view_values(play, at) for play, at in book.views))
    _many(
        connection,
        insert(OriginView),
        (
            {"id": new_id(), "origin": origin, "clip_id": one.clip_id, "at": one.at}
            for origin, one in book.from_origins
        ),
    )
    day = upsert(session, DaySum)
    day = day.on_conflict_do_update(
        index_elements=["clip_id", "day", "node_id"],
        set_={name: getattr(DaySum, name) + day.excluded[name] for name in _SUMS},
    )
    _many(
        connection,
        day,
        (
            {**asdict(sums), "clip_id": clip_id, "day": at, "node_id": node_id}
            for (clip_id, at, node_id), sums in sorted(book.days.items(), key=_wanted_last)
        ),
    )


def _wanted_last(day: tuple[tuple[str, date, str], object]) -> tuple[bool, tuple[str, date, str]]:
    """Put the rows of nobody's branch at the end: all visitors share them, so their locks must be brief."""
    key, _ = day
    return not key[2], key


def _many(connection: Connection, statement: Any, rows: Iterable[dict[str, Any]]) -> None:
    values = list(rows)
    if values:
        connection.execute(statement, values)


def _play_values(play: PlayRow) -> dict[str, Any]:
    return {
        "its_id": play.id,
        "rate": play.rate,
        "credited_s": play.credited_s,
        "capped_s": play.capped_s,
        "counted": play.counted,
        "completed": play.completed,
        "held": play.held,
        "last_at": play.last_at,
        "ranges": play.ranges,
        "doubted": play.doubted,
    }


def _watcher_values(watcher: WatcherRow) -> dict[str, Any]:
    return {
        "clip_id": watcher.clip_id,
        "viewer": watcher.viewer,
        "lesson_id": watcher.lesson_id,
        "viewed_at": watcher.viewed_at,
        "unique_s": watcher.unique_s,
        "completed_at": watcher.completed_at,
        "last_day": watcher.last_day,
        "ranges": watcher.ranges,
    }


def _view_values(play: PlayRow, at: Any) -> dict[str, Any]:
    return {
        "id": new_id(),
        "play_id": play.id,
        "clip_id": play.clip_id,
        "lesson_id": play.lesson_id,
        "viewer": play.viewer,
        "kind": rules.kind_of(play.viewer),
        "people": play.people,
        "node_id": play.node_id,
        "source": play.source,
        "at": at,
        "day": local_day(at),
    }
