"""Two branches that watch lessons for some days, and the nights that roll them up."""

from __future__ import annotations

import random
import sqlite3
from collections.abc import Iterator
from dataclasses import replace
from datetime import date, datetime, timedelta
from itertools import groupby
from typing import Any

from sqlalchemy import select

from library.catalog import queries as catalog
from library.core.clock import local_day
from library.core.database import Database
from library.core.permits import Role
from library.organisation import actions as organisation
from library.plays import actions, queries, statistics
from library.plays.crediting import Beat
from library.plays.figures import LessonFigures, Overview, Proof, Span
from library.plays.rolling import Rolls
from library.plays.rules import Source, ViewRule
from library.plays.tables import ClipSum, CurveSum, LessonDay, LessonSum, NodeDay
from tests.support import factories as make
from tests.support.databases import NOW

RULE = ViewRule()
DAY = timedelta(days=1)
HOUR = timedelta(hours=1)
MONDAY = date(2026, 11, 23)
MIDNIGHT = datetime.fromisoformat("2026-11-24T00:00:00+08:00")  # after Monday
ROLLED = (LessonDay, NodeDay, LessonSum, ClipSum, CurveSum)


def rolls(db: Database, now: datetime, **more: Any) -> Rolls:
    its = {"keep_plays": 400 * DAY, "keep_watchers": 800 * DAY, **more}
    return Rolls(db=db, clock=lambda: now, late_h=RULE.late_h, **its)


def watch(db: Database, clip_id: str, viewer: str, at: datetime, seconds: float = 10, **more: Any) -> str:
    """Watch a clip from its beginning; ended `at`."""
    with db.write() as session:
        clip = catalog.clip(session, clip_id)
        its = actions.start(session, clip, viewer, at - timedelta(seconds=seconds), **more).id
        actions.credit_beats(session, [Beat(its, [(0, seconds)], 1.0, at)], RULE)
    return its


class Province:
    """Lessons of two branches and a few hundred random plays over six days."""

    def __init__(self, db: Database) -> None:
        self.db, dice = db, random.Random(5)
        with db.write() as session:
            root = make.root(session)
            east, west = (organisation.add_named(session, root, name, NOW) for name in ("东县", "西县"))
            lecturer = make.person(session, (Role.LECTURER, east))
            self.viewers = [lecturer, make.person(session, (Role.STAFF, west))]
            self.viewers.append(make.person(session, (Role.ADMIN, root)))
            lessons = [
                make.lesson(session, "甲", clips=2, owner=lecturer, branch=east),
                make.lesson(session, "乙", clips=3, branch=west),
            ]
            self.lessons = [lesson.id for lesson in lessons]
            clips = [clip.id for lesson in lessons for clip in lesson.clips]
            branches = [east.id, west.id, None]
            self.branches = [east.id, west.id, ""]
            plays = []
            for _ in range(300):
                began = NOW + timedelta(seconds=dice.randrange(6 * 86_400))
                number = dice.randrange(25)
                viewer = f"{dice.choice('pppvvg')}:{number}"
                its = actions.start(
                    session,
                    catalog.clip(session, dice.choice(clips)),
                    viewer,
                    began,
                    source=dice.choice(list(Source)),
                    people=dice.randrange(2, 50) if viewer[0] == "g" else 1,
                    node_id=branches[number % 3] if viewer[0] != "v" else None,
                )
                plays.append((began, its.id))
            catalog.clip(session, clips[0]).n = None  # replaced
        beats = []
        for began, play_id in plays:
            for _ in range(dice.randrange(4)):
                start, lasts = dice.uniform(0, 50), dice.uniform(1, 40)
                later = timedelta(seconds=dice.choice([40, 90, 600, 40_000, 80_000]))
                beats.append(Beat(play_id, [(start, min(60.0, start + lasts))], 1.5, began + later))
        beats.sort(key=lambda its: its.at)
        with db.write() as session:
            for _, its in groupby(beats, key=lambda beat: local_day(beat.at)):
                actions.credit_beats(session, list(its), RULE)

    def spans(self) -> Iterator[Span]:
        for first in (None, MONDAY - DAY, MONDAY + 2 * DAY):
            for days in (0, 3, 9):
                yield Span(first, MONDAY + days * DAY)

    def figures(self) -> list[LessonFigures | Overview | object]:
        """All that anybody can read, without the proof, which becomes longer."""
        found: list[LessonFigures | Overview | object] = []
        with self.db.read() as session:
            for span in self.spans():
                for lesson_id in self.lessons:
                    its = statistics.lesson_figures(session, lesson_id, span)
                    found.append(replace(its, proof=Proof()))
                for viewer in self.viewers:
                    seen = statistics.overview(session, viewer, span)
                    found.append(replace(seen, proof=Proof()))
            found.append(queries.lesson_views(session, self.lessons))
            found.append(queries.clip_views(session, *self.lessons))
            found.append([queries.people_of_days(session, lesson_id) for lesson_id in self.lessons])
            found.append(queries.most_watched(session, 9))
        return found


Kept = list[tuple[sqlite3.Connection, Province]]


def rows_of(db: Database, *tables: Any) -> list[list[Any]]:
    with db.read() as session:
        return [
            [
                tuple(row)
                for row in session.execute(select(table.__table__).order_by(*table.__table__.primary_key))
            ]
            for table in tables
        ]
