"""weike doctor: workers that are gone, and a frozen process that holds a lock, by name."""

from __future__ import annotations

import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path

import pytest

from library.intake.queries import WorkerSeen
from server.commands.doctor.processes import holder_of, left_jobs, workers_told
from server.wiring import Ports
from tests.server.commands.conftest import Weike
from tests.support.databases import NOW

HOLDER = """
import fcntl, sys
held = open(sys.argv[1], "a")
fcntl.flock(held, fcntl.LOCK_EX)
print("held", flush=True)
sys.stdin.read()
"""


@contextmanager
def another_holds(file: Path) -> Iterator[subprocess.Popen[str]]:
    """Let another process hold the lock of a file for the block."""
    command = [sys.executable, "-c", HOLDER, str(file)]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as other:
        assert other.stdout is not None
        assert other.stdout.readline() == "held\n"
        try:
            yield other
        finally:
            other.kill()


def test_who_holds_a_lock(tmp_path: Path) -> None:
    file = tmp_path / "some.lock"
    assert holder_of(file) is None
    with another_holds(file) as other:
        holder = holder_of(file)
        assert holder is not None
        assert (holder.pid, holder.frozen) == (other.pid, False)
    assert holder_of(file) is None


@pytest.mark.slow
def test_a_frozen_process_that_holds_the_index_or_the_work_is_named(weike: Weike, ports: Ports) -> None:
    ports.indexer.catch_up()
    locks = {
        "index_lock": ports.settings.index_folder / "writer.lock",
        "worker": ports.settings.data / "worker-local.lock",
    }
    with another_holds(locks["index_lock"]) as one, another_holds(locks["worker"]) as two:
        for other in (one, two):
            other.send_signal(signal.SIGSTOP)
        checks = {check["name"]: check for check in weike("doctor", "--json").json["checks"]}
        for name, other in (("index_lock", one), ("worker", two)):
            assert checks[name]["status"] == "bad"
            assert f"进程 {other.pid}" in checks[name]["message"]
            assert f"kill -CONT {other.pid}" in checks[name]["todo"]
            assert str(locks["index_lock"]) in checks["index_lock"]["message"]
    assert "index_lock" not in [check["name"] for check in weike("doctor", "--json").json["checks"]]


@pytest.mark.parametrize(
    ("ages_s", "left", "told"),
    [
        ({"a": 5, "b": 40}, {"a": 2, "b": 1}, ["workers ok"]),
        ({"a": 5, "b": 500}, {"b": 3}, ["dead_worker warn b", "workers ok"]),
        ({"a": 500, "b": 500}, {"b": 3}, ["dead_worker warn a", "dead_worker bad b"]),
        ({"a": 5, "b": 8 * 86_400}, {}, ["workers ok"]),
        ({"a": 5, "b": 8 * 86_400}, {"b": 1}, ["dead_worker warn b", "workers ok"]),
        ({"a": 5, "b": 8 * 86_400}, None, ["dead_worker warn b", "workers ok"]),
        ({}, {}, []),
    ],
)
def test_what_is_said_of_workers(
    ages_s: dict[str, float], left: dict[str, int] | None, told: list[str]
) -> None:
    seen = [WorkerSeen(name, NOW - timedelta(seconds=age_s)) for name, age_s in ages_s.items()]
    checks = list(workers_told(seen, NOW, 90, left))
    assert [f"{one.name} {one.status} {one.values.get('worker', '')}".strip() for one in checks] == told


@pytest.mark.postgres
def test_where_there_are_no_jobs_yet_nothing_is_made_up(postgres_url: str) -> None:
    assert left_jobs(postgres_url) is None
