"""What people search for, counted beside their requests: noted in memory, written now and then."""

from __future__ import annotations

import threading
from collections import deque
from datetime import date, timedelta
from typing import NamedTuple

from library.core.clock import Clock, local_day
from library.core.database import Database
from library.searches import actions, rules

_MOST_NOTED = 10_000
_MOST_CHARACTERS = 200
# What was noted just before midnight is written just after it, perhaps by another process.
_AFTER_MIDNIGHT = timedelta(hours=1)


class _Noted(NamedTuple):
    day: date
    searcher: str
    text: str


class AskedQueries:
    """Counts how many people searched for what, for any number of web processes on one database.

    A search costs its request one entry in a list; `write`, called every few seconds, reads it, marks and
    writes it in one small transaction. What the last seconds brought is lost when the process is killed: it
    is a count of what is popular, of which a few more or less change nothing. Who searched is nowhere
    written, see library.searches.tables.Asker.
    """

    def __init__(self, db: Database, secret: str, clock: Clock, least: int, keep_days: int) -> None:
        """`least`: people who must ask the same on one day for it to stay; `keep_days` 0: note nothing."""
        self._db, self._secret, self._clock = db, secret, clock
        self._least, self._keep_days = least, keep_days
        self._noted: deque[_Noted] = deque(maxlen=_MOST_NOTED)
        self._tidied: date | None = None
        self._writing = threading.Lock()

    def note(self, searcher: str, text: str) -> None:
        """Remember that `searcher` (Who.play_key) searched for `text` and found something."""
        if self._keep_days and len(text) <= _MOST_CHARACTERS:
            self._noted.append(_Noted(local_day(self._clock()), searcher, text))

    def write(self) -> None:
        """Write down what has been noted, and forget what its day no longer needs."""
        with self._writing:
            noted = [self._noted.popleft() for _ in range(len(self._noted))]
            try:
                self._count(noted)
            except Exception:
                self._noted.extendleft(reversed(noted))
                raise
            self._tidy()

    def _count(self, noted: list[_Noted]) -> None:
        asked = {one for one in map(self._asked, dict.fromkeys(noted)) if one is not None}
        if asked:
            with self._db.write() as session:
                actions.count_asked(session, asked)

    def _asked(self, noted: _Noted) -> actions.Asked | None:
        read = rules.asked_as(noted.text)
        if read is None:
            return None
        written, folded = read
        mark = rules.mark_of(self._secret, noted.day, folded, noted.searcher)
        return actions.Asked(noted.day, folded, mark, written)

    def _tidy(self) -> None:
        """Once a day, and at first: forget who was counted yesterday."""
        today = local_day(self._clock() - _AFTER_MIDNIGHT)
        if self._tidied == today:
            return
        with self._db.write() as session:
            actions.forget(session, today, self._least, self._keep_days)
        self._tidied = today
