"""The routes of the machine and of how the site looks by their act: a part of the table in route_rights."""

from __future__ import annotations

from collections.abc import Mapping

from library.core.rights import Act

SYSTEM: Mapping[Act, tuple[str, ...]] = {
    Act.SYSTEM_LOOK: (
        "GET /system",
        "GET /system/branding",
        "GET /system/jobs",
        "GET /system/licences",
        "GET /system/licences/{origin}/{name:path}",
        "GET /system/settings",
        "GET /system/storage",
    ),
    Act.SYSTEM_CHANGE: (
        "POST /system/branding",
        "POST /system/branding/emblem",
        "POST /system/branding/emblem/remove",
        "POST /system/jobs/retry",
        "POST /system/settings/{name}",
        "POST /system/settings/{name}/reset",
        "POST /system/storage/measure",
        "POST /system/storage/sweep",
    ),
}
