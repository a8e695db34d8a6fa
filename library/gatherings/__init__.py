"""集中学习: people who learn together in a room: planned, who was due, who came, what was shown and noted."""

from __future__ import annotations

WRITERS = ("actions", "opening", "marking", "importing.names", "importing.writing", "showings.actions")
"""The modules that write this slice's tables; nobody else does (tests/library/test_writers.py)."""
