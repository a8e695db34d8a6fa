"""What is said about works."""

from __future__ import annotations

from collections.abc import Mapping

from server.web.language.i18n import N_
from server.web.language.phrases import Sentence

SENTENCES: Mapping[str, Sentence] = {
    "episode_unknown": (
        N_("没有这节课，或者您不能修改它。"),
        N_("请填课程页面的网址，例如 /lessons/ 后面的 16 位编号。"),
    ),
    "in_another_series": (N_("这节课已经在另一个系列里。"), N_("请先从那个系列里移出来。")),
    "episodes_changed": (N_("这个系列里的课刚才变了。"), N_("请刷新后再排一次。")),
    "confirm_series": (N_("为防误删，请准确输入这个系列的名称。"), ""),
    "honour_year": (N_("年份不对。"), N_("请写 %(first)s 到 %(last)s 之间的四位数字。")),
    "certificate_type": (N_("证书要是 PDF 或图片。"), N_("请另存为 PDF，或拍一张照片。")),
    "material_missing": (N_("还没有选文件。"), N_("请选一个文件再上传。")),
    "material_empty": (N_("这个文件是空的。"), N_("请检查后再上传。")),
    "material_type": (
        N_("这个文件的内容不是 PDF、Word、Excel、PowerPoint 文档或图片。"),
        N_("是什么由内容决定，改文件名没有用；请另存为其中一种。"),
    ),
    "material_drawing": (N_("不收 SVG 图，里面可能有脚本。"), N_("请另存为 PNG 图片或 PDF。")),
    "material_old_office": (
        N_("这是旧格式（.doc、.xls、.ppt）或加了密码的文档。"),
        N_("请去掉密码，用 WPS 或 Office 另存为 .docx、.xlsx、.pptx 或 PDF。"),
    ),
    "material_macros": (
        N_("这份文档里有宏或嵌入的程序，不能收。"),
        N_("请另存为不带宏的文档（.docx、.xlsx、.pptx）或 PDF。"),
    ),
    "material_fetches": (
        N_("这份文档打开时会从别处取内容（模板或图片）。"),
        N_("请把图片放进文档里，或另存为 PDF。"),
    ),
    "material_damaged": (N_("这个文件不完整或已损坏。"), N_("请打开看看，再重新保存一份上传。")),
    "material_two_things": (
        N_("这个文件的前面或后面还跟着别的内容。"),
        N_("请打开后重新保存一份再上传；手机的动态照片请先存成普通照片。"),
    ),
    "material_locked": (N_("这个文件加了密码，别人打不开。"), N_("请去掉密码再上传。")),
    "material_bomb": (N_("这份文档解开后太大。"), N_("请缩小里面的图片，或另存为 PDF。")),
    "material_pixels": (N_("这张图片太大，超过 %(most)s 百万像素。"), N_("请缩小后再上传。")),
    "material_too_large": (N_("文件太大。"), N_("最大 %(most_bytes)s；请压缩或分成几份。")),
    "material_too_costly": (N_("这个文件太复杂，没能检查完。"), N_("请另存一份简单些的，或分成几份。")),
    "material_no_room": (N_("服务器的磁盘快满了，收不下这个文件。"), N_("请告诉管理员。")),
    "material_busy": (N_("正在检查别的文件。"), N_("请过 %(wait_s)s 秒再上传。")),
    "material_again": (N_("同一份材料已经在这节课里。"), N_("不用再传。")),
    "site_taken": (N_("已经有叫这个名称的基地。"), N_("请写全一些，例如加上县名。")),
    "site_unknown": (N_("没有叫这个名称的基地。"), N_("请从列出的里面选；新的基地由工作人员登记。")),
    "point_unreadable": (N_("读不懂这个坐标。"), N_("请写纬度,经度，例如 30.52,119.68。")),
    "confirm_site": (N_("为防误删，请准确输入这个基地的名称。"), ""),
    # done
    "material_added": (N_("材料已加上。"), ""),
    "honour_noted": (N_("荣誉已登记。"), N_("课程页面和列表上都能看到。")),
    "series_made": (N_("系列已建立。"), N_("现在可以把课加进来。")),
}
