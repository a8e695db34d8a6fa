"""What a process does again and again beside its work, in a thread of its own."""

from __future__ import annotations

import threading
from abc import ABC, abstractmethod

import structlog

log = structlog.get_logger()

_GOODBYE_S = 30.0
"""So long a piece of work that is being done is waited for at the end."""


def pause_after_failure_s(waited_s: float, every_s: float, at_most_s: float | None) -> float:
    """Return how long to wait when the work failed that was waited for `waited_s`.

    Always `every_s` without `at_most_s`; else twice as long as before, from `every_s` up to `at_most_s`.
    """
    return every_s if at_most_s is None else min(at_most_s, max(every_s, 2 * waited_s))


class RecurringThread(ABC):
    """Does its work some time after the start and then every so often, until it is stopped."""

    failed = "it failed, it will be tried again"
    """What the log says when the work raised something: that must not end it for good."""

    def __init__(
        self, name: str, first_after_s: float, every_s: float, at_most_s: float | None = None
    ) -> None:
        """`at_most_s`: work that fails is tried again after twice as long each time, up to so long."""
        self._stopping = threading.Event()
        self._first_after_s, self._every_s, self._at_most_s = first_after_s, every_s, at_most_s
        self._thread = threading.Thread(target=self._run, name=name, daemon=True)

    def start(self) -> None:
        """Begin."""
        self._thread.start()

    def stop(self) -> None:
        """End, after the piece of work that is being done."""
        self._stopping.set()
        self._thread.join(timeout=_GOODBYE_S)

    def begin(self) -> None:
        """Prepare the thread that the work is done in, which this runs in, once; most need nothing."""
        return

    @abstractmethod
    def work(self) -> None:
        """Do it once; asks `stopping` between its pieces."""

    def stopping(self) -> bool:
        """Tell whether the process ends."""
        return self._stopping.is_set()

    def _run(self) -> None:
        self.begin()
        wait_s = self._first_after_s
        while not self._stopping.wait(wait_s):
            try:
                self.work()
                wait_s = self._every_s
            except Exception:
                wait_s = pause_after_failure_s(wait_s, self._every_s, self._at_most_s)
                log.exception(self.failed, after_s=wait_s)
