"""What is done with several lessons, and what became of each."""

from __future__ import annotations

from collections.abc import Mapping

from server.web.language.i18n import N_

WORDS: Mapping[str, Mapping[str, str]] = {
    "handling": {
        "topic_add": N_("加上专题"),
        "topic_remove": N_("去掉专题"),
        "audience": N_("改给谁看"),
        "publish": N_("发布"),
        "withdraw": N_("撤下"),
        "week": N_("排进每周主题"),
    },
    "handling_spread": {"each": N_("每周一节，从这一周起"), "all": N_("都放在这一周")},
    "handling_outcome": {
        "done": N_("做了"),
        "drafted": N_("已发布，改动先存成草稿"),
        "same": N_("本来就是这样"),
        "refused": N_("没有做"),
        "undone": N_("已撤销"),
        "kept": N_("没有撤销"),
    },
}
