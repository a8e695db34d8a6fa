"""Processes that tests start to be killed, or to be beside the tests' own.

Not forked from the tests' process: it has threads (servers of other modules), and a lock that one of them
holds at that moment is held in the child for ever. They are forked from a process that has none and has
loaded already what most of them need.
"""

from __future__ import annotations

import multiprocessing

FORKS = multiprocessing.get_context("forkserver")
FORKS.set_forkserver_preload(
    ["pytest", "server.wiring", "tests.support.factories", "tests.support.databases"]
)
