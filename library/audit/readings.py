"""Who of the staff reads what of people, and who is kept from trying passwords: gathered beside
their requests, and written down seconds later.

The rule: one entry for the first request, within FIRST_WITHIN_S; whoever reads on within WINDOW of it
(the next page of a list, the same person again, from the same address with the same program) is counted, and
when the window ends a second entry says how many requests more those were. So leafing through a list of
50,000 people is two entries, and looking up 500 persons is 500.
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import NamedTuple

from library.audit.actions import Noticed, note_gathered
from library.audit.origin import Origin, origin
from library.audit.rules import Deed
from library.core.clock import utc_now
from library.core.database import Database

FIRST_WITHIN_S = 2.0
"""How often what was read is written down, by whoever calls `write`."""

WINDOW = timedelta(minutes=10)
"""How long requests for the same are one reading."""

MOST_KNOWN = 10_000
"""So many different readings are kept in mind; what does not fit is counted, and told as lost."""


class _What(NamedTuple):
    deed: Deed
    by: str | None
    what: str
    of: str | None
    thing: str
    where: Origin


class _Begun:
    """A reading that has begun: when, whether that is written down, and how many requests came after it."""

    __slots__ = ("at", "more", "written")

    def __init__(self, at: datetime) -> None:
        self.at, self.written, self.more = at, False, 0


class Readings:
    """Notes who reads what; `write`, called every few seconds by a thread, puts it into the ledger.

    A request pays one entry of a dictionary and no query. Killed without warning, a process loses what it
    noted in the last FIRST_WITHIN_S seconds and how often readings of its last ten minutes went on.
    """

    def __init__(self, db: Database, now: Callable[[], datetime] = utc_now, most: int = MOST_KNOWN) -> None:
        """`now` tells the machine's own time: as with every deed it is nobody's argument but a test's."""
        self._db, self._now, self._most = db, now, most
        self._begun: dict[_What, _Begun] = {}
        self._lost = 0
        self._turn = threading.Lock()
        self._writing = threading.Lock()

    def note(
        self,
        by: str | None,
        what: str,
        *,
        of: str | None = None,
        thing: str = "",
        deed: Deed = Deed.READ,
    ) -> None:
        """Remember that `by` reads `what` (a code), of one person or of many; never raises, never waits.

        Another `deed` than reading is one that comes as often and that no transaction stands for.
        """
        key = _What(deed, by, what, of, thing, origin())
        now = self._now()
        with self._turn:
            begun = self._begun.get(key)
            if begun is not None and now - begun.at < WINDOW:
                begun.more += 1
            elif begun is None and len(self._begun) < self._most:
                self._begun[key] = _Begun(now)
            elif begun is not None:
                # Its window is over and nobody has written that down yet: it goes on rather than be lost.
                begun.more += 1
            else:
                self._lost += 1

    def write(self, *, last: bool = False) -> int:
        """Write down what was noted; `last`: also the windows that are still open. Returns how many entries.

        What cannot be written is kept for the next time; raises the database's errors.
        """
        with self._writing:
            now = self._now()
            with self._turn:
                over = {k for k, one in self._begun.items() if last or now - one.at >= WINDOW}
                fresh = [self._reading(key, one) for key, one in self._begun.items() if not one.written]
                gone_on = [self._reading(key, self._begun[key], more=True) for key in over]
                counted = {key: self._begun[key].more for key in over}
                written = [key for key, one in self._begun.items() if not one.written]
                lost = self._lost
            more = [one for one in gone_on if one.more]
            if fresh or more or lost:
                with self._db.write() as session:
                    note_gathered(session, [*fresh, *more], lost)
            with self._turn:
                self._lost -= lost
                for key in written:
                    self._begun[key].written = True
                for key in over:
                    begun = self._begun[key]
                    if begun.more == counted[key]:
                        del self._begun[key]
                    else:  # read on while this was written: the rest belongs to a window of its own
                        begun.at, begun.more = now, begun.more - counted[key]
            return len(fresh) + len(more)

    def _reading(self, key: _What, begun: _Begun, *, more: bool = False) -> Noticed:
        at = self._now() if more else begun.at
        return Noticed(
            key.deed, at, key.by, key.what, key.of, key.thing, key.where, begun.more if more else 0
        )
