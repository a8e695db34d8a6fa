"""How long a guesser waits, and whom guesses make wait."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from library.access.rules import (
    BUDGETS,
    Counted,
    Failures,
    TokenScope,
    after_failure,
    wait_s,
)

NOW = datetime(2026, 11, 22, tzinfo=UTC)
DAY_S = 86_400.0
kinds = st.sampled_from(Counted)


@pytest.mark.slow
@given(kinds, st.floats(0, 1e7), st.integers(-10_000, 10_000))
def test_a_guesser_waits_longer_and_never_more_than_a_quarter_of_an_hour(
    kind: Counted, weight: float, since_s: int
) -> None:
    budget = BUDGETS[kind]
    failures = Failures(weight, NOW - timedelta(seconds=since_s))
    waited_s = wait_s(budget, failures, NOW)
    assert 0 <= waited_s <= budget.longest_s <= 900
    assert wait_s(budget, after_failure(budget, failures, NOW), NOW) >= waited_s
    if failures.count_at(budget, NOW) < budget.free:
        assert waited_s == 0


def test_the_last_free_failure_was_forgiven_within_a_moment() -> None:
    """Of five failures 4.999 were left a second later, so the sixth was looked at like the fifth."""
    budget = BUDGETS[Counted.PAIR]
    failures = None
    for _ in range(budget.free):
        failures = after_failure(budget, failures, NOW)
    assert 0 < wait_s(budget, failures, NOW + timedelta(seconds=1)) <= 1
    assert wait_s(budget, failures, NOW + timedelta(seconds=2)) == 0
    later = after_failure(budget, failures, NOW + timedelta(seconds=3))
    assert 0 < wait_s(budget, later, NOW + timedelta(seconds=6)) <= 1, "each time twice as long"


def guess(who: dict[Counted, Failures], at_s: float) -> bool:
    """An attempt at a moment, counted at all of `who` if it is looked at at all."""
    now = NOW + timedelta(seconds=at_s)
    if any(wait_s(BUDGETS[kind], failures, now) > 0 for kind, failures in who.items()):
        return False
    for kind in (Counted.PAIR, Counted.NAME, Counted.ADDRESS):
        who[kind] = after_failure(BUDGETS[kind], who.get(kind), now)
    return True


@given(st.lists(st.floats(0.5, 1200), min_size=1, max_size=400))
def test_one_address_alone_never_makes_others_wait_for_a_name(pauses_s: list[float]) -> None:
    """Nobody locks the owner's new telephone out by guessing from one place, however patiently."""
    who: dict[Counted, Failures] = {}
    at_s = 0.0
    for pause_s in pauses_s:
        at_s += pause_s
        guess(who, at_s)
        if Counted.NAME in who:
            now = NOW + timedelta(seconds=at_s)
            assert wait_s(BUDGETS[Counted.NAME], who[Counted.NAME], now) == 0


@pytest.mark.parametrize(("addresses", "most"), [(1, 130), (1000, 230)])
def test_a_days_guesses_at_one_name_are_few_from_however_many_addresses(addresses: int, most: int) -> None:
    name: dict[Counted, Failures] = {}
    places: list[dict[Counted, Failures]] = [{} for _ in range(addresses)]
    guesses, at_s = 0, 0.0
    while at_s < DAY_S:
        for place in places:
            together = {**place, **name}
            if not guess(together, at_s):
                if wait_s(BUDGETS[Counted.NAME], name.get(Counted.NAME), NOW + timedelta(seconds=at_s)):
                    break
                continue
            guesses += 1
            name[Counted.NAME] = together.pop(Counted.NAME)
            place.update(together)
        at_s += 10
    assert 20 <= guesses <= most


def test_each_scope_covers_those_before_it() -> None:
    order = list(TokenScope)
    assert [[one.covers(other) for other in order] for one in order] == [
        [True, False, False],
        [True, True, False],
        [True, True, True],
    ]
