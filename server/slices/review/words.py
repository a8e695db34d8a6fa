"""What decisions about lessons are called."""

from __future__ import annotations

from collections.abc import Mapping

from server.web.language.i18n import N_

WORDS: Mapping[str, Mapping[str, str]] = {
    "action": {
        "publish": N_("发布"),
        "withdraw": N_("撤下"),
        "audience": N_("修改观看范围"),
        "edit": N_("修改内容"),
    },
}
