"""What happens with people, their names and their roles."""

from __future__ import annotations

from collections.abc import Mapping

from server.web.language.i18n import N_
from server.web.language.phrases import Sentence

SENTENCES: Mapping[str, Sentence] = {
    "space_inside": (N_("用户名里不能有空格。"), ""),
    "username_taken": (N_("这个用户名已经有人用了。"), N_("请换一个，例如加上村名或年份。")),
    "confirm_username": (N_("为防误删，请准确输入这个人的用户名。"), ""),
    "last_admin": (N_("这是最后一位管理员，不能删除。"), N_("请先另设一位管理员。")),
    "person_unknown": (N_("没有叫 %(name)s 的用户。"), N_("请检查用户名。")),
    "no_root": (N_("还没有建立党组织。"), N_("请管理员重新启动服务。")),
    # done
    "role_given": (N_("已授予角色。"), ""),
    "role_taken": (N_("已收回角色。"), ""),
    "invite_revoked": (N_("邀请链接已作废。"), ""),
    "person_on": (N_("账号已启用。"), ""),
    "person_off": (N_("账号已停用。"), ""),
    "person_erased": (N_("账号和姓名已删除，统计数字不变。"), ""),
}
