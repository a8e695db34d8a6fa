"""Plays and views: what was really watched, and what of it counts."""

from __future__ import annotations

WRITERS = ("actions", "bulk", "closing", "rolling")
"""The modules that write this slice's tables; nobody else does (tests/library/test_writers.py)."""
