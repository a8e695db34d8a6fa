"""The routes of series, sites, honours and materials by their act: a part of the table in route_rights."""

from __future__ import annotations

from collections.abc import Mapping

from library.core.rights import Act

WORKS: Mapping[Act, tuple[str, ...]] = {
    Act.SERIES_MAKE: (
        "POST /api/v1/series",
        "POST /series",
    ),
    Act.SERIES_EDIT: (
        "PUT /api/v1/series/{series_id}/episodes",
        "POST /api/v1/series/{series_id}/episodes",
        "POST /series/{series_id}/add",
        "POST /series/{series_id}/delete",
        "POST /series/{series_id}/edit",
        "POST /series/{series_id}/move",
    ),
    Act.ABOUT_DESCRIBE: (
        "GET /lecturers/{lecturer_id}/about",
        "GET /topics/{topic_id}/about",
        "POST /lecturers/{lecturer_id}/about",
        "POST /topics/{topic_id}/about",
    ),
    Act.SITE_KEEP: (
        "POST /sites",
        "POST /sites/{site_id}/delete",
        "POST /sites/{site_id}/edit",
    ),
}
