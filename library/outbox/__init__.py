"""Letters sent by mail: written in the transaction of what they tell, sent beside the pages."""

from __future__ import annotations

WRITERS = ("actions",)
"""The modules that write this slice's tables; nobody else does (tests/library/test_writers.py)."""
