"""Who gets what answer from the routes of the slice manual."""

from __future__ import annotations

from tests.server.role_table import EVERYBODY, Case

CASES = [
    Case("GET /help", EVERYBODY),
    Case("GET /help/{chapter}", EVERYBODY, lambda shelf: {"chapter": "member"}),
]
