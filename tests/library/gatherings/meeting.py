"""An open gathering with a lesson of three clips of a minute, for the tests of what is shown and noted."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from library.core.clock import local_day
from library.core.permits import Role, Viewer
from library.gatherings import actions, marking, opening
from library.gatherings.actions import Desk, Draft, RoomDraft
from library.gatherings.marking import Said
from library.gatherings.rules import Mark
from library.gatherings.showings import actions as showings
from library.gatherings.showings import queries
from library.gatherings.tables import RollEntry
from library.organisation import actions as organisation
from library.people import queries as people
from tests.support import factories as make
from tests.support.databases import NOW

BEGINS = NOW + timedelta(minutes=30)


@dataclass(frozen=True)
class Meeting:
    """Who is there, where, and what is shown."""

    id: str
    node_id: str
    rooms: tuple[str, ...]
    lessons: tuple[str, ...]
    clips: tuple[tuple[str, ...], ...]
    members: tuple[Viewer, ...]
    desk: Desk

    def at(self, minutes: float, who: int = 0) -> Desk:
        """The desk of somebody so many minutes after the beginning."""
        return replace(self.desk, viewer=self.members[who], now=BEGINS + timedelta(minutes=minutes))


def meeting(
    session: Session,
    members: int = 4,
    *,
    rooms: int = 1,
    lessons: int = 1,
    name: str = "余村党支部",
    **plan: Any,
) -> Meeting:
    """A gathering that has just opened. The first member is the secretary and chairs, the second writes."""
    node = organisation.add_named(session, make.root(session), name, NOW - timedelta(days=300))
    there = []
    for n in range(members):
        role = (Role.SECRETARY if n == 0 else Role.MEMBER, node)
        one = make.person(session, role, name=f"党员{n}")
        row = people.person(session, str(one.person_id))
        there.append(people.viewer_of(session, row, local_day(NOW)))
    shown = [make.lesson(session, f"微课{n}", clips=3) for n in range(lessons)]
    desk = Desk(there[0], NOW)
    draft = Draft(
        "study",
        "十二月学习",
        BEGINS,
        BEGINS + timedelta(minutes=90),
        "村部二楼",
        agenda="看课\n讨论",
        chair_id=there[0].person_id,
        recorder_id=there[1].person_id if members > 1 else None,
        lessons=tuple(one.id for one in shown),
        rooms=tuple(RoomDraft(f"会场{n}") for n in range(rooms)) if rooms > 1 else (),
    )
    (made,) = actions.plan(session, desk, node.id, replace(draft, **plan), tell=False)
    at_start = replace(desk, now=BEGINS)
    opening.open_(session, at_start, made.id)
    return Meeting(
        made.id,
        node.id,
        tuple(one.id for one in queries.rooms(session, made.id)),
        tuple(one.id for one in shown),
        tuple(tuple(clip.id for clip in one.clips) for one in shown),
        tuple(there),
        at_start,
    )


def mark(session: Session, its: Meeting, who: int, mark: Mark, at: float, **more: Any) -> None:
    """Mark somebody on the roll, so many minutes after the beginning."""
    wanted = select(RollEntry.id).where(
        RollEntry.gathering_id == its.id, RollEntry.person_id == its.members[who].person_id
    )
    said = Said(f"said-{who}-{mark}-{at}".replace("_", "-"), mark, session.scalars(wanted).one(), **more)
    marking.say_one(session, its.at(at), its.id, said)


def run(clip: str, first: float, last: float, at: float) -> dict[str, Any]:
    """What a screen reports: a stretch of a clip, and when it began, in seconds."""
    return {"clip": clip, "from": first, "to": last, "at": at}


def show(session: Session, its: Meeting, at: float, room: int = 0, lesson: int = 0) -> str:
    """Begin to show, so many minutes after the beginning; returns the showing's id."""
    now = its.at(at).now
    return showings.begin(
        session, its.members[0], its.id, its.rooms[room], its.lessons[lesson], now
    ).showing_id
