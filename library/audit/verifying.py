"""Whether the ledger is what it was when it was chained."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum

from sqlalchemy import func, select
from sqlalchemy.orm import Session, aliased

from library.audit.chain import GRACE, chained
from library.audit.rules import ERASED, LEAST_DAYS, SIGN_INS_OF_NOBODY
from library.audit.sealing import GENESIS, link, mark, salt_of
from library.audit.tables import AuditEntry, AuditSeal
from library.core.clock import local_day, midnight

_AT_ONCE = 2_000
LINKED_WITHIN = timedelta(minutes=10)
"""So soon after it was written an entry has its place, while any process of the site runs."""


class What(StrEnum):
    """What does not fit."""

    BEGINNING = "beginning"
    MISSING = "missing"
    CHANGED = "changed"
    PERSON = "person"
    SEAL = "seal"
    END = "end"


@dataclass(frozen=True)
class Fault:
    """The first entry, or the seal, that does not fit; `n` is its place in the chain."""

    what: What
    n: int
    id: str = ""
    at: datetime | None = None
    day: date | None = None


@dataclass(frozen=True)
class Verdict:
    """What was found: `entries` fit, up to the place `through` with `link`. `pending` have no place yet:
    a day that has just begun waits for GRACE; `ahead` of them are dated later than now.

    `from_n` is the first place that is still kept; `link_at`, where a link was asked for, the place that it
    has, None for nowhere.
    """

    entries: int
    from_n: int
    through: int
    link: str
    seals: int
    pending: int
    ahead: int
    fault: Fault | None
    link_at: int | None = None


def verify(session: Session, now: datetime, asked: str = "") -> Verdict:
    """Follow the chain from the first entry that is kept; `asked` is a link, or its beginning, to look up."""
    seals = {seal.through: seal for seal in session.scalars(select(AuditSeal))}
    first = session.scalar(select(func.min(AuditEntry.n)))
    last_seal = max(seals, default=0)
    waiting = select(func.count()).select_from(AuditEntry).where(AuditEntry.n.is_(None))
    pending = session.scalar(waiting) or 0
    ahead = session.scalar(waiting.where(AuditEntry.at > now)) or 0
    at = next((n for n, seal in seals.items() if asked and seal.link.startswith(asked)), None)
    begins = first if first is not None else last_seal + 1
    before = seals.get(begins - 1)
    if begins > 1 and (before is None or not _may_be_gone(before, now)):
        return Verdict(0, begins, begins - 1, "", 0, pending, ahead, Fault(What.BEGINNING, begins), at)
    previous = before.link if before is not None else GENESIS
    n, fault, days = begins - 1, None, 0
    for entry in _entries(session):
        fault = _fault_of(entry, n + 1, previous)
        if fault is not None:
            break
        n, previous = n + 1, entry.link or ""
        if asked and previous.startswith(asked):
            at = n
        if n in seals:
            fault, days = _seal_fault(seals[n], previous), days + 1
            if fault is not None:
                break
    if fault is None and n < last_seal:
        fault = Fault(What.END, n + 1, day=seals[last_seal].day)
    return Verdict(n - begins + 1, begins, n, previous, days, pending, ahead, fault, at)


def _may_be_gone(seal: AuditSeal, now: datetime) -> bool:
    """Tell whether the entries of a sealed day can have been forgotten: only old ones are."""
    return seal.day <= local_day(now) - timedelta(days=LEAST_DAYS)


def _seal_fault(seal: AuditSeal, found: str) -> Fault | None:
    return None if seal.link == found else Fault(What.SEAL, seal.through, day=seal.day)


def _entries(session: Session) -> Iterator[AuditEntry]:
    """Give all entries that have a place, in its order, some at a time."""
    n = 0
    while True:
        rows = select(AuditEntry).where(AuditEntry.n > n).order_by(AuditEntry.n).limit(_AT_ONCE)
        found = session.scalars(rows).all()
        yield from found
        if len(found) < _AT_ONCE:
            return
        n = found[-1].n or 0
        session.expunge_all()


def _fault_of(entry: AuditEntry, n: int, previous: str) -> Fault | None:
    what = None
    if entry.n != n:
        return Fault(What.MISSING, n, entry.id, entry.at)
    if entry.link != link(previous, chained(entry, n)):
        what = What.CHANGED
    elif not _people_fit(entry):
        what = What.PERSON
    return None if what is None else Fault(what, n, entry.id, entry.at)


def _people_fit(entry: AuditEntry) -> bool:
    """Tell whether the two people are those of the marks, or erased where the marks have no salt."""
    by, of = entry.by_mark or "", entry.of_mark or ""
    if salt_of(by):
        by_fits = mark(salt_of(by), entry.by_person, entry.address) == by
    else:
        nobody = entry.by_person is None and entry.deed in SIGN_INS_OF_NOBODY
        by_fits = not entry.address and (entry.by_person == ERASED or nobody)
    of_fits = mark(salt_of(of), entry.of_person) == of if salt_of(of) else entry.of_person == ERASED
    return by_fits and of_fits


@dataclass(frozen=True)
class Standing:
    """How it stands with the chain, at a glance: what has waited too long for its place, and the last seal.

    `fault` is found without following the chain: places that are missing, or a last link that is no longer
    that of its seal.
    """

    late: int
    sealed: date | None
    unsealed: date | None
    fault: Fault | None


def standing(session: Session, now: datetime) -> Standing:
    """Return how it stands with the chain, by a few look-ups."""
    waited = (AuditEntry.n.is_(None), AuditEntry.at < now - LINKED_WITHIN)
    late = session.scalar(select(func.count()).select_from(AuditEntry).where(*waited)) or 0
    seal = session.scalars(select(AuditSeal).order_by(AuditSeal.day.desc()).limit(1)).first()
    after = AuditEntry.n > (seal.through if seal is not None else 0)
    oldest = session.scalar(select(func.min(AuditEntry.at)).where(after))
    day = local_day(oldest) if oldest is not None else None
    # The night's work, and a day to notice that nobody does it.
    overdue = day is not None and now > midnight(day + timedelta(days=2)) + GRACE
    sealed = seal.day if seal is not None else None
    return Standing(late, sealed, day if overdue else None, _glance(session, seal, now))


def _glance(session: Session, seal: AuditSeal | None, now: datetime) -> Fault | None:
    """Return what can be seen to be wrong without following the chain."""
    placed = AuditEntry.n.is_not(None)
    count, first, last = session.execute(
        select(func.count(AuditEntry.n), func.min(AuditEntry.n), func.max(AuditEntry.n)).where(placed)
    ).one()
    if first is not None and last is not None and count != last - first + 1:
        return Fault(What.MISSING, _gap(session))
    if seal is None:
        return None
    if last is None:
        return None if _may_be_gone(seal, now) else Fault(What.END, seal.through, day=seal.day)
    if last < seal.through:
        return Fault(What.END, last + 1, day=seal.day)
    found = session.scalar(select(AuditEntry.link).where(AuditEntry.n == seal.through))
    return None if found is None else _seal_fault(seal, found)


def _gap(session: Session) -> int:
    """Return the first place that nothing has any more."""
    following = aliased(AuditEntry)
    there = select(following.n).where(following.n == AuditEntry.n + 1).exists()
    return (session.scalar(select(func.min(AuditEntry.n)).where(AuditEntry.n.is_not(None), ~there)) or 0) + 1
