"""What the settings, their rooms and their sources are called."""

from __future__ import annotations

from collections.abc import Mapping

from server.slices.settings.about import ABOUT
from server.web.language.i18n import N_

WORDS: Mapping[str, Mapping[str, str]] = {
    "setting": ABOUT,
    "setting_group": {
        "place": N_("放在哪里"),
        "serving": N_("怎样打开"),
        "branding": N_("名称和颜色"),
        "door": N_("登录和密钥"),
        "mail": N_("邮件"),
        "work": N_("处理录像和识别语音"),
        "keeping": N_("上传的限制，和保留多久"),
        "counting": N_("观看怎么算"),
        "reflection": N_("心得体会"),
        "gathering": N_("集中学习"),
        "running": N_("备份、日志和监控"),
    },
    "setting_source": {
        "chosen": N_("在这里改的"),
        "command line": N_("命令行"),
        "environment": N_("环境变量"),
        ".env": N_(".env 文件"),
        "default": N_("默认值"),
    },
    "choice_change": {"set": N_("改了"), "reset": N_("恢复原来的")},
    "colour_theme": {"light": N_("白天"), "dark": N_("夜间")},
}
