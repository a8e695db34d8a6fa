"""What feeds are called."""

from __future__ import annotations

from collections.abc import Mapping

from server.web.language.i18n import N_

WORDS: Mapping[str, Mapping[str, str]] = {
    "feed": {
        "weeks": N_("每周主题（日历）"),
        "gatherings": N_("我的会议和集中学习（日历）"),
        "lessons": N_("最新的课"),
        "series": N_("系列"),
        "topic": N_("专题"),
        "node": N_("本党组织和下级的课"),
        "reflections": N_("支部发布的心得"),
    },
}
