"""What the states of a question are called."""

from __future__ import annotations

from collections.abc import Mapping

from server.web.language.i18n import N_

WORDS: Mapping[str, Mapping[str, str]] = {
    "question_state": {
        "open": N_("等待答复"),
        "answered": N_("只答复本人"),
        "published": N_("已公开答复"),
        "declined": N_("不答复"),
    },
}
