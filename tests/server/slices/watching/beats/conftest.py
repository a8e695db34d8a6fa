"""Servers that players report to, on SQLite and on PostgreSQL, with a clock of the test."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from library.catalog.permits import LessonState
from tests.server.conftest import Shelf
from tests.server.slices.watching.beats.players import StandingClock
from tests.support.databases import KINDS, Databases
from tests.support.server import Served, add_people, in_thread, new_data


@pytest.fixture(scope="module")
def clock() -> StandingClock:
    return StandingClock()


@pytest.fixture(scope="module", params=KINDS)
def served(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory, clock: StandingClock
) -> Iterator[Served]:
    folder = tmp_path_factory.mktemp("beats") / "data"
    if request.param == "sqlite":
        with in_thread(new_data(folder), clock) as running:
            yield running
        return
    databases: Databases = request.getfixturevalue("databases")
    with databases.url("postgres") as url, in_thread(folder, clock, database_url=url) as running:
        add_people(running.ports)
        yield running


@pytest.fixture
def clip(shelf: Shelf) -> str:
    """The id of a published clip of a minute that nobody has watched."""
    return shelf.lesson(LessonState.PUBLISHED).clip
