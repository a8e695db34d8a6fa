"""Who gets what answer from the routes of the slice offline."""

from __future__ import annotations

from tests.server.role_table import EVERYBODY, Case

CASES = [
    Case("GET /offline", EVERYBODY),
    Case("GET /offline/still", EVERYBODY),
    Case("GET /offline/worker-part.js", EVERYBODY),
    Case("GET /app.webmanifest", EVERYBODY),
    Case("GET /app-icon/{mark}/{name}.png", EVERYBODY, lambda _shelf: {"mark": "weike", "name": "apple-180"}),
]
