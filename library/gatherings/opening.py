"""A gathering begins and ends: the roll is frozen from the snapshot of that moment, and what happened is said
to the ledger of evidence."""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import delete as sql_delete
from sqlalchemy import func, insert, select
from sqlalchemy.orm import Session

from library.audit import actions as audit
from library.audit.rules import Deed
from library.core.clock import local_day
from library.core.errors import Conflict, Invalid, NotFound
from library.core.ids import new_id
from library.evidence import actions as evidence
from library.evidence.rules import EvidenceKind, Piece, Source
from library.gatherings import roll, rules
from library.gatherings.actions import Desk, held, leaders_of, lessons_of, room_ends
from library.gatherings.kinds import Asks
from library.gatherings.permits import may_lead
from library.gatherings.rules import GatheringState, Mark, Stay
from library.gatherings.showings import actions as showings
from library.gatherings.tables import Gathering, Guess, RollEntry, Room
from library.organisation.tables import Node


def open_(session: Session, desk: Desk, gathering_id: str) -> Gathering:
    """Begin a gathering: from now on its roll stands, whatever becomes of anybody's membership.

    Begun twice it is the same. Raises NotFound unless the viewer keeps it, Conflict: gathering_lead,
    gathering_over, gathering_early; Invalid("roll_large").
    """
    one = held(session, desk, gathering_id, lead=True)
    if one.state is GatheringState.OPEN:
        return one
    rules.check_opening(one.state, one.starts_at, desk.now)
    kind = desk.kinds.get(one.kind)
    day = local_day(desk.now)
    people = roll.candidates(session, one, kind.asks if kind else Asks.EVERYBODY, day)
    freeze(session, one, people)
    one.state, one.opened_at, one.changed_at = GatheringState.OPEN, desk.now, desk.now
    one.late_from = rules.late_from(one.starts_at, desk.now, desk.late_after)
    one.secret = secrets.token_hex(32)
    session.flush()
    audit.note(session, Deed.GATHERING, desk.by, thing=one.id, what="open", count=len(people))
    return one


def freeze(session: Session, one: Gathering, people: Sequence[roll.Candidate]) -> None:
    """Write the roll of a gathering; raises Invalid("roll_large")."""
    if len(people) > rules.MOST_ROLL:
        raise Invalid("roll_large", most=rules.MOST_ROLL, count=len(people))
    rows = [
        {
            "id": new_id(),
            "gathering_id": one.id,
            "person_id": who.person_id,
            "node_id": who.node_id,
            "name": "",
            "due": who.due,
            "mark": Mark.UNMARKED,
            "reason": "",
            "version": 1,
        }
        for who in people
    ]
    if rows:
        session.execute(insert(RollEntry), rows)


def end(session: Session, desk: Desk, gathering_id: str, ended_at: datetime | None = None) -> Gathering:
    """End a gathering and say what is proven of everybody; ended twice it is the same.

    Without `ended_at` it is now, or its planned end where somebody forgot to end it (rules.ending). Raises
    NotFound unless the viewer keeps it, Conflict: gathering_lead, gathering_over (cancelled),
    gathering_not_open; Invalid: ending_to_come, ending_before, gathering_long.
    """
    one = held(session, desk, gathering_id, lead=True)
    if one.state is GatheringState.ENDED:
        return one
    if one.state is GatheringState.CANCELLED:
        raise Conflict("gathering_over")
    if one.state is not GatheringState.OPEN or one.opened_at is None:
        raise Conflict("gathering_not_open")
    at = ended_at or usual_end(session, one, desk.now)
    rules.check_ending(one.opened_at, at, desk.now)
    one.state, one.ended_at, one.changed_at = GatheringState.ENDED, at, desk.now
    session.execute(sql_delete(Guess).where(Guess.gathering_id == one.id))
    session.flush()
    say_evidence(session, one, desk.now, desk.by)
    audit.note(session, Deed.GATHERING, desk.by, thing=one.id, what="end")
    return one


