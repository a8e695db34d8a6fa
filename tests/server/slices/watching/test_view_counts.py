"""Numbers of views: small ones are exact, large ones are used again for a while."""

from __future__ import annotations

import pytest
from sqlalchemy import update

from library.core.clock import local_day, utc_now
from library.core.ids import new_id
from library.plays.tables import DaySum
from library.plays.view_counts import EXACT_BELOW, MOST_REST_S, ViewCounts, rest_s
from tests.support.server import Served


class Seconds:
    """A clock that stands until it is put forward."""

    def __init__(self) -> None:
        self.now = 0.0

    def __call__(self) -> float:
        return self.now


class Numbers:
    """A clip's number of views in the database, and as pages and answers to beats learn of it."""

    def __init__(self, served: Served) -> None:
        self.db, self.clock = served.ports.db, Seconds()
        self.counts = ViewCounts(self.clock)
        self.lesson, self.clip = new_id(), new_id()
        with self.db.write() as session:
            row = {"clip_id": self.clip, "lesson_id": self.lesson, "day": local_day(utc_now())}
            session.add(DaySum(**row, node_id=""))

    def put(self, views: int) -> None:
        with self.db.write() as session:
            its = update(DaySum).where(DaySum.clip_id == self.clip)
            session.execute(its.values(member_views=views - 1, visitor_views=1))

    def told(self) -> set[int]:
        """All three ways to ask, which are kept apart."""
        with self.db.read() as session:
            return {
                self.counts.of_lessons(session, [self.lesson, "unknown"])[self.lesson],
                self.counts.of_lesson(session, self.lesson)[self.clip],
                self.counts.of_clips(session, {self.clip})[self.clip],
            }


@pytest.fixture
def numbers(served: Served) -> Numbers:
    return Numbers(served)


@pytest.mark.slow
def test_a_small_number_is_always_exact(numbers: Numbers) -> None:
    for views in (1, 2, EXACT_BELOW - 1):
        numbers.put(views)
        assert numbers.told() == {views}


def test_a_large_number_is_used_again_until_its_rest_is_over(numbers: Numbers) -> None:
    numbers.put(50_000)
    assert numbers.told() == {50_000}
    numbers.put(50_001)
    numbers.clock.now += rest_s(50_000) - 0.01
    assert numbers.told() == {50_000}
    numbers.clock.now += 0.02
    assert numbers.told() == {50_001}
    numbers.put(3)
    numbers.clock.now += MOST_REST_S
    assert numbers.told() == {3}, "what has become small is exact again"
    numbers.put(4)
    assert numbers.told() == {4}


def test_a_number_rests_longer_the_larger_it_is_and_never_long() -> None:
    assert [rest_s(views) for views in (0, EXACT_BELOW - 1)] == [0, 0]
    assert 0 < rest_s(EXACT_BELOW) < rest_s(100_000) <= MOST_REST_S
    assert rest_s(10**9) == MOST_REST_S
