"""What happens when figures are asked for."""

from __future__ import annotations

from collections.abc import Mapping

from server.web.language.i18n import N_
from server.web.language.phrases import Sentence

SENTENCES: Mapping[str, Sentence] = {
    "bad_day": (N_("这不是一个日期。"), N_("请写成 2026-03-05 这样。")),
    "days_reversed": (N_("结束的日期在开始的日期之前。"), N_("请把两个日期对调。")),
    "bad_range": (
        N_("没有这个时间范围。"),
        N_("可以选最近 7 天、最近 30 天、今年或全部，也可以填起止日期。"),
    ),
    "bad_seal": (
        N_("这不是校验码。"),
        N_("校验码由 0 到 9 和 a 到 f 组成：网页上是前 16 位，报表上是全部 64 位。"),
    ),
    "not_sealed": (N_("%(day)s 还没有封存。"), N_("一天过完之后的夜里才封存。")),
}
