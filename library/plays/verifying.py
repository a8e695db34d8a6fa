"""Whether what was counted is still what was sealed: ledger against chain, sums against ledger."""

import math
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from typing import Any

from sqlalchemy import func, or_, select
from sqlalchemy.orm import Session

from library.core.database import Database
from library.core.errors import NotFound
from library.plays import sealing
from library.plays.rolling import COUNTED, counted_columns, day_digest
from library.plays.rules import Kind
from library.plays.tables import BranchDay, ClipSum, DaySum, LessonDay, LessonSum, Seal, View


class What(StrEnum):
    """What is wrong with a day.

    `views_missing`, `views_added`: the ledger has fewer, or more, than were sealed. `views_changed`: as many,
    and not the same. `seal_changed`: the seal does not follow from the one before and from what it says
    itself. `day_missing`: the chain has no seal of the day. `sums_differ`: sums that beats raised do not fit
    the ledger. `roll_up_differs`: what pages read does not fit these sums.
    """

    VIEWS_MISSING = "views_missing"
    VIEWS_ADDED = "views_added"
    VIEWS_CHANGED = "views_changed"
    SEAL_CHANGED = "seal_changed"
    DAY_MISSING = "day_missing"
    SUMS_DIFFER = "sums_differ"
    ROLL_UP_DIFFERS = "roll_up_differs"


@dataclass(frozen=True)
class Fault:
    """What is wrong with a day: how many were `sealed` (or counted first) and how many are `found`."""

    day: date
    what: What
    sealed: int = 0
    found: int = 0


@dataclass(frozen=True)
class Verdict:
    """What came of it: how many `days` were looked at, up to which the chain goes and its last link (None
    before the first night), and what is wrong. `seal_day`: the day whose seal was asked for, None when the
    chain has no such link."""

    days: int
    through: date | None
    seal: str | None
    faults: tuple[Fault, ...]
    seal_day: date | None = None


def verify(
    db: Database,
    *,
    day: date | None = None,
    seal: str | None = None,
    stopping: Callable[[], bool] = lambda: False,
) -> Verdict:
    """Add up again, day by day and in little memory, all sealed days or the one.

    `seal` is one that was printed before, or its first sixteen digits or more. Raises NotFound("not_sealed")
    for a day without a seal.
    """
    with db.read() as session:
        seals = session.scalars(select(Seal).where(Seal.link.is_not(None)).order_by(Seal.day)).all()
        session.expunge_all()
    chosen = [its for its in seals if day is None or its.day == day]
    if day is not None and not chosen:
        raise NotFound("not_sealed", day=day)
    links = {its.day: its.link for its in seals}
    faults: list[Fault] = []
    for its in chosen:
        if stopping():
            break
        previous = links.get(its.day - timedelta(days=1))
        with db.read() as session:
            faults += _chain(its, previous, first=its is seals[0])
            faults += _ledger(session, its)
            faults += _day_sums(session, its.day)
    if day is None and seals:
        with db.read() as session:
            faults += _outside(session, seals[0].day)
            faults += _sums_of_all(session, seals[-1].day)
    last = seals[-1] if seals else None
    return Verdict(
        days=len(chosen),
        through=last.day if last else None,
        seal=last.link if last else None,
        faults=tuple(faults),
        seal_day=_day_of(seal, links) if seal else None,
    )


def _day_of(seal: str, links: Mapping[date, str | None]) -> date | None:
    wanted = seal.strip().lower()
    if len(wanted) < sealing.LEAST_DIGITS:
        return None
    return next((day for day, link in links.items() if link and link.startswith(wanted)), None)


def _chain(its: Seal, previous: str | None, *, first: bool) -> Iterator[Fault]:
    if previous is None and not first:
        yield Fault(its.day - timedelta(days=1), What.DAY_MISSING)
        return
    expected = sealing.link(
        previous or sealing.GENESIS,
        its.day,
        its.member_views,
        its.visitor_views,
        its.group_views,
        its.digest or "",
    )
    if its.link != expected:
        yield Fault(its.day, What.SEAL_CHANGED)


def _ledger(session: Session, its: Seal) -> Iterator[Fault]:
    found = day_digest(session, its.day)
    sealed = {
        Kind.MEMBER: its.member_views,
        Kind.VISITOR: its.visitor_views,
        Kind.GROUP: its.group_views,
    }
    of_all = (sum(sealed.values()), sum(found.counts.values()))
    if of_all[1] < of_all[0]:
        yield Fault(its.day, What.VIEWS_MISSING, *of_all)
    elif of_all[1] > of_all[0]:
        yield Fault(its.day, What.VIEWS_ADDED, *of_all)
    elif found.digest != its.digest or found.counts != sealed:
        yield Fault(its.day, What.VIEWS_CHANGED, *of_all)


_Key = tuple[str, str]
_Numbers = tuple[Any, ...]


