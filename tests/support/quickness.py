"""A test of `make check` that takes its time fails there: the fast tests stay fast only if somebody watches.

What counts is a test's own time, so that a busy machine fails nobody. Where all tests run, nothing is timed:
what is right must not depend on how fast a machine is.
"""

from __future__ import annotations

import os
import time
from collections.abc import Generator
from dataclasses import dataclass
from pathlib import Path

import pytest

MARKS = ("slow", "browser", "postgres", "nginx")
"""What `make check` leaves out."""
LIMIT_S = 2.0
PRESSURE = Path("/proc/pressure")


@dataclass(frozen=True)
class Moment:
    """Readings of three clocks, in seconds: the wall's, the processors' (of this process and of those it has
    waited for), and the one that runs while anything on this machine waits for a processor or the disk."""

    wall_s: float
    cpu_s: float
    stalled_s: float

    @classmethod
    def now(cls) -> Moment:
        """The readings now."""
        wall_s = time.monotonic()
        return cls(wall_s, sum(os.times()[:4]), _stalled_s(wall_s))


def own_time_s(begin: Moment, end: Moment) -> float:
    """What a test took for itself: what it computed, or, if that is longer, the time without the stalls."""
    wall_s, stalled_s = end.wall_s - begin.wall_s, end.stalled_s - begin.stalled_s
    return max(end.cpu_s - begin.cpu_s, wall_s - stalled_s)


def _stalled_s(otherwise: float) -> float:
    """Linux's pressure clocks (kernel: Documentation/accounting/psi.rst); where there are none, `otherwise`:
    with the wall's clock in its place all waiting is forgiven and only computing counts."""
    try:
        lines = [(PRESSURE / kind).read_text().splitlines()[0] for kind in ("cpu", "io")]
    except OSError:
        return otherwise
    return sum(int(line.rpartition("total=")[2]) for line in lines) / 1e6


class Quickness:
    """The watch, as a plugin of pytest."""

    def __init__(self, limit_s: float = LIMIT_S) -> None:
        self._limit_s = limit_s

    @pytest.hookimpl(wrapper=True)
    def pytest_runtest_call(self, item: pytest.Item) -> Generator[None]:
        """Let the test run; fail it when it passed too slowly."""
        if any(item.get_closest_marker(mark) for mark in MARKS):
            return (yield)
        begin = Moment.now()
        result = yield
        took_s = own_time_s(begin, Moment.now())
        if took_s > self._limit_s:
            pytest.fail(
                f"{took_s:.1f} s for itself, and a test of make check may take {self._limit_s:g}: "
                "make it quicker (wait for a condition, not for a time; use a smaller input; share what is "
                f"costly to make), or mark it ({', '.join(MARKS)}) and make check leaves it out",
                pytrace=False,
            )
        return result
