"""What viewers see of a lesson is a published version; what is changed of it afterwards waits as a draft."""

from __future__ import annotations

WRITERS = ("actions",)
"""The modules that write this slice's tables; nobody else does (tests/library/test_writers.py)."""
