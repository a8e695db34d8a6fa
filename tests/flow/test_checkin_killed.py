"""A server is killed while a branch checks in: who was told so is on the roll, and nobody twice."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from pathlib import Path

import pytest

from server.settings import Settings
from server.wiring import Ports, open_ports
from tests.support import arriving
from tests.support.databases import KINDS
from tests.support.server import Process

pytestmark = [pytest.mark.slow, pytest.mark.dear(28)]
PEOPLE = 24


@pytest.fixture(params=KINDS)
def ports(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Ports]:
    """A library, on each kind of database."""
    url = request.getfixturevalue("library_url") if request.param == "postgres" else ""
    opened = open_ports(Settings(data=tmp_path / "data", database_url=url, _env_file=None))  # type: ignore[call-arg]
    yield opened
    opened.close()


def test_killed_while_people_arrive(ports: Ports) -> None:
    settings = ports.settings
    process = Process(settings.data, WEIKE_DATABASE_URL=settings.database_url, WEIKE_WORKER="false")
    cut = 0
    try:
        process.start()
        with ThreadPoolExecutor(PEOPLE) as pool:
            for kill_after_s in (0.2, 0.35, 0.5):
                evening = arriving.begin(ports, PEOPLE)
                shown = arriving.code(ports, evening)
                killing = threading.Timer(kill_after_s, process.kill)
                killing.start()
                come = partial(arriving.arrive, process.base_url, evening, shown=shown)
                told = list(pool.map(come, evening.cookies))
                killing.join()
                found = arriving.look(ports, evening, told)
                assert (found.lost, found.twice) == (0, 0)
                cut += found.there < PEOPLE
                # They scan again: also who was noted and never told.
                process.start()
                again = partial(come, shown=arriving.code(ports, evening))
                assert all(pool.map(again, evening.cookies))
                assert arriving.look(ports, evening, told) == arriving.Found(PEOPLE, 0, 0)
                assert arriving.end(ports, evening) == PEOPLE
        assert cut, "it was never killed in the middle"
    finally:
        process.kill()
