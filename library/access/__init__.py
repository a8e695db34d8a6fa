"""How somebody proves who they are: passwords, sign-ins, tokens, one-time links."""

from __future__ import annotations

WRITERS = (
    "actions",
    "attempts",
    "coming_in.joining",
    "coming_in.starting",
    "entering",
    "feed_links",
    "identities.linking",
    "links",
    "mail",
    "second_factor",
    "tokens",
)
"""The modules that write this slice's tables; nobody else does (tests/library/test_writers.py)."""
