"""The night's work on what was counted: close days, roll them up, seal them, and forget what is old.

What is heavy is read in transactions that only read, and a closed day does not change meanwhile. What was
found is written in short transactions that look again whether it is still to be done; each leaves the
database as if the work had been planned to pause there. So a process that is killed anywhere, or two that do
the same, change no sum.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date, timedelta
from itertools import groupby, islice
from operator import attrgetter
from typing import Any

from sqlalchemy import ColumnElement, and_, delete, exists, func, insert, select, text, tuple_, update
from sqlalchemy.orm import InstrumentedAttribute, Session, aliased

from library.catalog.tables import Clip
from library.core.clock import Clock, local_day, midnight
from library.core.database import Base, Database, upsert
from library.plays import closing, rules, sealing
from library.plays.rules import Kind
from library.plays.tables import (
    ClipSum,
    CurveSum,
    DaySum,
    LessonDay,
    LessonSum,
    NodeDay,
    Play,
    Seal,
    View,
    Watcher,
)

COUNTED = (
    "member_views",
    "visitor_views",
    "group_views",
    "group_people",
    "completes",
    "watched_s",
    "visitor_s",
)
_FETCHED = 5_000
_CURVES, _FORGOTTEN = 200, 1_000
_PEOPLE = ("members", "visitors")
_TRY_ALONE = text("SELECT pg_try_advisory_lock(5, 2)")
_NO_LONGER_ALONE = text("SELECT pg_advisory_unlock(5, 2)")


@dataclass
class Rolled:
    """What a run did; `busy`: nothing, because another process is at it."""

    closed: list[date] = field(default_factory=list)
    sealed: list[date] = field(default_factory=list)
    curves: list[date] = field(default_factory=list)
    plays_forgotten: int = 0
    watchers_forgotten: int = 0
    busy: bool = False


@dataclass(frozen=True)
class Rolls:
    """The job. A play takes beats for `late_h` hours and is kept for `keep_plays`; what a viewer has seen of
    a clip is kept for `keep_watchers` after the last time. `stopping` tells it to leave the rest."""

    db: Database
    clock: Clock
    late_h: int
    keep_plays: timedelta
    keep_watchers: timedelta
    stopping: Callable[[], bool] = lambda: False

    def run(self) -> Rolled:
        """Do all that is to be done by now."""
        done = Rolled()
        with self._alone() as alone:
            if not alone:
                return Rolled(busy=True)
            with self.db.write() as session:
                done.closed = closing.close(session, rules.closed_through(self.clock()), self.clock())
            for day in self._left(Seal.link):
                if self.stopping():
                    return done
                if self._seal(day):
                    done.sealed.append(day)
            for day in self._left(Seal.curves_at):
                if self.stopping() or not self._over(day):
                    break
                self._roll_curves(day)
                done.curves.append(day)
            done.plays_forgotten = self._forget_plays()
            done.watchers_forgotten = self._forget_watchers()
        return done

    @contextmanager
    def _alone(self) -> Iterator[bool]:
        """Keep other processes from doing the same work twice; nothing would be counted twice even so."""
        if self.db.is_sqlite:
            yield True
            return
        with self.db.engine.connect() as connection:
            alone = bool(connection.scalar(_TRY_ALONE))
            connection.commit()
            try:
                yield alone
            finally:
                if alone:
                    connection.execute(_NO_LONGER_ALONE)
                    connection.commit()

    def _left(self, mark: InstrumentedAttribute[Any]) -> Sequence[date]:
        with self.db.read() as session:
            return session.scalars(select(Seal.day).where(mark.is_(None)).order_by(Seal.day)).all()

    def _over(self, day: date) -> bool:
        with self.db.read() as session:
            closed = session.scalar(select(func.max(Seal.day)))
        return closed is not None and day <= rules.played_through(closed, self.late_h)

    # ------------------------------------------------------------------ a day's sums and its seal

    def _seal(self, day: date) -> bool:
        """Roll a closed day up and seal it, unless somebody else did."""
        with self.db.read() as session:
            sums = _DaySums.read(session, day)
        with self.db.write() as session:
            seal = session.get_one(Seal, day, with_for_update=True)
            before = session.get(Seal, day - timedelta(days=1))
            if seal.link is not None or (before is not None and before.link is None):
                return False
            sums.write(session)
            previous = before.link if before is not None and before.link else sealing.GENESIS
            counts = sums.digest.counts
            seal.member_views, seal.visitor_views = counts[Kind.MEMBER], counts[Kind.VISITOR]
            seal.group_views, seal.digest = counts[Kind.GROUP], sums.digest.digest
            seal.link = sealing.link(
                previous, day, seal.member_views, seal.visitor_views, seal.group_views, seal.digest
            )
            seal.sealed_at = self.clock()
        return True

    # ------------------------------------------------------------------ retention

    def _roll_curves(self, day: date) -> None:
        """Add the plays that began on a day to the curves of their clips, some clips at a time."""
        began = midnight(day)
        plays = (
            select(Play.clip_id, Play.ranges, func.coalesce(Clip.duration_s, Clip.end_s - Clip.start_s))
            .join(Clip, Clip.id == Play.clip_id)
            .where(Play.started_at >= began, Play.started_at < began + timedelta(days=1))
            .where(Play.counted, Play.kind != Kind.GROUP)
            .order_by(Play.clip_id)
            .execution_options(yield_per=_FETCHED)
        )
        with self.db.read() as reading:
            of_clips = groupby(reading.execute(plays), key=attrgetter("clip_id"))
            added = (_Added.sum(clip_id, steps) for clip_id, steps in of_clips)
            while some := list(islice(added, _CURVES)):
                with self.db.write() as session:
                    _add_curves(session, day, {one.clip_id: one for one in some})
        with self.db.write() as session:
            session.execute(update(Seal).where(Seal.day == day).values(curves_at=self.clock()))

    # ------------------------------------------------------------------ what is not kept

    def _forget_plays(self) -> int:
        """Take plays away that are old and part of the curves."""
        with self.db.read() as session:
            rolled = session.scalar(select(func.max(Seal.day)).where(Seal.curves_at.is_not(None)))
        if rolled is None:
            return 0
        until = min(self.clock() - self.keep_plays, midnight(rolled + timedelta(days=1)))
        some = select(Play.id).where(Play.started_at < until).order_by(Play.started_at).limit(_FORGOTTEN)
        return self._forget(lambda session: list(session.scalars(some)), Play, Play.id)

    def _forget_watchers(self) -> int:
        """Take away what viewers have seen who have not been back for long."""
        until = local_day(self.clock() - self.keep_watchers)
        pair = tuple_(Watcher.clip_id, Watcher.viewer)
        some = select(Watcher.clip_id, Watcher.viewer).where(Watcher.last_day < until).limit(_FORGOTTEN)
        return self._forget(lambda session: [tuple(row) for row in session.execute(some)], Watcher, pair)

    def _forget(self, find: Callable[[Session], list[Any]], table: type[Base], key: Any) -> int:
        gone = 0
        while not self.stopping():
            with self.db.write() as session:
                keys = find(session)
                if not keys:
                    break
                session.execute(delete(table).where(key.in_(keys)))
            gone += len(keys)
        return gone


@dataclass
class _DaySums:
    """What one closed day brought, as rows to be written."""

    digest: sealing.DayDigest
    lesson_days: list[dict[str, Any]]
    node_days: list[dict[str, Any]]
    lessons: list[dict[str, Any]]
    clips: list[dict[str, Any]]

    @classmethod
    def read(cls, session: Session, day: date) -> _DaySums:
        clips = _sums(session, day, DaySum.clip_id, func.max(DaySum.lesson_id).label("lesson_id"))
        clip_people = _people(session, _newcomers(View.clip_id, day), View.clip_id)
        nobody = dict.fromkeys(_PEOPLE, 0)
        days = lesson_days(session, day)
        return cls(
            digest=day_digest(session, day),
            lesson_days=days,
            node_days=[{**row, "day": day} for row in _sums(session, day, DaySum.node_id)],
            lessons=[
                {name: row[name] for name in ("lesson_id", *COUNTED)}
                | {name: row[f"new_{name}"] for name in _PEOPLE}
                for row in days
            ],
            clips=[{**row, **clip_people.get(row["clip_id"], nobody)} for row in clips],
        )

    def write(self, session: Session) -> None:
        """Write the day's rows and raise the sums over all days."""
        for table, rows in ((LessonDay, self.lesson_days), (NodeDay, self.node_days)):
            if rows:
                session.execute(insert(table), rows)
        for sums, key, rows in ((LessonSum, "lesson_id", self.lessons), (ClipSum, "clip_id", self.clips)):
            raised = upsert(session, sums)
            columns = (*COUNTED, *_PEOPLE)
            raised = raised.on_conflict_do_update(
                index_elements=[key],
                set_={name: getattr(sums, name) + raised.excluded[name] for name in columns},
            )
            if rows:
                session.execute(raised, rows)


