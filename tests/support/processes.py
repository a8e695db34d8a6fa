"""Processes that tests start to be killed, or to be beside the tests' own.

Not forked from the tests' process: it has threads (servers of other modules), and a lock that one of them
holds at that moment is held in the child for ever. They are forked from a process that has none and has
loaded already what most of them need, which a server would load for three seconds each time.
"""

from __future__ import annotations

import multiprocessing
import os
import sys
from collections.abc import Mapping, Sequence
from multiprocessing.process import BaseProcess
from pathlib import Path

FORKS = multiprocessing.get_context("forkserver")
_ALL_NEED = ["pytest", "server.wiring", "tests.support.factories", "tests.support.databases"]
_SERVERS_NEED = ["tests.support.put_together", "server.background.worker", "server.commands.running.serving"]
FORKS.set_forkserver_preload(_ALL_NEED)
ROOT = Path(__file__).parents[2]


def expect_servers() -> None:
    """Load what servers need, too, in the process that is forked: said before the first is, where a run has
    tests that start them."""
    FORKS.set_forkserver_preload([*_ALL_NEED, *_SERVERS_NEED])


def start_weike(arguments: Sequence[str], environment: Mapping[str, str], log: Path) -> BaseProcess:
    """Start the command `weike` as a process in a session of its own, which writes into `log`.

    It runs what `python -m server.cli` runs (tests/server/commands/running/test_processes.py starts it so).
    """
    child = FORKS.Process(target=_weike, args=(list(arguments), dict(environment), str(log)))
    child.start()
    return child


def _weike(arguments: list[str], environment: dict[str, str], log: str) -> None:
    os.setsid()
    os.chdir(ROOT)
    os.environ.clear()
    os.environ.update(environment)
    sys.stdout.flush()
    with Path(log).open("ab") as out:
        os.dup2(out.fileno(), 1)
        os.dup2(out.fileno(), 2)
    from server.cli import main

    sys.exit(main(arguments))
