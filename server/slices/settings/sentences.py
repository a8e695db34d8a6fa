"""What is said about settings that are chosen."""

from __future__ import annotations

from collections.abc import Mapping

from server.web.language.i18n import N_
from server.web.language.phrases import Sentence

SENTENCES: Mapping[str, Sentence] = {
    "setting_changed": (N_("这期间有人改过设置，所以没有改。"), N_("请重新读一遍再改。")),
    "setting_version": (N_("没有写明是按哪一版设置改的。"), N_("请带上读设置时得到的 version 或 ETag。")),
    "setting_value": (N_("这一项不能是这个值。"), N_("请看旁边写的范围和写法。")),
    "setting_pinned": (
        N_("这一项由服务器的环境变量或 .env 文件规定，不能在网页上改。"),
        N_("要在这里改，请先从那里去掉它，再重新启动。"),
    ),
    "setting_saved": (N_("已保存，所有网站进程一两秒内生效。"), ""),
    "setting_same": (N_("和原来一样，没有改。"), ""),
    "setting_reset": (N_("已恢复成服务器设置里的值。"), ""),
    "colour_unknown": (N_("看不懂这个颜色。"), N_("请写成 # 加六位数字或字母，例如 #a51d24。")),
    "colour_contrast": (
        N_("这个颜色看不清：和它旁边的颜色对比只有 %(ratio)s，至少要 %(least)s。"),
        N_("最近的、看得清的颜色是 %(nearest)s。"),
    ),
    "emblem_missing": (N_("没有选图片。"), N_("请选一个 PNG、JPEG 或 WebP 文件。")),
    "emblem_svg": (
        N_("不收 SVG：它里面可以藏程序。"),
        N_("请用画图软件另存为 PNG（512×512 就够），再上传。"),
    ),
    "emblem_unreadable": (N_("这个文件不是能用的图片。"), N_("请用 PNG、JPEG 或 WebP。")),
    "emblem_large": (N_("图片太大：最多 %(most_bytes)s。"), N_("请缩小后再试，512×512 就够。")),
    "emblem_pixels": (N_("图片的像素太多（%(width)s×%(height)s）。"), N_("请缩小后再试，512×512 就够。")),
}
