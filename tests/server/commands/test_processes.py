"""weike serve, worker and migrate as programs of their own."""

from __future__ import annotations

import re
import select
import signal
import socket
import subprocess
import time
from pathlib import Path

import httpx
import pytest

from tests.server.commands.conftest import Weike, start


def first_line(process: subprocess.Popen[str], pattern: str) -> str:
    """What the process prints first that fits."""
    assert process.stdout is not None
    end = time.monotonic() + 60
    while time.monotonic() < end:
        if select.select([process.stdout], [], [], 1.0)[0]:
            line = process.stdout.readline()
            assert line, f"it ended: {process.stderr.read() if process.stderr else ''}"
            if found := re.search(pattern, line):
                return found[1]
    raise AssertionError(f"it never printed {pattern}")


@pytest.mark.slow
def test_serve_says_how_to_begin_and_works(data: Path, weike: Weike, short: Path) -> None:
    serving = start(data, "serve", "--port", "0")
    try:
        url = first_line(serving, r"(http://127\.0\.0\.1:\d+)$")
        link = first_line(serving, r"(http://\S+/welcome/\S+)$")
        assert link.startswith(url)
        assert httpx.get(link).status_code == 200
        taken = weike(
            "ingest", short, "--title", "x", "--publish", "--json"
        )  # the worker beside does the work
        assert (taken.code, taken.json["state"]) == (0, "ready")
        assert httpx.get(f"{url}/lessons/{taken.json['lesson']}").status_code == 200
        master = taken.json["clips"][0]["master"].replace("http://127.0.0.1:8000", url)
        assert httpx.get(master).text.startswith("#EXTM3U")
        busy = weike("worker")
        assert (busy.code, busy.out, busy.err.count("\n")) == (1, "", 1)
        checks = {c["name"]: c["status"] for c in weike("doctor", "--json").json["checks"]}
        assert checks["worker"] == "ok"
    finally:
        serving.send_signal(signal.SIGINT)
        _, err = serving.communicate(timeout=60)
    assert serving.returncode == 0, err


@pytest.mark.slow
def test_worker_ends_when_asked(data: Path) -> None:
    worker = start(data, "worker")
    lock = data / "worker-local.lock"
    end = time.monotonic() + 60
    while not (lock.exists() and (data / "jobs.sqlite").exists()):
        assert time.monotonic() < end
        time.sleep(0.1)
    worker.send_signal(signal.SIGTERM)
    _, err = worker.communicate(timeout=60)
    assert worker.returncode == 0, err


def test_a_port_that_is_taken_ends_in_one_sentence(weike: Weike) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        ran = weike("serve", "--port", taken.getsockname()[1])
    assert (ran.code, ran.out, ran.err.count("\n")) == (1, "", 1)


def test_migrate_makes_the_tables_once(weike: Weike) -> None:
    first, second = weike("migrate", "--json").json, weike("migrate", "--json").json
    assert (first["changed"], second["changed"]) == (True, False)
    assert first["revision"] == second["revision"] is not None


def test_a_database_that_is_away_ends_in_one_sentence(weike: Weike, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("WEIKE_DATABASE_URL", "postgresql+psycopg://weike@127.0.0.1:1/weike")
    for command in (("migrate",), ("search", "x"), ("user", "list")):
        ran = weike(*command)
        assert (ran.code, ran.out, ran.err.count("\n")) == (1, "", 1), ran.err
