"""What is said about space and the queue."""

from __future__ import annotations

from collections.abc import Mapping

from server.web.language.i18n import N_
from server.web.language.phrases import Sentence

SENTENCES: Mapping[str, Sentence] = {
    "upkeep_asked": (N_("已交给处理进程，好了这一页会写明。"), N_("录像很多时要几分钟，刷新就能看到。")),
    "upkeep_waits": (N_("已经有人要过了，还没有做完。"), N_("请过一会儿刷新。")),
    "upkeep_confirm": (N_("没有确认，什么都没有清走。"), N_("请先勾选“我知道这些文件拿不回来”。")),
    "upkeep_failed": (N_("上一次没有做成。"), N_("原因在处理进程的日志里；可以再来一次。")),
    "sweep_refused": (
        N_("存储里的大部分短视频数据库都不认识，为了安全什么都没有清走。"),
        N_("多半是接错了数据库或恢复了旧的；请在服务器上运行 weike sweep --dry-run。"),
    ),
}
