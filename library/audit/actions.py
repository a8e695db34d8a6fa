"""What is added to the ledger of deeds, and who is erased from it; its chain is the business of `chain`."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, func, select, update
from sqlalchemy.orm import InstrumentedAttribute, Session

from library.audit.origin import Origin, origin
from library.audit.rules import ERASED, SIGN_INS_OF_NOBODY, Deed, Detail, Value, check_details
from library.audit.sealing import SALT_LENGTH
from library.audit.tables import AuditEntry
from library.core.clock import utc_now
from library.core.ids import new_id

_NOTHING: Mapping[str, list[Value]] = {}


@dataclass(frozen=True)
class Noticed:
    """What comes in great numbers and is gathered (library.audit.readings): at what moment it came first, and
    how many more times since that entry."""

    deed: Deed
    at: datetime
    by: str | None
    what: str
    of: str | None
    thing: str
    where: Origin
    more: int = 0


def note(
    session: Session,
    deed: Deed,
    by: str | None,
    *,
    of: str | None = None,
    thing: str = "",
    changed: Mapping[str, list[Value]] = _NOTHING,
    **details: Detail,
) -> None:
    """Write down a deed in the transaction in which it is done; it stands there if and only if that commits.

    The moment is the machine's own and handed in by nobody: it is what is to be relied on. From where it
    comes is known from the rim (library.audit.origin). `changed` is what `rules.changes` returned. Raises
    ValueError for details that are no codes.
    """
    check_details(details)
    _add(session, utc_now(), deed, by, of, thing, changed, details, origin())


def note_gathered(session: Session, noticed: Iterable[Noticed], lost: int = 0) -> None:
    """Write down what was gathered, and how much of it could not be kept in mind."""
    for one in noticed:
        about: dict[str, Detail] = {"what": one.what} if one.what else {}
        if one.more:
            about["more"] = one.more
        check_details(about)
        _add(session, one.at, one.deed, one.by, one.of, one.thing, _NOTHING, about, one.where)
    if lost:
        note(session, Deed.READINGS_LOST, None, count=lost)


def _add(
    session: Session,
    at: datetime,
    deed: Deed,
    by: str | None,
    of: str | None,
    thing: str,
    changed: Mapping[str, list[Value]],
    details: Mapping[str, Detail],
    where: Origin,
) -> None:
    entry = AuditEntry(
        id=new_id(),
        at=at,
        deed=deed,
        by_person=by,
        of_person=of,
        thing=thing,
        details=dict(details),
        changed=dict(changed),
        program=where.program,
        address=where.address,
    )
    session.add(entry)


def count_lately(session: Session, *deeds: Deed) -> int:
    """Return how often one of some deeds was written down within the last hour."""
    lately = AuditEntry.at > utc_now() - timedelta(hours=1)
    counted = select(func.count()).select_from(AuditEntry).where(lately, AuditEntry.deed.in_(deeds))
    return session.scalar(counted) or 0


def erase(session: Session, person_id: str) -> None:
    """Let a person stand nowhere in the ledger; what was done stays, without its name and where it came from.

    Of marks that are in the chain the salt goes, so that nobody can find out whose they were, and the chain
    still fits.
    """
    by, of = AuditEntry.by_person, AuditEntry.of_person
    whoever_failed = {"address": "", "by_mark": _without_salt(AuditEntry.by_mark)}
    failed = (by.is_(None), of == person_id, AuditEntry.deed.in_(SIGN_INS_OF_NOBODY))
    session.execute(update(AuditEntry).where(*failed).values(whoever_failed))
    session.execute(update(AuditEntry).where(by == person_id).values({**whoever_failed, "by_person": ERASED}))
    of_them = {"of_person": ERASED, "of_mark": _without_salt(AuditEntry.of_mark)}
    session.execute(update(AuditEntry).where(of == person_id).values(of_them))


def _without_salt(mark: InstrumentedAttribute[str | None]) -> ColumnElement[str]:
    return func.substr(mark, SALT_LENGTH + 1)
