"""What happens with what is said of a lesson."""

from __future__ import annotations

from collections.abc import Mapping

from server.web.language.i18n import N_
from server.web.language.phrases import Sentence

SENTENCES: Mapping[str, Sentence] = {
    "date_unreadable": (N_("读不懂这个日期：%(text)s。"), N_("请写成 2026-03-05 这样。")),
    "genre_unknown": (
        N_("没有“%(text)s”这种课型。"),
        N_("可以写：讲授、亲历讲述、现场教学、情景党课、教学片、实用技术、动漫、微视频。"),
    ),
    "language_unknown": (N_("没有这种语言。"), N_("可以选：%(known)s。")),
    "audience_empty": (
        N_("选了“指定范围”，却没有写是谁。"),
        N_("请写上党组织、选学习小组，或勾选党员类别；要给所有人看，请选“所有人”。"),
    ),
    "audience_many": (
        N_("一共写了 %(count)s 个党组织和小组，最多 %(most)s 个。"),
        N_("请改写它们共同的上级，一个上级包括下面所有的党组织。"),
    ),
    "audience_word": (
        N_("读不懂“%(word)s”：它不是一种观看范围。"),
        N_(
            "可以写 everyone、signed_in、organisation，或 node:编码、group:小组、kind:full"
            "（full、probationary、activist、masses）。"
        ),
    ),
    "audience_mixed": (
        N_("“%(word)s”已经包括了后面写的范围，两样不能一起用。"),
        N_("要限制范围，请选“指定范围”，只写党组织、小组和党员类别。"),
    ),
    "group_unknown": (N_("没有叫“%(text)s”的学习小组，或者您不能选它。"), N_("请从列出的小组里选。")),
    "confirm_title": (N_("为防误删，请准确输入这节课的标题。"), ""),
}
