"""Fixtures for every test area: real tools, a real PostgreSQL, a real S3, and no way out to the network.

A thing that this machine lacks skips the test with the reason; with ``CI=true`` it fails the test
(the rule is in support/needs.py).
"""

from __future__ import annotations

import gc
import ipaddress
import os
import sys
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from library.core.database import Database
from tests.support import needs, objects, postgres, spreading
from tests.support.databases import KINDS, Databases
from tests.support.quickness import MARKS, Quickness
from tests.support.signals import give_children_the_defaults

LONG = ("flow", "browser", "setup", "media")
"""The folders with the longest modules, the longest first."""

CLUSTER = pytest.StashKey[Path]()
"""Where the PostgreSQL of this run lies."""


def pytest_addoption(parser: pytest.Parser) -> None:
    """How much of the large corpora a run meets."""
    group = parser.getgroup("weike")
    group.addoption("--full", action="store_true", help="all of the media corpora, not a share of them")
    group.addoption("--seed", type=int, help="which share of the media corpora; without it, the day's")


def pytest_configure(config: pytest.Config) -> None:
    """Close the network before the first test module is imported; settle what all test processes share."""
    give_children_the_defaults()
    sys.addaudithook(_only_this_machine)
    if all(f"not {mark}" in config.option.markexpr for mark in MARKS):  # make check
        config.pluginmanager.register(Quickness())
    told: dict[str, Any] | None = getattr(config, "workerinput", None)
    if told is not None:
        config.option.seed, config.stash[CLUSTER] = told["seed"], Path(told["cluster"])
        return
    if config.option.seed is None:
        config.option.seed = spreading.seed_of(datetime.now(UTC).date())
    config.stash[CLUSTER] = postgres.new_folder()
    config.add_cleanup(lambda: postgres.remove(config.stash[CLUSTER]))


@pytest.hookimpl(optionalhook=True)
def pytest_configure_node(node: Any) -> None:
    """Tell a test process what it shares with the others."""
    node.workerinput["seed"] = node.config.option.seed
    node.workerinput["cluster"] = str(node.config.stash[CLUSTER])


def _is_spread(config: pytest.Config) -> bool:
    """False where all was asked for, or a test by its name."""
    return not config.option.full and not any("::" in word for word in config.args)


def pytest_sessionstart(session: pytest.Session) -> None:
    """Say which share of the corpora this run meets, also in a quiet run, which shows no header."""
    reporter = session.config.pluginmanager.get_plugin("terminalreporter")
    if reporter is not None and _is_spread(session.config):
        reporter.write_line(spreading.words(session.config.option.seed))


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter, config: pytest.Config) -> None:
    """Say it again where tests failed: what is needed to see them fail again."""
    if terminalreporter.stats.get("failed") and _is_spread(config):
        terminalreporter.write_line(spreading.words(config.option.seed))


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Leave out what this run does not meet of the corpora; the long modules first, so that none is last."""
    items.sort(key=_rank)
    if not _is_spread(config):
        return
    out = spreading.left_out(items, config.option.seed)
    config.hook.pytest_deselected(items=out)
    items[:] = [item for item in items if item not in set(out)]


def pytest_collection_finish() -> None:
    """Spare Python from looking for rubbish, again and again, in what every test needs."""
    gc.collect()
    gc.freeze()


def _rank(item: pytest.Item) -> int:
    """The place of a test among the others: flow and browser modules take minutes each, and a run with two
    processes that meets them at its end has one of them idle."""
    folder = item.path.relative_to(Path(__file__).parent).parts[0]
    return LONG.index(folder) if folder in LONG else len(LONG)


def _only_this_machine(event: str, args: tuple[Any, ...]) -> None:
    """Fail whatever tries to reach another host: the tests, like many users, have no internet."""
    if event != "socket.connect" or not isinstance(args[1], tuple):
        return
    host = str(args[1][0]).partition("%")[0]
    if host in ("", "localhost"):
        return
    try:
        local = ipaddress.ip_address(host).is_loopback
    except ValueError:
        local = False
    if not local:
        raise RuntimeError(f"a test tried to reach {host}: tests talk to this machine only")


@pytest.fixture(scope="session")
def chromium_path() -> Path:
    """A real Chromium: $CHROMIUM_PATH, else the first one on PATH."""
    chosen = os.environ.get("CHROMIUM_PATH")
    return Path(chosen) if chosen else needs.program(*needs.CHROMIUM_NAMES, package="chromium")


@pytest.fixture(scope="session")
def nginx_path() -> Path:
    """A real nginx."""
    return needs.program("nginx", package="nginx-light")


@pytest.fixture(scope="session")
def system_ffmpeg_path() -> Path:
    """The ffmpeg that the system brings (Debian's is older than the one in the wheel; both must work)."""
    return needs.program("ffmpeg", package="ffmpeg")


@pytest.fixture(scope="session")
def postgres_server(request: pytest.FixtureRequest) -> Iterator[postgres.PostgresServer]:
    """One PostgreSQL for the run; ``create(template=...)`` gives databases of one's own."""
    with postgres.shared_server(request.config.stash[CLUSTER]) as server:
        yield server


@pytest.fixture
def postgres_url(postgres_server: postgres.PostgresServer) -> Iterator[str]:
    """The address (``postgresql+psycopg://``) of a fresh, empty database that is dropped after the test."""
    name = postgres_server.create()
    yield postgres_server.url(name)
    postgres_server.drop(name)


@pytest.fixture(scope="session")
def s3_server() -> Iterator[objects.S3Server]:
    """One S3 server per test process."""
    with objects.running_server() as server:
        yield server


@pytest.fixture
def s3_url(s3_server: objects.S3Server) -> str:
    """``s3://bucket`` of a fresh, empty bucket; reach it with ``s3_options``."""
    return f"s3://{s3_server.create_bucket()}"


@pytest.fixture
def s3_options(s3_server: objects.S3Server) -> dict[str, Any]:
    """Keyword arguments for ``obstore.store.from_url(s3_url, **s3_options)``."""
    return s3_server.options()


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
