"""What happens while a clip is watched, and with what is taken along."""

from __future__ import annotations

from collections.abc import Mapping

from server.web.language.i18n import N_
from server.web.language.phrases import Sentence

SENTENCES: Mapping[str, Sentence] = {
    "clip_not_ready": (N_("这一段还在制作。"), N_("请过几分钟再来。")),
    "link_expired": (N_("播放地址已过期。"), N_("请刷新页面继续观看。")),
    "play_unknown": (N_("没有这次播放。"), N_("请刷新页面。")),
    "people_count": (
        N_("您发起的集体观看，人数要在 2 到 %(most)s 之间。"),
        N_("请按实际到场的人数填写；到场的人更多时，请讲师或工作人员来发起。"),
    ),
    "people_place": (
        N_("一个党组织一小时里的集体观看，由您发起的最多计到 %(most)s 人次，现在还能计 %(left)s 人次。"),
        N_("请过一会儿再发起，或者请讲师、工作人员来发起；不发起也可以接着看。"),
    ),
    "beat_unreadable": (N_("读不懂这份播放记录。"), ""),
    "beat_key": (N_("这份播放记录没有凭据，不能算数。"), N_("请刷新页面，重新播放。")),
    "beat_later": (N_("现在记不下播放记录，已经看的不会丢。"), N_("过几秒会自动再交。")),
    "download_failed": (
        N_("这个文件现在做不出来。"),
        N_("请过一会儿再试；仍然如此，请联系管理员。"),
    ),
    "downloads_busy": (N_("现在下载的人太多。"), N_("请过几分钟再试。")),
    # done
}
