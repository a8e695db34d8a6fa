"""Whose turn it is to write into a SQLite file: within one process first come, first served.

SQLite itself lets writers try again and again until one of them finds the file free, so that under many
changes at once some never do, although everything goes forward. Here they stand in line, and only the first
tries the file. Other processes still hold the file as they please.
"""

from __future__ import annotations

import threading
import time
from collections import deque
from collections.abc import Callable

LONGEST = 5
"""Nobody waits longer than so many times their patience, however well the line moves: a page half a minute,
a step of the worker two and a half. The line is never longer than there are connections."""


def patience_ends_s(arrived_s: float, progress_s: float, patience_s: float) -> float:
    """Return the moment at which whoever `arrived_s` has waited long enough.

    Patience is counted from the last progress of the line, so that one who stands in a line that moves is not
    turned away; but in all nobody waits longer than `LONGEST` times their patience.
    """
    return min(max(arrived_s, progress_s) + patience_s, arrived_s + LONGEST * patience_s)


class LineStands(Exception):
    """Somebody before us has held the file for longer than was waited for them."""


class Place:
    """A writer's place in the line, from before its transaction begins until after it has ended."""

    def __init__(self, arrived_s: float, patience_s: float) -> None:
        self.arrived_s, self.patience_s = arrived_s, patience_s
        self.turn = threading.Event()
        self.begun = False


class WriterLine:
    """The writers of one file in one process; a place may be left in another thread than it was taken in."""

    def __init__(self, now_s: Callable[[], float] = time.monotonic) -> None:
        self._now_s = now_s
        # Reentrant, because a connection that is forgotten is given back wherever the collector finds it.
        self._guard = threading.RLock()
        self._line: deque[Place] = deque()
        self._progress_s = now_s()

    def __len__(self) -> int:
        """Return how many are in line, with the one who writes."""
        return len(self._line)

    def enter(self, patience_s: float) -> Place:
        """Wait for one's turn and return the place, which must be left; raises LineStands."""
        place = Place(self._now_s(), patience_s)
        with self._guard:
            self._line.append(place)
            if self._line[0] is place:
                place.turn.set()
        try:
            while not place.turn.wait(max(0.0, self.left_s(place))):
                if self.left_s(place) <= 0:
                    raise LineStands
        except BaseException:
            self.leave(place)
            raise
        return place

    def left_s(self, place: Place) -> float:
        """Return how much patience is left: for the line, and for the file once it is one's turn."""
        ends_s = patience_ends_s(place.arrived_s, self._progress_s, place.patience_s)
        return ends_s - self._now_s()

    def leave(self, place: Place) -> None:
        """Let the next one come; one whose transaction had begun is progress. Twice is once."""
        with self._guard:
            if place not in self._line:
                return
            self._line.remove(place)
            if place.begun:
                self._progress_s = self._now_s()
            if self._line:
                self._line[0].turn.set()
