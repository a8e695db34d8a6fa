"""Many small things that are alike in one test: what is wrong with any of them is told at once.

A test of pytest costs some milliseconds in each test process, also where it is only read, which for thousands
of things is more than to look at them.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping


def each(names: Iterable[str], look: Callable[[str], None]) -> None:
    """Look at every one of `names`; raises AssertionError with all that were found wrong, and what raised."""
    wrong = []
    for name in names:
        try:
            look(name)
        except Exception as error:
            wrong.append(f"{name}: {type(error).__name__}: {error}")
    assert not wrong, "\n\n".join(wrong)


def grouped(names: Iterable[str], by: Callable[[str], str]) -> Mapping[str, list[str]]:
    """The names by what `by` says of each."""
    groups: dict[str, list[str]] = defaultdict(list)
    for name in names:
        groups[by(name)].append(name)
    return groups
