"""心得体会: what members write or say about a lesson, and what their branch publishes of it."""

from __future__ import annotations

WRITERS = ("actions", "asking", "sounds", "sounding", "likeness.prints")
"""The modules that write this slice's tables; nobody else does (tests/library/test_writers.py)."""
