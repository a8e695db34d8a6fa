"""How a recording comes in: upload, probe, split, one encode per clip, captions, index."""

from __future__ import annotations

WRITERS = ("actions", "arranging", "track_choice", "files.remaking")
"""The modules that write this slice's tables; nobody else does (tests/library/test_writers.py)."""
