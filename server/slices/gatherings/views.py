"""What pages and programs are told of one gathering and of its roll."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy.orm import Session

from library.catalog import queries as catalog
from library.core.permits import Viewer
from library.gatherings import actions, queries
from library.gatherings.kinds import Kinds
from library.gatherings.queries import Seen
from library.gatherings.tables import Gathering
from library.people import queries as people
from library.people.tables import LearningGroup
from server.slices.gatherings.contexts import ChangeLine, GatheringView, LessonLine, RollLine, RoomLine


def view_of(session: Session, viewer: Viewer, found: Seen, kinds: Kinds, language: str) -> GatheringView:
    """Return a gathering as its reader may know it."""
    one = found.gathering
    rooms = queries.rooms_of(session, one.id)
    ids = {one.chair_id, one.recorder_id, *(room.host_id for room in rooms)} - {None}
    names = people.names(session, {its for its in ids if its is not None})
    lessons = actions.lessons_of(session, one.id)
    titles = {
        its.id: its.title
        for its in catalog.lessons_by_ids(session, viewer, [its for its in lessons if its is not None])
    }
    group = session.get(LearningGroup, one.group_id) if one.group_id else None
    return GatheringView(
        id=one.id,
        kind=kinds.name(one.kind, language),
        title=one.title,
        node=found.node.name,
        group=group.name if group else "",
        week=one.week,
        starts_at=one.starts_at,
        ends_at=one.ends_at,
        place=one.place,
        rooms=tuple(
            RoomLine(
                n=room.n,
                place=room.place,
                host=names.get(room.host_id or "", ""),
                ended_at=room.ended_at,
                ends=found.leads or (room.host_id is not None and room.host_id == viewer.person_id),
            )
            for room in rooms
        ),
        chair=names.get(one.chair_id or "", ""),
        recorder=names.get(one.recorder_id or "", ""),
        agenda=one.agenda,
        lessons=tuple(LessonLine(id=its, title=titles.get(its or "", "")) for its in lessons),
        state=one.state,
        opened_at=one.opened_at,
        ended_at=one.ended_at,
        below=one.below,
        version=one.version,
    )


def roll_lines(session: Session, one: Gathering, *, history: bool = True) -> tuple[RollLine, ...]:
    """Return the roll of a gathering, with `history` also what was said of everybody before."""
    rooms = {room.id: room.n for room in queries.rooms_of(session, one.id)}
    changes = queries.changes_of(session, one.id) if history else {}
    return tuple(
        RollLine(
            id=row.entry.id,
            name=row.name,
            node=row.node,
            due=row.entry.due,
            mark=row.entry.mark,
            how=row.entry.how,
            room=rooms.get(row.entry.room_id or ""),
            reason=row.entry.reason,
            arrived_at=row.entry.arrived_at,
            left_at=row.entry.left_at,
            elsewhere=row.elsewhere,
            by_self=row.by_self,
            history=_history(changes.get(row.entry.id, ())),
        )
        for row in queries.roll_of(session, one.id)
    )


def _history(rows: Sequence[queries.ChangeRow]) -> tuple[ChangeLine, ...]:
    return tuple(
        ChangeLine(
            mark=row.change.mark,
            how=row.change.how,
            reason=row.change.reason,
            at=row.change.at,
            said_at=row.change.said_at
            if row.change.said_at and (row.change.at - row.change.said_at).total_seconds() > 60
            else None,
            by=row.by,
        )
        for row in rows
    )
