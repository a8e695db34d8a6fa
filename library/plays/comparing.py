"""Sums against what they were made of, row by row. Each reads the one state of the data that it is given."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from datetime import date, datetime, timedelta
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, Select, func, select
from sqlalchemy.orm import InstrumentedAttribute, Session

from library.catalog.tables import Clip
from library.core.clock import midnight
from library.plays.rolling import COUNTED, counted_columns, lesson_days
from library.plays.rules import Kind
from library.plays.tables import ClipSum, CurveSum, DaySum, LessonDay, LessonSum, NodeDay, Play, View

IN_LEDGER = COUNTED[:4]
"""What the ledger knows too: views of each kind, and people at screenings."""
PEOPLE = ("members", "visitors")
_SECONDS = ("watched_s", "visitor_s")

_Rows = Mapping[str, Mapping[str, Any]]


class Difference(NamedTuple):
    """Of a lesson, clip or branch (`of`) with this `id` the `number` is `found` and not as `expected`: the
    first of `rows` that are wrong."""

    of: str
    id: str
    number: str
    expected: float
    found: float
    rows: int


def ledger_and_sums(session: Session, day: date) -> Difference | None:
    """Compare the sums that beats raised on a day, by clip and branch, with the ledger."""
    wanted: dict[tuple[str, str], dict[str, Any]] = {}
    ledger = (
        select(View.clip_id, View.node_id, View.kind, func.count(), func.sum(View.people))
        .where(View.day == day)
        .group_by(View.clip_id, View.node_id, View.kind)
    )
    for clip_id, node_id, kind, views, people in session.execute(ledger):
        row = wanted.setdefault((clip_id, node_id or ""), dict.fromkeys(IN_LEDGER, 0))
        row[f"{kind}_views"] += views
        if kind == Kind.GROUP:
            row["group_people"] += people
    columns = [getattr(DaySum, name) for name in IN_LEDGER]
    rows = session.execute(select(DaySum.clip_id, DaySum.node_id, *columns).where(DaySum.day == day))
    found = {
        (clip_id, node_id): dict(zip(IN_LEDGER, numbers, strict=True)) for clip_id, node_id, *numbers in rows
    }
    first = _first(
        "clip",
        {" ".join(key).strip(): row for key, row in wanted.items()},
        {" ".join(key).strip(): row for key, row in found.items()},
        IN_LEDGER,
    )
    return first and first._replace(id=first.id.partition(" ")[0])


def sums_and_roll_ups(session: Session, day: date, *, ledger: bool, newcomers: bool) -> Difference | None:
    """Compare what pages read of a day with its sums; with `ledger` also its sources and people with that.

    `newcomers`: the ledger of all days before is as it was, too, and says who was new.
    """
    names: Sequence[str] = COUNTED
    wanted: _Rows
    if ledger:
        wanted = {row["lesson_id"]: row for row in lesson_days(session, day)}
        names = [column.key for column in LessonDay.__table__.columns if not column.primary_key]
        names = [name for name in names if newcomers or not name.startswith("new_")]
    else:
        wanted = _by(session, DaySum, DaySum.lesson_id, DaySum.day == day)
    found = {
        row.lesson_id: {name: getattr(row, name) for name in names}
        for row in session.scalars(select(LessonDay).where(LessonDay.day == day))
    }
    of_lessons = _first("lesson", wanted, found, names)
    if of_lessons:
        return of_lessons
    return _first(
        "branch",
        _by(session, DaySum, DaySum.node_id, DaySum.day == day),
        _by(session, NodeDay, NodeDay.node_id, NodeDay.day == day),
        COUNTED,
    )


def sums_of_all_time(session: Session, through: date, *, ledger: bool, days: bool) -> Iterator[Difference]:
    """Compare what all days up to `through` brought lessons and clips with their days.

    `ledger`: the ledger is as it was sealed, and people can be compared with it. `days`: so are the sums of
    each day. A lesson's sum is right when it fits its sums or its roll-ups: if one of these is wrong, that is
    told of its day.
    """
    sealed = DaySum.day <= through
    people_of: dict[Any, _Rows] = {View.lesson_id: {}, View.clip_id: {}}
    if ledger:
        people_of = {key: _people(session, key, through) for key in people_of}
    names = (*COUNTED, *PEOPLE)
    found = _of_all(session, LessonSum, LessonSum.lesson_id)
    by_roll_ups = _by(session, LessonDay, LessonDay.lesson_id, LessonDay.day <= through)
    newcomers = select(LessonDay.lesson_id, func.sum(LessonDay.new_members), func.sum(LessonDay.new_visitors))
    for lesson_id, members, visitors in session.execute(
        newcomers.where(LessonDay.day <= through).group_by(LessonDay.lesson_id)
    ):
        by_roll_ups[lesson_id].update(members=members, visitors=visitors)
    by_sums = _by(session, DaySum, DaySum.lesson_id, sealed)
    either: dict[str, dict[str, Any]] = {}
    for lesson_id in by_roll_ups.keys() | by_sums.keys():
        sums = {**by_sums.get(lesson_id, {}), **people_of[View.lesson_id].get(lesson_id, {})}
        rolled, mine = by_roll_ups.get(lesson_id, {}), found.get(lesson_id, {})
        either[lesson_id] = {
            name: sums[name]
            if name in sums and _same(name, sums[name], mine.get(name, 0))
            else rolled.get(name, 0)
            for name in names
        }
    if wrong := _first("lesson", either, found, names):
        yield wrong
    if not days:
        return
    wanted = _by(session, DaySum, DaySum.clip_id, sealed)
    for clip_id, row in wanted.items():
        row.update(people_of[View.clip_id].get(clip_id, {}))
    if wrong := _first(
        "clip", wanted, _of_all(session, ClipSum, ClipSum.clip_id), names if ledger else COUNTED
    ):
        yield wrong


def curves(session: Session, first: date, kept_since: datetime, late: timedelta) -> Difference | None:
    """Compare how many plays curves say they are made of, of those clips whose plays are all still there.

    These are all, when the `first` day is so young that none of its plays was taken away, else those that
    were first viewed after the oldest play that is left, and `late`: so long may a play go on.
    """
    oldest = session.scalar(select(func.min(Play.started_at)))
    whole = midnight(first) >= kept_since
    viewed = select(View.clip_id, func.min(View.at)).group_by(View.clip_id)
    began = {row[0]: row[1] for row in session.execute(viewed)}
    there = set(session.scalars(select(Clip.id)))
    wanted: dict[str, dict[str, Any]] = {}
    found: dict[str, dict[str, Any]] = {}
    for row in session.scalars(select(CurveSum)):
        number = max(row.steps, default=0)
        at = began.get(row.clip_id)
        if row.clip_id in there and (whole or (oldest and at and at - late > oldest)):
            number = session.scalar(_plays_of(row)) or 0
        elif number <= row.of:
            continue
        wanted[row.clip_id], found[row.clip_id] = {"of": number}, {"of": row.of}
    return _first("clip", wanted, found, ("of",))


def _plays_of(row: CurveSum) -> Select[int]:
    return select(func.count()).where(
        Play.clip_id == row.clip_id,
        Play.started_at < midnight(row.through + timedelta(days=1)),
        Play.counted,
        Play.kind != Kind.GROUP,
    )


# ---------------------------------------------------------------------- rows


def _by(
    session: Session, table: Any, key: InstrumentedAttribute[str], which: ColumnElement[bool]
) -> dict[str, dict[str, Any]]:
    """Return the sums of a table's rows by a key."""
    rows = session.execute(select(key, *counted_columns(table)).where(which).group_by(key))
    return {row_id: dict(zip(COUNTED, numbers, strict=True)) for row_id, *numbers in rows}


