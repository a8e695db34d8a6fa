"""What happens with versions and drafts of lessons."""

from __future__ import annotations

from collections.abc import Mapping

from server.web.language.i18n import N_
from server.web.language.phrases import Sentence

SENTENCES: Mapping[str, Sentence] = {
    "draft_changed": (
        N_("这节课的修改刚才已经被别人动过。"),
        N_("请先看看现在的内容；您写的还在，可以再保存一次。"),
    ),
    "draft_none": (N_("现在没有等待发布的修改。"), N_("它可能刚刚发布，或者已经放弃；请看“版本与经过”。")),
    "version_gone": (N_("没有第 %(n)s 版。"), N_("请从“版本与经过”里选一版。")),
    # done
    "draft_saved": (N_("已保存为草稿，发布以后观众才看得到。"), ""),
    "draft_same": (N_("和观众现在看到的一样，没有要发布的修改。"), ""),
    "draft_published": (N_("修改已发布，观众现在看到的是新的一版。"), ""),
    "draft_discarded": (N_("已放弃草稿，观众看到的没有变。"), ""),
    "version_taken_up": (N_("已把旧的一版恢复为草稿，发布以后观众才看得到。"), ""),
}
