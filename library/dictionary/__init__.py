"""The dictionary of party terms: words and synonyms that staff teach the search, and what ships with it."""

from __future__ import annotations

WRITERS = ("actions",)
"""The modules that write this slice's tables; nobody else does (tests/library/test_writers.py)."""
