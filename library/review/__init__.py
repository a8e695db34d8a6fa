"""Publishing: who moved a lesson to which state, when and why. Append-only."""

from __future__ import annotations

WRITERS = ("actions",)
"""The modules that write this slice's tables; nobody else does (tests/library/test_writers.py)."""
