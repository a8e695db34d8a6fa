"""What happens with one's own marks."""

from __future__ import annotations

from collections.abc import Mapping

from server.web.language.i18n import N_
from server.web.language.phrases import Sentence

SENTENCES: Mapping[str, Sentence] = {
    "favourites_many": (
        N_("收藏已经有 %(most)s 个，到上限了。"),
        N_("请先在“我的学习”里取消几个不再看的，再收藏。"),
    ),
    "notes_many": (N_("笔记已经有 %(most)s 条，到上限了。"), N_("请先下载保存，再删掉一些旧的。")),
    "note_changed": (
        N_("这条笔记在别处改过了。"),
        N_("您写的还在下面；请看看现在的内容，再保存一次。"),
    ),
    "note_second": (N_("这个时间不在这一段里。"), N_("请写成 1:23 这样，不超过这一段的长度。")),
    "places_many": (N_("一次最多记 %(most)s 段。"), ""),
    "places_paused": (N_("您的观看历史已暂停，没有记。"), N_("要记的话，请先在“观看历史”里恢复记录。")),
    # done
    "favourite_kept": (N_("已收藏，在“我的学习”里能找到。"), ""),
    "favourite_gone": (N_("已取消收藏。"), ""),
    "note_written": (N_("笔记已保存，只有您自己看得到。"), ""),
    "note_deleted": (N_("笔记已删除。"), ""),
    "history_forgotten": (N_("观看历史已全部删除。"), ""),
    "history_clip_forgotten": (N_("已从观看历史里删除。"), ""),
    "history_paused": (N_("已暂停：从现在起不再记观看历史和看到哪里。"), ""),
    "history_resumed": (N_("已恢复记录观看历史。"), ""),
}
