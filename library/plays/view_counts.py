"""Numbers of views for pages, which are sums of a row for each branch that watched.

A lesson that a province watches has a hundred thousand rows on that day, and its page is opened hundreds of
times a second: summed each time, that alone would take more than the database has. So the larger a number is,
the longer it is used again by the process that has it; a small one is summed each time and is always exact.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy.orm import Session

from library.plays import queries

EXACT_BELOW = 1_000
"""Views of which a page never shows an earlier number."""

MOST_REST_S = 10.0
_VIEWS_A_SECOND = 20_000
_MOST_KEPT = 2_000

MOST_RANKED = 300
"""Lessons of which is remembered that they are watched most."""
MOST_RANKED_REST_S = 60.0

_Key = tuple[str, str]


def rest_s(views: int) -> float:
    """Return for how many seconds a number of views is used again before it is summed anew."""
    return 0.0 if views < EXACT_BELOW else min(MOST_REST_S, views / _VIEWS_A_SECOND)


@dataclass(slots=True)
class _Sum:
    """Views by id, and when they are to be summed anew."""

    views: Mapping[str, int]
    until: float


class ViewCounts:
    """Numbers of views as this process knows them; may be asked from any thread."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        """`clock` counts seconds."""
        self._clock = clock
        self._turn = threading.Lock()
        self._kept: dict[_Key, _Sum] = {}
        self._ranked: tuple[str, ...] = ()
        self._ranked_until = -1.0

    def of_lessons(self, session: Session, lesson_ids: Sequence[str]) -> dict[str, int]:
        """Return views by lesson; those without any may be left out."""
        return self._each("lesson", lesson_ids, lambda ids: queries.lesson_views(session, ids))

    def of_clips(self, session: Session, clip_ids: Collection[str]) -> dict[str, int]:
        """Return views by clip; those without any may be left out."""
        return self._each("clip", clip_ids, lambda ids: queries.views_of_clips(session, ids))

    def of_lesson(self, session: Session, lesson_id: str) -> dict[str, int]:
        """Return views by clip of one lesson; clips without any may be left out."""
        key = ("clips", lesson_id)
        kept = self._known([key]).get(key)
        if kept is None:
            kept = queries.clip_views(session, lesson_id)
            self._keep({key: kept})
        return dict(kept)

    def most_watched(self, session: Session) -> tuple[str, ...]:
        """Return the ids of the published lessons that members and screenings watched most, whoever may see
        them: who shows them looks at that. An order of many views is used again for up to a minute.
        """
        now = self._clock()
        with self._turn:
            if now < self._ranked_until:
                return self._ranked
            if self._ranked:
                self._ranked_until = (
                    now + MOST_RANKED_REST_S
                )  # one thread sums, the others go on with the old
        found = queries.most_watched(session, MOST_RANKED)
        views = sum(weight for _, weight in found)
        with self._turn:
            self._ranked = tuple(lesson_id for lesson_id, _ in found)
            rest = 0.0 if views < EXACT_BELOW else min(MOST_RANKED_REST_S, views / EXACT_BELOW)
            self._ranked_until = now + rest
        return self._ranked

    def _each(
        self, kind: str, ids: Collection[str], ask: Callable[[list[str]], dict[str, int]]
    ) -> dict[str, int]:
        known = self._known([(kind, key) for key in ids])
        missing = [key for key in ids if (kind, key) not in known]
        found = {key: views for kept in known.values() for key, views in kept.items()}
        if missing:
            fresh = ask(missing)
            self._keep({(kind, key): {key: views} for key, views in fresh.items()})
            found |= fresh
        return found

    def _known(self, keys: Sequence[_Key]) -> dict[_Key, Mapping[str, int]]:
        """Return what need not be summed now. Of several threads that find a number too old, one sums it and
        the others go on with the old one."""
        now, known = self._clock(), {}
        with self._turn:
            for key in keys:
                kept = self._kept.get(key)
                if kept is None:
                    continue
                if now < kept.until:
                    known[key] = kept.views
                else:
                    kept.until = now + rest_s(sum(kept.views.values()))
        return known

    def _keep(self, fresh: Mapping[_Key, Mapping[str, int]]) -> None:
        now = self._clock()
        with self._turn:
            for key, views in fresh.items():
                rest = rest_s(sum(views.values()))
                self._kept.pop(key, None)
                if rest:
                    self._kept[key] = _Sum(views, now + rest)
            while len(self._kept) > _MOST_KEPT:
                del self._kept[next(iter(self._kept))]
