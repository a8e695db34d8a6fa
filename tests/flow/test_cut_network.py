"""The database is out of reach in the middle of a request, and nobody says so: packets are lost."""

from __future__ import annotations

import threading
import time
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import httpx
import psycopg
import pytest

from library.core.far_database import CONNECT_S, SILENCE_S
from server.settings import Settings
from server.wiring import open_ports
from tests.support.client import PLAIN
from tests.support.outside.cut_network import FAR, PORT, cable_to
from tests.support.server import process

pytestmark = pytest.mark.dear(27)

_PATIENCE_S = SILENCE_S + CONNECT_S + 15.0


@pytest.mark.slow
@pytest.mark.postgres
def test_a_page_waited_a_quarter_of_an_hour_for_a_database_behind_a_cut_cable(
    tmp_path: Path, library_url: str
) -> None:
    told = urlsplit(library_url)
    name, folder = told.path.strip("/"), parse_qs(told.query)["host"][0]
    data = tmp_path / "data"
    open_ports(Settings(data=data, database_url=library_url, worker=False, _env_file=None)).close()  # type: ignore[call-arg]
    over_the_cable = f"postgresql+psycopg://postgres@{FAR}:{PORT}/{name}"
    with (
        cable_to(next(Path(folder).glob(".s.PGSQL.*[0-9]"))) as cable,
        process(data, WEIKE_DATABASE_URL=over_the_cable, WEIKE_WORKER="false") as web,
        httpx.Client(base_url=web.base_url, timeout=4 * _PATIENCE_S, verify=PLAIN) as http,
        psycopg.connect(f"host={folder} user=postgres dbname={name}") as holder,
    ):
        assert http.get("/lessons").status_code == 200
        holder.execute("LOCK TABLE catalog_lesson IN ACCESS EXCLUSIVE MODE")
        answers: list[tuple[float, httpx.Response]] = []

        def ask() -> None:
            began = time.monotonic()
            with httpx.Client(base_url=web.base_url, timeout=4 * _PATIENCE_S, verify=PLAIN) as mine:
                answer = mine.get("/lessons", headers={"Accept-Language": "en"})
            answers.append((time.monotonic() - began, answer))

        asking = threading.Thread(target=ask)
        asking.start()
        _until_somebody_waits(holder)
        cable.cut()
        holder.rollback()
        assert http.get("/healthz").status_code == 200
        asking.join(4 * _PATIENCE_S)
        (took_s, answer), *_ = answers
        assert answer.status_code == 503
        assert took_s < _PATIENCE_S
        assert "database" in answer.text
        assert int(answer.headers["retry-after"]) > 0

        began = time.monotonic()
        assert http.get("/lessons").status_code == 503
        assert time.monotonic() - began < _PATIENCE_S
        cable.mend()
        until = time.monotonic() + _PATIENCE_S
        while (status := http.get("/lessons").status_code) != 200 and time.monotonic() < until:
            time.sleep(0.2)
        assert status == 200


def _until_somebody_waits(holder: psycopg.Connection) -> None:
    waiting = "SELECT count(*) FROM pg_locks WHERE NOT granted AND relation = 'catalog_lesson'::regclass"
    until = time.monotonic() + 20
    while not (row := holder.execute(waiting).fetchone()) or not row[0]:
        assert time.monotonic() < until
        time.sleep(0.05)
