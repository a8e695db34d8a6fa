"""A place in a recording as people type it."""

from __future__ import annotations

from library.core.errors import Invalid

_MOST_S = 100_000


def read_second(text: str, code: str, field: str = "at") -> float:
    """Return a second as people type it: 83, 83.5, 1:23, 1:02:03; raises Invalid(code) naming `field`."""
    parts = text.strip().replace("：", ":").split(":")
    try:
        numbers = [float(part) for part in parts]
    except ValueError:
        numbers = [-1.0]
    if len(numbers) > 3 or any(not 0 <= one < _MOST_S for one in numbers):
        raise Invalid(code, field=field)
    total = 0.0
    for one in numbers:
        total = 60 * total + one
    return total
