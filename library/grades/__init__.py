"""评定: grades of a month and of a year, proposed from evidence and decided by people.

Rule sets are data in a small closed language, read by the 减负 checker before they apply: docs/grades.md.
"""

from __future__ import annotations

WRITERS = ("actions", "ruling", "judging")
"""The modules that write this slice's tables; nobody else does (tests/library/test_writers.py)."""
