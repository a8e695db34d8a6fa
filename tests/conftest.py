"""Fixtures for every test area: real tools, a real PostgreSQL, a real S3, and no way out to the network.

A thing that this machine lacks skips the test with the reason; with ``CI=true`` it fails the test
(the rule is in support/needs.py).
"""

from __future__ import annotations

import contextlib
import gc
import importlib
import ipaddress
import os
import re
import sys
from collections.abc import Generator, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from library.core.database import Database
from tests.support import needs, spreading
from tests.support.databases import KINDS, Databases
from tests.support.examples import try_a_share, try_half_of_the_dear
from tests.support.outside import objects, postgres
from tests.support.processes import expect_servers
from tests.support.quickness import MARKS, Quickness
from tests.support.signals import give_children_the_defaults

LONG = ("flow", "browser", "setup", "media")
"""The folders with the longest modules, the longest first; in most of them there is much waiting."""

BROWSER = Path(__file__).parent / "browser"
"""All in it needs one: who forgets the mark is told."""

WHOLE_MODULE, MARK = re.compile(r"^pytestmark = .*$", re.MULTILINE), re.compile(r"pytest\.mark\.(\w+)")
"""How a module says that all its tests have a mark."""

RUBBISH_LOOKED_FOR_AFTER = (50_000, 20, 100)
"""Python's own 700 new things are two lines of SQL: a twentieth of what tests compute went into looking."""

CLUSTER = pytest.StashKey[Path]()
"""Where the PostgreSQL of this run lies."""

EVERYTHING = pytest.StashKey[bool]()
"""Whether all tests are meant: then dear modules take turns."""


def pytest_addoption(parser: pytest.Parser) -> None:
    """How much of the large corpora a run meets."""
    group = parser.getgroup("weike")
    group.addoption(
        "--full", action="store_true", help="all of the large corpora and walks, not a share of them"
    )
    group.addoption(
        "--seed", type=int, help="which share of the large corpora and walks; without it, the day's"
    )


def pytest_configure(config: pytest.Config) -> None:
    """Close the network before the first test module is imported; settle what all test processes share."""
    give_children_the_defaults()
    sys.addaudithook(_only_this_machine)
    if all(f"not {mark}" in config.option.markexpr for mark in MARKS):  # make check
        config.pluginmanager.register(Quickness())
        try_a_share()
    else:
        expect_servers()
        if spreading.is_spread(config):
            try_half_of_the_dear()
    told: dict[str, Any] | None = getattr(config, "workerinput", None)
    if told is not None:
        config.option.seed, config.stash[CLUSTER] = told["seed"], Path(told["cluster"])
        config.stash[EVERYTHING] = told["everything"]
        return
    if config.option.seed is None:
        config.option.seed = spreading.seed_of(datetime.now(UTC))
    config.stash[EVERYTHING] = spreading.is_everything(config)
    config.stash[CLUSTER] = postgres.new_folder()
    config.add_cleanup(lambda: postgres.remove(config.stash[CLUSTER]))


@pytest.hookimpl(optionalhook=True)
def pytest_configure_node(node: Any) -> None:
    """Tell a test process what it shares with the others."""
    node.workerinput["seed"] = node.config.option.seed
    node.workerinput["everything"] = node.config.stash[EVERYTHING]
    node.workerinput["cluster"] = str(node.config.stash[CLUSTER])


