"""What the states of a suggestion are called."""

from __future__ import annotations

from collections.abc import Mapping

from server.web.language.i18n import N_

WORDS: Mapping[str, Mapping[str, str]] = {
    "suggestion_state": {
        "received": N_("待答复"),
        "answered": N_("已答复"),
        "released": N_("已公开"),
        "aside": N_("不处理"),
    },
    "suggestion_action": {
        "take_back": N_("不再公开"),
        "set_aside": N_("不处理"),
        "reopen": N_("重新处理"),
    },
}
