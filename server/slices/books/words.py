"""What books, rules and kinds of evidence are called."""

from __future__ import annotations

from collections.abc import Mapping

from server.web.language.i18n import N_

WORDS: Mapping[str, Mapping[str, str]] = {
    "book": {
        "gathered": N_("集中学习培训"),
        "self": N_("自学"),
        "online": N_("网络学习"),
        "practice": N_("实践"),
    },
    "evidence_kind": {
        "watched": N_("观看课程"),
        "attended": N_("参加学习"),
        "studied": N_("自学"),
        "lectured": N_("讲课"),
        "wrote": N_("心得体会"),
        "passed": N_("通过测验"),
        "did": N_("实践"),
    },
    "hours_rule": {
        "gathered": N_("参加集中学习"),
        "evening": N_("参加夜校"),
        "made_up": N_("补学"),
        "showing": N_("集中学习中放映的课程"),
        "watched": N_("自己观看的课程"),
        "declared": N_("自学（本人申报）"),
        "lectured": N_("讲课"),
        "practice": N_("实践"),
        "none": N_("不折算"),
    },
    "hours_aim": {
        "member_hours": N_("党员集中学习（学时）"),
        "leader_hours": N_("支部书记和班子成员集中学习（学时）"),
        "self_hours": N_("自学（学时）"),
        "online_hours": N_("网络学习（学时）"),
        "practice_times": N_("实践（次）"),
    },
    "lead": {"secretary": N_("书记"), "committee": N_("班子成员")},
    "study_state": {"planned": N_("在学"), "done": N_("学完"), "dropped": N_("不学了")},
    "practice_state": {
        "waiting": N_("等待确认"),
        "confirmed": N_("已确认"),
        "refused": N_("没有确认"),
    },
    "hours_example": {
        "three_gatherings": N_("参加三次集中学习，分别是 50、40、45 分钟"),
        "one_lesson": N_("一节 24 分钟的课，分三天各看 8 分钟"),
        "part_of_a_lesson": N_("一节 20 分钟的课，只看了 8 分钟"),
        "screened": N_("参加一次 90 分钟的集中学习，其中放映课程 30 分钟"),
        "made_up": N_("补学 60 分钟"),
        "declared": N_("自学 90 分钟，由本人申报"),
    },
}
