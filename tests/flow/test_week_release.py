"""A week is due while nobody runs: the server is killed just before, two come back, it comes out once."""

from __future__ import annotations

import time
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import select, update

from library.audit.rules import Deed
from library.audit.tables import AuditEntry
from library.core.clock import utc_now
from library.programme import actions, queries
from library.programme.actions import Desk
from library.programme.rules import Draft
from library.programme.tables import Release
from server.commands.administrator import machine
from server.settings import Settings
from server.web.shown.weeks import present
from server.wiring import open_ports
from tests.support import factories as make
from tests.support.server import Process, new_data

pytestmark = [pytest.mark.slow, pytest.mark.dear(8)]
SOON = timedelta(seconds=3)


def test_killed_a_moment_before_and_two_servers_after(tmp_path: Path) -> None:
    data = new_data(tmp_path / "data")
    first, second = Process(data), Process(data, WEIKE_WORKER="false")
    ports = open_ports(Settings(data=data, worker=False, _env_file=None))  # type: ignore[call-arg]
    this = present(utc_now())
    try:
        first.start()
        with ports.db.write() as session:
            root = make.root(session)
            desk = Desk(machine(session), root.id, utc_now())
            for n in range(30):
                actions.put(session, desk, this.after(n), Draft(f"第 {n} 周"))
            due_at = utc_now() + SOON
            session.execute(update(Release).values(due_at=due_at, released_at=None))
            root_id = root.id
        time.sleep(1.2)  # it looks every second, and is killed before the moment
        first.kill()
        while utc_now() < due_at:
            time.sleep(0.1)
        for one in (first, second):
            one.launch()
        for one in (first, second):
            one.wait_until_ready()
        for _ in range(200):
            with ports.db.read() as session:
                plans = queries.plans(session, [root_id], this, this.after(30))
                if all(plan.released_at for plan in plans):
                    break
            time.sleep(0.1)
        assert [plan.released_at is not None for plan in plans] == [True] * 30
        assert all(plan.released_at >= due_at for plan in plans if plan.released_at)
        time.sleep(2.5)  # both have looked again
        with ports.db.read() as session:
            rows = session.scalars(select(AuditEntry).where(AuditEntry.deed == Deed.PROGRAMME)).all()
            told = [row.thing for row in rows if row.details.get("what") == "out"]
            assert sorted(told) == sorted(plan.id for plan in plans)
    finally:
        first.kill()
        second.kill()
        ports.close()
