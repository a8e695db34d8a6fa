"""The routes of calls by their act: a part of the table in route_rights."""

from __future__ import annotations

from collections.abc import Mapping

from library.core.rights import Act

CALLS: Mapping[Act, tuple[str, ...]] = {
    Act.CALL_VIEW: (
        "GET /api/v1/calls",
        "GET /api/v1/calls/{call_id}",
        "GET /api/v1/calls/{call_id}/results",
        "GET /calls",
        "GET /calls/{call_id}",
        "GET /calls/{call_id}/results",
    ),
    Act.CALL_KEEP: (
        "POST /api/v1/calls",
        "PUT /api/v1/calls/{call_id}",
        "DELETE /api/v1/calls/{call_id}",
        "POST /api/v1/calls/{call_id}/move",
        "POST /calls",
        "GET /calls/new",
        "GET /calls/{call_id}/desk",
        "GET /calls/{call_id}/edit",
        "POST /calls/{call_id}/edit",
        "POST /calls/{call_id}/honours",
        "POST /calls/{call_id}/honours/{n}/withdraw",
        "POST /calls/{call_id}/judges",
        "POST /calls/{call_id}/judges/{judge_id}/dismiss",
        "POST /calls/{call_id}/judges/{judge_id}/give-back",
        "POST /calls/{call_id}/move",
        "POST /calls/{call_id}/remove",
        "GET /calls/{call_id}/results/export.xlsx",
    ),
    Act.CALL_ENTER: (
        "POST /api/v1/calls/{call_id}/entries",
        "DELETE /api/v1/calls/{call_id}/entries/{n}",
        "GET /api/v1/calls/{call_id}/report",
        "POST /calls/{call_id}/check",
        "POST /calls/{call_id}/entries",
        "POST /calls/{call_id}/entries/{n}/take-back",
        "GET /calls/{call_id}/entering",
    ),
    Act.CALL_JUDGE: (
        "POST /api/v1/calls/{call_id}/hand-in",
        "GET /api/v1/calls/{call_id}/judging",
        "PUT /api/v1/calls/{call_id}/judging/{n}",
        "POST /calls/{call_id}/hand-in",
        "GET /calls/{call_id}/judging",
        "GET /calls/{call_id}/judging/{n}",
        "POST /calls/{call_id}/judging/{n}",
    ),
}
