"""The routes of gatherings by their act: a part of the table in route_rights."""

from __future__ import annotations

from collections.abc import Mapping

from library.core.rights import Act

GATHERINGS: Mapping[Act, tuple[str, ...]] = {
    Act.GATHERING_LOOK: (
        "GET /api/v1/gatherings",
        "GET /api/v1/gatherings/{gathering_id}",
        "GET /gatherings",
        "GET /gatherings/{gathering_id}",
        "GET /gathering-kinds",
        "GET /api/v1/gathering-kinds",
        "GET /api/v1/gatherings/{gathering_id}/photos",
        "GET /gatherings/{gathering_id}/photos",
        "GET /gatherings/{gathering_id}/photos/{photo_id}.jpg",
    ),
    Act.GATHERING_PLAN: (
        "POST /api/v1/gatherings",
        "POST /gatherings",
        "GET /gatherings/plan/new",
        "POST /gatherings/{gathering_id}/cancel",
        "GET /gatherings/{gathering_id}/edit",
        "POST /gatherings/{gathering_id}/edit",
    ),
    Act.GATHERING_HOST: (
        "POST /api/v1/gatherings/{gathering_id}/marks",
        "GET /gatherings/{gathering_id}/code",
        "GET /gatherings/{gathering_id}/code.json",
        "POST /gatherings/{gathering_id}/end",
        "POST /api/v1/gatherings/{gathering_id}/photos",
        "DELETE /api/v1/gatherings/{gathering_id}/photos/{photo_id}",
        "POST /gatherings/{gathering_id}/photos",
        "POST /gatherings/{gathering_id}/photos/{photo_id}/remove",
        "POST /gatherings/{gathering_id}/rooms/{room}/end",
        "POST /gatherings/{gathering_id}/rooms/{room}/reopen",
        "POST /gatherings/{gathering_id}/open",
        "GET /gatherings/{gathering_id}/roll",
        "POST /gatherings/{gathering_id}/roll",
    ),
}
