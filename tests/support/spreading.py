"""Which inputs of the large corpora and walks a run meets: a share of every kind, chosen by a seed.

A slow test with several inputs (each database, a phone and a desk) takes turns, too: half of them in a run.
What is quick meets SQLite in every run, and PostgreSQL, where a database has to be made for each, in every
second one. Modules that are dear as a whole (films are encoded, browsers play, servers are killed) take turns
in a run of everything: one in DEAR_TURNS of them, by what they cost, so that all runs take equally long.

Seeds that follow each other meet everything: of the corpora within DAYS runs, of the dear modules within
twice DEAR_TURNS. What a run leaves out can be had with another seed, with ``--full``, or by its name
(``file.py``; of the corpora ``file.py::test[...]``).
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from hashlib import sha256
from itertools import count
from math import ceil
from pathlib import Path
from typing import Any

import pytest

from tests.support.quickness import MARKS

DAYS, TURNS, DEAR_TURNS = 4, 2, 5
DEAR_S = 15.0
SEED_H = 5
"""A seed is used so many hours. It does not divide a day evenly: runs at the same hour of each day, too, meet
everything."""
MARK = "spread"
"""``@pytest.mark.spread("recipe", kind=kind_of)``: the parameter `recipe` is the input. Its kind is what
`kind_of` says of it, if given, together with the other parameters."""
EVERY = "every"
"""``@pytest.mark.every``: slow, and with all inputs in every run all the same."""
DEAR = "dear"
"""``pytestmark = pytest.mark.dear(40)``: what the module's slow tests took together in seconds, on two
processors with three test processes. What `make check` runs of it, and what has EVERY, is in every run."""


def seed_of(moment: datetime) -> int:
    """The seed of a moment: SEED_H later it is the next."""
    return int(moment.timestamp() // (SEED_H * 3600))


def words(seed: int) -> str:
    """What a run says of itself, so that it can be repeated."""
    return (
        f"Of the large corpora and walks one in {DAYS} of every kind, of what is slow and of PostgreSQL one "
        f"in {TURNS}, in a run of everything of the dear modules one in {DEAR_TURNS}: --seed {seed} (--full: "
        "all of them)"
    )


def share(inputs: Sequence[str], seed: int, days: int = DAYS) -> set[str]:
    """The part of `inputs` (one kind's) that a seed chooses: one of `days`, and at least one input."""
    # In an order of their own: neighbours in a list are alike, and should not all come on the same day.
    order = sorted(inputs, key=lambda one: sha256(one.encode()).digest())
    size = ceil(len(order) / days)
    return {order[(seed * size + n) % len(order)] for n in range(size)}


def turn(modules: Mapping[str, int], seed: int) -> set[str]:
    """The part of the dear modules (what each costs, by its name) whose turn it is: one of DEAR_TURNS, which
    cost about the same and together are all."""
    parts: list[list[str]] = [[] for _ in range(DEAR_TURNS)]
    for module in sorted(modules, key=lambda one: (-modules[one], one)):
        min(parts, key=lambda part: sum(modules[one] for one in part)).append(module)
    # One further in each round: else a module would always have its turn with the same share of its inputs,
    # where these are shared out by five, too.
    return set(parts[(seed + seed // DEAR_TURNS) % DEAR_TURNS])


def is_everything(config: pytest.Config) -> bool:
    """True for a run in which no tests were chosen by folders, files, words or marks."""
    chosen = config.option.keyword or config.option.markexpr
    return config.args_source is not config.ArgsSource.ARGS and not chosen


def is_spread(config: pytest.Config) -> bool:
    """False where all was asked for, or a test by its name."""
    return not config.option.full and not any("::" in word for word in config.args)


def chosen(names: Sequence[str], config: pytest.Config) -> set[str]:
    """The part of `names` that a run meets, for a walk in one test."""
    return share(names, config.option.seed) if is_spread(config) else set(names)


def moments(config: pytest.Config) -> Iterator[int]:
    """The moments, counted from 1, at which a run kills something: one in DAYS, or all of them."""
    return count(1 + config.option.seed % DAYS, DAYS) if is_spread(config) else count(1)


def spread_by(item: pytest.Item, parameter: str) -> None:
    """Give a test the mark for a parameter that it has, unless it has a mark of its own."""
    if not isinstance(item, pytest.Function) or not hasattr(item, "callspec"):
        return
    if parameter in item.callspec.params and item.get_closest_marker(MARK) is None:
        item.add_marker(getattr(pytest.mark, MARK)(parameter))


def not_their_turn(items: Iterable[pytest.Item], seed: int) -> list[pytest.Item]:
    """Those of the tests that are left out as their module is dear and has its turn with another seed."""
    dear = [(item, mark) for item in items if (mark := item.get_closest_marker(DEAR)) is not None]
    in_turn = turn({str(item.path): mark.args[0] for item, mark in dear}, seed)
    return [
        item
        for item, _ in dear
        if str(item.path) not in in_turn
        and item.get_closest_marker(EVERY) is None
        and any(item.get_closest_marker(mark) for mark in MARKS)
    ]


def dear_without_a_mark(reports: Iterable[pytest.TestReport], root: Path) -> list[str]:
    """A line for each module that took long in this run and takes no turns: it makes every run longer."""
    took: dict[str, float] = defaultdict(float)
    for report in reports:
        took[report.nodeid.partition("::")[0]] += report.duration
    return [
        f"{module} took {seconds:.0f} s and takes no turns: make it cheaper, or mark it dear or every"
        for module, seconds in sorted(took.items(), key=lambda one: -one[1])
        if seconds > DEAR_S and not re.search(r"\bmark\.(dear|every)\b", (root / module).read_text("utf-8"))
    ]


def left_out(items: Iterable[pytest.Item], seed: int) -> list[pytest.Item]:
    """Those of the tests with the mark that the seed does not choose, and of those that take turns (the slow
    ones, and quick ones on PostgreSQL) the ones whose turn it is not."""
    items = list(items)
    elsewhere = {_function(item) for item in items if item.get_closest_marker("postgres") is None}
    kinds: dict[tuple[str, ...], dict[str, pytest.Item]] = defaultdict(dict)
    turns: dict[str, dict[str, pytest.Item]] = defaultdict(dict)
    for item in items:
        if not isinstance(item, pytest.Function):
            continue
        mark = item.get_closest_marker(MARK)
        if mark is not None:
            kinds[_kind(item, *mark.args, **mark.kwargs)][item.nodeid] = item
        elif item.get_closest_marker("slow") is not None and item.get_closest_marker(EVERY) is None:
            turns[_function(item)][item.nodeid] = item
        elif (
            item.get_closest_marker("postgres") is not None
            and item.get_closest_marker(EVERY) is None
            and _function(item) in elsewhere
        ):
            turns[str(item.path)][item.nodeid] = item
    return [
        item
        for groups, days in ((kinds.values(), DAYS), (turns.values(), TURNS))
        for group in groups
        for name, item in group.items()
        if name not in share(list(group), seed, days)
    ]


def _function(item: pytest.Item) -> str:
    """A test without its parameters."""
    return item.nodeid.partition("[")[0]


def _kind(
    item: pytest.Function, parameter: str, kind: Callable[[Any], str] = lambda _: ""
) -> tuple[str, ...]:
    """A test function, the input's kind, and the values of all other parameters."""
    given = item.callspec.params
    assert parameter in given, f"{item.nodeid} has no parameter {parameter!r} to be spread by"
    others = [f"{name}={given[name]}" for name in sorted(given) if name != parameter]
    return (_function(item), kind(given[parameter]), *others)
