"""Notices on their way to browsers: which browsers want them, and the durable queue to each of them.

What is pushed says of what kind a notice is and nothing of what it is about: it passes through services of
others, and stands on a locked screen.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import Boolean, Select, column, delete, exists, func, literal, select, table, update
from sqlalchemy.orm import Session

from library.core.database import ID, upsert
from library.core.errors import Conflict
from library.core.ids import new_id
from library.notices.rules import Kind, Way
from library.notices.tables import Notice, NoticeChoice, Push, PushSubscription

MOST_BROWSERS = 10
"""Browsers of one person that are told."""

FRESH = timedelta(days=1)
"""What is older when its turn comes is not pushed any more: it waits at the bell."""

PAUSES = tuple(timedelta(minutes=minutes) for minutes in (1, 5, 15, 60, 240))
"""So long after each failure it is tried again; after the last one it is given up."""

HELD = timedelta(minutes=5)
"""For so long a process that took one has it alone."""

_AT_ONCE = 100
_PEOPLE = table("people_person", column("id", ID), column("active", Boolean))

Reach = Callable[[str], Select[str]]
"""Returns the ids of the people of an audience, by its token."""


@dataclass(frozen=True)
class Browser:
    """Where a browser is told: an address of its maker's push service, and the keys to write to it."""

    endpoint: str
    public: str
    secret: str


@dataclass(frozen=True)
class Taken:
    """What a process has taken to push it."""

    subscription_id: str
    notice_id: str
    kind: Kind
    browser: Browser


def subscribe(session: Session, person_id: str, browser: Browser, now: datetime) -> None:
    """Tell a browser of somebody from now on; a browser belongs to who signed in there last.

    Raises Conflict("push_many") beyond MOST_BROWSERS.
    """
    row = {
        "id": new_id(),
        "person_id": person_id,
        "endpoint": browser.endpoint,
        "endpoint_hash": _hash(browser.endpoint),
        "public": browser.public,
        "secret": browser.secret,
        "made_at": now,
    }
    new = upsert(session, PushSubscription).values(row)
    changed = {name: row[name] for name in ("person_id", "public", "secret", "made_at")}
    session.execute(new.on_conflict_do_update(index_elements=["endpoint_hash"], set_=changed))
    if browsers(session, person_id) > MOST_BROWSERS:
        raise Conflict("push_many", most=MOST_BROWSERS)


def browsers(session: Session, person_id: str) -> int:
    """Return how many browsers of somebody are told."""
    theirs = select(func.count()).select_from(PushSubscription)
    return session.scalar(theirs.where(PushSubscription.person_id == person_id)) or 0


def end(session: Session, person_id: str, endpoint: str | None = None) -> None:
    """Tell one browser of somebody no more, or all of them."""
    gone = delete(PushSubscription).where(PushSubscription.person_id == person_id)
    if endpoint is not None:
        gone = gone.where(PushSubscription.endpoint_hash == _hash(endpoint))
    session.execute(gone.execution_options(synchronize_session=False))


def _hash(endpoint: str) -> str:
    return hashlib.sha256(endpoint.encode()).hexdigest()


def waits(session: Session) -> bool:
    """Tell whether a notice was not looked at yet."""
    return session.scalar(select(Notice.id).where(Notice.spread_at.is_(None)).limit(1)) is not None


def spread(session: Session, now: datetime, reach: Reach) -> int:
    """Put notices that were not looked at yet into the queue of every browser that wants them; a statement
    each, however many people. Returns how many notices were looked at."""
    some = select(Notice).where(Notice.spread_at.is_(None)).order_by(Notice.at, Notice.id).limit(_AT_ONCE)
    found = session.scalars(some.with_for_update(skip_locked=True)).all()
    for notice in found:
        notice.spread_at = now
        if notice.at < now - FRESH:
            continue
        off = exists().where(
            NoticeChoice.person_id == PushSubscription.person_id,
            NoticeChoice.kind == notice.kind,
            NoticeChoice.way == Way.PUSH,
            ~NoticeChoice.wanted,
        )
        whom = (
            PushSubscription.person_id == notice.person_id
            if notice.person_id is not None
            else PushSubscription.person_id.in_(reach(notice.audience or ""))
        )
        active = select(_PEOPLE.c.id).where(_PEOPLE.c.active)
        wanted = select(PushSubscription.id, literal(notice.id), literal(now, Push.due_at.type), literal(0))
        wanted = wanted.where(whom, PushSubscription.person_id.in_(active), ~off)
        columns = ["subscription_id", "notice_id", "due_at", "tries"]
        session.execute(upsert(session, Push).from_select(columns, wanted))
    session.flush()
    return len(found)


def due(session: Session, now: datetime) -> bool:
    """Tell whether something is to be pushed."""
    return session.scalar(select(Push.notice_id).where(Push.due_at <= now).limit(1)) is not None


def take(session: Session, now: datetime) -> Taken | None:
    """Take what has been due for the longest; nobody else gets it within HELD. None for nothing, and where
    another process was quicker."""
    first = select(Push).where(Push.due_at <= now).order_by(Push.due_at, Push.notice_id).limit(1)
    row = session.scalar(first)
    if row is None:
        return None
    same = (Push.subscription_id == row.subscription_id, Push.notice_id == row.notice_id)
    taken = update(Push).where(*same, Push.due_at == row.due_at)
    won = taken.values(due_at=now + HELD, tries=Push.tries + 1).returning(Push.notice_id)
    if session.scalar(won.execution_options(synchronize_session=False)) is None:
        return None
    its = session.get_one(PushSubscription, row.subscription_id)
    kind = session.get_one(Notice, row.notice_id).kind
    return Taken(its.id, row.notice_id, kind, Browser(its.endpoint, its.public, its.secret))


def note_done(session: Session, taken: Taken) -> None:
    """Note that a push was taken, or is given up."""
    same = (Push.subscription_id == taken.subscription_id, Push.notice_id == taken.notice_id)
    session.execute(delete(Push).where(*same).execution_options(synchronize_session=False))


def note_gone(session: Session, taken: Taken) -> None:
    """Note that a browser is told no more: its push service knows it no longer, or not with our key."""
    gone = delete(PushSubscription).where(PushSubscription.id == taken.subscription_id)
    session.execute(gone.execution_options(synchronize_session=False))


def note_failed(session: Session, taken: Taken, now: datetime) -> bool:
    """Note that a push was not taken now; returns whether it is tried again."""
    same = (Push.subscription_id == taken.subscription_id, Push.notice_id == taken.notice_id)
    tries = session.scalar(select(Push.tries).where(*same)) or 0
    if not 1 <= tries <= len(PAUSES):
        note_done(session, taken)
        return False
    later = update(Push).where(*same).values(due_at=now + PAUSES[tries - 1])
    session.execute(later.execution_options(synchronize_session=False))
    return True
