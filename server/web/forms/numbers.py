"""Numbers as forms have them; nonsense is a number that nothing has."""

from __future__ import annotations

_DIGITS = 9


def number_of(text: str) -> int:
    """Return a whole number, -1 for what is none."""
    return int(text) if text.isascii() and text.isdecimal() and len(text) <= _DIGITS else -1


def hundredths_of(text: str) -> int:
    """Return a number with at most two decimals ("2", "0.25") in hundredths, -1 for what is none: also for
    one in another spelling ("2E3", "+2", ".5"), so that nothing is worked out that is not meant."""
    whole, dot, part = text.partition(".")
    if dot and not 1 <= len(part) <= 2:
        return -1
    units, hundredths = number_of(whole), number_of(part.ljust(2, "0")) if dot else 0
    return -1 if -1 in (units, hundredths) else units * 100 + hundredths


def page_of(text: str) -> int:
    """Return the page of a list that a form was on, 1 for what is none."""
    return max(1, number_of(text))


def version_of(text: str) -> int:
    """Return the version that a form was made of, 0 for what is none: versions begin with 1."""
    return max(0, number_of(text))
