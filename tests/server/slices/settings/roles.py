"""Who gets what answer from the routes of the slice settings."""

from __future__ import annotations

import io

from PIL import Image

from tests.server.role_table import Case


def a_picture() -> bytes:
    """A small red PNG."""
    told = io.BytesIO()
    Image.new("RGB", (8, 8), "#a51d24").save(told, "PNG")
    return told.getvalue()


_PAGE = "303 403 403 403 403 200"
_FORM = "401 403 403 403 403 303"
CASES = [
    Case("GET /api/v1/settings", "401 403 403 403 403 200"),
    # Without a version nothing is changed: 422 is said to whoever may.
    Case(
        "PUT /api/v1/settings/{name}",
        "401 403 403 403 403 422",
        lambda shelf: {"name": "invitation_days", "json": {"value": "9"}},
    ),
    Case("DELETE /api/v1/settings/{name}", "401 403 403 403 403 422", lambda shelf: {"name": "map_url"}),
    *(Case(f"GET /system/{page}", _PAGE) for page in ("settings", "branding")),
    Case(
        "POST /system/settings/{name}",
        _FORM,
        lambda shelf: {"name": "invitation_days", "form": {"value": "9"}},
    ),
    Case("POST /system/settings/{name}/reset", _FORM, lambda shelf: {"name": "invitation_days"}),
    Case("POST /system/branding", _FORM, lambda shelf: {"form": {"site_name": ""}}),
    Case(
        "POST /system/branding/emblem",
        _FORM,
        lambda shelf: {"files": {"file": ("emblem.png", a_picture(), "image/png")}},
    ),
    Case("POST /system/branding/emblem/remove", _FORM),
    Case("GET /brand/{name}.css", "404 404 404 404 404 404", lambda shelf: {"name": "0"}),
    Case("GET /brand/{sha256}.png", "404 404 404 404 404 404", lambda shelf: {"sha256": "0"}),
]
