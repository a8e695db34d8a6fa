"""What somebody asks a worker for: taken, done, and taken up again by the next when this one is killed."""

from __future__ import annotations

import threading
from abc import abstractmethod
from collections.abc import Collection, Iterator, Mapping
from contextlib import contextmanager
from datetime import timedelta
from typing import Any

import structlog

from library.upkeep import actions
from library.upkeep.actions import Taken
from library.upkeep.rules import BEATS, Task
from server.background.recurring import RecurringThread
from server.wiring import Ports

EVERY_S = 5.0
"""Somebody may sit before the page and wait."""

log = structlog.get_logger()


class AskedThread(RecurringThread):
    """Takes what is asked for, one after the other, and gives a sign of life while it is at it."""

    failed = "what was asked for could not be looked at, it will be tried again"
    tasks: Collection[Task] = ()

    def __init__(self, name: str, ports: Ports, first_after_s: float = EVERY_S) -> None:
        super().__init__(name, first_after_s, EVERY_S, 300.0)
        self._db, self._clock = ports.db, ports.clock
        self._holder = ports.settings.executor_id[:64]
        self._dead_after = timedelta(seconds=ports.settings.worker_dead_after_s)
        self._lost = threading.Event()
        self._percent = 0.0

    def begin(self) -> None:
        """Leave to the next what a worker of this name was at when it was killed: it is no more."""
        try:
            with self._db.write() as session:
                actions.let_go_all(session, self._holder, self.tasks)
        except Exception:  # then it is taken for dead a little later
            log.exception(self.failed)

    @abstractmethod
    def do(self, taken: Taken) -> Mapping[str, Any] | None:
        """Do one thing, asking `over` between its pieces; returns what it showed, None when it was stopped.
        Raises Failed with what the page says."""

    def over(self) -> bool:
        """Tell whether to stop: the process ends, or what is being done is not this worker's any more."""
        return self.stopping() or self._lost.is_set()

    def tell(self, percent: float) -> None:
        """Say how far it is, 0 to 100; written with the next sign of life."""
        self._percent = percent

    def after(self, taken: Taken) -> None:
        """What follows when something went well."""

    def work(self) -> None:
        """Do what is asked for."""
        while not self.stopping():
            with self._db.write() as session:
                taken = actions.take(session, self._clock(), self._holder, self._dead_after, self.tasks)
            if taken is None:
                return
            self._one(taken)

    def _one(self, taken: Taken) -> None:
        figures, reason = None, ""
        with self._beating(taken):
            try:
                figures = self.do(taken)
            except Failed as failed:
                reason, figures = failed.code, failed.figures
            except Exception:
                log.exception("upkeep failed", task=taken.task.value)
                reason = "upkeep_failed"
        with self._db.write() as session:
            if self.stopping():
                # Half of it is done at most: without this nobody could ask again for a while.
                actions.let_go(session, taken)
            else:
                actions.end(session, taken, self._clock(), dict(figures) if figures else None, reason)
        if not reason and not self.over():
            self.after(taken)

    @contextmanager
    def _beating(self, taken: Taken) -> Iterator[None]:
        """Give signs of life until the end of the block."""
        done = threading.Event()
        self._lost.clear()
        self._percent = 0.0

        def run() -> None:
            while not done.wait(self._dead_after.total_seconds() / BEATS):
                try:
                    with self._db.write() as session:
                        if not actions.beat(session, taken, self._clock(), self._percent):
                            self._lost.set()
                            return
                except Exception:  # the next one may get through
                    log.warning("no sign of life could be given", task=taken.task.value, exc_info=True)

        thread = threading.Thread(target=run, name=f"{taken.task.value} beats", daemon=True)
        thread.start()
        try:
            yield
        finally:
            done.set()
            thread.join()


class Failed(Exception):
    """Something could not be done; `code` is what the page says of it."""

    def __init__(self, code: str, figures: Mapping[str, Any] | None = None) -> None:
        super().__init__(code)
        self.code, self.figures = code, figures
