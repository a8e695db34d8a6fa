"""What takes space in a library: measured beside the pages, kept with its day, and what of it can go."""

from __future__ import annotations

WRITERS = ("actions",)
"""The modules that write this slice's tables; nobody else does (tests/library/test_writers.py)."""
