"""What facts, kinds, states and points of 减负 are called, and what the law says of each point."""

from __future__ import annotations

from collections.abc import Mapping

from server.web.language.i18n import N_

WORDS: Mapping[str, Mapping[str, str]] = {
    "grade_fact": {
        "attended": N_("到会（次）"),
        "made_up": N_("补学（次）"),
        "absent": N_("无故缺席（扣分）"),
        "late": N_("迟到或早退（扣分）"),
        "lectured": N_("讲党课（次）"),
        "wrote": N_("心得在支部发表（篇）"),
        "practised": N_("实践（次）"),
        "self_studied": N_("自学（次）"),
        "passed": N_("答题通过（次）"),
        "share_full": N_("到会率，补学算到会"),
        "share_half": N_("到会率，补学算一半"),
        "share_none": N_("到会率，补学不算"),
        "entered": N_("人工录入"),
    },
    "grade_origin": {
        "attended": N_("到会"),
        "made_up": N_("补学"),
        "absent": N_("无故缺席"),
        "excused": N_("请假"),
        "late": N_("迟到或早退"),
        "lectured": N_("讲党课"),
        "wrote": N_("发表心得"),
        "practised": N_("实践"),
        "self_studied": N_("自学"),
        "passed": N_("答题通过"),
        "due": N_("应到"),
        "present": N_("实到"),
        "made_good": N_("缺席后补学"),
    },
    "study_form_graded": {
        "gathered": N_("集中学习"),
        "evening": N_("夜校"),
        "self": N_("自学"),
        "practice": N_("实践"),
        "online": N_("网络学习"),
    },
    "rule_kind": {"month": N_("每月评定"), "review": N_("年度民主评议")},
    "rules_state": {"draft": N_("草稿"), "in_force": N_("生效"), "ended": N_("已停用")},
    "grades_state": {"open": N_("建议中"), "frozen": N_("已定稿")},
    "appeal_state": {"open": N_("等待答复"), "upheld": N_("维持原决定"), "corrected": N_("已重新决定")},
    "rule_example": {
        "base": N_("基础分 60 分，按实际加减，最低 0 分"),
        "appraisal": N_("平时 60%，测评 40%"),
        "review": N_("民主评议：优秀不超过三分之一，预备党员不定等次"),
    },
    # Where in a rule set something stands: the keys of its JSON.
    "rule_part": {
        "format": N_("格式"),
        "kind": N_("种类"),
        "name": N_("名称"),
        "base": N_("基础分"),
        "floor": N_("最低分"),
        "ceiling": N_("最高分"),
        "terms": N_("加分和扣分"),
        "fact": N_("算什么"),
        "forms": N_("学习形式"),
        "points": N_("分数"),
        "most": N_("最多"),
        "least": N_("最少"),
        "made_up": N_("补学怎么算"),
        "none_due": N_("没有应到时"),
        "appraisal": N_("测评"),
        "percent": N_("百分比"),
        "bands": N_("档次"),
        "at_least": N_("多少分以上"),
        "quotas": N_("限额"),
        "band": N_("哪一档"),
        "of": N_("比例"),
        "without_grade": N_("不定等次的人"),
        "year": N_("年度分"),
        "starts": N_("从几月开始"),
        "months_percent": N_("各月平均的百分比"),
        "reason": N_("理由"),
        "basis": N_("依据"),
        "answer": N_("答复"),
    },
    "burden": {
        "sign_ins": N_("登录、打卡签到"),
        "clicks": N_("点击、浏览"),
        "likes": N_("点赞、投票"),
        "forwards": N_("转发、评论"),
        "length": N_("字数、篇幅"),
        "time": N_("学习时长、在线时间"),
        "usage": N_("安装和使用情况"),
        "photos": N_("强制拍照、录像、轨迹"),
        "ranking": N_("对个人排名、积分"),
    },
    # What the two texts say together, in our words; nothing here gives the number of an article.
    "burden_article": {
        "sign_ins": N_(
            "《整治形式主义为基层减负若干规定》（2024）和《政务移动互联网应用程序规范化管理办法》"
            "（国办函〔2026〕12号）：不得强制打卡签到，不得通报谁登录了应用。"
        ),
        "clicks": N_(
            "微课的减负要求，按《整治形式主义为基层减负若干规定》（2024）和《政务移动互联网应用程序规范化管理办法》"
            "（国办函〔2026〕12号）的精神：点击、浏览不得分。两个文件没有逐字写到这一点。"
        ),
        "likes": N_(
            "《整治形式主义为基层减负若干规定》（2024）和《政务移动互联网应用程序规范化管理办法》"
            "（国办函〔2026〕12号）：点赞、投票不得作为考核评价的依据。"
        ),
        "forwards": N_(
            "《整治形式主义为基层减负若干规定》（2024）和《政务移动互联网应用程序规范化管理办法》"
            "（国办函〔2026〕12号）：转发不得作为考核评价的依据。"
        ),
        "length": N_(
            "微课的减负要求，按《整治形式主义为基层减负若干规定》（2024）和《政务移动互联网应用程序规范化管理办法》"
            "（国办函〔2026〕12号）的精神：写多少字不得分。两个文件没有逐字写到这一点。"
        ),
        "time": N_(
            "《整治形式主义为基层减负若干规定》（2024）和《政务移动互联网应用程序规范化管理办法》"
            "（国办函〔2026〕12号）：不得把在线时间当作任务来计，学习时长不得作为考核评价的依据。"
        ),
        "usage": N_(
            "《整治形式主义为基层减负若干规定》（2024）和《政务移动互联网应用程序规范化管理办法》"
            "（国办函〔2026〕12号）：不得通报、统计谁安装了、谁登录了应用。"
        ),
        "photos": N_(
            "《整治形式主义为基层减负若干规定》（2024）和《政务移动互联网应用程序规范化管理办法》"
            "（国办函〔2026〕12号）：不得强制拍照、录像、留轨迹。"
        ),
        "ranking": N_(
            "《整治形式主义为基层减负若干规定》（2024）和《政务移动互联网应用程序规范化管理办法》"
            "（国办函〔2026〕12号）：不得搞积分排名。"
        ),
    },
}
