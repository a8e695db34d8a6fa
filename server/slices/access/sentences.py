"""What happens at the doors and with one's own account."""

from __future__ import annotations

from collections.abc import Mapping

from server.web.language.i18n import N_
from server.web.language.phrases import Sentence

SENTENCES: Mapping[str, Sentence] = {
    "sign_in_failed": (
        N_("用户名或密码不对。"),
        N_("请检查输入法和大小写；忘了密码，请找管理员要一个重设链接。"),
    ),
    "sign_in_wait": (N_("密码错得太多了。"), N_("请过 %(wait_s)s 再试。")),
    "link_used_or_expired": (N_("这个链接已经用过，或者过期了。"), N_("请向发链接给您的人再要一个。")),
    "token_unknown": (N_("这个令牌不对，或已作废。"), N_("请在“我的账号”里建立新的令牌。")),
    "password_short": (N_("密码太短。"), N_("至少要 %(least)s 个字符；一句好记的话就很好。")),
    "password_common": (N_("这个密码太容易被猜到。"), N_("请换一个，例如一句只有您记得的话。")),
    "passwords_differ": (N_("两次输入的密码不一样。"), N_("请重新输入。")),
    "password_wrong": (N_("现在的密码不对。"), N_("请重新输入。")),
    # done
    "signed_in": (N_("已登录，欢迎您。"), ""),
    "signed_out": (N_("已退出登录。"), ""),
    "welcome": (N_("账号建好了，欢迎您。"), ""),
    "password_changed": (N_("密码已修改。"), ""),
    "token_revoked": (N_("令牌已作废。"), ""),
    "others_signed_out": (N_("其他设备都已退出登录。"), ""),
}
