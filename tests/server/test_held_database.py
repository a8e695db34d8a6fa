"""Another process holds the SQLite file: every route answers in time, and none with an error of ours.

On any one day one route in DAYS is asked (tests/support/spreading.py).
"""

from __future__ import annotations

import asyncio
import subprocess
import sys
from collections import Counter
from collections.abc import Collection, Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx
import pytest

from library.core.patience import PATIENCE_S
from tests.server.conftest import Shelf
from tests.server.rights.test_roles import CASES
from tests.server.role_table import VIEWERS, Case, request_of
from tests.support.client import PLAIN
from tests.support.server import Served, in_thread, new_data
from tests.support.spreading import chosen

pytestmark = [pytest.mark.slow, pytest.mark.dear(28)]

MARGIN_S = 20.0
"""For a busy machine, which has all routes to answer at once: nobody waits for half a minute and more."""

TOLD = ("database_busy", "beat_later")
SAFE = ("GET", "HEAD", "OPTIONS")
HOLDER = """
import sqlite3, sys
held = sqlite3.connect(sys.argv[1], isolation_level=None, timeout=20)
held.execute("BEGIN IMMEDIATE")
print("held", flush=True)
sys.stdin.read()
"""


@contextmanager
def held_by_another_process(file: Path) -> Iterator[None]:
    """Hold the write lock of a database, as a tool for backups does, for the block."""
    command = [sys.executable, "-c", HOLDER, str(file)]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as other:
        assert other.stdin is not None
        assert other.stdout is not None
        assert other.stdout.readline() == "held\n"
        try:
            yield
        finally:
            other.stdin.close()


@pytest.fixture
def served(tmp_path: Path) -> Iterator[Served]:
    """Everybody has a turn at once, so that all wait for the file in the same seconds."""
    with in_thread(new_data(tmp_path / "data"), threads=len(CASES), lines_per_address=2000) as running:
        yield running


def answers_at_once(base_url: str, requests: list[httpx.Request]) -> list[httpx.Response]:
    """Send all requests at the same time; raises TimeoutError when one hangs."""

    async def ask() -> list[httpx.Response]:
        limits = httpx.Limits(max_connections=len(requests))
        wait_s = 2 * PATIENCE_S + MARGIN_S
        async with httpx.AsyncClient(base_url=base_url, limits=limits, timeout=wait_s, verify=PLAIN) as web:
            return await asyncio.gather(*map(web.send, requests))

    return asyncio.run(ask())


def one_who_may(case: Case, busy: Collection[str]) -> tuple[str, int]:
    """The most powerful of VIEWERS, not `busy`, whom a route lets do what it is for; and its answer."""
    answers = list(zip(VIEWERS, map(int, case.answers.split()), strict=True))
    return next((one for one in reversed(answers) if one[1] < 400 and one[0] not in busy), answers[-1])


def test_every_route_answers_while_another_process_holds_the_database(
    served: Served, pytestconfig: pytest.Config
) -> None:
    shelf = Shelf(served)
    cases = {str(case): case for case in CASES}
    told: list[tuple[Case, int, httpx.Request]] = []
    reading = set[str]()
    for case in (cases[name] for name in sorted(chosen(list(cases), pytestconfig))):
        asked = case.ask(shelf)
        # Of one person one file is read at a time.
        name, status = one_who_may(case, reading if "files" in asked else ())
        if "files" in asked:
            reading.add(name)
        browser = served.person(name)
        if case.fresh:
            browser = served.nobody() if name == "nobody" else served.signed_in(name)
        told.append((case, status, request_of(browser, case, asked)))
    with held_by_another_process(served.data / "weike.sqlite"):
        answers = answers_at_once(served.base_url, [request for _, _, request in told])
    wrong, refused = [], Counter[str]()
    for (case, status, request), answer in zip(told, answers, strict=True):
        if answer.status_code == 503 and request.method not in SAFE:
            refused[request.method] += 1
            right = int(answer.headers["retry-after"]) > 0
            if "json" in answer.headers["content-type"]:
                right = right and answer.json()["error"] in TOLD
        else:
            right = answer.status_code == status
        if not right:
            wrong.append((str(case), status, answer.status_code, answer.text[:200]))
    assert wrong == []
    assert refused.total() > len(told) / 3, "those that change something"
