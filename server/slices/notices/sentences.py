"""What happens with notices."""

from __future__ import annotations

from collections.abc import Mapping

from server.web.language.i18n import N_
from server.web.language.phrases import Sentence

SENTENCES: Mapping[str, Sentence] = {
    "notices_read": (N_("都标为已读了。"), ""),
    "notices_chosen": (N_("已保存，从现在起按您的选择提醒。"), ""),
}
