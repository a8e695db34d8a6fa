"""Correcting what is said in a lesson, line by line, and what a lecturer always wants written so.

`rules` decides, `tables` are the rows, `actions` the only writer, `queries` the only reader. The lines
themselves are the catalogue's: a stretch of corrections is one of a lesson's transcripts.
"""

from __future__ import annotations

WRITERS = ("actions",)
"""The modules that write this slice's tables; nobody else does (tests/library/test_writers.py)."""
