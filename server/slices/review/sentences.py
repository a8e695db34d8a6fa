"""What happens when lessons are published and taken back."""

from __future__ import annotations

from collections.abc import Mapping

from server.web.language.i18n import N_
from server.web.language.phrases import Sentence

SENTENCES: Mapping[str, Sentence] = {
    "not_published": (N_("它现在没有发布。"), ""),
    "already_published": (N_("它已经发布了。"), ""),
    "nothing_to_publish": (
        N_("它还没有可以播放的短视频，也没有文稿，暂时不能发布。"),
        N_("请等处理完成。"),
    ),
    # done
    "published": (N_("已发布。"), ""),
    "withdrawn": (N_("已撤下。"), ""),
    "audience_changed": (N_("观看范围已修改。"), ""),
}
