"""我的学习: where somebody stopped, what they keep, their notes at a second. Theirs alone.

Nothing here is read by anybody else, whatever their role, counted, or paid for.
"""

from __future__ import annotations

WRITERS = ("actions",)
"""The modules that write this slice's tables; nobody else does (tests/library/test_writers.py)."""
