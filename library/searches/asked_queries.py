"""What people search for, counted beside their requests: noted in memory, written now and then."""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Callable
from datetime import date, timedelta
from typing import NamedTuple

from sqlalchemy.orm import Session

from library.core.clock import Clock, local_day
from library.core.database import Database
from library.searches import actions, queries, rules
from search import NO_DICTIONARY, Dictionary, seems_to_name_somebody

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

    def __init__(
        self,
        db: Database,
        secret: str,
        clock: Clock,
        least: int,
        keep_days: int,
        dictionary: Callable[[Session], Dictionary] = lambda session: NO_DICTIONARY,
    ) -> None:
        """`least`: people who must ask the same on one day for it to stay; `keep_days` 0: note nothing.
        `dictionary`: the words in use, which are nobody's name."""
        self._db, self._secret, self._clock, self._dictionary = db, secret, clock, dictionary
        self._least, self._keep_days = least, keep_days
        self._noted: deque[_Noted] = deque(maxlen=_MOST_NOTED)
        self._tidied: date | None = None
        self._writing = threading.Lock()

    def note(self, searcher: str, text: str) -> None:
        """Remember that the member `searcher` ("p:<person>") searched for `text` and found something.

        Nobody else is heard: without an account one is as many people as one likes.
        """
        if self._keep_days and searcher.startswith("p:") and len(text) <= _MOST_CHARACTERS:
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
                named = self._naming(session, {one.text for one in asked})
                actions.count_asked(session, (one for one in asked if one.text not in named))

    def _naming(self, session: Session, texts: set[str]) -> set[str]:
        """Return the texts that name somebody."""
        dictionary = self._dictionary(session)
        seeming = {text for text in texts if seems_to_name_somebody(text, dictionary)}
        return seeming | queries.naming(session, texts - seeming)

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
