"""What happens with notices."""

from __future__ import annotations

from collections.abc import Mapping

from server.web.language.i18n import N_
from server.web.language.phrases import Sentence

SENTENCES: Mapping[str, Sentence] = {
    "notices_read": (N_("都标为已读了。"), ""),
    "push_ended": (N_("不再推送到您的任何浏览器。"), N_("要重新打开，请在那个浏览器里打开这一页。")),
    "push_service_unknown": (
        N_("这个浏览器用的推送服务，这里没有允许。"),
        N_("请管理员在 WEIKE_PUSH_SERVICES 里加上它，或者换一个浏览器。"),
    ),
    "push_keys": (N_("浏览器给的推送密钥不对。"), N_("请刷新页面再试一次。")),
    "push_many": (
        N_("最多推送到 %(most)s 个浏览器。"),
        N_("请先点“全部停止推送”，再在要用的浏览器里打开。"),
    ),
    "notices_chosen": (N_("已保存，从现在起按您的选择提醒。"), ""),
}