_SOURCES = {str(source): f"from_{source}" for source in rules.Source}


def counted_columns(table: Any) -> list[ColumnElement[Any]]:
    """Return the sums of a table's counted columns, by their names."""
    return [func.sum(getattr(table, name)).label(name) for name in COUNTED]


def _sums(
    session: Session, day: date, key: InstrumentedAttribute[str], *more: ColumnElement[Any]
) -> list[dict[str, Any]]:
    rows = select(key, *more, *counted_columns(DaySum)).where(DaySum.day == day).group_by(key).order_by(key)
    return [dict(row) for row in session.execute(rows).mappings()]


def lesson_days(session: Session, day: date) -> list[dict[str, Any]]:
    """Return what a day brought each lesson, as rows of LessonDay."""
    newcomers = _people(session, _newcomers(View.lesson_id, day), View.lesson_id)
    everybody = _people(session, View.day == day, View.lesson_id)
    sources = _sources(session, day)
    nobody, nowhere = dict.fromkeys(_PEOPLE, 0), dict.fromkeys(_SOURCES.values(), 0)
    days = []
    for row in _sums(session, day, DaySum.lesson_id):
        lesson_id = row["lesson_id"]
        new = newcomers.get(lesson_id, nobody)
        persons = {"day": day, "new_members": new["members"], "new_visitors": new["visitors"]}
        persons.update(everybody.get(lesson_id, nobody))
        days.append({**row, **persons, **sources.get(lesson_id, nowhere)})
    return days


