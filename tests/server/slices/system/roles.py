"""Who gets what answer from the routes of the slice system."""

from __future__ import annotations

from tests.server.role_table import EVERYBODY, Case

CASES = [
    *(Case(f"GET {path}", EVERYBODY) for path in ("/healthz", "/readyz", "/api/docs", "/api/openapi.json")),
    *(Case(f"GET {path}", "303 403 403 403 403 200") for path in ("/system", "/system/audit")),
    *(Case(f"GET /system/audit/export.{kind}", "303 403 403 403 403 200") for kind in ("xlsx", "csv")),
    Case("GET /api/v1/audit", "401 403 403 403 403 200"),
    Case("GET /favicon.ico", "308 308 308 308 308 308"),
    *(Case(f"{method} /healthz/upload-probe", EVERYBODY) for method in ("POST", "PATCH")),
]
