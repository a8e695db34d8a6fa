"""What is decided about choices. Pure."""

from __future__ import annotations

from enum import StrEnum

EMBLEM = "emblem"
"""The choice whose value is the hash of a picture."""

EMBLEM_BYTES = 2 * 2**20
"""The largest file that is taken as one."""
EMBLEM_PIXELS = 4096 * 4096
EMBLEM_SIDE = 256
"""Pixels of the longer side of what is kept: it is shown 36 high, on screens of up to four pixels a point."""


class Change(StrEnum):
    """What was done: a value was chosen, or the machine's own is in force again."""

    SET = "set"
    RESET = "reset"