def _newcomers(of: InstrumentedAttribute[str], day: date) -> ColumnElement[bool]:
    """Return the views of a day by those who had none of the same lesson, or clip, before."""
    earlier = aliased(View)
    known = exists().where(getattr(earlier, of.key) == of, earlier.viewer == View.viewer, earlier.day < day)
    return and_(View.day == day, ~known)


def _people(
    session: Session, views: ColumnElement[bool], of: InstrumentedAttribute[str]
) -> dict[str, dict[str, int]]:
    """Return how many different members and visitors made the views of a lesson, or clip, by its id."""
    rows = session.execute(
        select(of, View.kind, func.count(View.viewer.distinct()))
        .where(views, View.kind != Kind.GROUP)
        .group_by(of, View.kind)
    )
    found: dict[str, dict[str, int]] = {}
    for key, kind, people in rows:
        found.setdefault(key, dict.fromkeys(_PEOPLE, 0))[f"{kind}s"] = people
    return found


def _sources(session: Session, day: date) -> dict[str, dict[str, int]]:
    rows = session.execute(
        select(View.lesson_id, View.source, func.count())
        .where(View.day == day, View.kind != Kind.GROUP)
        .group_by(View.lesson_id, View.source)
    )
    found: dict[str, dict[str, int]] = {}
    for lesson_id, source, views in rows:
        found.setdefault(lesson_id, dict.fromkeys(_SOURCES.values(), 0))[_SOURCES[source]] = views
    return found


def day_digest(session: Session, day: date) -> sealing.DayDigest:
    """Return the digest of a day's views, read in the order of their ids and never all at once."""
    columns = [getattr(View, name) for name in sealing.Sealed._fields]
    # Byte by byte, whatever order of letters a PostgreSQL was set up with; SQLite has no other.
    sqlite = session.get_bind().dialect.name == "sqlite"
    in_order: Any = View.id if sqlite else View.id.collate("C")
    rows = select(*columns).where(View.day == day).order_by(in_order).execution_options(yield_per=_FETCHED)
    digest = sealing.DayDigest()
    for row in session.execute(rows):
        digest.add(sealing.Sealed(*row))
    return digest


@dataclass
class _Added:
    """What a day adds to the curve of a clip."""

    clip_id: str
    step_s: float
    steps: list[int]
    of: int

    @classmethod
    def sum(cls, clip_id: str, plays: Iterator[Any]) -> _Added:
        curve = None
        for _clip_id, ranges, length_s in plays:
            if curve is None:
                steps = rules.curve_steps(length_s)
                curve = cls(clip_id, rules.curve_step_s(length_s), [0] * steps, 0)
            covered = rules.covered_steps(ranges, curve.step_s, len(curve.steps))
            curve.steps = rules.add_steps(curve.steps, covered)
            curve.of += 1
        if curve is None:
            raise ValueError("a group has at least one play")
        return curve


def _add_curves(session: Session, day: date, added: Mapping[str, _Added]) -> None:
    """Add to curves unless they have the day already."""
    held = select(CurveSum).where(CurveSum.clip_id.in_(added)).order_by(CurveSum.clip_id).with_for_update()
    rows = {row.clip_id: row for row in session.scalars(held)}
    for clip_id, curve in added.items():
        row = rows.get(clip_id)
        if row is None:
            session.add(
                CurveSum(clip_id=clip_id, through=day, step_s=curve.step_s, steps=curve.steps, of=curve.of)
            )
        elif row.through < day:
            row.steps = rules.add_steps(row.steps, curve.steps)
            row.of, row.through = row.of + curve.of, day
