"""征集: a node calls for works, which are checked, entered, judged, and honoured with certificates."""

from __future__ import annotations

WRITERS = ("actions", "entering", "judging", "honouring", "looking")
"""The modules that write this slice's tables; nobody else does (tests/library/test_writers.py)."""
