"""The organisation tree: its nodes, what lies below what, and what became of each."""

from __future__ import annotations

WRITERS = ("actions", "moving")
"""The modules that write this slice's tables; nobody else does (tests/library/test_writers.py)."""
