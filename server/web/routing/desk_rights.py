"""The routes of the desk of lessons: a part of the table in route_rights."""

from __future__ import annotations

DESK = (
    "GET /api/v1/desk",
    "GET /api/v1/desk/batches/{batch_id}",
    "POST /api/v1/desk/batches",
    "POST /api/v1/desk/batches/{batch_id}/undo",
    "POST /api/v1/desk/weeks",
    "POST /api/v1/desk/weeks/preview",
    "POST /desk/weeks",
    "GET /desk",
    "POST /desk",
    "GET /desk/batches/{batch_id}",
    "POST /desk/batches/{batch_id}/undo",
    "POST /desk/views",
    "POST /desk/views/{view_id}/forget",
)
