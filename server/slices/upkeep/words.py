"""What takes space, by its kind."""

from __future__ import annotations

from collections.abc import Mapping

from server.web.language.i18n import N_

WORDS: Mapping[str, Mapping[str, str]] = {
    "space": {
        "originals": N_("上传的原录像"),
        "clips": N_("短视频（各种清晰度）和封面"),
        "storyboards": N_("预览小图"),
        "materials": N_("课程材料和证书"),
        "reflections": N_("心得的语音"),
        "other": N_("别的文件"),
        "uploads": N_("还没传完的上传"),
        "work": N_("正在制作的"),
        "index": N_("搜索索引"),
        "backups": N_("备份（在 WEIKE_BACKUP_TO）"),
        "database": N_("数据库（文稿、记录、统计都在里面）"),
    },
    "goes": {
        "clip": N_("旧的短视频：重新分段或重新转码以后不再用的，和已删除课程的"),
        "storyboard": N_("已删除录像的预览小图"),
        "original": N_("没有课程在用的原录像：被拒收的、已删除课程的"),
        "material": N_("已从课程取下的材料"),
    },
    "job": {
        "recording": N_("录像"),
        "speech": N_("语音识别"),
        "letter": N_("邮件"),
        "asked": N_("清点、清理和演练"),
    },
    "job_state": {
        "waiting": N_("在等"),
        "working": N_("正在做"),
        "failed": N_("失败"),
        "refused": N_("无法采用"),
        "cancelled": N_("已取消"),
    },
    "job_what": {
        "measure": N_("数一数什么占了地方"),
        "sweep": N_("清走可以清走的"),
        "try": N_("恢复演练"),
    },
    "letter_about": {
        "confirm": N_("确认邮箱"),
        "changed": N_("邮箱改了"),
        "reset": N_("重设密码"),
    },
    "backup_fault": {
        "facts": N_("说明读不了。"),
        "database": N_("数据库不全。"),
        "list": N_("文件清单没有了。"),
    },
}
