"""What happens with declarations."""

from __future__ import annotations

from collections.abc import Mapping

from server.web.language.i18n import N_
from server.web.language.phrases import Sentence

SENTENCES: Mapping[str, Sentence] = {
    "declaration_none": (N_("这节课没有申报。"), N_("请先申报。")),
    "no_levels": (
        N_("现在没有哪一级负责审核，不能申报。"),
        N_("请上级的工作人员在“审核层级”里至少设一级审核。"),
    ),
    "not_ready": (
        N_("它还没有可以播放的短视频，也没有文稿，不能申报。"),
        N_("请等处理完成，或先上传文稿。"),
    ),
    "quota_full": (
        N_("本期的申报名额用完了：最多 %(most)s 节，已申报 %(count)s 节。"),
        N_("可以撤回一节，或等下一期再申报。"),
    ),
    "already_declared": (N_("这节课已经申报，正在审核。"), N_("请在申报页看它到了哪一级。")),
    "remarks_open": (
        N_("还有 %(count)s 条意见没有答复。"),
        N_("请逐条答复（说明，或标为已修改），再重新申报。"),
    ),
    "declaration_elsewhere": (N_("它现在不在这一级。"), N_("请看看它到了哪一级。")),
    "declaration_state": (N_("它现在的状态不能这样做。"), N_("请看看它现在的状态。")),
    "declaration_moved": (
        N_("刚才有别人处理了它，您的操作没有生效。"),
        N_("请看看现在的状态；您写的还在下面。"),
    ),
    "already_read": (N_("您已经审阅过这一轮。"), ""),
    "already_approved": (N_("您已经通过了这一轮，还差别的审核人。"), ""),
    "readings_missing": (
        N_("还差 %(count)s 位审阅人没有看完，现在不能通过。"),
        N_("可以先提意见，或退回修改。"),
    ),
    "read_not_decide": (
        N_("您这一轮已经作为审阅人看过，不能再作决定。"),
        N_("请由另一位审核人决定。"),
    ),
    "already_selected": (N_("它已经是精品。"), ""),
    "return_why": (N_("退回时要说明原因。"), N_("请写一句原因，或至少提一条意见。")),
    "unknown_check": (N_("没有“%(point)s”这个要点。"), N_("可以写的有：%(points)s。")),
    "checklist_open": (N_("还有 %(count)s 项没有确认。"), N_("请逐项看过，再勾选。")),
    "remark_spot": (N_("这节课没有这个位置。"), N_("请播放到要说的地方，再提意见。")),
    "remark_unreadable": (
        N_("看不懂这条意见：“%(text)s”。"),
        N_("请写成“12.5 这里听不清”：前面是秒数，空一格再写意见；也可以只写意见。"),
    ),
    "remarks_many": (N_("一次申报最多 %(most)s 条意见。"), N_("请合并成几条主要的。")),
    "answer_unknown": (N_("没有选怎样答复。"), N_("请选“说明”或“已修改”。")),
    "level_number": (N_("这个数要在 %(least)s 到 %(most)s 之间。"), ""),
    "level_twice": (N_("同一层写了两次。"), N_("请每一层只写一次。")),
    "bulk_none": (N_("没有勾选任何一件。"), N_("请在本页勾选要一起通过的。")),
    "bulk_count": (
        N_("确认的件数和勾选的对不上，一件也没有处理。"),
        N_("请回到列表，重新勾选。"),
    ),
    "bulk_refused": (
        N_("《%(title)s》不能一起通过（%(why)s）。"),
        N_("一件也没有处理。请回到列表，去掉它再试。"),
    ),
    "cursor_unreadable": (N_("看不懂从哪里接着看。"), N_("请从第一页开始。")),
    "queue_state_unknown": (N_("没有这种状态：“%(text)s”。"), N_("请用列表里的状态。")),
    # done
    "declaration_declare": (N_("已申报。"), ""),
    "declaration_remark": (N_("意见已记下。"), ""),
    "declaration_answer": (N_("已答复。"), ""),
    "declaration_read": (N_("已审阅。"), ""),
    "declaration_approve": (N_("已通过。"), ""),
    "declaration_select": (N_("已选为精品。"), ""),
    "declaration_return": (N_("已退回修改。"), ""),
    "declaration_decline": (N_("已记为未通过。"), ""),
    "declaration_publish": (N_("课程已发布。"), ""),
    "declaration_withdraw": (N_("申报已撤回。"), ""),
    "declaration_stop": (N_("已紧急停用，观众已看不到这节课。"), ""),
    "bulk_done": (N_("勾选的都已通过。"), ""),
    "levels_saved": (N_("审核层级已保存，从下一次申报起有效。"), ""),
    "levels_inherited": (N_("已恢复沿用上级的审核层级。"), ""),
}
