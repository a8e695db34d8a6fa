"""Why a clip comes next, in words."""

from __future__ import annotations

from collections.abc import Mapping

from server.web.language.i18n import N_

WORDS: Mapping[str, Mapping[str, str]] = {
    "why_next": {
        "asked": N_("您选了这里的课，最近发布的在前，您还没看完。"),
        "week": N_("本周安排的课，您还没看完。"),
        "missed": N_("前几周安排的课，您还没看完。"),
        "topic": N_("和本周的课讲同一个专题，您还没看完。"),
        "new": N_("最近发布的课，您还没看完。"),
    },
    "why_next_tag": {
        "asked": N_("您选的"),
        "week": N_("本周"),
        "missed": N_("前几周"),
        "topic": N_("同一专题"),
        "new": N_("新课"),
    },
}
