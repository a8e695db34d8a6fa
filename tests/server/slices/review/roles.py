"""Who gets what answer from the routes of the slice review."""

from __future__ import annotations

from tests.server.role_table import Case

CASES = [
    Case("GET /review", "303 403 403 403 200 200"),
]
