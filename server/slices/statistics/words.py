"""What ranges of days and orders of lists are called."""

from __future__ import annotations

from collections.abc import Mapping

from server.web.language.i18n import N_

WORDS: Mapping[str, Mapping[str, str]] = {
    "range": {
        "7": N_("最近 7 天"),
        "30": N_("最近 30 天"),
        "year": N_("今年"),
        "all": N_("全部"),
    },
    "stats_sort": {"views": N_("党员观看"), "watched": N_("观看时长"), "title": N_("标题")},
}
