"""学时账: what people learned in a year, counted by dated tables from the ledger of evidence; with what they
plan, study and practise by themselves."""

from __future__ import annotations

WRITERS = ("actions", "practising", "studying", "watching")
"""The modules that write this slice's tables; nobody else does (tests/library/test_writers.py)."""
