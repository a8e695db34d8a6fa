"""What happens when a library is backed up, brought back or moved."""

from __future__ import annotations

from collections.abc import Mapping

from server.web.language.i18n import N_
from server.web.language.phrases import Sentence

_STOP = N_("请先停下网站和处理进程（以及打开着它的别的程序），再运行一次。")
_TOOLS = N_(
    "请装上 PostgreSQL %(server)s 或更新版本的客户端程序，"
    "用 WEIKE_POSTGRES_TOOLS 指明 pg_dump 所在的文件夹，再运行一次。"
)

SENTENCES: Mapping[str, Sentence] = {
    # a folder of backups
    "no_backup_folder": (
        N_("%(folder)s 不是放备份的文件夹。"),
        N_("请检查路径；第一次备份要用一个空的或还没有的文件夹。"),
    ),
    "backup_format": (
        N_("%(folder)s 里的备份，这一版程序不认识。"),
        N_("请用做备份的那一版或更新的版本。"),
    ),
    "backup_busy": (N_("另一个备份正在写 %(folder)s，同一时间只能有一个。"), N_("请等它结束再试。")),
    "backup_none": (N_("%(folder)s 里还没有一份完整的备份。"), ""),
    "backup_none_so_old": (
        N_("没有 %(at)s 或更早的备份。"),
        N_("最早的一份是 %(oldest)s。"),
    ),
    "backup_moment": (
        N_("看不懂时间 %(at)s。"),
        N_("可以写 2026-03-05、2026-03-05T08:30，或备份文件夹的名字。"),
    ),
    "backup_stopped": (N_("备份停下了，之前的备份都在。"), N_("下次会从头再做一份。")),
    "backup_no_room": (
        N_("%(folder)s 放不下：要 %(need_bytes)s，只剩 %(free_bytes)s。"),
        N_("之前的备份没有动。请腾出空间、换更大的硬盘，或用 --keep 少留几份。"),
    ),
    "backup_damaged": (
        N_("备份里的 %(file)s 坏了，和备份时不一样。"),
        N_("请用 --at 选更早的一份，并检查那块硬盘。"),
    ),
    # the ledger of deeds
    "audit_nobody": (N_("没有用户名是 %(name)s 的人。"), N_("请填写完整的用户名；已经删除的人查不到。")),
    # databases
    "database_file_damaged": (
        N_("数据库文件 %(file)s 坏了（%(said)s）。"),
        N_("不要再写它；请从最近一份好的备份恢复（运维手册“恢复”一节）。"),
    ),
    "database_in_memory": (N_("数据库只在内存里，没有文件可以备份。"), N_("请检查 WEIKE_DATABASE_URL。")),
    "no_library": (N_("%(url)s 里有别的程序的表，不是微课的数据库。"), N_("请检查地址，换一个空的数据库。")),
    "other_database": (
        N_("这份备份是 %(kind)s 的，现在的设置是另一种数据库。"),
        N_("请先恢复到同一种数据库，再用 weike move 搬过去。"),
    ),
    "pg_tools_missing": (N_("找不到 %(tool)s，不能备份 PostgreSQL。"), _TOOLS),
    "pg_tools_old": (
        N_("%(tool)s 是 %(version)s 版，比服务器的 %(server)s 版旧，服务器不让它读。"),
        _TOOLS,
    ),
    "pg_tool_failed": (
        N_("%(tool)s 没有做成（%(said)s）。"),
        N_("请检查 WEIKE_DATABASE_URL 和数据库的日志。"),
    ),
    # bringing back
    "in_use": (N_("%(url)s 正被别的程序打开着。"), _STOP),
    "library_not_empty": (
        N_("%(data)s 里已经有资料库。"),
        N_("请换一个空的；恢复时确实要换掉它，请加上 --replace（原来的数据库会留在旁边）。"),
    ),
    "restore_no_room": (
        N_("%(folder)s 放不下：要 %(need_bytes)s，只剩 %(free_bytes)s。"),
        N_("什么都还没有写。请腾出空间，或恢复到更大的硬盘。"),
    ),
    "restore_other": (
        N_("%(data)s 里有一份恢复到一半的备份 %(name)s。"),
        N_("请用 --at %(name)s 把它做完；要换成这一份，请加上 --replace。"),
    ),
    "restore_unfinished": (
        N_("%(data)s 只恢复了一半（备份 %(name)s），还不能用。"),
        N_("请再运行一次同样的 weike restore，它会接着做完。"),
    ),
    # moving
    "move_to_itself": (N_("%(where)s 就是现在的地方。"), N_("请写要搬去的地方。")),
    "move_old_tables": (N_("数据库还是旧版本的。"), N_("请先运行 weike migrate。")),
    "store_not_empty": (N_("%(where)s 里已经有别的资料库的录像。"), N_("请换一个空的桶或文件夹。")),
    "row_refused": (
        N_("新数据库不收 %(table)s 的一行（%(said)s）。"),
        N_("原来的没有动。请改好那一行，再运行一次。"),
    ),
    "rows_differ": (
        N_("%(table)s 里 %(key)s 这一行，两边不一样。"),
        N_("多半是搬的时候有人在用。请停下所有程序，换一个空的数据库再搬一次。"),
    ),
    "file_differs": (
        N_("%(name)s 搬过去以后读出来不一样。"),
        N_("请检查两边的存储，再运行一次。"),
    ),
    # how it stands
    "backup_unset": (
        N_("没有自动备份。"),
        N_("请把 WEIKE_BACKUP_TO 设为另一块硬盘上的文件夹，处理进程就会每几分钟备份一次。"),
    ),
    "backup_never": (
        N_("还没有备份过（WEIKE_BACKUP_TO=%(folder)s）。"),
        N_("处理进程启动一分钟后会做第一份；也可以现在运行 weike backup。"),
    ),
    "backup_late": (
        N_("备份停了：最近一份是 %(at)s。"),
        N_("请看处理进程是否在运行，以及它的日志。"),
    ),
    "backup_by_hand": (
        N_("最近一次手动备份是 %(at)s，没有自动备份。"),
        N_("请设 WEIKE_BACKUP_TO，让处理进程自己备份。"),
    ),
    "backup_fine": (N_("最近一份备份是 %(at)s，有 %(files)s 个文件。"), ""),
    "restore_test_never": (
        N_("还没有演练过恢复：没有恢复过的备份，不知道能不能用。"),
        N_("处理进程会自己演练；也可以运行 weike restore DIR --test。"),
    ),
    "restore_test_late": (
        N_("上次恢复演练是 %(at)s，已经很久了。"),
        N_("请看处理进程的日志，或运行 weike restore DIR --test。"),
    ),
    "restore_test_fine": (N_("%(at)s 演练过：备份 %(name)s 可以完整恢复。"), ""),
    # how the last one went
    "keeping_failed": (N_("没有做成（%(said)s）。"), N_("详情在日志里；会自己再试。")),
    "library_lost_files": (
        N_("资料库自己缺了或坏了 %(count)s 个文件，例如 %(first)s。"),
        N_("请运行 weike doctor，再从更早的备份里找回。"),
    ),
    "backup_unfit": (
        N_("备份不能完整恢复：%(count)s 处不对，例如 %(first)s。"),
        N_("请马上另做一份备份到别的硬盘，并检查这块硬盘。"),
    ),
}
