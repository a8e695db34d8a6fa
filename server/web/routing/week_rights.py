"""The routes of weeks and of what became of them by their act: a part of the table in route_rights."""

from __future__ import annotations

from collections.abc import Mapping

from library.core.rights import Act

WEEKS: Mapping[Act, tuple[str, ...]] = {
    Act.WEEK_PLAN: (
        "DELETE /api/v1/weeks/{week}",
        "PUT /api/v1/weeks/{week}",
        "GET /mondays",
        "GET /programme",
        "GET /programme/{node_id}/{week}",
        "POST /programme/{node_id}/{week}/add",
        "POST /programme/{node_id}/{week}/copy",
        "POST /programme/{node_id}/{week}/move",
        "POST /programme/{node_id}/{week}/remove",
        "POST /programme/{node_id}/{week}/repeat",
        "POST /programme/{node_id}/{week}/take",
        "POST /programme/{node_id}/{week}/words",
        "GET /weeks-at-once",
        "GET /weeks-at-once/done",
        "POST /weeks-at-once",
        "POST /weeks-at-once/place",
        "POST /weeks-at-once/undo",
    ),
    Act.MONDAY_VIEW: (
        "GET /mondays/{week}/{node_id}",
        "GET /mondays/{week}/{node_id}/sheet",
    ),
}
