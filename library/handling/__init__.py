"""What staff do with several lessons at once, what became of each, and the way back; views that they keep."""

from __future__ import annotations

WRITERS = ("actions", "views")
"""The modules that write this slice's tables; nobody else does (tests/library/test_writers.py)."""
