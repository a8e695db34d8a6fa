"""Who gets what answer from the routes of the slice statistics."""

from __future__ import annotations

from tests.server.role_table import LECTURERS, Case, draft, published

CASES = [
    *(
        Case(f"GET /lessons/{{lesson_id}}/stats{end}", "303 404 200 404 200 200", draft())
        for end in ("", "/export.xlsx", "/export.csv")
    ),
    *(Case(f"GET /stats{end}", LECTURERS) for end in ("", "/export.xlsx", "/export.csv")),
    Case("GET /api/v1/stats", "401 403 200 200 200 200"),
    Case("GET /lessons/{lesson_id}/stats", "303 403 200 403 200 200", published(), name="published"),
    Case("GET /api/v1/lessons/{lesson_id}/stats", "401 404 200 404 200 200", draft()),
]
