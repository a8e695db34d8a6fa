"""The studio: from a file to a published lesson. Which step comes next, covers, who works at what."""

from __future__ import annotations

WRITERS = ("actions",)
"""The modules that write this slice's tables; nobody else does (tests/library/test_writers.py)."""
