"""What changes of the dictionary are called."""

from __future__ import annotations

from collections.abc import Mapping

from server.web.language.i18n import N_

WORDS: Mapping[str, Mapping[str, str]] = {
    "dictionary": {
        "add": N_("加入"),
        "change": N_("修改"),
        "remove": N_("删除"),
        "off": N_("停用"),
        "on": N_("启用"),
    },
}
