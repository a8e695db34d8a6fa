"""The routes of declarations and of the levels that review them by their act: a part of the table in
route_rights."""

from __future__ import annotations

from collections.abc import Mapping

from library.core.rights import Act

DECLARATIONS: Mapping[Act, tuple[str, ...]] = {
    Act.DECLARATION_MAKE: (
        "POST /api/v1/declarations",
        "POST /api/v1/declarations/{declaration_id}/remarks/{n}/answer",
        "POST /api/v1/declarations/{declaration_id}/withdraw",
        "POST /declarations/{declaration_id}/remarks/{n}/answer",
        "POST /declarations/{declaration_id}/withdraw",
        "GET /lessons/{lesson_id}/declare",
        "POST /lessons/{lesson_id}/declare",
    ),
    Act.DECLARATION_VIEW: (
        "GET /api/v1/declarations/{declaration_id}",
        "GET /declarations/{declaration_id}",
    ),
    Act.DECLARATION_READ: (
        "GET /api/v1/declarations",
        "POST /api/v1/declarations/{declaration_id}/read",
        "POST /api/v1/declarations/{declaration_id}/remarks",
        "GET /declarations",
        "GET /declarations/list/export.csv",
        "POST /declarations/{declaration_id}/read",
        "POST /declarations/{declaration_id}/remarks",
    ),
    Act.DECLARATION_DECIDE: (
        "POST /api/v1/declarations/{declaration_id}/decide",
        "POST /declarations/bulk",
        "POST /declarations/bulk/confirm",
        "POST /declarations/{declaration_id}/decide",
    ),
    Act.DECLARATION_STOP: (
        "POST /api/v1/declarations/{declaration_id}/stop",
        "POST /declarations/{declaration_id}/stop",
    ),
    Act.DECLARATION_ARRANGE: (
        "GET /api/v1/levels/{node_id}",
        "PUT /api/v1/levels/{node_id}",
        "DELETE /api/v1/levels/{node_id}",
        "GET /levels",
        "POST /levels/{node_id}",
        "POST /levels/{node_id}/inherit",
    ),
}
