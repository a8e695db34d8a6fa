"""A branch that comes to a gathering all at once, each with a phone that is signed in."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta

import httpx
from sqlalchemy import select

from library.access import actions as access
from library.core.clock import local_day, utc_now
from library.core.permits import MemberState
from library.evidence.tables import Evidence
from library.gatherings import actions, codes, opening, queries
from library.gatherings.actions import Desk, Draft
from library.gatherings.rules import Mark
from library.gatherings.tables import RollChange
from library.organisation import actions as organisation
from library.people import queries as people
from library.people.belonging import memberships
from server.commands.administrator import machine
from server.web.who import SESSION_COOKIE
from server.wiring import Ports
from tests.support import factories
from tests.support.client import PLAIN

PATIENCE_S = 30.0


@dataclass(frozen=True)
class Evening:
    """A gathering that is open, and the cookies of those who are due."""

    gathering_id: str
    cookies: tuple[str, ...]


@dataclass(frozen=True)
class Found:
    """What a roll and the ledger say: who is there, who was lost although it was acknowledged, rows that are
    there twice."""

    there: int
    lost: int
    twice: int


def begin(ports: Ports, count: int) -> Evening:
    """Open a gathering of a new branch of so many members, and sign them in."""
    now = utc_now()
    cookies = []
    with ports.db.write() as session:
        root = factories.root(session)
        node = organisation.add_named(session, root, f"余村{now:%H%M%S%f}党支部", now)
        for n in range(count):
            who = str(factories.person(session, name=f"党员{n:02}").person_id)
            memberships.settle(session, who, node, local_day(now), now, None, MemberState.FULL)
            cookies.append(access.open_sign_in(session, people.person(session, who), "phone", now).cookie)
        draft = Draft("study", "集中学习", now, now + timedelta(hours=1), "会议室")
        desk = Desk(machine(session), now)
        one = actions.plan(session, desk, node.id, draft, tell=False)[0]
        opening.open_(session, desk, one.id)
        return Evening(one.id, tuple(cookies))


def code(ports: Ports, evening: Evening) -> str:
    """What the QR on the screen says now."""
    with ports.db.read() as session:
        return codes.qr_of(str(queries.known(session, evening.gathering_id).secret), 1, utc_now())


def arrive(base_url: str, evening: Evening, cookie: str, shown: str) -> bool:
    """Scan, and press the button; returns whether the server said that it is noted."""
    at = f"/gatherings/{evening.gathering_id}/here"
    cookies = {SESSION_COOKIE: cookie}
    try:
        with httpx.Client(base_url=base_url, cookies=cookies, timeout=PATIENCE_S, verify=PLAIN) as phone:
            page = phone.get(at, params={"room": "1", "k": shown}).text
            ticket = re.search(r'name="ticket" value="([^"]+)"', page)
            csrf = re.search(r'<meta name="csrf" content="([^"]+)"', page)
            if ticket is None or csrf is None:
                return "已经签到" in page
            return phone.post(at, data={"ticket": ticket[1], "csrf": csrf[1]}).status_code == 303
    except httpx.TransportError:
        return False


def look(ports: Ports, evening: Evening, acknowledged: Sequence[bool]) -> Found:
    """Compare what was acknowledged with what is kept."""
    with ports.db.read() as session:
        rows = queries.roll_of(session, evening.gathering_id)
        there = sum(row.entry.mark in (Mark.PRESENT, Mark.LATE) for row in rows)
        wanted = select(RollChange.entry_id).where(RollChange.gathering_id == evening.gathering_id)
        said = Counter(session.scalars(wanted))
        entries = Counter(row.entry.person_id for row in rows)
        twice = sum(n - 1 for n in [*said.values(), *entries.values()])
        return Found(there, max(0, sum(acknowledged) - there), twice)


def end(ports: Ports, evening: Evening) -> int:
    """End the gathering twice; returns how many pieces of evidence stand."""
    now = utc_now() + timedelta(minutes=30)
    for _ in range(2):
        with ports.db.write() as session:
            opening.end(session, Desk(machine(session), now), evening.gathering_id, now)
    with ports.db.read() as session:
        rows = session.scalars(select(Evidence.id).where(Evidence.source_id == evening.gathering_id))
        return len(rows.all())
