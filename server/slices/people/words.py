"""What roles are called."""

from __future__ import annotations

from collections.abc import Mapping

from server.web.language.i18n import N_

WORDS: Mapping[str, Mapping[str, str]] = {
    "role": {
        "member": N_("党员"),
        "lecturer": N_("讲师"),
        "secretary": N_("支部书记"),
        "reviewer": N_("审核员"),
        "staff": N_("工作人员"),
        "auditor": N_("审计员"),
        "admin": N_("管理员"),
    },
    "member_state": {
        "full": N_("正式党员"),
        "probationary": N_("预备党员"),
        "activist": N_("入党积极分子"),
        "masses": N_("群众"),
        "unknown": N_("没有写类别"),
    },
    "membership_kind": {"home": N_("在册"), "guest": N_("流动")},
    "transfer_state": {
        "asked": N_("等待接收"),
        "accepted": N_("已接收"),
        "refused": N_("没有接收"),
        "withdrawn": N_("已撤回"),
    },
    "exemption_reason": {
        "frail": N_("年老体弱"),
        "leave": N_("长期请假"),
        "away": N_("外出务工"),
        "other": N_("其他原因"),
    },
    "row_outcome": {
        "new": N_("新"),
        "changed": N_("变"),
        "unchanged": N_("未变"),
        "doubtful": N_("存疑"),
        "wrong": N_("有误"),
    },
    "row_change": {
        "name": N_("姓名"),
        "state": N_("人员类别"),
        "since": N_("加入日期"),
        "home": N_("党组织"),
        "transfer": N_("转往（等对方接收）"),
        "guest": N_("流动到"),
        "committee": N_("班子成员"),
    },
}
