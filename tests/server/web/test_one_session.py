"""A request holds at most one database connection: as many as there are threads are always enough."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import event
from starlette.testclient import TestClient

from server.app import create_app
from server.settings import Settings
from server.wiring import open_ports
from tests.server.conftest import Shelf
from tests.server.rights.test_roles import CASES
from tests.server.role_table import Case, send
from tests.support import server
from tests.support.client import Person
from tests.support.server import Served

pytestmark = pytest.mark.dear(20)

PAGES = (
    # First of all, while this process has not yet read what staff taught the search.
    "/search?q=为人民服务",
    "/search",
    "/vocabulary?try=为人民服务",
    "/api/v1/suggest?q=为人民",
    "/searches?page=2",
    "/lessons?topic=党史&page=2",
    "/lessons/nobody-made-it",
    "/nowhere",
)
SLIPS = (
    ("/vocabulary/words", {"word": ""}),
    ("/vocabulary/groups", {"words": "为人民服务"}),
    ("/vocabulary/nobody-taught-it", {"words": "甲词 乙词", "version": "1"}),
    ("/searches?q=党史", {"name": ""}),
    ("/searches/nobody-saved-it/rename", {"name": "名字"}),
    ("/people", {"role": "nothing"}),
    ("/welcome/nobody-made-it", {}),
    ("/lessons/nobody-made-it/publish", {}),
)
"""Forms that are shown again, or answered with the page of an error."""


class Connections:
    """Watches how many connections are out of the pool."""

    def __init__(self, served: Served) -> None:
        self.out = self.most = 0
        event.listen(served.ports.db.engine, "checkout", self._take)
        event.listen(served.ports.db.engine, "checkin", self._give_back)

    def _take(self, *_: object) -> None:
        self.out += 1
        self.most = max(self.most, self.out)

    def _give_back(self, *_: object) -> None:
        self.out -= 1

    @contextmanager
    def at_most_one(self, request: object) -> Iterator[None]:
        """A time in which one request is answered."""
        self.most = 0
        yield
        assert self.most <= 1, f"{request} held {self.most} connections at once"
        assert self.out == 0, f"{request} kept a connection"


class InProcess(Person):
    """A browser whose requests are answered in this process, with no thread beside them."""

    def __init__(self, app: Any) -> None:
        super().__init__("http://testserver")
        self.http.close()
        self.http = TestClient(app, follow_redirects=False)


@pytest.fixture(scope="module")
def served(data: Path, clock: server.MovableClock) -> Iterator[Served]:
    """The application without a server around it: nothing runs but the request."""
    settings = Settings(data=data, worker=False, _env_file=None)  # type: ignore[call-arg]
    ports = open_ports(settings, clock)
    app = create_app(settings, ports)
    browsers = {name: InProcess(app).sign_in(name, server.password(name)) for name in ("staff", "lecturer")}
    running = Served("http://testserver", data, ports, browsers)
    yield running
    running.close()
    app.state.counting.stop()
    ports.close()


@pytest.fixture(scope="module")
def connections(served: Served) -> Connections:
    """The connections of the module's application."""
    return Connections(served)


@pytest.mark.slow
@pytest.mark.parametrize("path", PAGES)
def test_a_page_holds_one_connection(
    served: Served, connections: Connections, clock: server.MovableClock, path: str
) -> None:
    clock.forward(minutes=2)  # what is kept for a minute is read anew
    with connections.at_most_one(path):
        served.person("staff").http.get(path)


@pytest.mark.parametrize(("path", "form"), SLIPS)
def test_a_refused_form_holds_one_connection(
    served: Served, connections: Connections, path: str, form: dict[str, str]
) -> None:
    browser = served.person("staff")
    browser.csrf()
    with connections.at_most_one(path):
        answer = browser.post(path, **form)
    assert answer.status_code in (403, 404, 409, 422)


@pytest.mark.slow
@pytest.mark.spread("case", kind=lambda case: case.route.partition("/")[0])
@pytest.mark.parametrize("case", [case for case in CASES if not case.fresh], ids=str)
def test_a_route_holds_one_connection(
    served: Served, connections: Connections, shelf: Shelf, case: Case
) -> None:
    browser, asked = served.person("staff"), case.ask(shelf)
    browser.csrf()
    with connections.at_most_one(case):
        send(browser, case, asked)
