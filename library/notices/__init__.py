"""消息: what people are told in the app, each kind as they want it. Slices above tell through `actions`."""

from __future__ import annotations

WRITERS = ("actions", "pushing")
"""The modules that write this slice's tables; nobody else does (tests/library/test_writers.py)."""
