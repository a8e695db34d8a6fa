"""Which inputs of the large corpora and walks a run meets: a share of every kind, chosen by a seed.

A slow test with several inputs (each database, a phone and a desk) takes turns, too: half of them in a run.
What is quick meets SQLite in every run, and PostgreSQL, where a database has to be made for each, in every
second one.

Seeds that follow each other, as those of days do, meet everything within DAYS runs. What a run leaves out can
be had with another seed, with ``--full``, or by its name (``file.py::test[...]``).
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import date
from hashlib import sha256
from itertools import count
from math import ceil
from typing import Any

import pytest

DAYS, TURNS = 4, 2
MARK = "spread"
"""``@pytest.mark.spread("recipe", kind=kind_of)``: the parameter `recipe` is the input. Its kind is what
`kind_of` says of it, if given, together with the other parameters."""
EVERY = "every"
"""``@pytest.mark.every``: slow, and with all inputs in every run all the same."""


def seed_of(day: date) -> int:
    """The seed of a day: the next day has the next."""
    return day.toordinal()


def words(seed: int) -> str:
    """What a run says of itself, so that it can be repeated."""
    return (
        f"Of the large corpora and walks one in {DAYS} of every kind, of what is slow and of PostgreSQL one "
        f"in {TURNS}: --seed {seed} (--full: all of them)"
    )


def share(inputs: Sequence[str], seed: int, days: int = DAYS) -> set[str]:
    """The part of `inputs` (one kind's) that a seed chooses: one of `days`, and at least one input."""
    # In an order of their own: neighbours in a list are alike, and should not all come on the same day.
    order = sorted(inputs, key=lambda one: sha256(one.encode()).digest())
    size = ceil(len(order) / days)
    return {order[(seed * size + n) % len(order)] for n in range(size)}


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
