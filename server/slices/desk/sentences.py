"""What is said about several lessons at once."""

from __future__ import annotations

from collections.abc import Mapping

from server.web.language.i18n import N_
from server.web.language.phrases import Sentence

SENTENCES: Mapping[str, Sentence] = {
    "handling_none": (N_("还没有选课程。"), N_("请先勾选，或按 x 选中光标所在的一节。")),
    "handling_many": (N_("一次最多 %(most)s 节，您选了 %(count)s 节。"), N_("请分几次做。")),
    "handling_counted": (
        N_("预览里有 %(confirmed)s 节，现在排得进去的是 %(count)s 节，所以什么都没有排。"),
        N_("请再看一次预览。"),
    ),
    "handling_late": (
        N_("已经不能撤销了：撤销过，或者过了半小时。"),
        N_("可以在课程的页面上一节一节地改回来。"),
    ),
    "handling_changed": (N_("后来又有人改过这一节，所以没有动它。"), N_("请打开这节课看看。")),
    "handled": (N_("做完了，下面是每一节的结果。"), ""),
    "handling_undone": (N_("已撤销，下面是每一节的结果。"), ""),
    "views_many": (N_("一个人最多存 %(most)s 个常用列表。"), N_("请先删掉不用的。")),
}
