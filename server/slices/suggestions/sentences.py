"""What happens with suggestions."""

from __future__ import annotations

from collections.abc import Mapping

from server.web.language.i18n import N_
from server.web.language.phrases import Sentence

SENTENCES: Mapping[str, Sentence] = {
    "suggestion_state": (
        N_("这条意见现在的状态不能这样处理。"),
        N_("请看它现在的状态，再决定怎么做。"),
    ),
    "suggestion_changed": (
        N_("这条意见刚才已经被别人处理过。"),
        N_("请看看现在的内容；您写的还在下面，可以再提交一次。"),
    ),
    "suggestion_again": (
        N_("同样的内容刚才已经收到了。"),
        N_("不用再提交；要补充的话，请写成新的一条。"),
    ),
    "suggestions_from_here": (
        N_("从这个网络一小时内已经提交了 %(most)s 条。"),
        N_("您写的还在下面，请过一小时再提交，或用手机流量提交。"),
    ),
    "suggestions_in_all": (
        N_("这一小时收到的意见太多，暂时不再收新的。"),
        N_("您写的还在下面，请过一小时再提交。"),
    ),
    "suggestion_receipt": (
        N_("没有这个查询码。"),
        N_("请照提交时给出的 12 位查询码再输一次；不分大小写，横线可以不写。"),
    ),
    # done
    "suggestion_answered": (N_("答复已保存，凭查询码可以看到。"), N_("要让大家都看到，请点“公开”。")),
    "suggestion_released": (N_("已公开，所有人都能看到。"), ""),
    "suggestion_changed_done": (N_("已处理。"), ""),
}
