"""What happens while searching, and with saved searches."""

from __future__ import annotations

from collections.abc import Mapping

from server.web.language.i18n import N_
from server.web.language.phrases import Sentence

SENTENCES: Mapping[str, Sentence] = {
    "index_busy": (N_("搜索正在整理，暂时查不了。"), N_("请过几分钟再试；课程列表不受影响。")),
    "index_damaged": (N_("搜索索引损坏，暂时查不了。"), N_("请管理员运行 weike reindex；课程列表不受影响。")),
    "search_name_taken": (
        N_("您已经有一个叫“%(name)s”的搜索了。"),
        N_("请换一个名字，或者先删除那一个。"),
    ),
    "searches_full": (
        N_("保存的搜索已经有 %(most)s 个，不能再多了。"),
        N_("请先在“我的搜索”里删除一些。"),
    ),
    # done
    "search_saved": (N_("这次搜索已保存。"), N_("以后可以在“我的搜索”里再打开，看看有没有新的。")),
    "search_renamed": (N_("名字已修改。"), ""),
    "search_stopped": (N_("已停用：含有这个词的搜索不再提供给任何人。"), ""),
    "search_lifted": (N_("已恢复：有足够多的人搜过时，会再提供给大家。"), ""),
    "search_removed": (N_("已从“我的搜索”里删除。"), ""),
}
