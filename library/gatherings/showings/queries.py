"""What was shown in gatherings, and to whom. Reads only."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import select
from sqlalchemy.orm import Session

from library.catalog.tables import Lesson
from library.core.errors import NotFound
from library.gatherings.showings.presence import There, span
from library.gatherings.tables import Gathering, GatheringLesson, RollEntry, Room, Showing


def gathering(session: Session, gathering_id: str) -> Gathering:
    """Return a gathering; raises NotFound."""
    found = session.get(Gathering, gathering_id)
    if found is None:
        raise NotFound
    return found


def rooms(session: Session, gathering_id: str) -> Sequence[Room]:
    """Return the rooms of a gathering, the main venue first."""
    return session.scalars(select(Room).where(Room.gathering_id == gathering_id).order_by(Room.n)).all()


def room(session: Session, gathering_id: str, room_id: str) -> Room:
    """Return a room of a gathering; raises NotFound."""
    found = session.get(Room, room_id)
    if found is None or found.gathering_id != gathering_id:
        raise NotFound
    return found


def lessons(session: Session, gathering_id: str) -> Sequence[Lesson]:
    """Return the lessons that a gathering shows, in their order; those deleted since are left out."""
    return session.scalars(
        select(Lesson)
        .join(GatheringLesson, GatheringLesson.lesson_id == Lesson.id)
        .where(GatheringLesson.gathering_id == gathering_id)
        .order_by(GatheringLesson.n)
    ).all()


def showings(session: Session, gathering_id: str) -> Sequence[Showing]:
    """Return what was shown in a gathering, in all its rooms, in its order."""
    return session.scalars(
        select(Showing).where(Showing.gathering_id == gathering_id).order_by(Showing.started_at, Showing.id)
    ).all()


def there(session: Session, of: Gathering) -> list[There]:
    """Return who was in the rooms of a gathering that has ended, as its roll says now; nobody before.

    Who is in no room by name was in the main venue.
    """
    if of.opened_at is None or of.ended_at is None:
        return []
    its_rooms = rooms(session, of.id)
    main = next((one.id for one in its_rooms), None)
    closed = {one.id: min(one.ended_at, of.ended_at) for one in its_rooms if one.ended_at is not None}
    found = []
    for entry in session.scalars(select(RollEntry).where(RollEntry.gathering_id == of.id)):
        its = span(
            entry.mark,
            entry.arrived_at,
            entry.left_at,
            opened_at=of.opened_at,
            ended_at=closed.get(entry.room_id or main or "", of.ended_at),
            late_from=of.late_from or of.opened_at,
        )
        if its is not None:
            found.append(There(entry.person_id, entry.node_id, entry.room_id or main, *its))
    return found
