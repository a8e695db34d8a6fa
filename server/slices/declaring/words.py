"""What states, steps, parts and points of declarations are called."""

from __future__ import annotations

from collections.abc import Mapping

from server.web.language.i18n import N_

WORDS: Mapping[str, Mapping[str, str]] = {
    "declaration_state": {
        "draft": N_("尚未申报"),
        "declared": N_("审核中"),
        "returned": N_("退回修改"),
        "selected": N_("已选为精品"),
        "published": N_("已通过并发布"),
        "declined": N_("未通过"),
        "withdrawn": N_("已撤回"),
        "stopped": N_("已紧急停用"),
    },
    "declaration_step": {
        "declare": N_("申报"),
        "remark": N_("提意见"),
        "answer": N_("答复意见"),
        "read": N_("审阅完毕"),
        "approve": N_("通过"),
        "select": N_("选为精品"),
        "return": N_("退回修改"),
        "decline": N_("不予通过"),
        "publish": N_("发布"),
        "withdraw": N_("撤回申报"),
        "stop": N_("紧急停用"),
    },
    "declaration_part": {
        "lecturer": N_("讲师"),
        "reader": N_("审阅人"),
        "decider": N_("审核人"),
        "above": N_("上级"),
    },
    "review_point": {
        "content": N_("内容：导向正确，没有差错"),
        "sound": N_("声音：听得清，没有杂音"),
        "picture": N_("画面：清楚、端正，没有不该出现的"),
        "sources": N_("引用：出处写明，素材有权使用"),
        "secrecy": N_("保密：不涉密，不含个人隐私"),
    },
    "review_point_short": {
        "content": N_("讲课内容"),
        "sound": N_("声音"),
        "picture": N_("画面"),
        "sources": N_("引用"),
        "secrecy": N_("保密"),
    },
    "machine_point": {
        "plays": N_("可以播放的短视频"),
        "transcript": N_("文稿或字幕"),
        "proofread": N_("校对过的字幕"),
        "lecturer": N_("讲师"),
        "topics": N_("专题"),
        "summary": N_("简介"),
        "cover": N_("封面"),
    },
    "level_ending": {
        "publish": N_("通过就发布"),
        "select": N_("只选为精品，发布另行决定"),
    },
    "quota_period": {"month": N_("每月"), "quarter": N_("每季度"), "year": N_("每年")},
    "remark_answer": {"answered": N_("说明"), "changed": N_("已修改")},
}
