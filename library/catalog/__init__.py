"""Lessons, clips, cues, lecturers and topics: what people see, review, search and count."""

from __future__ import annotations

WRITERS = ("actions", "audiences", "covers", "transcript_versions")
"""The modules that write this slice's tables; nobody else does (tests/library/test_writers.py)."""
