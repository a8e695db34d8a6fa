"""The commands, as `weike --help` lists them; apart, so that help loads none of them."""

from __future__ import annotations

from collections.abc import Mapping

from server.web.language.i18n import N_

HELP: Mapping[str, str] = {
    "serve": N_(
        "启动网站；除非 WEIKE_WORKER=false，也在同一进程里处理录像。\n\n"
        "第一次启动会打印一个一次性链接，用它建立第一个管理员账号。按 Ctrl-C 停下。"
    ),
    "worker": N_("只处理录像，不提供网页；收到 SIGTERM 或按 Ctrl-C 时停下，没做完的下次接着做。"),
    "migrate": N_("把数据库更新到这一版程序需要的样子（SQLite 会先留一份副本），然后结束。"),
    "ingest": N_(
        "收进一份录像，做成可以播放的短视频。\n\n"
        "与网页上传走同一条流程：检查、分段、转码、字幕、加入搜索；每一段都能播放之后才返回。"
        "同一份录像再收一次不会重复，会给出已有的那一课。"
    ),
    "import": N_(
        "从清单导入旧资料库（.jsonl、.csv 或 .xlsx）。\n\n"
        "列：key、title、lecturer、date、topics、media、transcript、transcript_text、summary、genre、audience，"
        "也可以用中文表头（编号、标题、讲师、日期、专题、视频、字幕、文稿、简介、类型、受众）。"
        "没有录像的行成为可以搜索的文字课；同一份清单可以反复导入，只改动变了的内容。"
    ),
    "transcript": N_(
        "查看、更换或移动一节课的文稿。\n\n"
        "给过的每一份都留着。给出 FILE 就换上它；"
        "它不如正在用的合适时保留原来的，并说明原因，除非加上 --replace。"
    ),
    "search": N_(
        "搜索课里讲过的话，给出原话和讲到它的那一秒。\n\n"
        "写法与网页相同：几个词用空格隔开；“加引号”要连在一起；-减号表示不要；"
        "讲师:王芳 专题:党史 年份:2026 只在其中找。未发布的课也会搜到，除非用 --as 像某个人那样搜。"
    ),
    "lesson": N_("一节课：状态、课型、讲师、观看范围、系列、荣誉、材料、基地和短视频。"),
    "may": N_("一个人能不能看一节课、在一个党组织能做什么：因为什么能，或者缺什么、找谁。"),
    "stats": N_("统计：一课或全部课程的数字；汇总、封存和核对。weike stats 后面直接写课的编号也可以。"),
    "reindex": N_(
        "重建搜索索引。\n\n在旧索引旁边另建一份，核对之后再切换；期间照常可以搜索，中途停下也不会损坏旧的。"
    ),
    "sweep": N_(
        "清理存储：删除已不属于任何课程的文件。\n\n"
        "处理进程每天也会自动清理一次。数据库里还记着的、正在制作的和新近的文件都不会动。"
    ),
    "remake": N_(
        "重新制作：文件丢失或损坏的短视频、封面和缩略图，用原始录像再做一次。\n\n"
        "可以写短视频或课程的编号（weike doctor 会说出来），或用 --lost 处理全部丢失的。"
        "短视频的编号、位置、观看数都不变；原始录像也丢失的，请先从备份取回。"
    ),
    "backup": N_(
        "备份：把数据库、录像、短视频和密钥一致地存到 DIR，网站照常运行。\n\n"
        "没有变的文件不再复制，各次备份共用一份。不写 DIR 时用 WEIKE_BACKUP_TO。"
    ),
    "restore": N_(
        "恢复：把 DIR 里的备份放回 --into 指的资料库文件夹，逐个核对。\n\n"
        "数据库和存储按设置（WEIKE_DATABASE_URL、WEIKE_STORE_URL）；"
        "SQLite 恢复到 SQLite，PostgreSQL 恢复到 PostgreSQL。"
        "中途断了，再运行一次就接着做。"
    ),
    "move": N_(
        "搬家：把数据库搬到 --to，把存储搬到 --objects，逐行逐个核对；原来的一样不动。\n\n"
        "先停下网站和处理进程。中途断了，再运行同一条命令就接着做。最后会说要改哪些设置。"
    ),
    "user": N_(
        "账号：新建、列出、改密码、改角色、停用、退出登录、令牌、两步验证、关联的账号、生成一次性链接、删除。"
    ),
    "people": N_("组织关系：从名册导入、导出、查看一个人或一个支部某一天的人、转接。"),
    "organisation": N_("党组织：查看、从清单导入、导出、新建、改名、调整上级、并入、撤销、恢复。"),
    "mail": N_("邮件：试一试邮件服务器收不收信。"),
    "calls": N_("征集：列出征集，看一次征集的评选结果。"),
    "week": N_("每周主题：看一周的主题、课程和发布时间；从表格导入一个学期的计划。"),
    "directory": N_("企业微信通讯录：和这里的账号对照，写成可以导入的人员清单。"),
    "vocabulary": N_("词库：列出、加入、删除、停用和启用、导入、导出搜索用的词和同义词。"),
    "searches": N_("大家常搜的：列出，停用一个词，恢复一个词。"),
    "audit": N_("操作记录：谁在什么时候从哪里对谁做了什么，最新的在前；核对它有没有被改过。"),
    "media-key": N_("播放地址的密钥：换新的，或让已发出的地址全部失效。"),
    "site-key": N_("本站的密钥：签发访客的编号、表单和播放凭据。"),
    "speech": N_("语音识别：听写一节课，或试一试这台机器能听出什么、要多久。"),
    "doctor": N_(
        "体检：工具、磁盘、数据库、索引、密钥、上传通路，逐项给出正常与否和该怎么办。\n\n"
        "只查看，不修改。有一项不合格时退出码为 1。"
    ),
    "settings": N_(
        "列出每一项设置现在的值，以及它来自命令行、环境变量、.env 文件还是默认值；密码和密钥不显示。"
    ),
    "demo": N_(
        "启动一个装好示例的微课：网站、示例课、四种角色的账号，打开就能试。\n\n"
        "示例课在这台机器上现做，第一堂一两分钟就能看，其余的陆续出现。数据在 WEIKE_DATA 里，再次启动接着用。"
    ),
}
"""What every command does, by its name, in the order of help."""

GROUPS = frozenset(
    [
        *("audit", "stats", "user", "people", "organisation", "week", "calls", "directory", "mail"),
        *("vocabulary", "searches", "media-key", "site-key", "speech"),
    ]
)
"""Those that have commands of their own."""
