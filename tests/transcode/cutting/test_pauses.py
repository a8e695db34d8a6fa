"""Hearing pauses in levels."""

from __future__ import annotations

import random

import pytest

from transcode.cutting.pauses import find_pauses


def levels(
    seconds: float, floor_db: float, speech_db: float, seed: int = 3
) -> tuple[list[float], list[float]]:
    """Sentences of 2-6 s with dips, pauses of half a second; return levels and where the pauses are."""
    dice, found, middles = random.Random(seed), [], []
    while len(found) * 0.05 < seconds:
        for _ in range(dice.randint(10, 30)):
            found += [dice.gauss(speech_db, 2) for _ in range(3)] + [
                max(floor_db, dice.gauss(speech_db - 12, 3))
            ]
        middles.append((len(found) + 5) * 0.05)
        found += [dice.gauss(floor_db, 0.4) for _ in range(10)]
    return found, middles


@pytest.mark.parametrize(
    ("floor_db", "speech_db"), [(-100, -25), (-70, -30), (-60, -50), (-33, -24), (-31, -25)]
)
def test_every_pause_is_found_and_nothing_else(floor_db: float, speech_db: float) -> None:
    heard, middles = levels(300, floor_db, speech_db)
    pauses = find_pauses(heard)
    assert all(any(one.start_s <= middle <= one.end_s for one in pauses) for middle in middles)
    assert len(pauses) <= 1.05 * len(middles)


def test_a_room_that_changes_in_the_middle() -> None:
    """The air conditioning starts: a threshold for the whole lecture would hear no pause after that."""
    quiet, first = levels(600, -70, -30)
    noisy, second = levels(600, -38, -29, seed=4)
    pauses = find_pauses([*quiet, *noisy])
    later = [len(quiet) * 0.05 + middle for middle in second]
    for middles in (first, later):
        found = [any(one.start_s <= middle <= one.end_s for one in pauses) for middle in middles]
        assert sum(found) > 0.75 * len(middles)


def test_a_long_break_is_one_pause() -> None:
    before, _ = levels(240, -60, -30)
    (longest,) = [
        one for one in find_pauses([*before, *([-60.0] * 12_000), *before]) if one.end_s - one.start_s > 100
    ]
    assert longest.end_s - longest.start_s == pytest.approx(600, abs=2)


@pytest.mark.parametrize("steady", [[], [-30.0] * 5000, [-100.0] * 5000, [-20.0]])
def test_one_kind_of_sound(steady: list[float]) -> None:
    pauses = find_pauses(steady)
    silent = bool(steady) and steady[0] == -100.0
    assert [(one.start_s, one.end_s) for one in pauses] == ([(0.0, 250.0)] if silent else [])


def test_a_click_does_not_divide_a_pause() -> None:
    heard = [*([-30.0] * 200), *([-70.0] * 10), -35.0, *([-70.0] * 10), *([-30.0] * 200)]
    assert len(find_pauses(heard)) == 1
