"""How many examples properties are tried with.

Each run draws others, so a share of them is enough in one: in `make check`, which is run before every
commit, of all properties; in `make test` of those that name a number, as they ask a server or a database.
With --full, all.
"""

from __future__ import annotations

from hypothesis import settings

USUAL, SHARE, HALF, LEAST = 100, 4, 2, 10
_share = 1


def try_a_share() -> None:
    """From now on, and before the first test is read: a share of the examples."""
    global _share
    _share = SHARE
    settings.register_profile("share", max_examples=examples(USUAL))
    settings.load_profile("share")


def try_half_of_the_dear() -> None:
    """From now on, and before the first test is read: half of the examples of what names a number."""
    global _share
    _share = HALF


def examples(count: int) -> int:
    """What a test that wants `count` examples gives to hypothesis as `max_examples`."""
    return count if _share == 1 else max(LEAST, count // _share)
