"""Beats under load, through kill -9 and through two servers at once."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from library.core.clock import utc_now
from server.settings import Settings
from server.wiring import Ports, open_ports
from tests.support import beating
from tests.support.beating import CLIP_S, Found
from tests.support.client import PLAIN
from tests.support.databases import KINDS
from tests.support.server import Process
from tests.support.together import together

pytestmark = [pytest.mark.slow, pytest.mark.dear(30)]

PLAYERS = 48


WITHOUT_WORKER = {
    "WEIKE_WORKER": "false",
    # All players sit here, and none of them is to wait for its turn.
    "WEIKE_VIEW_ADDRESS_MINUTE": "0",
    "WEIKE_VIEW_ADDRESS_CLIP_HOUR": "0",
}


@pytest.fixture(params=KINDS)
def ports(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Ports]:
    """A library, on each kind of database."""
    url = request.getfixturevalue("library_url") if request.param == "postgres" else ""
    opened = open_ports(Settings(data=tmp_path / "data", database_url=url, _env_file=None))  # type: ignore[call-arg]
    yield opened
    opened.close()


def server(ports: Ports) -> Process:
    """A server without a worker for the library."""
    settings = ports.settings
    return Process(settings.data, WEIKE_DATABASE_URL=settings.database_url, **WITHOUT_WORKER)


def test_what_was_acknowledged_survives_kill_9_and_counts_once(ports: Ports) -> None:
    clips, rule = beating.add_clips(ports.db, 2, 4), ports.settings.view_rule
    process = server(ports)
    try:
        process.start()
        for kill_after_s in (0.4, 0.9):
            players = beating.begin(ports.db, ports.secret, clips, PLAYERS, utc_now())
            killing = threading.Timer(kill_after_s, process.kill)
            killing.start()
            asyncio.run(beating.beat_all(process.port, players))
            killing.join()
            found = beating.look(ports.db, players, rule)
            assert (found.lost, found.twice) == (0, 0)
            # The players come back and send all again: what had been written and not answered counts once.
            process.start()
            for player in players:
                player.acknowledged = 0
            asyncio.run(beating.beat_all(process.port, players))
            assert beating.look(ports.db, players, rule) == Found(PLAYERS * CLIP_S, 0, 0)
        assert process.stop() == 0, process.log_tail()
    finally:
        process.kill()


@pytest.mark.postgres
@pytest.mark.parametrize("ports", [KINDS[1]], indirect=True)
def test_two_servers_at_once_count_every_beat_once(ports: Ports, tmp_path: Path) -> None:
    clips, rule = beating.add_clips(ports.db, 1, 2), ports.settings.view_rule
    url = ports.settings.database_url
    shared = {"WEIKE_DATABASE_URL": url, "WEIKE_SECRET_FILE": str(ports.settings.data / "secret")}
    servers = [Process(tmp_path / f"node{n}", **shared, **WITHOUT_WORKER) for n in range(2)]
    try:
        for one in servers:
            one.data.mkdir()
            one.start()
        players = beating.begin(ports.db, ports.secret, clips, PLAYERS, utc_now())
        twins = [[beating.Player(p.play_id, p.key) for p in players] for _ in servers]
        done = together(
            [
                lambda one=one, its=its: asyncio.run(beating.beat_all(one.port, its))  # type: ignore[misc]
                for one, its in zip(servers, twins, strict=True)
            ]
        )
        assert done == [None, None]
        for its in twins:
            assert beating.look(ports.db, its, rule) == Found(PLAYERS * CLIP_S, 0, 0)
        for one in servers:
            health = httpx.get(f"{one.base_url}/readyz", verify=PLAIN).json()
            assert health["database"] == "ok"
            assert "deadlock" not in one.log.read_text("utf-8")
    finally:
        for one in servers:
            one.kill()
