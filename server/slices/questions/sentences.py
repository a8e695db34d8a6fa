"""What happens with questions."""

from __future__ import annotations

from collections.abc import Mapping

from server.web.language.i18n import N_
from server.web.language.phrases import Sentence

SENTENCES: Mapping[str, Sentence] = {
    "question_state": (N_("这个提问现在的状态不能这样处理。"), N_("请看它现在的状态，再决定怎么做。")),
    "question_changed": (
        N_("这个提问刚才已经被别人处理过。"),
        N_("请看看现在的内容；您写的还在下面，可以再提交一次。"),
    ),
    "question_again": (N_("同样的问题您已经问过了，正在等答复。"), N_("要补充的话，请写成新的一条。")),
    "question_second": (N_("这个时间不在课里。"), N_("请写成 1:23 这样，不超过这一段的长度。")),
    "question_part": (N_("这节课没有这一段。"), N_("请写段号，例如 2；不写就是提问的那一段。")),
    "questions_open": (
        N_("您在这节课上已经有 %(most)s 个提问在等答复。"),
        N_("请等讲师答复，或者先撤回一个。"),
    ),
    "questions_today": (N_("您今天已经提了 %(most)s 个问题。"), N_("您写的还在下面，请明天再提交。")),
    "questions_lesson": (
        N_("这节课等待答复的提问已有 %(most)s 个，暂时不再收新的。"),
        N_("先看看已经答复的；您写的还在下面，过几天再提交。"),
    ),
    # done
    "question_asked": (N_("已送给讲师。答复以后会通知您；公开之前只有您、讲师和工作人员看得到。"), ""),
    "question_withdrawn": (N_("提问已撤回。"), ""),
    "question_answered": (N_("已答复，提问的人会收到通知。"), ""),
    "question_declined": (N_("已说明不答复的原因，提问的人会收到通知。"), ""),
}
