"""Web nodes without a worker: each builds its own copy of the index and keeps it up to date by itself."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from library.catalog import actions as catalog
from library.catalog import change_queries, queries
from library.catalog.permits import LessonState
from library.core.permits import NOBODY
from search.disk import generations
from server.settings import Settings
from server.wiring import Ports, open_ports
from tests.support import factories
from tests.support.client import PLAIN, Person
from tests.support.server import Process, add_people, password

pytestmark = [pytest.mark.slow, pytest.mark.postgres, pytest.mark.dear(19)]

# So many that a node can be caught while it catches up.
MANY, CHARACTERS = 400, 2000
SOON_S, LATER_S = 5.0, 120.0


@pytest.fixture
def ports(library_url: str, tmp_path: Path) -> Iterator[Ports]:
    """A library on PostgreSQL that no process has an index of."""
    settings = Settings(data=tmp_path / "writer", database_url=library_url, _env_file=None)  # type: ignore[call-arg]
    opened = open_ports(settings)
    add_people(opened)
    text = "".join(chr(0x4E00 + (n * 7919) % 5000) for n in range(CHARACTERS))
    with opened.db.write() as session:
        for n in range(MANY):
            factories.lesson(session, f"红船精神{n}", spoken=[text[n:] + text[:n]])
    yield opened
    opened.close()


@pytest.fixture
def node(ports: Ports, tmp_path: Path) -> Iterator[Callable[..., Process]]:
    """Makes web nodes, each with a data folder of its own; they are ended afterwards."""
    made: list[Process] = []

    def make(name: str, **settings: str) -> Process:
        environment = {"WEIKE_DATABASE_URL": ports.settings.database_url, "WEIKE_WORKER": "false"}
        made.append(Process(tmp_path / name / "data", **environment, **settings))
        made[-1].data.mkdir(parents=True)
        return made[-1]

    yield make
    for process in made:
        process.kill()


def until(what: str, holds: Callable[[], Any], within_s: float) -> Any:
    """Wait until something holds; returns it."""
    end = time.monotonic() + within_s
    while time.monotonic() < end:
        if found := holds():
            return found
        time.sleep(0.02)
    raise AssertionError(f"not within {within_s} s: {what}")


def readiness(process: Process) -> tuple[int, dict[str, Any]]:
    """The status of /readyz and what it says; 0 before the process answers at all."""
    try:
        answer = httpx.get(f"{process.base_url}/readyz", timeout=30, verify=PLAIN)
    except httpx.TransportError:
        return 0, {}
    return answer.status_code, answer.json()


def total(process: Process, query: str = "红船精神") -> int:
    """How many hits somebody who is not signed in has on a node."""
    answer = httpx.get(f"{process.base_url}/api/v1/search", params={"q": query}, timeout=30, verify=PLAIN)
    assert answer.status_code == 200, answer.text
    return int(answer.json()["total"])


def is_half_built(process: Process, changes: int) -> bool:
    """Whether a node says that its copy lacks some of the changes, and not all."""
    status, said = readiness(process)
    return status == 503 and said["index"] == "behind" and 0 < said["index_behind"] < changes


def test_each_node_has_its_own_copy_also_after_a_kill_and_when_it_comes_late(
    ports: Ports, node: Callable[..., Process]
) -> None:
    first = node("first")
    first.launch()
    with ports.db.read() as session:
        changes = change_queries.latest_revision(session)
    until("the first node is building its copy", lambda: is_half_built(first, changes), LATER_S)
    assert 0 < total(first) < MANY, "what is there can be found"
    first.kill()
    first.start()
    status, said = readiness(first)
    assert said.pop("database_checked") is None, "it is read a minute after the start"
    assert (status, said) == (200, {"status": "ok", "database": "ok", "index": "ok", "index_behind": 0})
    assert total(first) == MANY
    assert generations.names(first.data / "index") == ["g000001"], "it went on where it was"

    with ports.db.write() as session:
        page = queries.lessons_page(session, NOBODY, queries.Filters(), 1, 50)
        for lesson_id in [lesson.id for lesson in page.items]:
            catalog.delete_lesson(session, queries.lesson(session, lesson_id), ports.clock())
        draft = factories.lesson(session, "延安窑洞", clips=1, state=LessonState.DRAFT).id
    until("the deleted are gone", lambda: total(first) == MANY - 50, LATER_S)

    late = node("late", WEIKE_SEARCH="tantivy")
    late.start()
    assert (total(late), total(late, "延安窑洞")) == (MANY - 50, 0)
    beside = node("beside", WEIKE_SEARCH="tantivy", WEIKE_INDEX=str(late.data / "index"))
    beside.start()
    nodes = {"first": first, "late": late, "on the late one's folder": beside}
    with Person(first.base_url).sign_in("staff", password("staff")) as staff:
        for action, hits in (("publish", 1), ("withdraw", 0), ("publish", 1)):
            assert staff.api("POST", f"/lessons/{draft}/{action}").status_code == 200
            for name, one in nodes.items():
                until(
                    f"{action} on {name}", lambda one=one, hits=hits: total(one, "延安窑洞") == hits, SOON_S
                )
    late.kill()
    with Person(beside.base_url).sign_in("staff", password("staff")) as staff:
        assert staff.api("POST", f"/lessons/{draft}/withdraw").status_code == 200
        until("whoever is left writes", lambda: total(beside, "延安窑洞") == 0, SOON_S)
    assert total(beside) == total(first) == MANY - 50
