"""The only writer of attempts to sign in: each counts as a failure before its password is looked at.

So many guesses at once cannot slip past the counters; a right password takes its own count back. What is
counted at is a keyed hash of a name, of an address or of both: it leads to nobody, and is gone after a day.
"""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

import structlog
from sqlalchemy import delete, select, update
from sqlalchemy.orm import Session

from library.access import rules
from library.access.known_browsers import KnownBrowser
from library.access.rules import BUDGETS, Counted, Failures
from library.access.tables import SignInAttempts
from library.core.database import upsert
from library.core.errors import Throttled
from library.people import queries as people
from library.people.name_rules import sign_in_keys

log = structlog.get_logger()

_CODES: Mapping[Counted, str] = {
    Counted.ADDRESS: "sign_in_wait_address",
    Counted.NAME: "sign_in_wait_name",
    Counted.CODE: "code_wait",
    Counted.JOIN: "join_wait",
    Counted.FORGOTTEN: "forgotten_wait",
    Counted.CERTIFICATE: "certificate_wait",
}
_SHARED = (Counted.NAME, Counted.ADDRESS, Counted.CODE)
"""What others count at too."""


@dataclass(frozen=True)
class Origin:
    """Where an attempt comes from: a network ("" unknown), and what its browser shows."""

    network: str
    browser: KnownBrowser


@dataclass(frozen=True)
class Attempt:
    """An attempt that was counted: whose name it was (None: nobody's), and at what it was counted.

    `password_hash` is that of the person at this moment; an account may be closed, and says so to nobody.
    """

    person_id: str | None
    password_hash: str | None
    active: bool
    known: bool
    marks: Mapping[Counted, str]


def begin(session: Session, username: str, origin: Origin, now: datetime) -> Attempt:
    """Look whether a sign-in may be tried now, by a name as typed; raises Throttled(wait_s=...).

    Counted is at the name however its number was written, and not at the person: that two names are one
    person's must not show. Whoever has three names can be guessed at three times as often.

    Reads only: `count` counts it. Two looks, because most of what an attack sends ends here and takes no
    lock that others wait for.
    """
    person = people.person_by_sign_in_name(session, username)
    username = next(iter(sign_in_keys(username)), username)
    known = person is not None and origin.browser.knows(person.id, now)
    secret = origin.browser.secret
    if person is not None and known:
        marks = {Counted.BROWSER: _mark(secret, Counted.BROWSER, origin.browser.number, person.id)}
    else:
        marks = {Counted.NAME: _mark(secret, Counted.NAME, username)}
        # Without an address (a proxy that tells none) all come from one place, where only names are counted.
        if origin.network:
            marks[Counted.ADDRESS] = _mark(secret, Counted.ADDRESS, origin.network)
        marks[Counted.PAIR] = _mark(secret, Counted.PAIR, origin.network, username)
    attempt = Attempt(
        person.id if person is not None else None,
        person.password_hash if person is not None else None,
        person is not None and person.active,
        known,
        marks,
    )
    rows = session.scalars(select(SignInAttempts).where(SignInAttempts.mark.in_(marks.values()))).all()
    _check(marks, rows, now)
    return attempt


def owner(secret: str, person_id: str) -> Mapping[Counted, str]:
    """Return at what is counted when somebody signed in says a wrong old password."""
    return {Counted.OWNER: _mark(secret, Counted.OWNER, person_id)}


def of_network(secret: str, kind: Counted, network: str) -> Mapping[Counted, str]:
    """Return at what is counted in a network: codes typed (CODE), askings (JOIN, FORGOTTEN)."""
    return {kind: _mark(secret, kind, network)}


def count(session: Session, marks: Mapping[Counted, str], now: datetime) -> None:
    """Count an attempt as a failure; raises Throttled while those before it must be waited for.

    Counts that slow nobody down any more are dropped, so that guesses fill no disk.
    """
    session.execute(
        delete(SignInAttempts).where(SignInAttempts.last_at < now - timedelta(days=rules.FAILURE_DAYS))
    )
    # In one order: two attempts that share two counters never wait for each other crosswise.
    new = [{"mark": mark, "weight": 0.0, "last_at": now} for mark in sorted(marks.values())]
    row = upsert(session, SignInAttempts)
    session.execute(row.values(new).on_conflict_do_nothing(index_elements=["mark"]))
    counters = select(SignInAttempts).where(SignInAttempts.mark.in_(marks.values()))
    rows = session.scalars(counters.order_by(SignInAttempts.mark).with_for_update()).all()
    _check(marks, rows, now)
    kinds = {mark: kind for kind, mark in marks.items()}
    for counter in rows:
        budget = BUDGETS[kinds[counter.mark]]
        before = Failures(counter.weight, counter.last_at)
        after = rules.after_failure(budget, before, now)
        if before.count_at(budget, now) < budget.free <= after.count_at(budget, now):
            log.warning("wrong passwords are slowed down", counted_at=kinds[counter.mark].value)
        counter.weight, counter.last_at = after.weight, after.last_at
    session.flush()


def check(session: Session, marks: Mapping[Counted, str], now: datetime) -> None:
    """Look whether another attempt is looked at now, and count nothing; raises Throttled(wait_s=...)."""
    _check(
        marks,
        session.scalars(select(SignInAttempts).where(SignInAttempts.mark.in_(marks.values()))).all(),
        now,
    )


def take_back(session: Session, marks: Mapping[Counted, str], times: int = 1) -> None:
    """Take back what a right password was counted for; `times` 2 with a second step, counted like the first.

    A name in one place, or in one browser, begins anew. What others share is only one failure less: a guesser
    who has an account of their own must not clear an address with it.
    """
    anew = [mark for kind, mark in marks.items() if kind not in _SHARED]
    session.execute(delete(SignInAttempts).where(SignInAttempts.mark.in_(anew)))
    shared = sorted(marks[kind] for kind in _SHARED if kind in marks)
    for mark in shared * times:
        session.execute(
            update(SignInAttempts)
            .where(SignInAttempts.mark == mark, SignInAttempts.weight >= 1)
            .values(weight=SignInAttempts.weight - 1)
        )
    gone = SignInAttempts.mark.in_(shared) & (SignInAttempts.weight <= 0)
    session.execute(delete(SignInAttempts).where(gone))


def _check(marks: Mapping[Counted, str], rows: Sequence[SignInAttempts], now: datetime) -> None:
    found = {row.mark: Failures(row.weight, row.last_at) for row in rows}
    waits = {kind: rules.wait_s(BUDGETS[kind], found.get(mark), now) for kind, mark in marks.items()}
    longest = max(waits, key=lambda kind: waits[kind])
    if waits[longest] > 0:
        raise Throttled(_CODES.get(longest, "sign_in_wait"), wait_s=int(waits[longest]) + 1)


def _mark(secret: str, kind: Counted, *parts: str) -> str:
    said = "\x00".join(("sign-in", kind, *parts))
    return hmac.digest(secret.encode(), said.encode(), hashlib.sha256).hex()[:32]
