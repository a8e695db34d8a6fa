"""What happens with links to feeds."""

from __future__ import annotations

from collections.abc import Mapping

from server.web.language.i18n import N_
from server.web.language.phrases import Sentence

SENTENCES: Mapping[str, Sentence] = {
    "feeds_made": (N_("订阅链接已建立。"), N_("请把下面的地址复制到日历或播客程序里。")),
    "feeds_renewed": (N_("订阅链接已更换。"), N_("旧地址已经打不开，请在各个程序里换成新的。")),
    "feeds_ended": (N_("订阅链接已作废。"), N_("用它订阅的程序不会再收到更新。")),
}
