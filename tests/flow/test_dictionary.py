"""What staff teach one process is felt by the others, and by all after a restart."""

from __future__ import annotations

import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from server.settings import Settings
from server.wiring import open_ports
from tests.support import factories as make
from tests.support.client import Person
from tests.support.databases import KINDS
from tests.support.server import Process, add_people, new_data, password

pytestmark = [pytest.mark.slow, pytest.mark.dear(8)]

WORD, SAID = "历史性盛会", "党的二十大"
SOON_S = 30.0
"""Much more than it takes: how long it takes is no matter of a test."""


@pytest.fixture(params=KINDS)
def nodes(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[tuple[Process, Process]]:
    """Two running servers of one library with a lesson that says SAID; the first has the worker."""
    data, environment = tmp_path / "one" / "data", {}
    if request.param == "sqlite":
        new_data(data)
    else:
        data.mkdir(parents=True)
        environment = {"WEIKE_DATABASE_URL": request.getfixturevalue("library_url")}
    given = {"database_url": url} if (url := environment.get("WEIKE_DATABASE_URL")) else {}
    ports = open_ports(Settings(data=data, **given, _env_file=None))
    if given:
        add_people(ports)
    with ports.db.write() as session:
        make.lesson(session, "甲课", spoken=[f"学习{SAID}报告。"], clips=1)
    ports.indexer.catch_up()
    ports.close()
    made = [Process(data, **environment), Process(data, WEIKE_WORKER="false", **environment)]
    try:
        for process in made:
            process.start()
        yield made[0], made[1]
    finally:
        for process in made:
            process.kill()


def staff(process: Process) -> Person:
    """The staff at a node."""
    return Person(process.base_url).sign_in("staff", password("staff"))


def found(person: Person) -> int:
    """How many hits WORD has."""
    answer = person.http.get("/api/v1/search", params={"q": WORD})
    assert answer.status_code == 200, answer.text
    return int(answer.json()["total"])


def becomes(person: Person, total: int) -> None:
    """Search as people do until WORD has `total` hits."""
    end = time.monotonic() + SOON_S
    while found(person) != total:
        assert time.monotonic() < end, f"not {total} hits within {SOON_S} s"
        time.sleep(0.05)


def test_a_change_in_one_process_is_felt_by_the_other_and_after_a_restart(
    nodes: tuple[Process, Process],
) -> None:
    first, second = nodes
    with staff(first) as here, staff(second) as there:
        assert (found(here), found(there)) == (0, 0)
        assert here.post("/vocabulary/groups", words=f"{WORD}、{SAID}").status_code == 303
        assert found(here) == 1, "at once"
        becomes(there, 1)
        entry = there.http.get("/api/v1/vocabulary", params={"q": WORD}).json()["entries"][0]
        assert entry["words"] == [WORD, SAID]
    first.kill()
    first.start()
    with staff(first) as here, staff(second) as there:
        assert found(here) == 1, "a restart keeps it"
        assert there.api("DELETE", f"/vocabulary/{entry['id']}").status_code == 204
        assert found(there) == 0, "at once"
        becomes(here, 0)
