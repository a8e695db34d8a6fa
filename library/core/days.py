"""Days as people write them."""

from __future__ import annotations

import re
from datetime import date

from library.core.errors import Invalid

_DAY = re.compile(r"^\s*(\d{4})\s*[-/.年]\s*(\d{1,2})\s*[-/.月]\s*(\d{1,2})\s*日?(?:[T ].*)?$")
EARLIEST_YEAR = 1921


def parse_date(text: str, field: str = "date") -> date | None:
    """Read a day as people write it: 2026-11-22, 2026/11/22, 2026.11.22, 2026年11月22日; "" is None.

    Raises Invalid("date_unreadable") naming `field` for anything else, and for years before 1921 or after
    2200.
    """
    if not text.strip():
        return None
    match = _DAY.match(text)
    try:
        day = date(*(int(part) for part in match.groups())) if match else None
    except ValueError:
        day = None
    if day is None or not EARLIEST_YEAR <= day.year <= 2200:
        raise Invalid("date_unreadable", field=field, text=text.strip()[:40])
    return day
