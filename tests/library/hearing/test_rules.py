"""How far a recognition is, and how much of it is shown."""

from __future__ import annotations

from library.hearing.rules import left_s, percent, shown_until_s


def test_how_far_and_how_long() -> None:
    assert (percent(30.0, 120.0), percent(130.0, 120.0), percent(5.0, None)) == (25.0, 100.0, 0.0)
    assert left_s(59.0, 0.0, 10.0, 600.0) is None, "a minute must have been heard"
    assert left_s(600.0, 480.0, 24.0, 1200.0) == 120.0, "a fifth of real time, of what this run has heard"
    assert left_s(600.0, 0.0, 60.0, None) is None


def test_clips_are_shown_when_they_are_whole() -> None:
    assert [shown_until_s([60.0, 120.0], heard_s) for heard_s in (0.0, 59.9, 60.0, 119.0, 130.0)] == [
        0.0,
        0.0,
        60.0,
        60.0,
        120.0,
    ]
