"""The routes of the tree of organisations by their act: a part of the table in route_rights."""

from __future__ import annotations

from collections.abc import Mapping

from library.core.rights import Act

ORGANISATION: Mapping[Act, tuple[str, ...]] = {
    Act.NODE_LOOK: (
        "GET /api/v1/organisation/nodes",
        "GET /api/v1/organisation/nodes/{node_id}",
        "GET /api/v1/organisation/nodes/{node_id}/children",
        "GET /api/v1/organisation/nodes/{node_id}/history",
        "GET /api/v1/organisation/nodes/{node_id}/roles",
        "GET /api/v1/organisation/nodes/{node_id}/why",
        "GET /organisation",
        "GET /organisation/lists/template.xlsx",
        "GET /organisation/{node_id}/roles",
    ),
    Act.NODE_ARRANGE: (
        "PUT /api/v1/organisation/nodes/{node_id}",
        "POST /api/v1/organisation/nodes/{node_id}/children",
        "POST /organisation/{node_id}/add",
        "POST /organisation/{node_id}/details",
        "GET /organisation/{node_id}/list",
        "POST /organisation/{node_id}/list",
        "GET /organisation/{node_id}/list.csv",
        "GET /organisation/{node_id}/list.xlsx",
        "GET /organisation/lists/job/{job_id}",
        "POST /organisation/lists/job/{job_id}/apply",
        "POST /organisation/lists/job/{job_id}/decide",
        "POST /organisation/lists/job/{job_id}/forget",
    ),
    Act.NODE_PLACE: (
        "POST /api/v1/organisation/nodes/{node_id}/close",
        "POST /api/v1/organisation/nodes/{node_id}/merge",
        "POST /api/v1/organisation/nodes/{node_id}/move",
        "POST /api/v1/organisation/nodes/{node_id}/reopen",
        "POST /organisation/{node_id}/close",
        "POST /organisation/{node_id}/merge",
        "POST /organisation/{node_id}/move",
        "POST /organisation/{node_id}/reopen",
    ),
}
