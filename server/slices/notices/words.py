"""What kinds of notices, and the ways on which they come, are called."""

from __future__ import annotations

from collections.abc import Mapping

from server.web.language.i18n import N_

WORDS: Mapping[str, Mapping[str, str]] = {
    "notice_kind": {
        "week_out": N_("每周主题发布"),
        "lesson_published": N_("我的课发布了"),
        "lesson_withdrawn": N_("我的课被撤回"),
        "declaration_returned": N_("我申报的课退回修改"),
        "declaration_decided": N_("我申报的课有了结论"),
        "upload_ready": N_("上传的课处理完了"),
        "upload_failed": N_("上传的课没有处理成"),
        "suggestion_answered": N_("我的意见有了答复"),
        "gathering_planned": N_("会议和集中学习的通知"),
        "gathering_changed": N_("会议改了时间或地点"),
        "gathering_cancelled": N_("会议取消"),
        "reflection_published": N_("我的心得发布了"),
        "reflection_returned": N_("我的心得退回来了"),
        "reflections_waiting": N_("有心得等着审阅"),
        "grade_decided": N_("我的评定有了决定或答复"),
        "grade_appealed": N_("有党员对评定提出申诉"),
        "question_asked": N_("我的课上有人提问"),
        "question_answered": N_("我的提问有了答复"),
    },
    "notice_way": {"app": N_("网站里"), "push": N_("浏览器推送")},
}
