"""What a worker was at when it was killed: taken up again by the next within the time of the settings."""

from __future__ import annotations

import os
import signal
import time
from collections.abc import Callable, Iterator, Mapping
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from library.core.clock import utc_now
from library.upkeep import actions, queries
from library.upkeep.actions import Taken
from library.upkeep.rules import Task
from library.upkeep.tables import Look
from server.background.looks.asked import AskedThread
from server.background.looks.space import UpkeepThread
from server.settings import Settings
from server.wiring import Ports, open_ports
from tests.support.databases import KINDS, Databases
from tests.support.processes import FORKS

pytestmark = pytest.mark.dear(6)

_DEAD_AFTER_S = 2


class _Endless(AskedThread):
    """A worker that never gets done with what it took; it gives its signs of life as every one does."""

    tasks = (Task.MEASURE,)

    def do(self, taken: Taken) -> Mapping[str, Any] | None:
        while not self.over():
            signal.pause()
        return None


def _ports(data: str, url: str, name: str) -> Ports:
    chosen: dict[str, Any] = {"data": data, "database": url, "executor_id": name}
    return open_ports(Settings(**chosen, worker_dead_after_s=_DEAD_AFTER_S, _env_file=None), utc_now)


def _work(data: str, url: str) -> None:
    _Endless("endless", _ports(data, url, "one")).work()


@pytest.fixture(params=KINDS)
def url(request: pytest.FixtureRequest, databases: Databases) -> Iterator[str]:
    with databases.url(request.param) as found:
        yield found


@pytest.mark.slow
def test_a_count_that_was_killed_blocked_its_button_for_hours(url: str, tmp_path: Path) -> None:
    ports = _ports(str(tmp_path), url, "two")

    def row() -> Look:
        with ports.db.read() as session:
            [found] = queries.waiting(session)
            return found

    with ports.db.write() as session:
        assert actions.ask(session, None, Task.MEASURE, utc_now())
    killed = FORKS.Process(target=_work, args=(str(tmp_path), url))
    killed.start()
    until(lambda: row().begun_at is not None)
    longer = timedelta(seconds=_DEAD_AFTER_S)
    until(lambda: _lives(row(), longer))
    UpkeepThread(ports).work()
    assert row().holder == "one", "it is alive, and has been for longer than a dead one would be left alone"
    assert killed.pid is not None
    os.kill(killed.pid, signal.SIGKILL)
    killed.join()

    def measured() -> bool:
        UpkeepThread(ports).work()
        with ports.db.read() as session:
            return queries.latest(session) is not None

    until(measured)
    with ports.db.read() as session:
        assert queries.waiting(session) == []
    ports.close()


@pytest.mark.slow
def test_a_worker_that_begins_again_takes_up_its_own_at_once(databases: Databases, tmp_path: Path) -> None:
    with databases.url("sqlite") as url:
        ports = _ports(str(tmp_path), url, "one")
        with ports.db.write() as session:
            actions.ask(session, None, Task.MEASURE, utc_now())
            assert actions.take(session, utc_now(), "one", timedelta(hours=1)) is not None
        thread = UpkeepThread(ports, first_after_s=0.0)
        thread.start()

        def measured() -> bool:
            with ports.db.read() as session:
                return queries.latest(session) is not None

        until(measured)
        thread.stop()
        ports.close()


def _lives(row: Look, longer: timedelta) -> bool:
    begun, beat = row.begun_at, row.beat_at
    return begun is not None and beat is not None and beat - begun > longer


def until(true: Callable[[], bool], timeout_s: float = 60.0) -> None:
    """Wait for something."""
    end = time.monotonic() + timeout_s
    while not true():
        assert time.monotonic() < end
        time.sleep(0.05)
