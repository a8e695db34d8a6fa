"""Many requests at once wait for each other's threads, and never for each other's connections."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Iterator, Sequence

import httpx
import pytest
from sqlalchemy import event

from tests.server.conftest import Shelf
from tests.support.client import PLAIN, Person
from tests.support.databases import KINDS
from tests.support.server import Served, add_people, in_thread, new_data

pytestmark = [pytest.mark.slow, pytest.mark.dear(23)]

MANY = 200
CHANGES = 120
Asked = tuple[str, str, dict[str, str] | None]
"""A method, a path and what is sent as JSON."""


@pytest.fixture(params=KINDS)
def served(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    folder = tmp_path_factory.mktemp("many") / "data"
    if request.param == "sqlite":
        with in_thread(new_data(folder)) as running:
            yield running
        return
    with in_thread(folder, database_url=request.getfixturevalue("library_url")) as running:
        add_people(running.ports)
        yield running


class Connections:
    """Watches the pool of a server's database."""

    def __init__(self, served: Served) -> None:
        self._pool = served.ports.db.engine.pool
        self.most = 0
        event.listen(served.ports.db.engine, "checkout", self._taken)

    def _taken(self, *_: object) -> None:
        self.most = max(self.most, self._pool.checkedout())  # type: ignore[attr-defined]


def ask_at_once(person: Person, asked: Sequence[Asked]) -> list[httpx.Response]:
    """Ask everything at the same time, each on a line of its own."""
    cookies, headers = dict(person.http.cookies), {"X-CSRF-Token": person.csrf()}

    async def ask() -> list[httpx.Response]:
        limits = httpx.Limits(max_connections=len(asked))
        async with httpx.AsyncClient(
            base_url=person.http.base_url,
            cookies=cookies,
            headers=headers,
            limits=limits,
            timeout=300,
            verify=PLAIN,
        ) as browser:
            return await asyncio.gather(
                *(browser.request(method, path, json=body) for method, path, body in asked)
            )

    return asyncio.run(ask())


def test_staff_pages(served: Served) -> None:
    put = Shelf(served).lesson(recording="ready")
    pages = [
        "/",
        "/review",
        "/people",
        "/stats",
        "/mine",
        f"/lessons/{put.lesson}",
        "/vocabulary",
        "/search?q=人民",
    ]
    connections = Connections(served)
    answers = ask_at_once(served.person("staff"), [("GET", pages[n % len(pages)], None) for n in range(MANY)])
    assert Counter(answer.status_code for answer in answers) == {200: MANY}
    assert connections.most < served.ports.settings.connections, "none was ever lacking"


def test_changes(served: Served) -> None:
    """Who had opened a transaction waited for a thread, and all threads for the lock that it held."""
    lecturer = served.person("lecturer")
    path = f"/api/v1/lessons/{lecturer.new_lesson('一课')}"
    connections = Connections(served)
    answers = ask_at_once(lecturer, [("PATCH", path, {"title": f"第{n}课"}) for n in range(CHANGES)])
    assert Counter(answer.status_code for answer in answers) == {200: CHANGES}
    assert connections.most < served.ports.settings.connections, "none was ever lacking"
