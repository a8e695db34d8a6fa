"""提问: what members ask a lecturer at a second of a clip, and what is answered there."""

from __future__ import annotations

WRITERS = ("actions",)
"""The modules that write this slice's tables; nobody else does (tests/library/test_writers.py)."""
