"""What lengths, places and orders of what was found are called."""

from __future__ import annotations

from collections.abc import Mapping

from server.web.language.i18n import N_

WORDS: Mapping[str, Mapping[str, str]] = {
    "length": {
        "under_3": N_("3 分钟以内"),
        "3_to_5": N_("3 到 5 分钟"),
        "5_to_8": N_("5 到 8 分钟"),
        "over_8": N_("8 分钟以上"),
    },
    "found_in": {
        "speech": N_("原话"),
        "beginning": N_("开头"),
        "summary": N_("简介"),
        "title": N_("标题"),
        "topic": N_("专题"),
        "lecturer": N_("讲师"),
        "material": N_("材料里写着"),
    },
    "recognition": {"recognised": N_("机器识别"), "by_sound": N_("机器识别，按读音找到")},
    "sort": {"relevance": N_("最相关"), "date": N_("最新"), "views": N_("最多观看")},
}
