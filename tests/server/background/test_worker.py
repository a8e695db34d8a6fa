"""The worker begins whole or not at all."""

from __future__ import annotations

import threading
from pathlib import Path

import pytest
from sqlalchemy.exc import DBAPIError

from server.background.worker import Worker, WorkerBusy
from server.settings import Settings
from server.wiring import open_ports

pytestmark = pytest.mark.slow


def begun_since(before: set[threading.Thread]) -> set[str]:
    """The names of threads that were not there; other tests' servers have threads of the same names."""
    return {thread.name for thread in set(threading.enumerate()) - before}


def test_what_cannot_begin_leaves_nothing_behind(tmp_path: Path) -> None:
    jobs = tmp_path / "jobs"
    ports = open_ports(
        Settings(data=tmp_path / "data", jobs_url=f"sqlite:///{jobs / 'jobs.sqlite'}", _env_file=None)  # type: ignore[call-arg]
    )
    before = set(threading.enumerate())
    with pytest.raises(DBAPIError):  # there is no such folder
        Worker(ports).start()
    ours = {"index", "roll-up", "store sweep", "waiting recordings"}
    assert not ours & begun_since(before)
    jobs.mkdir()
    worker = Worker(ports)
    worker.start()
    with pytest.raises(WorkerBusy):
        Worker(ports).start()
    assert ours <= begun_since(before)
    worker.stop()
    assert not ours & begun_since(before)
    ports.close()
