"""What players send, on a clock of the test, and what is counted of it."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import httpx
import pytest
from sqlalchemy import select

from library.core.clock import utc_now
from library.plays.tables import DaySum, Play, View
from tests.support.client import PLAIN
from tests.support.server import Served


class StandingClock:
    """A clock that stands still until it is put forward."""

    def __init__(self) -> None:
        self.now = utc_now()

    def __call__(self) -> datetime:
        return self.now

    def forward(self, seconds: float) -> None:
        self.now += timedelta(seconds=seconds)


def send(served: Served, play: str, **body: Any) -> httpx.Response:
    """A beat from somewhere, with no cookie."""
    return httpx.post(f"{served.base_url}/api/v1/plays/{play}/beats", json=body, timeout=60, verify=PLAIN)


def views(served: Served, clip: str) -> int:
    """The clip's rows in the ledger, checked against its day sums."""
    with served.ports.db.read() as session:
        rows = session.scalars(select(View).where(View.clip_id == clip)).all()
        days = session.scalars(select(DaySum).where(DaySum.clip_id == clip)).all()
        plays = session.scalars(select(Play).where(Play.clip_id == clip)).all()
        assert sum(d.member_views + d.visitor_views + d.group_views for d in days) == len(rows)
        assert sum(d.watched_s for d in days) == pytest.approx(sum(p.credited_s for p in plays))
        return len(rows)
