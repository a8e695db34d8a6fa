"""People: their accounts, where they belong, and the roles they hold in the organisation."""

from __future__ import annotations

WRITERS = (
    "actions",
    "belonging.committees",
    "belonging.ending",
    "belonging.exemptions",
    "belonging.groups",
    "belonging.memberships",
    "belonging.reorganising",
    "belonging.transfers",
    "lists.bringing_in",
    "roles",
    "sign_in_names",
)
"""The modules that write this slice's tables; nobody else does (tests/library/test_writers.py)."""