def usual_end(session: Session, one: Gathering, now: datetime) -> datetime:
    """Return when an open gathering is taken to have ended: with the last of its rooms where all are closed,
    now, or as planned where somebody forgot it."""
    closed = session.scalars(select(Room.ended_at).where(Room.gathering_id == one.id)).all()
    known = [its for its in closed if its is not None]
    if known and len(known) == len(closed):
        return max(known)
    return rules.ending(one.opened_at or one.starts_at, one.ends_at, now)


def end_room(
    session: Session, desk: Desk, gathering_id: str, n: int, ended_at: datetime | None = None
) -> Room:
    """Close one of several rooms while the others go on; its people are proven until then. Its host does it,
    and who leads the gathering. Closed twice it is the same.

    Raises NotFound; Conflict: gathering_not_open, room_not_yours, room_last (the last that is open ends with
    the gathering); Invalid: ending_to_come, ending_before.
    """
    one, room = _room_held(session, desk, gathering_id, n)
    if room.ended_at is not None:
        return room
    others = select(func.count()).where(
        Room.gathering_id == one.id, Room.id != room.id, Room.ended_at.is_(None)
    )
    if not session.scalar(others):
        raise Conflict("room_last")
    at = ended_at or desk.now
    rules.check_ending(one.opened_at or at, at, desk.now)
    room.ended_at = at
    session.flush()
    audit.note(session, Deed.GATHERING, desk.by, thing=one.id, what="room_end", count=n)
    return room


def reopen_room(session: Session, desk: Desk, gathering_id: str, n: int) -> Room:
    """Let a room that was closed too early go on, as long as the gathering does; raises as `end_room`."""
    one, room = _room_held(session, desk, gathering_id, n)
    if room.ended_at is not None:
        room.ended_at = None
        session.flush()
        audit.note(session, Deed.GATHERING, desk.by, thing=one.id, what="room_again", count=n)
    return room


def _room_held(session: Session, desk: Desk, gathering_id: str, n: int) -> tuple[Gathering, Room]:
    one = held(session, desk, gathering_id)
    if one.state is not GatheringState.OPEN:
        raise Conflict("gathering_not_open")
    wanted = select(Room).where(Room.gathering_id == one.id, Room.n == n)
    room = session.scalars(wanted.execution_options(populate_existing=True)).first()
    if room is None:
        raise NotFound
    node = session.get_one(Node, one.node_id)
    leads = may_lead(desk.viewer, node.path, leaders_of(session, one))
    if not leads and room.host_id != desk.viewer.person_id:
        raise Conflict("room_not_yours")
    return one, room


def say_evidence(session: Session, one: Gathering, now: datetime, by: str | None) -> None:
    """Let the ledger say of a gathering that ended what its roll says; whoever calls holds the gathering."""
    if one.opened_at is None or one.ended_at is None:
        return
    lessons = [its for its in lessons_of(session, one.id) if its is not None]
    late = one.late_from or one.opened_at
    closed = room_ends(session, one)
    rows = session.scalars(
        select(RollEntry).where(RollEntry.gathering_id == one.id, RollEntry.person_id.is_not(None))
    )
    pieces = []
    for row in rows:
        stay = Stay(row.mark, row.arrived_at, row.left_at)
        made_up = row.mark is Mark.MADE_UP
        assert row.person_id is not None  # noqa: S101 - so it was asked
        pieces.append(
            Piece(
                row.person_id,
                row.node_id,
                EvidenceKind.ATTENDED,
                one.form,
                rules.seconds_there(stay, one.opened_at, closed.get(row.room_id or "", one.ended_at), late),
                local_day(row.arrived_at if made_up and row.arrived_at else one.opened_at),
                Source.GATHERING,
                one.id,
                lessons[0] if len(lessons) == 1 else None,
                made_up,
            )
        )
    evidence.say(session, Source.GATHERING, one.id, pieces, now, by)
    showings.say_shown(session, one, now, by)
