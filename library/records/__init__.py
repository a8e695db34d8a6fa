"""会议记录: the record of a gathering. It assembles itself from what happened; people write what was said."""

from __future__ import annotations

WRITERS = ("actions", "templates", "photos")
"""The modules that write this slice's tables; nobody else does (tests/library/test_writers.py)."""
