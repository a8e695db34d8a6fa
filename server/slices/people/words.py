"""What roles are called."""

from __future__ import annotations

from collections.abc import Mapping

from server.web.language.i18n import N_

WORDS: Mapping[str, Mapping[str, str]] = {
    "role": {
        "member": N_("党员"),
        "lecturer": N_("讲师"),
        "staff": N_("工作人员"),
        "admin": N_("管理员"),
    },
}