def _day_sums(session: Session, day: date) -> Iterator[Fault]:
    """Compare a day's sums with the ledger by clip and branch, and its roll-ups with these sums."""
    counted: Counter[tuple[str, str, str]] = Counter()
    ledger = (
        select(View.clip_id, View.branch_id, View.kind, func.count(), func.sum(View.people))
        .where(View.day == day)
        .group_by(View.clip_id, View.branch_id, View.kind)
    )
    for clip_id, branch_id, kind, views, people in session.execute(ledger):
        counted[clip_id, branch_id or "", f"{kind}_views"] += views
        if kind == Kind.GROUP:
            counted[clip_id, branch_id or "", "group_people"] += people
    sums: Counter[tuple[str, str, str]] = Counter()
    of_lessons: dict[str, _Numbers] = {}
    of_branches: dict[str, _Numbers] = {}
    columns = [getattr(DaySum, name) for name in COUNTED]
    rows = select(DaySum.clip_id, DaySum.branch_id, DaySum.lesson_id, *columns).where(DaySum.day == day)
    for clip_id, branch_id, lesson_id, *its in session.execute(rows):
        for name, number in zip(COUNTED[:4], its, strict=False):
            sums[clip_id, branch_id, name] = number
        numbers = tuple(its)
        of_lessons[lesson_id] = _add(of_lessons.get(lesson_id), numbers)
        of_branches[branch_id] = _add(of_branches.get(branch_id), numbers)
    if +counted != +sums:
        yield Fault(day, What.SUMS_DIFFER, counted.total(), sums.total())
    for table, key, wanted in (
        (LessonDay, LessonDay.lesson_id, of_lessons),
        (BranchDay, BranchDay.branch_id, of_branches),
    ):
        numbers_of = select(key, *(getattr(table, name) for name in COUNTED))
        wanted_rows = session.execute(numbers_of.where(getattr(table, "day") == day))  # noqa: B009
        found = {its: tuple(numbers) for its, *numbers in wanted_rows}
        if not _same(found, wanted):
            yield Fault(day, What.ROLL_UP_DIFFERS, _views(wanted), _views(found))
            return


def _add(some: _Numbers | None, more: _Numbers) -> _Numbers:
    return more if some is None else tuple(a + b for a, b in zip(some, more, strict=True))


def _same(these: Mapping[str, _Numbers], those: Mapping[str, _Numbers]) -> bool:
    """Compare figures by their ids; seconds add up a little differently in another order."""
    nothing = (0,) * len(COUNTED)
    for key in these.keys() | those.keys():
        *counts, watched_s = these.get(key, nothing)
        *others, as_well_s = those.get(key, nothing)
        if counts != others or not math.isclose(watched_s, as_well_s, rel_tol=1e-9, abs_tol=1e-3):
            return False
    return True


def _views(rows: Mapping[str, _Numbers]) -> int:
    return sum(sum(numbers[:3]) for numbers in rows.values())


def _outside(session: Session, first: date) -> Iterator[Fault]:
    """Views of days before the chain begins can only have been added afterwards."""
    rows = session.execute(
        select(View.day, func.count()).where(View.day < first).group_by(View.day).order_by(View.day)
    )
    for day, views in rows:
        yield Fault(day, What.VIEWS_ADDED, 0, views)


def _sums_of_all(session: Session, through: date) -> Iterator[Fault]:
    """Compare what all days brought each lesson, and its clips, with its days."""
    by_days = (
        select(LessonDay.lesson_id, *counted_columns(LessonDay))
        .add_columns(
            func.sum(LessonDay.new_members).label("members"),
            func.sum(LessonDay.new_visitors).label("visitors"),
        )
        .where(LessonDay.day <= through)
        .group_by(LessonDay.lesson_id)
        .subquery()
    )
    counts = COUNTED[:5]
    of_lesson = [
        func.coalesce(by_days.c[name], 0) != getattr(LessonSum, name)
        for name in (*counts, "members", "visitors")
    ]
    lessons = (
        select(func.count())
        .select_from(LessonSum)
        .outerjoin(by_days, by_days.c.lesson_id == LessonSum.lesson_id)
        .where(or_(*of_lesson))
    )
    of_clips = (
        select(ClipSum.lesson_id, *counted_columns(ClipSum)).group_by(ClipSum.lesson_id).subquery("of_clips")
    )
    clips = (
        select(func.count())
        .select_from(LessonSum)
        .outerjoin(of_clips, of_clips.c.lesson_id == LessonSum.lesson_id)
        .where(or_(*(func.coalesce(of_clips.c[name], 0) != getattr(LessonSum, name) for name in counts)))
    )
    wrong = (session.scalar(lessons) or 0) + (session.scalar(clips) or 0)
    if wrong:
        yield Fault(through, What.ROLL_UP_DIFFERS, 0, wrong)
