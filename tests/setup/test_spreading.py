"""What a run meets of the media corpora and the dear modules: some of it, and over a few runs all."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Collection
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.support.spreading import DAYS, DEAR_TURNS, SEED_H, seed_of, share, turn

ROOT = Path(__file__).resolve().parents[2]
CORPORA = "tests/media/corpus"
DAY = datetime(2026, 12, 30, 7, 59, tzinfo=UTC)
SEEDS = [seed_of(DAY + timedelta(hours=SEED_H * n)) for n in range(2 * DEAR_TURNS)]
DEAR = [
    "tests/flow/test_kill.py",
    "tests/media/test_hdr.py",
    "tests/server/keeping/test_moving.py",
    "tests/library/intake/arriving/test_manifest.py",
]


@pytest.mark.parametrize("count", [1, 2, 3, 4, 5, 7, 8, 9, 36, 101])
@pytest.mark.parametrize("begin", [0, 1, seed_of(DAY)])
def test_over_days_everything_is_met(count: int, begin: int) -> None:
    inputs = [f"input {n}" for n in range(count)]
    shares = [share(inputs, seed) for seed in range(begin, begin + DAYS)]
    assert set().union(*shares) == set(inputs)
    assert {len(one) for one in shares} == {-(-count // DAYS)}


def test_the_same_seed_chooses_the_same_and_the_next_day_another() -> None:
    inputs = [f"input {n}" for n in range(40)]
    assert share(inputs, SEEDS[0]) == share(list(reversed(inputs)), SEEDS[0])
    assert share(inputs, SEEDS[0]).isdisjoint(share(inputs, SEEDS[1]))


def test_a_daily_run_at_the_same_hour_meets_every_turn() -> None:
    modules = {f"module {n}": 1 for n in range(DEAR_TURNS)}
    daily = [turn(modules, seed_of(DAY + timedelta(days=n))) for n in range(3 * DEAR_TURNS)]
    assert set().union(*daily) == set(modules)


@given(st.dictionaries(st.text(max_size=3), st.integers(0, 120), max_size=40), st.integers(0, 10**6))
def test_dear_modules_take_turns_that_cost_about_the_same(costs: dict[str, int], begin: int) -> None:
    turns = [turn(costs, seed) for seed in range(begin * DEAR_TURNS, (begin + 1) * DEAR_TURNS)]
    assert sorted(name for one in turns for name in one) == sorted(costs)
    cost = [sum(costs[name] for name in one) for one in turns]
    assert max(cost) - min(cost) <= max(costs.values(), default=0)
    again = {seed % DEAR_TURNS for seed in range(DEAR_TURNS**2) if turn({"one": 1}, seed)}
    assert again == set(range(DEAR_TURNS)), "a module meets all that is shared out by as many"


# In one process, since reading the test modules is what takes the time. For each run: the tests, the first
# line of what pytest says, and for each seed the tests that it would have left out of those, and those that
# it would have left out as their modules are dear.
COLLECT = """
import contextlib, io, json, sys
import pytest
from tests.support.spreading import left_out, not_their_turn

seeds, runs = json.loads(sys.argv[1])

class Keep:
    def pytest_collection_finish(self, session):
        self.names = [item.nodeid for item in session.items]
        self.left_out, self.not_their_turn = (
            [[item.nodeid for item in leaving(session.items, seed)] for seed in seeds]
            for leaving in (left_out, not_their_turn)
        )

found = []
for arguments in runs:
    keep, said = Keep(), io.StringIO()
    with contextlib.redirect_stdout(said):
        code = pytest.main(["-p", "no:cacheprovider", "--collect-only", *arguments], plugins=[keep])
    assert code == 0, said.getvalue()
    found.append([keep.names, said.getvalue().splitlines()[0], keep.left_out, keep.not_their_turn])
print(json.dumps(found))
"""


def functions(tests: Collection[str]) -> set[str]:
    """Tests without their parameters."""
    return {test.partition("[")[0] for test in tests}


@pytest.mark.slow
def test_the_corpora_are_met_within_days_and_every_test_of_them_each_day() -> None:
    sounds = f"{CORPORA}/test_sounds.py"
    named = f"{sounds}::test_it_becomes_a_clip_that_is_heard[plain.flac]"
    both = "tests/library/gatherings/test_planning.py"
    seeded = [[what, "--seed", str(seed)] for what in (sounds, named) for seed in SEEDS[:2]]
    answer = subprocess.run(
        [
            sys.executable,
            "-c",
            COLLECT,
            json.dumps([SEEDS, [[CORPORA, "--full"], [both, "--full"], DEAR, *seeded]]),
        ],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert answer.returncode == 0, answer.stdout + answer.stderr
    (whole, _, left_out, _), (planned, _, not_today, _), dear, *some, first_named, second_named = json.loads(
        answer.stdout
    )

    met = [set(whole) - set(out) for out in left_out]
    assert set().union(*met) == set(whole)
    for day in met:
        assert functions(day) == functions(whole)
        assert len(day) < len(whole) / 2
    for seed, day, (names, said, *_) in zip(SEEDS, met, some, strict=False):
        assert set(names) == {name for name in day if name.startswith(sounds)}
        assert f"--seed {seed} " in said, "a run must say how it can be repeated"
    assert first_named[0] == second_named[0] == [named], "what is asked for by its name is met every day"

    on_postgres = {name for name in planned if "[postgres" in name}
    days = [set(planned) - set(out) for out in not_today]
    assert on_postgres
    for today, tomorrow in pairwise(days):
        assert set(planned) - on_postgres <= today, "on SQLite in every run"
        assert on_postgres <= today | tomorrow
        assert on_postgres & today < on_postgres

    names, _, _, elsewhere = dear
    assert {name.partition("::")[0] for name in names} == set(DEAR), "files that are named are met"
    runs = [set(names) - set(out) for out in elsewhere]
    assert set().union(*runs) == set(names)
    modules = [{name.partition("::")[0] for name in run} for run in runs]
    assert all(one < set(DEAR) for one in modules)
    [quick] = set.intersection(*modules)
    assert quick == DEAR[-1], "what make check runs of a dear module is in every run"
