"""Who gets what answer from the routes of the slice system."""

from __future__ import annotations

from tests.server.role_table import EVERYBODY, Case

CASES = [
    *(Case(f"GET {path}", EVERYBODY) for path in ("/healthz", "/readyz", "/api/docs", "/api/openapi.json")),
    Case("GET /favicon.ico", "308 308 308 308 308 308"),
    *(Case(f"{method} /healthz/upload-probe", EVERYBODY) for method in ("POST", "PATCH")),
]
