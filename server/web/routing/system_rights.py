"""The routes of the machine and of how the site looks by their act: a part of the table in route_rights."""

from __future__ import annotations

from collections.abc import Mapping

from library.core.rights import Act

SYSTEM: Mapping[Act, tuple[str, ...]] = {
    Act.SYSTEM_LOOK: (
        "GET /system",
        "GET /system/branding",
        "GET /system/backups",
        "GET /system/jobs",
        "GET /system/licences",
        "GET /system/licences/{origin}/{name:path}",
        "GET /system/settings",
        "GET /system/storage",
        "GET /system/storage/unfit",
        "GET /api/v1/settings",
        "GET /api/v1/system/backups",
        "GET /api/v1/system/jobs",
        "GET /api/v1/system/storage",
        "GET /api/v1/system/storage/unfit",
    ),
    Act.SYSTEM_CHANGE: (
        "POST /api/v1/gathering-kinds",
        "PUT /api/v1/gathering-kinds/{code}",
        "POST /gathering-kinds",
        "POST /gathering-kinds/{code}",
        "POST /gathering-kinds/{code}/offer",
        "POST /gathering-kinds/{code}/retire",
        "POST /system/branding",
        "POST /system/branding/emblem",
        "POST /system/branding/emblem/remove",
        "POST /system/backups/test",
        "POST /system/jobs/retry",
        "POST /system/jobs/{kind}/{its_id}/retry",
        "POST /system/jobs/{kind}/{its_id}/give-up",
        "POST /system/storage/unfit",
        "POST /api/v1/system/backups/{name}/test",
        "POST /api/v1/system/jobs/{kind}/{its_id}/retry",
        "POST /api/v1/system/jobs/{kind}/{its_id}/give-up",
        "POST /api/v1/system/storage/measure",
        "POST /api/v1/system/storage/sweep",
        "POST /api/v1/system/storage/unfit/delete",
        "PUT /api/v1/settings/{name}",
        "DELETE /api/v1/settings/{name}",
        "POST /system/settings/{name}",
        "POST /system/settings/{name}/reset",
        "POST /system/storage/measure",
        "POST /system/storage/sweep",
    ),
}
