"""Indexing in a process beside: while thousands of rows are written, another makes them findable."""

from __future__ import annotations

import multiprocessing
import signal
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from multiprocessing.synchronize import Event

import structlog

from library.finding.indexer import IndexUnavailable
from server.settings import Settings
from server.wiring import open_ports

# Fewer rows are indexed sooner than a process has opened the library.
_WORTH_IT = 500
_EVERY_S = 0.5

log = structlog.get_logger()


@contextmanager
def indexing_beside(settings: Settings, rows: int) -> Iterator[Callable[[], None]]:
    """Give a function that begins the indexing; it goes on until the end of the block.

    Must be entered before a port is opened or a thread started, because the process is forked. What is left
    at the end of the block is for `Indexer.catch_up`; a child that dies costs time and nothing else.
    """
    if rows < _WORTH_IT:
        yield lambda: None
        return
    forked = multiprocessing.get_context("fork")
    begin, done = forked.Event(), forked.Event()
    child = forked.Process(target=_child, args=(settings, begin, done), name="index", daemon=True)
    child.start()
    try:
        yield begin.set
    finally:
        done.set()
        child.join()


def _child(settings: Settings, begin: Event, done: Event) -> None:
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is the parent's, who then says when to end
    signal.signal(signal.SIGTERM, signal.SIG_DFL)  # whatever the parent was started with
    while not begin.wait(_EVERY_S):
        if done.is_set() or _orphaned():
            return
    try:
        _index(settings, done)
    except Exception:
        log.exception("the index is not written beside; it will be afterwards")


def _index(settings: Settings, done: Event) -> None:
    ports = open_ports(settings)
    try:
        while not done.wait(_EVERY_S) and not _orphaned():
            try:
                ports.indexer.catch_up(timeout_s=0.1)
            except IndexUnavailable as busy:  # another process indexes: all the better
                log.debug("not indexed now", why=busy.code)
    finally:
        ports.close()


def _orphaned() -> bool:
    parent = multiprocessing.parent_process()
    return parent is None or not parent.is_alive()
