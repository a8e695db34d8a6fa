"""People: their accounts, where they belong, and the roles they hold in the organisation."""

from __future__ import annotations

WRITERS = (
    "actions",
    "bringing_in",
    "exemptions",
    "groups",
    "memberships",
    "reorganising",
    "roles",
    "sign_in_names",
    "transfers",
)
"""The modules that write this slice's tables; nobody else does (tests/library/test_writers.py)."""
