"""Gatherings on the shelf of a server, for the tests over HTTP."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from sqlalchemy import select

from library.catalog.permits import LessonState
from library.core.ids import new_id
from library.gatherings import actions, marking, opening
from library.gatherings.actions import Desk, Draft
from library.gatherings.marking import Said
from library.gatherings.rules import Mark
from library.gatherings.showings import queries
from library.gatherings.tables import RollEntry
from server.commands.administrator import machine
from tests.server.conftest import Put, Shelf


@dataclass(frozen=True)
class Held:
    """A gathering of the root node: its lesson, its room, and its node."""

    id: str
    lesson: Put
    room: str
    node_id: str


def gathering(shelf: Shelf, *, chair: str = "staff", recorder: str | None = None, **plan: Any) -> Held:
    """A gathering that is open, chaired by one of PEOPLE, with a lesson to show."""
    lesson = shelf.lesson(LessonState.PUBLISHED)
    now = shelf.served.ports.clock()
    recorder_id = shelf.viewer(recorder).person_id if recorder else None
    chair_id, node_id = shelf.viewer(chair).person_id, shelf.root()
    with shelf.served.ports.db.write() as session:
        desk = Desk(machine(session), now)
        draft = Draft(
            "study",
            "集中学习",
            now,
            now + timedelta(hours=1),
            "会议室",
            chair_id=chair_id,
            recorder_id=recorder_id,
            lessons=(lesson.lesson,),
            **plan,
        )
        (made,) = actions.plan(session, desk, node_id, draft, tell=False)
        opening.open_(session, desk, made.id)
        room = queries.rooms(session, made.id)[0].id
        return Held(made.id, lesson, room, node_id)


def mark(shelf: Shelf, held: Held, username: str, mark: Mark = Mark.PRESENT) -> None:
    """Mark one of PEOPLE on the roll."""
    person_id = shelf.viewer(username).person_id
    with shelf.served.ports.db.write() as session:
        desk = Desk(machine(session), shelf.served.ports.clock())
        wanted = select(RollEntry.id).where(
            RollEntry.gathering_id == held.id, RollEntry.person_id == person_id
        )
        said = Said(new_id(), mark, session.scalars(wanted).one(), reason="测试")
        marking.say_one(session, desk, held.id, said)


def end(shelf: Shelf, held: Held) -> None:
    """End a gathering."""
    with shelf.served.ports.db.write() as session:
        opening.end(session, Desk(machine(session), shelf.served.ports.clock()), held.id)
