"""The routes of reflections by their act: a part of the table in route_rights."""

from __future__ import annotations

from collections.abc import Mapping

from library.core.rights import Act

REFLECTIONS: Mapping[Act, tuple[str, ...]] = {
    Act.REFLECTION_VIEW: (
        "GET /api/v1/reflections/{reflection_id}",
        "GET /reflections/{reflection_id}",
        "GET /reflections/{reflection_id}/share",
        "GET /reflections/{reflection_id}/sound.m4a",
    ),
    Act.REFLECTION_WRITE: (
        "DELETE /api/v1/reflections/{reflection_id}",
        "PUT /api/v1/reflections/{reflection_id}",
        "POST /api/v1/reflections/{reflection_id}/send",
        "POST /api/v1/reflections/{reflection_id}/withdraw",
        "GET /reflections/{reflection_id}/check",
        "POST /reflections/{reflection_id}/delete",
        "GET /reflections/{reflection_id}/edit",
        "POST /reflections/{reflection_id}/quote",
        "POST /reflections/{reflection_id}/save",
        "POST /reflections/{reflection_id}/send",
        "POST /reflections/{reflection_id}/sound",
        "POST /reflections/{reflection_id}/sound/remove",
        "POST /reflections/{reflection_id}/unquote",
        "POST /reflections/{reflection_id}/withdraw",
    ),
    Act.REFLECTION_DECIDE: (
        "GET /reflections/desk",
        "POST /reflections/desk/ask",
        "POST /reflections/{reflection_id}/publish",
        "POST /reflections/{reflection_id}/return",
    ),
}
