"""Who gets what answer from the routes of the slice swiping."""

from __future__ import annotations

from tests.server.role_table import EVERYBODY, Case

CASES = [Case("GET /feed", EVERYBODY)]
