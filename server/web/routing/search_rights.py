"""The routes of saved searches and of the dictionary by their act: a part of the table in route_rights."""

from __future__ import annotations

from collections.abc import Mapping

from library.core.rights import Act

SEARCHES: Mapping[Act, tuple[str, ...]] = {
    Act.SEARCHES_SAVE: (
        "GET /api/v1/searches",
        "POST /api/v1/searches",
        "DELETE /api/v1/searches/{search_id}",
        "GET /search/export.xlsx",
        "GET /searches",
        "POST /searches",
        "POST /searches/{search_id}/delete",
        "POST /searches/{search_id}/open",
        "POST /searches/{search_id}/rename",
    ),
    Act.DICTIONARY_TEACH: (
        "GET /api/v1/frequent-searches",
        "POST /api/v1/frequent-searches/stopped",
        "DELETE /api/v1/frequent-searches/stopped/{stopped_id}",
        "GET /api/v1/vocabulary",
        "POST /api/v1/vocabulary",
        "DELETE /api/v1/vocabulary/{entry_id}",
        "PATCH /api/v1/vocabulary/{entry_id}",
        "POST /api/v1/vocabulary/{entry_id}/switch",
        "GET /frequent-searches",
        "POST /frequent-searches/stop",
        "POST /frequent-searches/{stopped_id}/lift",
        "GET /vocabulary",
        "GET /vocabulary/download",
        "POST /vocabulary/groups",
        "POST /vocabulary/paste",
        "POST /vocabulary/words",
        "POST /vocabulary/{entry_id}",
        "POST /vocabulary/{entry_id}/remove",
        "POST /vocabulary/{entry_id}/switch",
    ),
}
