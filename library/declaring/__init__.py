"""申报与审核: how a lesson goes up the tree, level by level, until it is published, chosen or sent back."""

from __future__ import annotations

WRITERS = ("actions", "settings")
"""The modules that write this slice's tables; nobody else does (tests/library/test_writers.py)."""
