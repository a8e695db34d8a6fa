"""The demonstration's viewers: what they watched is counted by the same rules as everybody's."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from contextlib import suppress
from datetime import date, timedelta

from sqlalchemy.orm import Session

from library.catalog import queries as catalog
from library.catalog.permits import Audience, LessonState
from library.catalog.tables import Clip, Lesson
from library.core.clock import Clock, local_day
from library.core.database import Database
from library.people import queries as people
from library.people.rules import home_node
from library.people.tables import Person
from library.plays import actions as plays
from library.plays import queries as plays_queries
from library.plays.closing import DayClosed
from library.plays.crediting import Beat
from library.plays.rules import Kind, ViewRule
from server.demo import county
from server.demo.accounts import ACCOUNTS
from server.demo.sittings import Sitting, sittings

# A day that is sealed by now takes nobody any more (DayClosed): then the demonstration goes without.

_WATCHES = 12
"""One in so many of the county's people watches."""
_LETTER = {Kind.MEMBER: "p", Kind.GROUP: "g"}


def let_visitors_watch(db: Database, clock: Clock, rule: ViewRule, lesson_id: str) -> None:
    """Let visitors watch each clip of a lesson for everyone that plays and that nobody has watched yet."""
    with db.read() as session:
        lesson = catalog.lesson(session, lesson_id)
        playing = [clip.id for clip in _playing(lesson) if lesson.audience is Audience.EVERYONE]
        watched = plays_queries.played(session, playing)
    for clip_id in (one for one in playing if one not in watched):
        with suppress(DayClosed), db.write() as session:
            clip = catalog.clip(session, clip_id)
            drawn = sittings(clip_id, _length_s(clip), clock(), visitors=True, members=0)
            _watch(session, rule, [(clip, one) for one in drawn], (), local_day(clock()))


def let_members_watch(db: Database, clock: Clock, rule: ViewRule, keys: Iterable[str]) -> None:
    """Let those who have accounts, and some of each branch, watch all clips of some lessons, alone and with
    others.

    All at once: nobody watches two clips at a time, and what somebody did is counted in the order of time.
    """
    with suppress(DayClosed), db.write() as session:
        names = [*ACCOUNTS, *(one.username for one in county.people()[::_WATCHES])]
        members = [one for name in names if (one := people.person_by_username(session, name))]
        lessons = [lesson for key in keys if (lesson := catalog.lesson_by_key(session, key))]
        drawn = [
            (clip, one)
            for lesson in lessons
            for clip in _playing(lesson)
            for one in sittings(clip.id, _length_s(clip), clock(), visitors=False, members=len(members))
        ]
        began = sorted(drawn, key=lambda each: each[1].began)
        _watch(session, rule, began, members, local_day(clock()))


def _playing(lesson: Lesson) -> list[Clip]:
    return [clip for clip in lesson.clips if clip.plan and lesson.state is LessonState.PUBLISHED]


def _length_s(clip: Clip) -> float:
    return clip.duration_s or clip.end_s - clip.start_s


def _watch(
    session: Session,
    rule: ViewRule,
    drawn: Sequence[tuple[Clip, Sitting]],
    members: Sequence[Person],
    today: date,
) -> None:
    homes = [home_node(people.viewer_of(session, member, today)) for member in members]
    beats = []
    for clip, one in drawn:
        visiting = one.kind is Kind.VISITOR
        play = plays.start(
            session,
            clip,
            f"v:demo-{clip.id}-{one.viewer}" if visiting else f"{_LETTER[one.kind]}:{members[one.viewer].id}",
            one.began,
            source=one.source,
            people=one.people,
            node_id=None if visiting else homes[one.viewer],
        )
        watched_s = one.end_s - one.start_s
        beats.append(Beat(play.id, [(one.start_s, one.end_s)], 1.0, one.began + timedelta(seconds=watched_s)))
    plays.credit_beats(session, beats, rule)
