"""What is done again and again goes on after an error, less often if it says so, and ends when asked to."""

from __future__ import annotations

import threading
import time

from structlog.testing import capture_logs

from server.background.recurring import RecurringThread


class Worked(RecurringThread):
    """Does nothing a number of times, failing at first, and tells when it has."""

    failed = "that was nothing"

    def __init__(self, times: int, failures: int, first_after_s: float, at_most_s: float | None) -> None:
        super().__init__("worked", first_after_s, 0.01, at_most_s)
        self._times, self._failures = times, failures
        self.done = 0
        self.enough = threading.Event()

    def work(self) -> None:
        """Fail or do nothing."""
        self.done += 1
        if self.done == self._times:
            self.enough.set()
        if self.done <= self._failures:
            raise OSError("no")


def pauses(
    times: int, failures: int, *, first_after_s: float = 0.0, at_most_s: float | None = None
) -> list[float]:
    """Run it so many times; returns what the log says of how long it waits after each failure."""
    with capture_logs() as said:
        thread = Worked(times, failures, first_after_s, at_most_s)
        thread.start()
        assert thread.enough.wait(30)
        thread.stop()
    assert all(line["event"] == "that was nothing" and line["exc_info"] for line in said)
    return [line["after_s"] for line in said]


def test_what_fails_is_tried_again_as_often_as_ever() -> None:
    assert pauses(6, 4) == [0.01] * 4


def test_what_fails_is_tried_again_less_and_less_often_up_to_a_limit() -> None:
    assert pauses(6, 5, at_most_s=0.04) == [0.01, 0.02, 0.04, 0.04, 0.04]
    assert pauses(4, 3, first_after_s=0.01, at_most_s=0.05) == [0.02, 0.04, 0.05]


def test_nothing_is_done_before_its_time_nor_after_its_end() -> None:
    late = Worked(1, 0, 3600.0, None)
    late.start()
    late.stop()
    assert late.done == 0
    busy = Worked(3, 0, 0.0, None)
    busy.start()
    assert busy.enough.wait(30)
    busy.stop()
    done = busy.done
    time.sleep(0.05)
    assert busy.done == done
