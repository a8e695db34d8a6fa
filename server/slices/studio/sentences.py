"""What is said of covers and of steps."""

from __future__ import annotations

from collections.abc import Mapping

from server.web.language.i18n import N_
from server.web.language.phrases import Sentence

SENTENCES: Mapping[str, Sentence] = {
    "step_done": (N_("好，这一步记下了。"), ""),
    "step_again": (N_("这一步又打开了。"), ""),
    "cover_kept": (N_("封面换好了。"), ""),
    "cover_undone": (N_("换回了系统自己选的画面。"), ""),
    "cover_no_clip": (N_("还没有可以播放的短视频，封面放不上去。"), N_("请等第一个短视频做好再来。")),
    "cover_missing": (N_("还没有选画面，也没有选图片。"), N_("请点一个画面，或者选一张自己的图片。")),
    "cover_frame_gone": (N_("这个画面已经不在了，短视频重新做过。"), N_("请从现在的画面里再选一个。")),
    "cover_same_words": (N_("现在的封面是系统选的画面。"), N_("请先选一个画面或图片，再写字。")),
    "cover_too_large": (
        N_("这张图片太大了，最大 %(most_bytes)s。"),
        N_("请用电脑或手机把它缩小一些，再选。"),
    ),
    "cover_pixels": (N_("这张图片的像素太多，最多 %(most)s 百万像素。"), N_("请把它缩小一些，再选。")),
    "cover_small": (
        N_("这张图片太小，至少要 %(width)s × %(height)s 像素。"),
        N_("请选一张大一些的，或者从视频里选一个画面。"),
    ),
    "cover_type": (N_("这不是能用的图片。"), N_("请选 JPG、PNG 或 WebP 图片。")),
    "cover_damaged": (N_("这张图片打不开，文件可能不完整。"), N_("请重新导出或拍一张，再选。")),
    "cover_costly": (N_("这张图片处理不了，太复杂了。"), N_("请用看图软件另存成 JPG，再选。")),
    "cover_busy": (N_("别人的图片正在处理。"), N_("请 %(wait_s)s 秒以后再试。")),
    "cover_no_font": (
        N_("服务器上没有中文字体，字写不上去。"),
        N_("请把字去掉再保存，或者请管理员装上字体。"),
    ),
    "cover_no_room": (N_("服务器的磁盘快满了，图片存不下。"), N_("请联系管理员。")),
    "too_many_windows": (
        N_("这节课的字幕同时在 %(most)s 个窗口里打开了。"),
        N_("请关掉几个。改动照常保存。"),
    ),
}
