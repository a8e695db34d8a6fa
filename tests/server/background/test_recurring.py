"""What is done again and again goes on after an error, less often if it says so, and ends when asked to."""

from __future__ import annotations

import os
import sys
import threading
import time
from contextlib import closing
from datetime import timedelta
from pathlib import Path

import pytest

from library.core.clock import utc_now
from library.core.database import open_database
from library.core.integrity import Integrity
from server.background.database_check import DatabaseCheckThread
from server.background.recurring import RecurringThread, pause_after_failure_s


class Worked(RecurringThread):
    """Does nothing a number of times, failing at first, and tells when it has."""

    failed = "that was nothing"

    def __init__(
        self,
        times: int,
        failures: int,
        first_after_s: float,
        every_s: float = 0.01,
        at_most_s: float | None = None,
    ) -> None:
        super().__init__("worked", first_after_s, every_s, at_most_s)
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


@pytest.mark.parametrize(
    ("waited_s", "at_most_s", "pauses"),
    [
        (0.0, None, [10.0, 10.0, 10.0]),
        (3600.0, None, [10.0, 10.0, 10.0]),
        (0.0, 40.0, [10.0, 20.0, 40.0, 40.0]),
        (10.0, 50.0, [20.0, 40.0, 50.0, 50.0]),
    ],
)
def test_what_fails_is_tried_again_as_often_as_ever_or_less_often_up_to_a_limit(
    waited_s: float, at_most_s: float | None, pauses: list[float]
) -> None:
    seen: list[float] = []
    for _ in pauses:
        seen.append(waited_s := pause_after_failure_s(waited_s, 10.0, at_most_s))
    assert seen == pauses


def test_the_thread_goes_on_after_what_failed_and_waits_before_it_does() -> None:
    soon = Worked(6, 4, 0.0, at_most_s=0.02)
    soon.start()
    assert soon.enough.wait(30)
    soon.stop()
    late = Worked(1, 1, 0.0, every_s=3600.0)
    late.start()
    assert late.enough.wait(30)
    time.sleep(0.05)
    late.stop()
    assert late.done == 1


def test_nothing_is_done_before_its_time_nor_after_its_end() -> None:
    late = Worked(1, 0, 3600.0)
    late.start()
    late.stop()
    assert late.done == 0
    busy = Worked(3, 0, 0.0)
    busy.start()
    assert busy.enough.wait(30)
    busy.stop()
    done = busy.done
    time.sleep(0.05)
    assert busy.done == done


class _Gently(DatabaseCheckThread):
    """Tells how nice its work is."""

    def __init__(self, integrity: Integrity) -> None:
        super().__init__(integrity, utc_now, timedelta(hours=24))
        self._first_after_s = 0.0
        self.niceness: list[int] = []
        self.worked = threading.Event()

    def work(self) -> None:
        super().work()
        self.niceness.append(os.getpriority(os.PRIO_PROCESS, threading.get_native_id()))
        self.worked.set()


@pytest.mark.skipif(sys.platform != "linux", reason="there a thread has a niceness of its own")
def test_whoever_asked_for_a_look_at_the_database_went_last_from_then_on(tmp_path: Path) -> None:
    file = tmp_path / "weike.sqlite"
    with closing(open_database(f"sqlite:///{file}")) as db:
        looking = _Gently(Integrity(db, file, tmp_path / "checked.json", utc_now))
        before = os.getpriority(os.PRIO_PROCESS, threading.get_native_id())
        looking.work()
        assert looking.niceness == [before]
        looking.worked.clear()
        looking.start()
        assert looking.worked.wait(30)
        looking.stop()
    assert looking.niceness[1:] == [19]
