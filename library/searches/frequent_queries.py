"""What several people search for, as it is offered to others."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from library.core.clock import Clock, local_day
from library.searches import queries, rules
from search import Names, fold, names_of

_READ_EVERY = timedelta(seconds=60)
_MOST_KNOWN = 1_000
_MOST_TOTALS = 5_000


@dataclass(frozen=True)
class _Known:
    """What is offered, the most frequent first, with how many people; as it was read at a moment."""

    texts: Mapping[str, int]
    names: Names
    read_at: datetime


class FrequentQueries:
    """Queries that enough members asked on one day, read once a minute in the transaction of who asks then.

    What staff have stopped is asked for each time, so that it is gone at once wherever it was offered.

    Whether somebody may be offered one is for the caller to ask, by searching as they do; the totals found
    are kept until the index has learned something new, for a minute at most.
    """

    def __init__(self, clock: Clock, least: int, keep_days: int) -> None:
        self._clock, self._least, self._keep_days = clock, least, keep_days
        self._turn = threading.Lock()
        self._known: _Known | None = None
        self._totals: dict[tuple[frozenset[str], str], int] = {}
        self._mark = -1

    def top(self, session: Session) -> Sequence[str]:
        """The most frequent queries, in order."""
        return self._offered(session, self._now(session).texts)

    def counts(self, session: Session) -> dict[str, int]:
        """The same with how many people searched for them, each day's counted anew."""
        known = self._now(session).texts
        return {text: known[text] for text in self._offered(session, known)}

    @staticmethod
    def _offered(session: Session, texts: Iterable[str]) -> list[str]:
        """Return those of some queries that staff have not stopped."""
        wanted = list(texts)
        stopped = queries.stopped_keys(session) if wanted else []
        return [text for text in wanted if not rules.is_stopped(text, stopped)]

    def matching(self, session: Session, typed: str) -> Iterator[str]:
        """Those that continue what is typed, then those that hold it (characters, pinyin, initials)."""
        known, whole = self._now(session), fold(typed).strip()
        found: dict[str, bool] = {}
        for name, at_start in known.names.beginning(typed):
            found[name.text] = found.get(name.text, False) or at_start
        ordered = [text for text in known.texts if text in found and fold(text) != whole]
        yield from sorted(self._offered(session, ordered), key=lambda text: not found[text])

    def total(
        self, session: Session, scope: frozenset[str], text: str, mark: int, search: Callable[[], int]
    ) -> int:
        """Return how much a query finds in a scope, as `search` says, asked once for an index's `mark`."""
        self._now(session)
        with self._turn:
            if mark != self._mark or len(self._totals) >= _MOST_TOTALS:
                self._totals.clear()
                self._mark = mark
            found = self._totals.get((scope, text))
        if found is None:
            found = search()
            with self._turn:
                if mark == self._mark:
                    self._totals[scope, text] = found
        return found

    def _now(self, session: Session) -> _Known:
        now, known = self._clock(), self._known
        if known is not None and now - known.read_at < _READ_EVERY:
            return known
        since = local_day(now) - timedelta(days=self._keep_days)
        asked = queries.frequent(session, since, self._least, _MOST_KNOWN) if self._keep_days else {}
        # Of who has joined since, or taught, nobody was known when it was counted.
        naming = queries.naming(session, asked)
        texts = {text: n for text, n in asked.items() if text not in naming}
        known = _Known(texts, names_of(texts), now)
        with self._turn:
            self._known = known
            self._totals.clear()
        return known
