"""Whole numbers as forms have them; nonsense is a number that nothing has."""

from __future__ import annotations

_DIGITS = 9


def number_of(text: str) -> int:
    """Return a whole number, -1 for what is none."""
    return int(text) if text.isascii() and text.isdecimal() and len(text) <= _DIGITS else -1


def version_of(text: str) -> int:
    """Return the version that a form was made of, 0 for what is none: versions begin with 1."""
    return max(0, number_of(text))
