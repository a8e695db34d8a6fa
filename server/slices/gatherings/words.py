"""What the states of a gathering and the marks of a roll are called."""

from __future__ import annotations

from collections.abc import Mapping

from server.web.language.i18n import N_

WORDS: Mapping[str, Mapping[str, str]] = {
    "gathering_state": {
        "planned": N_("已安排"),
        "open": N_("正在进行"),
        "ended": N_("已结束"),
        "cancelled": N_("已取消"),
    },
    "study_form": {
        "gathered": N_("集中学习"),
        "evening": N_("夜校"),
        "self": N_("自学"),
        "practice": N_("实践"),
        "online": N_("网络学习"),
    },
    "due": {"due": N_("应到"), "exempt": N_("不计入应到"), "guest": N_("列席")},
    "mark": {
        "unmarked": N_("还没有记"),
        "present": N_("到会"),
        "late": N_("迟到"),
        "left_early": N_("早退"),
        "absent": N_("缺席"),
        "made_up": N_("补学"),
    },
    "mark_how": {
        "secretary": N_("名单"),
        "qr": N_("扫码"),
        "digits": N_("数字"),
        "import": N_("导入"),
    },
    "kind_asks": {
        "members": N_("在这里的正式党员和预备党员"),
        "everybody": N_("在这里的所有人，包括积极分子和群众"),
        "named": N_("安排时点名的人"),
    },
    "gathering_repeat": {
        "weekly": N_("每周"),
        "fortnightly": N_("每两周"),
        "monthly_date": N_("每月同一天"),
        "monthly_weekday": N_("每月同一个星期几"),
    },
}
