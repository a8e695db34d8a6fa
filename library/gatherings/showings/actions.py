"""The only writer of showings, and of the evidence of what was seen in them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from library.catalog import queries as catalog
from library.catalog.tables import Clip
from library.core.clock import local_day
from library.core.errors import Conflict, NotFound
from library.core.ids import new_id
from library.core.permits import Viewer
from library.evidence import actions as evidence
from library.evidence.rules import EvidenceKind, Piece, Source
from library.gatherings.rules import GatheringState
from library.gatherings.showings import queries, rules
from library.gatherings.showings.presence import There
from library.gatherings.showings.rules import Stretch
from library.gatherings.tables import Gathering, Room, Showing
from library.plays import shown
from library.plays.rules import ViewRule


@dataclass(frozen=True)
class Screened:
    """Where a showing is: `clock_s` seconds since it began, `clip_id` and `at_s` where the screen goes on."""

    showing_id: str
    clock_s: float
    played_s: int
    clip_id: str | None
    at_s: float
    cut_s: float = 0.0


def begin(
    session: Session, viewer: Viewer, gathering_id: str, room_id: str, lesson_id: str, now: datetime
) -> Screened:
    """Begin to show a lesson of an open gathering in a room, or go on with it: one showing for each room.

    Raises NotFound, Conflict("showing_not_open").
    """
    gathering = _held(session, gathering_id)
    if gathering.state is not GatheringState.OPEN:
        raise Conflict("showing_not_open")
    room = queries.room(session, gathering_id, room_id)
    if room.ended_at is not None:
        raise Conflict("showing_not_open")
    if lesson_id not in {one.id for one in queries.lessons(session, gathering_id)}:
        raise NotFound
    catalog.lesson_for(session, viewer, lesson_id)
    row = session.scalar(
        select(Showing).where(
            Showing.gathering_id == gathering_id, Showing.room_id == room.id, Showing.lesson_id == lesson_id
        )
    )
    if row is None:
        row = Showing(
            id=new_id(),
            gathering_id=gathering_id,
            room_id=room.id,
            lesson_id=lesson_id,
            played={},
            moments=[],
            played_s=0,
            started_at=now,
            last_at=now,
            started_by=viewer.writer_id,
        )
        session.add(row)
        session.flush()
    return _screened(row, now)


def beat(
    session: Session, gathering_id: str, showing_id: str, reported: Iterable[Mapping[str, Any]], now: datetime
) -> Screened:
    """Take what a screen says it played ({clip, from, to, at}, seconds; `at` since the showing began).

    The same again changes nothing. After the end of the gathering what ran before it still counts, and the
    evidence is said anew. Raises NotFound, Conflict("showing_not_open").
    """
    gathering = _held(session, gathering_id)
    row = session.get(Showing, showing_id)
    if row is None or row.gathering_id != gathering_id:
        raise NotFound
    if not _listens(gathering, now):
        raise Conflict("showing_not_open")
    lengths = {
        clip_id: end_s - start_s
        for clip_id, start_s, end_s in session.execute(
            select(Clip.id, Clip.start_s, Clip.end_s).where(Clip.lesson_id == row.lesson_id)
        )
    }
    held = rules.from_row(row.moments)
    taken = rules.take(
        held,
        rules.read(reported, lengths),
        now=_since(row, now),
        until=_since(row, until) if (until := _until(session, gathering, row)) else None,
        taken=_taken_by_others(session, row),
    )
    if taken.new:
        row.moments = rules.to_row(taken.runs)
        row.played = {
            clip_id: [[begin / 1000, end / 1000] for begin, end in stretches]
            for clip_id, stretches in rules.played(taken.runs).items()
        }
        row.played_s = rules.amount(taken.runs) // 1000
        row.last_at = now
        session.flush()
        if gathering.state is GatheringState.ENDED:
            _say(session, gathering, row, queries.there(session, gathering), now)
    return _screened(row, now, taken.cut)


def _until(session: Session, gathering: Gathering, row: Showing) -> datetime | None:
    """Return until when what ran counts: the end of the room, or of the gathering."""
    room = session.get(Room, row.room_id) if row.room_id else None
    known = [one for one in (room.ended_at if room else None, gathering.ended_at) if one is not None]
    return min(known, default=None)


def say_shown(session: Session, gathering: Gathering, now: datetime, by: str | None = None) -> None:
    """Let the ledger of evidence say what everybody saw on the screens of a gathering.

    Called when it ends, and whenever its roll or its end is corrected, in that transaction and under the lock
    of the gathering's row. Said twice it changes nothing; while the gathering goes on nothing is said.
    """
    ended = gathering.state is GatheringState.ENDED
    people = queries.there(session, gathering) if ended else []
    for row in queries.showings(session, gathering.id):
        if ended and row.ended_at is None:
            row.ended_at = gathering.ended_at
        _say(session, gathering, row, people, now, by)


def _say(
    session: Session,
    gathering: Gathering,
    row: Showing,
    people: Iterable[There],
    now: datetime,
    by: str | None = None,
) -> None:
    evidence.say(session, Source.SHOWING, row.id, _pieces(gathering, row, people), now, by)


def count_ended(session: Session, rule: ViewRule, now: datetime, most: int = 20) -> int:
    """Count the views of showings whose gathering has ended and that were not counted yet; returns how many.

    Each clip that was shown long enough is one view of a group, of as many people as the roll then says were
    in the room while it ran. Once: a later correction of the roll changes evidence, and no view.
    """
    waiting = (
        select(Showing)
        .join(Gathering, Gathering.id == Showing.gathering_id)
        .where(Gathering.state == GatheringState.ENDED, Showing.counted_at.is_(None))
        .order_by(Showing.started_at, Showing.id)
        .limit(most)
        .with_for_update(of=Showing, skip_locked=True)
    )
    rows = session.scalars(waiting).all()
    for row in rows:
        gathering = session.get_one(Gathering, row.gathering_id)
        people = [one for one in queries.there(session, gathering) if one.room_id == row.room_id]
        runs = rules.from_row(row.moments)
        for clip_id, stretches in rules.played(runs).items():
            its = [run for run in runs if run.clip_id == clip_id]
            saw = sum(rules.seen(its, _since(row, one.begin), _since(row, one.end)) > 0 for one in people)
            clip = session.get(Clip, clip_id)
            if saw and clip is not None:
                shown.count(
                    session,
                    clip,
                    showing_id=row.id,
                    people=saw,
                    node_id=gathering.node_id,
                    ranges=[(begin / 1000, end / 1000) for begin, end in stretches],
                    began_at=row.started_at,
                    now=now,
                    rule=rule,
                )
        row.counted_at = now
    session.flush()
    return len(rows)


def _pieces(gathering: Gathering, row: Showing, people: Iterable[There]) -> list[Piece]:
    runs = rules.from_row(row.moments)
    pieces = []
    for one in people:
        if one.person_id is None or one.room_id != row.room_id:
            continue
        saw = rules.seen(runs, _since(row, one.begin), _since(row, one.end)) // 1000
        if saw:
            pieces.append(
                Piece(
                    one.person_id,
                    one.node_id,
                    EvidenceKind.WATCHED,
                    gathering.form,
                    saw,
                    local_day(gathering.opened_at or row.started_at),
                    Source.SHOWING,
                    row.id,
                    row.lesson_id,
                )
            )
    return pieces


def _held(session: Session, gathering_id: str) -> Gathering:
    """Return a gathering; nobody else says anything of it until the transaction ends."""
    found = session.scalars(
        select(Gathering)
        .where(Gathering.id == gathering_id)
        .with_for_update()
        .execution_options(populate_existing=True)
    ).one_or_none()
    if found is None:
        raise NotFound
    return found


def _listens(gathering: Gathering, now: datetime) -> bool:
    if gathering.state is GatheringState.OPEN:
        return True
    late = timedelta(seconds=rules.LATE_S)
    ended = gathering.state is GatheringState.ENDED and gathering.ended_at is not None
    return ended and gathering.ended_at is not None and now - gathering.ended_at <= late


def _taken_by_others(session: Session, row: Showing) -> list[Stretch]:
    """Return when other lessons ran in the same room, on this showing's clock."""
    taken = []
    beside = (Showing.gathering_id == row.gathering_id, Showing.room_id == row.room_id)
    for other in session.scalars(select(Showing).where(*beside, Showing.id != row.id)):
        ahead = _since(row, other.started_at)
        taken += [(run.at + ahead, run.end + ahead) for run in rules.from_row(other.moments)]
    return taken


def _since(row: Showing, moment: datetime) -> int:
    return rules.milliseconds((moment - row.started_at).total_seconds())


def _screened(row: Showing, now: datetime, cut: int = 0) -> Screened:
    runs = rules.from_row(row.moments)
    last = runs[-1] if runs else None
    return Screened(
        row.id,
        _since(row, now) / 1000,
        row.played_s,
        last.clip_id if last else None,
        (last.first + last.length) / 1000 if last else 0.0,
        cut / 1000,
    )
