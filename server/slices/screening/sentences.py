"""What happens with screens and records."""

from __future__ import annotations

from collections.abc import Mapping

from server.web.language.i18n import N_
from server.web.language.phrases import Sentence

SENTENCES: Mapping[str, Sentence] = {
    "showing_not_open": (
        N_("会议还没有开始，或者已经结束，不能放映。"),
        N_("请先在会议页上点“开始”。"),
    ),
    "photo_kept": (N_("照片放上了，地点、时间和手机型号已去掉。"), ""),
    "photo_known": (N_("这张照片已经在这里了，没有再放一遍。"), ""),
    "photo_removed": (N_("照片已删除。"), ""),
    "photo_missing": (N_("没有选照片。"), N_("请选一个 JPEG、PNG 或 WebP 文件。")),
    "photo_large": (N_("照片太大：最多 %(most_bytes)s。"), N_("请缩小后再试。")),
    "photo_pixels": (N_("照片的像素太多（%(width)s×%(height)s）。"), N_("请缩小后再试。")),
    "photo_unreadable": (
        N_("这个文件不是能用的照片。"),
        N_("请用 JPEG、PNG 或 WebP；苹果手机的 HEIC 请先在相机设置里选“兼容性最佳”。"),
    ),
    "photo_costly": (N_("这张照片处理不了，太复杂了。"), N_("请用看图软件另存成 JPG，再选。")),
    "photo_busy": (N_("别人的照片正在处理。"), N_("请 %(wait_s)s 秒以后再试。")),
    "photos_many": (N_("一次会议最多放 %(most)s 张照片。"), N_("请先删掉一张。")),
    "photo_early": (N_("会议还没有开始，或者已取消，不能放照片。"), N_("开始以后再放；不放也可以。")),
    "record_locked": (N_("会议记录已经由主持人和记录人签字，不能再改。"), N_("有错请在下面写补充。")),
    "record_signed": (
        N_("已有人签字，正文先不能改。"),
        N_("要改的话，请签字的人先撤回签字。"),
    ),
    "record_not_ended": (N_("会议还没有结束，不能签字。"), N_("请先在会议页上点“结束”。")),
    "record_changed": (
        N_("在您看的时候，会议记录又有了变化，还没有签字。"),
        N_("请再看一遍，没有问题再签。"),
    ),
    "record_unresolved": (
        N_("有 %(count)s 处两个人同时写了同一行，还没有合并。"),
        N_("请看看标出来的行，都留下或拿掉一行，再签字。"),
    ),
    "record_blank": (N_("还没有写讨论和决议。"), N_("请先写上会议内容，再签字。")),
    "record_signer": (
        N_("这里要由会议安排里写的那一位来签。"),
        N_("请用他本人的账号登录后签字；换了人的话，请先改会议安排。"),
    ),
    "record_cancelled": (N_("这次会议取消了，没有会议记录。"), ""),
    "record_lines": (N_("一份会议记录最多 %(most)s 行。"), N_("请把短的行合并。")),
    "record_line_changed": (N_("这一行刚才已经被别人改过。"), N_("请看看新的内容，再决定要不要拿掉。")),
    "record_line_id": (N_("这一行没有可用的编号。"), N_("请刷新页面再写。")),
    "record_not_locked": (N_("还没有签字，不用写补充。"), N_("请直接改正文。")),
    "record_busy": (N_("现在正在做别的会议记录。"), N_("请过几秒再试。")),
    "record_part": (N_("没有这一部分。"), N_("请写在“讨论”或“决议”里。")),
    "record_role": (N_("没有选是以主持人还是记录人签字。"), N_("请点签字栏里的按钮。")),
    "addition_empty": (N_("补充是空的。"), N_("请写上要补充或更正的内容。")),
    "additions_many": (N_("一份会议记录最多补充 %(most)s 条。"), N_("请合并到一条里。")),
    "template_missing": (N_("没有选文件。"), N_("请选一个 Word 文件（.docx）。")),
    "template_size": (N_("模板最大 %(most_kb)s KB。"), N_("请去掉里面的图片再传。")),
    "template_no_docx": (N_("这不是能用的 Word 文件。"), N_("请用 Word 或 WPS 另存为 .docx。")),
    "template_large_inside": (N_("这个文件展开以后太大。"), N_("请去掉里面的图片和附件。")),
    "template_forbidden": (
        N_("模板里有不允许的写法：%(text)s。"),
        N_("模板只能写下面列出的名称，以及“如果”和“逐条”。"),
    ),
    "template_unknown": (N_("模板里写了没有的名称：%(text)s。"), N_("请对照下面列出的名称改正。")),
    "template_syntax": (
        N_("模板里的标记写得不完整：%(text)s。"),
        N_("请检查花括号是否成对，“for”后面有没有“endfor”。"),
    ),
    "template_broken": (N_("这个模板填不出来：%(text)s。"), N_("请从下载的模板改起。")),
    "template_costly": (N_("这个模板太复杂，没有做完。"), N_("请去掉里面的重复和计算。")),
    # done
    "record_signed_done": (N_("已签字。"), N_("另一位也签了以后，正文就锁定。")),
    "record_locked_done": (N_("两位都已签字，会议记录已锁定。"), N_("以后有要更正的，写在补充里。")),
    "record_taken_back": (N_("签字已撤回，可以接着改。"), ""),
    "record_added": (N_("补充已记下，写着您的名字和时间。"), ""),
    "template_kept": (N_("模板已启用。"), N_("用它试填过一份，没有问题。")),
    "template_removed": (N_("自己的模板已去掉。"), ""),
}
