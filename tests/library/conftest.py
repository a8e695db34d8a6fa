"""A library's database for tests: each test that asks for one runs on SQLite and on PostgreSQL."""

from collections.abc import Iterator

import pytest

from library.core.database import Database
from tests.support.databases import KINDS, Databases


@pytest.fixture(scope="session")
def databases(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Databases:
    """Hands out migrated databases."""
    return Databases(request, tmp_path_factory.mktemp("databases"))


@pytest.fixture(params=KINDS)
def db(request: pytest.FixtureRequest, databases: Databases) -> Iterator[Database]:
    """A fresh library, once on each database."""
    with databases.open(request.param) as opened:
        yield opened


@pytest.fixture
def postgres_db(databases: Databases) -> Iterator[Database]:
    """A fresh library on PostgreSQL, for what can only go wrong where writers do not queue up."""
    with databases.open("postgres") as opened:
        yield opened
