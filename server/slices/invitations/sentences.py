"""What happens when a branch is let in."""

from __future__ import annotations

from collections.abc import Mapping

from server.web.language.i18n import N_
from server.web.language.phrases import Sentence

SENTENCES: Mapping[str, Sentence] = {
    "sheet_nobody": (
        N_("没有要邀请的人：都已经有密码，或者不归您管。"),
        N_("名单里没有的人，请先导入名单，或者挂出支部码让他们自己申请。"),
    ),
    "sheet_too_large": (
        N_("一次最多给 %(most)s 人做邀请单。"),
        N_("请先选下面的一个党组织，分几次做。"),
    ),
    "reset_holds_more": (
        N_("这个人的角色您不能授予，或者账号已停用，不能由您重设。"),
        N_("请找上级的工作人员或管理员。"),
    ),
    "join_day": (
        N_("支部码的最后一天要在今天到 %(most)s 天以内。"),
        N_("请重新选一天。"),
    ),
    "join_answered": (N_("这个申请已经有人处理过了。"), N_("请刷新页面看结果。")),
    "join_signs_in_already": (
        N_("您选的这个人已经能登录，不能再和别人的申请合在一起。"),
        N_("如果确实是本人，请不同意这个申请，再当面给他重设密码。"),
    ),
    "sign_in_name_taken": (N_("这个号码已经有人用来登录。"), N_("请核对一下，或者找管理员。")),
    "phone_unreadable": (N_("这不像一个手机号。"), N_("请写 11 位手机号；国外的号码以 + 开头。")),
    "name_is_id_number": (N_("这像一个身份证号，系统不保存身份证号。"), N_("请填工号。")),
    # done
    "first_links_void": (N_("还没有用的邀请都已作废。"), ""),
    "branch_code_made": (N_("支部码已建好，以前的码不能再用。"), ""),
    "branch_code_revoked": (N_("支部码已收回。"), ""),
    "join_approved": (N_("已同意，这个人现在可以登录。"), ""),
    "join_refused": (N_("已不同意，申请里的内容已删除。"), ""),
    "sign_in_names_saved": (N_("登录用的号码已保存。"), ""),
}
