"""What the states of a recognition and the sources of lines are called."""

from __future__ import annotations

from collections.abc import Mapping

from server.web.language.i18n import N_

WORDS: Mapping[str, Mapping[str, str]] = {
    "recognition": {
        "none": N_("没有听写"),
        "waiting": N_("排队等候"),
        "working": N_("正在听写"),
        "done": N_("听写完成"),
        "failed": N_("听写失败"),
        "cancelled": N_("已停止"),
    },
}
