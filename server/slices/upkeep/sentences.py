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
    "upkeep_given_up": (N_("已经放弃了。"), ""),
    "retrying_part": (
        N_("失败的太多，一次做不完，只重新开始了最早的一部分。"),
        N_("请再点一次“失败的录像全部重试”，直到没有失败的。"),
    ),
    "retrying_already": (N_("已经在等或正在做，不用再点。"), N_("请过一会儿刷新。")),
    "given_up": (N_("已放弃。"), ""),
    "letter_closed": (N_("这封信已经发出或者放弃了。"), N_("请刷新后再看。")),
    "letter_not_taken": (
        N_("邮件服务器没有收（%(said)s）。"),
        N_("会自己再试，一天之内都试不成就放弃；请检查邮件服务器和对方的地址。"),
    ),
    "letter_given_up": (
        N_("没有发出去，已经放弃（最后一次：%(said)s）。"),
        N_("信里的链接已经作废，不能再发；请让本人重新申请一次。"),
    ),
    "unfit_none": (N_("还没有选。"), N_("请先勾选要删除的。")),
    "unfit_many": (N_("一次最多删除 %(most)s 份，您选了 %(count)s 份。"), N_("请分几次做。")),
    "unfit_changed": (
        N_("确认的是 %(confirmed)s 份，现在只有 %(count)s 份还能删，所以什么都没有删。"),
        N_("可能有人刚刚重试或删除了；请重新选。"),
    ),
    "unfit_deleted": (N_("已删除。"), N_("文件在下一次清理时清走。")),
    "trial_asked": (N_("已交给处理进程，演练完了这一页会写明。"), N_("大的资料库要很久，可以离开这一页。")),
    "shelf_unset": (
        N_("没有设放备份的文件夹（WEIKE_BACKUP_TO），这里看不到任何备份。"),
        N_("请把它设成另一块硬盘上的文件夹，再重新启动。"),
    ),
    "shelf_away": (
        N_("放备份的文件夹（WEIKE_BACKUP_TO）不在：多半是硬盘没有挂上。现在一份备份也看不到，也不会有新的。"),
        N_("请在服务器上检查那块硬盘；备份本身多半还在上面。"),
    ),
    "shelf_none": (
        N_("放备份的文件夹（WEIKE_BACKUP_TO）里还没有备份，或者放的不是备份。"),
        N_("处理进程会做第一份；如果以前有过，请检查是不是挂错了硬盘。"),
    ),
    "shelf_other": (N_("文件夹里的备份，这一版程序不认识。"), N_("请用做备份的那一版或更新的版本。")),
    "shelf_silent": (
        N_("放备份的文件夹（WEIKE_BACKUP_TO）几秒内没有回应：多半是网络硬盘断了。页面没有再等下去。"),
        N_("请在服务器上检查那块硬盘，好了再刷新。"),
    ),
    "jobs_one_or_failed": (
        N_("要么写一件的种类和编号，要么用 --failed，不能都写，也不能都不写。"),
        N_("用 weike jobs 看有哪些。"),
    ),
    "shelf_unreadable": (
        N_("放备份的文件夹（WEIKE_BACKUP_TO）读不了：没有权限，或者硬盘有故障。"),
        N_("请在服务器上运行 weike doctor，并检查那块硬盘。"),
    ),
    "sweep_refused": (
        N_("存储里的大部分短视频数据库都不认识，为了安全什么都没有清走。"),
        N_("多半是接错了数据库或恢复了旧的；请在服务器上运行 weike sweep --dry-run。"),
    ),
}
