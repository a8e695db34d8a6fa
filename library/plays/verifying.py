"""Whether what was counted is still what was sealed: ledger against chain, sums against ledger.

Not covered: completions and hours of the open days (of days that are over they are compared between sums and
roll-ups), the steps of curves, and how many plays a curve is made of once plays were taken away.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from library.core.database import Database
from library.core.errors import NotFound
from library.plays import comparing, rules, sealing
from library.plays.comparing import Difference
from library.plays.rolling import day_digest
from library.plays.rules import Kind
from library.plays.tables import DaySum, LessonDay, NodeDay, Seal, View

SOON = timedelta(hours=1)
"""So long after a day may be closed nobody wonders that it is not sealed."""


class What(StrEnum):
    """What is wrong.

    `views_missing`, `views_added`: the ledger has fewer, or more, than were sealed. `views_changed`: as many,
    and not the same. `seal_changed`: the seal does not follow from the one before and from what it says
    itself. `day_missing`: the chain has no seal of the day. `seal_missing`: the day was rolled up and has no
    seal, which only somebody who deleted it can have done. `not_sealed`: something was counted on a day that
    is over, and no night has sealed it. `sums_differ`: sums that beats raised do not fit the ledger.
    `roll_up_differs`: what pages read of a day does not fit these sums, or the ledger. `total_differs`: a sum
    of all time does not fit the days. `curve_differs`: a curve does not fit the plays it was made of.
    """

    VIEWS_MISSING = "views_missing"
    VIEWS_ADDED = "views_added"
    VIEWS_CHANGED = "views_changed"
    SEAL_CHANGED = "seal_changed"
    DAY_MISSING = "day_missing"
    SEAL_MISSING = "seal_missing"
    NOT_SEALED = "not_sealed"
    SUMS_DIFFER = "sums_differ"
    ROLL_UP_DIFFERS = "roll_up_differs"
    TOTAL_DIFFERS = "total_differs"
    CURVE_DIFFERS = "curve_differs"


_IN_LEDGER = (What.VIEWS_MISSING, What.VIEWS_ADDED, What.VIEWS_CHANGED)
_IN_DAYS = (*_IN_LEDGER, What.SUMS_DIFFER, What.ROLL_UP_DIFFERS)


@dataclass(frozen=True)
class Fault:
    """What is wrong with a day (None: with a sum of all time): how many views were `sealed` and how many are
    `found`; where one number of one row differs, `row` says of what, and what was expected and found."""

    day: date | None
    what: What
    sealed: int = 0
    found: int = 0
    row: Difference | None = None


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
    now: datetime | None = None,
    keep_plays: timedelta | None = None,
    late_h: int = 24,
    stopping: Callable[[], bool] = lambda: False,
) -> Verdict:
    """Add up again, day by day and in little memory, all sealed days or the one.

    With all of them also the days since, and what all days together brought; with `now` also whether a night
    was missed; with `keep_plays` too, the curves whose plays (which go on for `late_h` hours) cannot have
    been taken away. `seal` is one that was printed before, or its first sixteen digits or more. Raises
    Invalid("bad_seal") for what is none, NotFound("not_sealed") for a day that is not sealed and need not be.
    """
    wanted = sealing.written(seal) if seal is not None else None
    with db.read() as session:
        seals = session.scalars(select(Seal).where(Seal.link.is_not(None)).order_by(Seal.day)).all()
        session.expunge_all()
    with db.read() as session:
        faults = [fault for fault in unsealed(session, now) if day is None or fault.day == day]
        if day is None and seals:
            faults += _before(session, seals[0].day)
    chosen = [sealed for sealed in seals if day is None or sealed.day == day]
    if day is not None and not chosen and not faults:
        raise NotFound("not_sealed", day=day)
    links = {sealed.day: sealed.link for sealed in seals}
    for sealed in chosen:
        if stopping():
            break
        previous = links.get(sealed.day - timedelta(days=1))
        with db.read() as session:
            chain = _chain(sealed, previous, first=sealed is seals[0])
            faults += [one for one in chain if Fault(one.day, What.SEAL_MISSING) not in faults]
            in_ledger = list(_ledger(session, sealed))
            faults += in_ledger
            whole = day is None and not any(fault.what in _IN_LEDGER for fault in faults)
            faults += _day(session, sealed.day, ledger=not in_ledger, newcomers=whole)
    if day is None:
        with db.read() as session:
            faults += _open_days(session)
            faults += _of_all_time(session, faults)
            if seals and now and keep_plays:
                faults += _curves(session, seals[0].day, now - keep_plays, timedelta(hours=late_h))
    last = seals[-1] if seals else None
    return Verdict(
        days=len(chosen),
        through=last.day if last else None,
        seal=last.link if last else None,
        faults=tuple(faults),
        seal_day=_day_of(wanted, links) if wanted else None,
    )


def unsealed(session: Session, now: datetime | None = None) -> Sequence[Fault]:
    """Return what is wrong with days without a seal; which of them are over, `now` decides."""
    sealed = select(Seal.day).where(Seal.link.is_not(None))
    rolled: set[date] = set()
    for table in (LessonDay, NodeDay):
        rolled |= set(session.scalars(select(table.day).where(table.day.not_in(sealed)).distinct()))
    faults = [Fault(day, What.SEAL_MISSING) for day in rolled]
    if now is not None:
        over = rules.closed_through(now - SOON)
        # The days before the chain begins are another matter, see _before.
        begins = session.scalar(select(func.min(Seal.day)).where(Seal.link.is_not(None)))
        counted: set[date] = set()
        for counts in (View, DaySum):
            days = select(counts.day).where(counts.day <= over, counts.day.not_in(sealed)).distinct()
            counted |= set(session.scalars(days.where(counts.day > begins) if begins else days))
        faults += [Fault(day, What.NOT_SEALED) for day in counted - rolled]
    return sorted(faults, key=lambda fault: str(fault.day))


def _day_of(seal: str, links: Mapping[date, str | None]) -> date | None:
    return next((day for day, link in links.items() if link and link.startswith(seal)), None)


def _chain(seal: Seal, previous: str | None, *, first: bool) -> Iterator[Fault]:
    if previous is None and not first:
        yield Fault(seal.day - timedelta(days=1), What.DAY_MISSING)
        return
    expected = sealing.link(
        previous or sealing.GENESIS,
        seal.day,
        seal.member_views,
        seal.visitor_views,
        seal.group_views,
        seal.digest or "",
    )
    if seal.link != expected:
        yield Fault(seal.day, What.SEAL_CHANGED)


def _ledger(session: Session, seal: Seal) -> Iterator[Fault]:
    found = day_digest(session, seal.day)
    sealed = {
        Kind.MEMBER: seal.member_views,
        Kind.VISITOR: seal.visitor_views,
        Kind.GROUP: seal.group_views,
    }
    of_all = (sum(sealed.values()), sum(found.counts.values()))
    if of_all[1] < of_all[0]:
        yield Fault(seal.day, What.VIEWS_MISSING, *of_all)
    elif of_all[1] > of_all[0]:
        yield Fault(seal.day, What.VIEWS_ADDED, *of_all)
    elif found.digest != seal.digest or found.counts != sealed:
        yield Fault(seal.day, What.VIEWS_CHANGED, *of_all)


def _day(session: Session, day: date, *, ledger: bool, newcomers: bool) -> Iterator[Fault]:
    """Compare a sealed day's sums with the ledger, and what pages read with both.

    Where the ledger itself is not as it was sealed, what follows from it is not told again.
    """
    in_sums = comparing.ledger_and_sums(session, day)
    if in_sums:
        yield Fault(day, What.SUMS_DIFFER, row=in_sums)
    in_roll_ups = comparing.sums_and_roll_ups(session, day, ledger=ledger, newcomers=newcomers)
    if in_roll_ups:
        yield Fault(day, What.ROLL_UP_DIFFERS, row=in_roll_ups)


def _open_days(session: Session) -> Iterator[Fault]:
    """Compare the sums of the days since with the ledger; a batch of beats writes both at once."""
    sealed = session.scalar(select(func.max(Seal.day)).where(Seal.link.is_not(None)))
    days: set[date] = set()
    for table in (View, DaySum):
        open_days = select(table.day).distinct()
        days |= set(session.scalars(open_days.where(table.day > sealed) if sealed else open_days))
    for day in sorted(days):
        if row := comparing.ledger_and_sums(session, day):
            yield Fault(day, What.SUMS_DIFFER, row=row)


def _before(session: Session, first: date) -> Iterator[Fault]:
    """Views of days before the chain begins, if these were never rolled up, can only have been added."""
    rows = session.execute(
        select(View.day, func.count())
        .where(View.day < first, View.day.not_in(select(LessonDay.day)))
        .group_by(View.day)
        .order_by(View.day)
    )
    for day, views in rows:
        yield Fault(day, What.VIEWS_ADDED, 0, views)


def _of_all_time(session: Session, faults: Sequence[Fault]) -> Iterator[Fault]:
    """Compare the sums of all time with all days that were rolled up, whether or not they have a seal."""
    through = session.scalar(select(func.max(LessonDay.day)))
    if through is None:
        through = session.scalar(select(func.max(Seal.day)).where(Seal.link.is_not(None))) or date.min
    ledger = not any(fault.what in _IN_LEDGER for fault in faults)
    days = not any(fault.what in _IN_DAYS for fault in faults)
    for row in comparing.sums_of_all_time(session, through, ledger=ledger, days=days):
        yield Fault(None, What.TOTAL_DIFFERS, row=row)


def _curves(session: Session, first: date, kept_since: datetime, late: timedelta) -> Iterator[Fault]:
    if row := comparing.curves(session, first, kept_since, late):
        yield Fault(None, What.CURVE_DIFFERS, row=row)
