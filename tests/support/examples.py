"""How many examples properties are tried with: all in `make test`; in `make check`, which is run before every
commit and draws others each time, a share of them."""

from __future__ import annotations

from hypothesis import settings

USUAL, SHARE, LEAST = 100, 4, 10
_share = 1


def try_a_share() -> None:
    """From now on, and before the first test is read: a share of the examples."""
    global _share
    _share = SHARE
    settings.register_profile("share", max_examples=examples(USUAL))
    settings.load_profile("share")


def examples(count: int) -> int:
    """What a test that wants `count` examples gives to hypothesis as `max_examples`."""
    return count if _share == 1 else max(LEAST, count // _share)