def pytest_sessionstart(session: pytest.Session) -> None:
    """Say which share of the corpora this run meets, also in a quiet run, which shows no header."""
    reporter = session.config.pluginmanager.get_plugin("terminalreporter")
    if reporter is not None and spreading.is_spread(session.config):
        reporter.write_line(spreading.words(session.config.option.seed))


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter, config: pytest.Config) -> None:
    """Say it again where tests failed: what is needed to see them fail again."""
    if terminalreporter.stats.get("failed") and spreading.is_spread(config):
        terminalreporter.write_line(spreading.words(config.option.seed))
    if config.stash[EVERYTHING]:
        reports = [one for kind in ("", "passed") for one in terminalreporter.stats.get(kind, ())]
        for line in spreading.dear_without_a_mark(reports, config.rootpath):
            terminalreporter.write_line(line)


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Leave out what this run does not meet of the corpora; the long modules early, so that none is last."""
    items[:] = _waiting_beside_working(items)
    unmarked = [
        item.nodeid
        for item in items
        if item.path.parent == BROWSER and not item.get_closest_marker("browser")
    ]
    if unmarked:
        raise pytest.UsageError(f"without the mark `browser`: {', '.join(unmarked)}")
    if not spreading.is_spread(config):
        return
    out = set(spreading.left_out(items, config.option.seed))
    if config.stash[EVERYTHING]:
        out |= set(spreading.not_their_turn(items, config.option.seed))
    config.hook.pytest_deselected(items=[item for item in items if item in out])
    items[:] = [item for item in items if item not in out]


@pytest.hookimpl(wrapper=True)
def pytest_collection(session: pytest.Session) -> Generator[None, object, object]:
    """Spare Python from looking for rubbish in what every test needs: not while it is loaded (a fifth of the
    time would go there), and never again in what has been loaded. Of all modules, each process reads a part
    first."""
    gc.disable()
    try:
        told: dict[str, Any] | None = getattr(session.config, "workerinput", None)
        if told is not None and session.config.args_source is not session.config.ArgsSource.ARGS:
            _read_my_part(session.config, int(told["workerid"].removeprefix("gw")), told["workercount"])
        return (yield)
    finally:
        gc.freeze()
        gc.set_threshold(*RUBBISH_LOOKED_FOR_AFTER)
        gc.enable()


def _read_my_part(config: pytest.Config, process: int, processes: int) -> None:
    """Import one in `processes` of the test modules, before all are read in one order.

    pytest writes the asserts of a module anew when it is first read, which takes half of the time of reading,
    and keeps the result on the disk. Processes that begin with the same module would all do all of it.
    """
    tests = Path(__file__).parent
    wanted = [one for one in sorted(tests.rglob("test_*.py")) if not _is_unwanted(one, config)]
    for module in wanted[process::processes]:
        with contextlib.suppress(Exception):  # it says so itself when its turn comes
            importlib.import_module(".".join(module.relative_to(tests.parent).with_suffix("").parts))


def _is_unwanted(module: Path, config: pytest.Config) -> bool:
    return any(pytest_ignore_collect(one, config) for one in (module, *module.parents))


def pytest_ignore_collect(collection_path: Path, config: pytest.Config) -> bool | None:
    """Leave unread what a run wants nothing of: only to load what speaks to a browser takes a second."""
    unwanted = _unwanted_marks(config.option.markexpr)
    if collection_path == BROWSER:
        return True if "browser" in unwanted else None
    if not unwanted or not collection_path.match("test_*.py"):
        return None
    whole = WHOLE_MODULE.search(collection_path.read_text("utf-8"))
    return True if whole and unwanted & set(MARK.findall(whole[0])) else None


def _unwanted_marks(expression: str) -> set[str]:
    """The marks of which pytest's -m wants no test, as far as that is plain: "not a and not b"."""
    words = [word.split() for word in expression.split(" and ")]
    plain = all(len(word) == 2 and word[0] == "not" for word in words)
    return {word[1] for word in words} if plain else set()


def _waiting_beside_working(items: list[pytest.Item]) -> list[pytest.Item]:
    """The tests in an order in which long modules that mostly wait stand between those that compute.

    The test processes take modules in this order. Were all that wait first, the processors would idle for
    minutes and be fought over later; were a long one last, one process would be at it when the others are
    done. So the long ones are over after two thirds of the rest, the longest folder first.
    """
    modules: dict[Path, list[pytest.Item]] = {}
    for item in items:
        modules.setdefault(item.path, []).append(item)
    tests = Path(__file__).parent
    folder = {path: path.relative_to(tests).parts[0] for path in modules}
    long = sorted((path for path in modules if folder[path] in LONG), key=lambda one: LONG.index(folder[one]))
    rest = [path for path in modules if folder[path] not in LONG]
    places = [(n * 2 / (3 * max(1, len(long))), path) for n, path in enumerate(long)]
    places += [(n / max(1, len(rest)), path) for n, path in enumerate(rest)]
    return [item for _place, path in sorted(places, key=lambda one: one[0]) for item in modules[path]]


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
    return Path(chosen) if chosen else needs.program(*needs.CHROMIUM_NAMES, package="chromium-headless-shell")


@pytest.fixture(scope="session")
def firefox_path() -> Path:
    """A real Firefox, one that nobody has changed for tests."""
    return needs.program("firefox-esr", "firefox", package="firefox-esr")


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


@pytest.fixture
def library_url(databases: Databases) -> Iterator[str]:
    """The address of a fresh PostgreSQL database with all tables, for a library that is opened on it."""
    with databases.url("postgres") as url:
        yield url


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
