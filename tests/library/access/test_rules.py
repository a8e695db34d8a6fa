"""How long a guesser waits."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from library.access import rules as access


@given(st.integers(0, 10**7), st.integers(0, 10_000))
def test_a_guesser_waits_longer_and_never_more_than_a_quarter_of_an_hour(failures: int, since_s: int) -> None:
    now = datetime(2026, 11, 22, tzinfo=UTC)
    wait_s = access.wait_s(failures, now - timedelta(seconds=since_s), now)
    assert 0 <= wait_s <= 900
    assert access.wait_s(failures + 1, now, now) >= access.wait_s(failures, now, now)
    if failures < access.FREE_FAILURES:
        assert wait_s == 0


def test_waiting_does_not_overflow_after_a_thousand_guesses() -> None:
    now = datetime(2026, 11, 22, tzinfo=UTC)
    assert access.wait_s(2000, now, now) == 900.0
