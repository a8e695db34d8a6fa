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
    "speech_mode": {
        "always": N_("总是听写：还没有文字的录像都听"),
        "on-request": N_("要的时候才听写：有人按“听写这堂课”，或者给了没有时间的讲稿"),
        "never": N_("从不听写"),
    },
    "speech_holds": {
        "always": N_("没有文字的录像都听写"),
        "on-request": N_("有人要的时候才听写"),
        "never": N_("从不听写"),
    },
}
