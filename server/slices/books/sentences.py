"""Why something counts as it does, and what happens with books, self-study and practice."""

from __future__ import annotations

from collections.abc import Mapping

from server.web.language.i18n import N_
from server.web.language.phrases import Sentence

SENTENCES: Mapping[str, Sentence] = {
    # why something counts, or not, each with what can be done
    "books_in_room": (
        N_("这段时间已经按集中学习计入，放映的不再重复计。"),
        "",
    ),
    "books_shown_apart_gathered": (N_("其中放映的 %(minutes)s 分钟单独计入集中学习。"), ""),
    "books_shown_apart_self": (N_("其中放映的 %(minutes)s 分钟单独计入自学，不重复计。"), ""),
    "books_shown_apart_online": (N_("其中放映的 %(minutes)s 分钟单独计入网络学习，不重复计。"), ""),
    "books_made_up_gathered": (N_("补学，计入集中学习。"), ""),
    "books_made_up_self": (N_("补学计入自学，不计入集中学习。"), N_("集中学习要到场参加。")),
    "books_made_up_online": (N_("补学计入网络学习，不计入集中学习。"), N_("集中学习要到场参加。")),
    "books_made_up_not": (N_("补学不折算学时。"), N_("规则由上级党组织定，可以向支部书记了解。")),
    "books_share": (
        N_("这节课看了 %(percent)s%%，还不计入。"),
        N_("看到 %(needs)s%% 以后计入，什么时候接着看都可以。"),
    ),
    "books_most": (N_("本人申报的自学全年最多计 %(most)s 学时，超出的不计。"), ""),
    "books_declared": (N_("本人申报。"), ""),
    "books_no_hours": (N_("按现在的规则，这一项只作记录，不折算学时。"), ""),
    "books_not_yet": (N_("今天看的，夜里记入台账。"), ""),
    "books_reversed": (N_("已经撤销。"), ""),
    # what is not taken
    "evidence_lifted": (N_("这一条的撤销已经收回过了。"), N_("请看看现在的内容。")),
    "evidence_said_again": (N_("撤销已收回，重新记入；两次的原因都留着，本人看得到。"), ""),
    "evidence_gone": (
        N_("这一条已经不在账上了。"),
        N_("可能刚刚被别人撤销，或已经更正，请看看现在的内容。"),
    ),
    "days_order": (N_("结束的日期早于开始的日期。"), N_("请改一改日期。")),
    "study_day_far": (N_("这个日期离现在太远。"), N_("请选前后一年以内的日期。")),
    "day_coming": (N_("这一天还没有到。"), N_("做过以后再记。")),
    "study_minutes": (N_("请写学了多少分钟：1 到 %(most)s 的整数。"), ""),
    "study_day_full": (
        N_("这一天申报的自学加起来超过 24 小时：已有 %(minutes)s 分钟，还能记 %(left)s 分钟。"),
        N_("请改一改分钟数，或换成实际学习的那一天。"),
    ),
    "study_corrected": (
        N_("这一条已由支部书记撤销，不能自己重新开始。"),
        N_("有不同意见，请向支部书记说明；支部书记可以收回撤销。"),
    ),
    "studies_many": (N_("正在学的已有 %(most)s 项。"), N_("请先学完几项，或去掉不学的。")),
    "study_done": (N_("这一项已经结束。"), N_("要改的话，请先点“重新开始”。")),
    "study_changed": (
        N_("这份笔记在别处改过。"),
        N_("您写的还在下面；请先另开一页看看已存的，合到一起再保存。"),
    ),
    "practice_no_home": (
        N_("这一天您不在任何党组织，没有人可以确认。"),
        N_("请联系支部书记，先登记组织关系。"),
    ),
    "practices_many": (N_("等待确认的已有 %(most)s 项。"), N_("请先等支部书记确认。")),
    "practice_answered": (N_("这一项已经答复过了。"), N_("请看看现在的内容。")),
    "hours_first": (N_("开始的日期太早。"), N_("最早从本年度开始的 %(begins)s 起；过去的年度不再改动。")),
    "hours_hold": (N_("这份规则已经生效，不能删除。"), N_("可以从新的一天起另定规则。")),
    "hours_in_times": (N_("实践按次数计，按时间计的不能放进去。"), N_("请选别的账本。")),
    "hours_steps": (
        N_("看不懂分档。"),
        N_("每行写分钟和学时，中间空一格，例如 15 0.25；都要一行比一行大。"),
    ),
    "hours_value": (N_("这个数不能用。"), N_("请填允许范围内的数。")),
    # done
    "study_planned": (N_("已加入自学计划。"), N_("可以写笔记；学完了来这里记一句。")),
    "study_noted": (N_("笔记已保存，只有您自己看得到。"), ""),
    "study_finished": (N_("已记入学习档案。"), ""),
    "study_again": (N_("已重新开始，账上的记录已撤销。"), ""),
    "study_dropped": (N_("已从计划里去掉。"), ""),
    "practice_said": (N_("已提交，等支部书记确认。"), ""),
    "practice_withdrawn": (N_("已撤回。"), ""),
    "practice_confirmed": (N_("已确认，记入本人的学习档案。"), ""),
    "practice_refused": (N_("已答复，本人看得到原因。"), ""),
    "evidence_taken_back": (N_("已撤销，原记录和原因都留着，本人看得到。"), ""),
    "hours_saved": (N_("规则已保存。"), ""),
    "hours_removed": (N_("已删除。"), ""),
}