def _of_all(session: Session, table: Any, key: InstrumentedAttribute[str]) -> dict[str, dict[str, Any]]:
    names = (*COUNTED, *PEOPLE)
    rows = session.execute(select(key, *(getattr(table, name) for name in names)))
    return {row_id: dict(zip(names, numbers, strict=True)) for row_id, *numbers in rows}


def _people(session: Session, key: InstrumentedAttribute[str], through: date) -> dict[str, dict[str, Any]]:
    rows = session.execute(
        select(key, View.kind, func.count(View.viewer.distinct()))
        .where(View.day <= through, View.kind != Kind.GROUP)
        .group_by(key, View.kind)
    )
    found: dict[str, dict[str, Any]] = {}
    for row_id, kind, people in rows:
        found.setdefault(row_id, dict.fromkeys(PEOPLE, 0))[f"{kind}s"] = people
    return found


def _first(of: str, wanted: _Rows, found: _Rows, names: Sequence[str]) -> Difference | None:
    """Return the first number that differs, by id, and in how many rows any does; a missing row is zeros."""
    first, rows = None, 0
    nothing: Mapping[str, Any] = {}
    for row_id in sorted(wanted.keys() | found.keys()):
        one, other = wanted.get(row_id, nothing), found.get(row_id, nothing)
        wrong = next((n for n in names if not _same(n, one.get(n, 0), other.get(n, 0))), None)
        if wrong is not None:
            rows += 1
            first = first or Difference(of, row_id, wrong, one.get(wrong, 0), other.get(wrong, 0), 1)
    return first and first._replace(rows=rows)


def _same(name: str, one: float, other: float) -> bool:
    """Seconds add up a little differently in another order."""
    return math.isclose(one, other, rel_tol=1e-9, abs_tol=1e-3) if name in _SECONDS else one == other
