"""What happens with what is said of a lesson."""

from __future__ import annotations

from collections.abc import Mapping

from server.web.language.i18n import N_
from server.web.language.phrases import Sentence

SENTENCES: Mapping[str, Sentence] = {
    "date_unreadable": (N_("读不懂这个日期：%(text)s。"), N_("请写成 2026-03-05 这样。")),
    "language_unknown": (N_("没有这种语言。"), N_("可以选：%(known)s。")),
    "confirm_title": (N_("为防误删，请准确输入这节课的标题。"), ""),
}
