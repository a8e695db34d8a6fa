"""How somebody proves who they are: passwords, sign-ins, tokens, one-time links."""

from __future__ import annotations

WRITERS = ("actions", "attempts", "entering", "identities", "joining", "mail", "second_factor", "starting")
"""The modules that write this slice's tables; nobody else does (tests/library/test_writers.py)."""
