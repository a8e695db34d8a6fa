"""每周主题: what a week is about at a node, which lessons belong to it, and when it comes out."""

from __future__ import annotations

WRITERS = ("actions", "releasing")
"""The modules that write this slice's tables; nobody else does (tests/library/test_writers.py)."""
