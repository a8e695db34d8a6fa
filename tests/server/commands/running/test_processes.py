"""weike serve, worker and migrate as programs of their own."""

from __future__ import annotations

import re
import select
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path

import httpx
import pytest

from server.commands.running.asking import SOCKET, asked
from tests.server.commands.conftest import Weike, start
from tests.support import needs
from tests.support.client import PLAIN

pytestmark = pytest.mark.dear(33)


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
        assert httpx.get(link, verify=PLAIN).status_code == 200
        taken = weike(
            "ingest", short, "--title", "x", "--publish", "--json"
        )  # the worker beside does the work
        assert (taken.code, taken.json["state"]) == (0, "ready")
        assert httpx.get(f"{url}/lessons/{taken.json['lesson']}", verify=PLAIN).status_code == 200
        master = taken.json["clips"][0]["master"].replace("http://127.0.0.1:8000", url)
        assert httpx.get(master, verify=PLAIN).text.startswith("#EXTM3U")
        busy = weike("worker")
        assert (busy.code, busy.out, busy.err.count("\n")) == (1, "", 1)
        checks = {c["name"]: c["status"] for c in weike("doctor", "--json").json["checks"]}
        assert checks["worker"] == "ok"
        assert asked(["--data", str(data), "user", "list"]) == 0, "the server answers commands that read"
    finally:
        serving.send_signal(signal.SIGINT)
        _, err = serving.communicate(timeout=60)
    assert serving.returncode == 0, err
    assert not (data / SOCKET).exists()


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


@pytest.mark.slow
@pytest.mark.usefixtures("no_data")
def test_migrate_makes_the_tables_once(weike: Weike) -> None:
    first, second = weike("migrate", "--json").json, weike("migrate", "--json").json
    assert (first["changed"], second["changed"]) == (True, False)
    assert first["revision"] == second["revision"] is not None


def test_a_database_that_is_away_ends_in_one_sentence(weike: Weike, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("WEIKE_DATABASE_URL", "postgresql+psycopg://weike@127.0.0.1:1/weike")
    for command in (("migrate",), ("search", "x"), ("user", "list")):
        ran = weike(*command)
        assert (ran.code, ran.out, ran.err.count("\n")) == (1, "", 1), ran.err


def opened(url: str) -> int:
    """The status of an address, asked for by another program: tests themselves reach the loopback only."""
    ask = "import sys, urllib.request as u; print(u.urlopen(sys.argv[1], timeout=20).status)"
    return int(
        subprocess.run([sys.executable, "-c", ask, url], capture_output=True, text=True, check=True).stdout
    )


def has_ipv6() -> bool:
    try:
        with socket.create_server(("::1", 0), family=socket.AF_INET6):
            return True
    except OSError:
        return False


@pytest.mark.slow
@pytest.mark.spread("host")
@pytest.mark.parametrize("host", ["::1", "[::1]", "::", "0.0.0.0", "localhost"])
def test_what_serve_prints_opens(data: Path, host: str) -> None:
    if ":" in host and not has_ipv6():
        needs.missing("this machine has no IPv6")
    serving = start(data, "serve", "--host", host, "--port", "0", WEIKE_WORKER="false")
    assert serving.stdout is not None
    try:
        sites, links = [], []
        while not links or len(links) < len(sites):
            line = serving.stdout.readline()
            assert line, "it ended"
            if found := re.search(r"(http://\S+)$", line):
                (links if "/welcome/" in found[1] else sites).append(found[1])
        everywhere = host in ("::", "0.0.0.0")
        assert len(sites) == 1 or everywhere
        assert [link.partition("/welcome/")[0] for link in links] == sites
        if everywhere:
            assert re.fullmatch(r"http://localhost:\d+", sites[-1])
        elif ":" in host:
            assert sites[0].startswith("http://[::1]:")
        assert [opened(url) for url in (*sites, *links)] == [200] * (2 * len(sites))
    finally:
        serving.send_signal(signal.SIGINT)
        serving.communicate(timeout=60)


def test_a_host_that_nobody_knows_ends_in_one_sentence(weike: Weike) -> None:
    ran = weike("serve", "--host", "nobody.invalid")
    assert (ran.code, ran.out, ran.err.count("\n")) == (1, "", 1)
    assert "nobody.invalid" in ran.err


def test_a_path_that_is_one_of_the_sites_own_ends_in_one_sentence(
    weike: Weike, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("WEIKE_PUBLIC_URL", "https://x/lessons")
    ran = weike("serve", "--port", "0")
    assert (ran.code, ran.err.count("\n")) == (2, 1), ran.err
    assert "/lessons" in ran.err
