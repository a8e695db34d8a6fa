"""What the states of recordings, the steps of their way and what is found in files are called."""

from __future__ import annotations

from collections.abc import Mapping

from server.web.language.i18n import N_

WORDS: Mapping[str, Mapping[str, str]] = {
    "recording": {
        "none": N_("没有录像"),
        "receiving": N_("正在接收"),
        "waiting": N_("排队等候"),
        "working": N_("正在处理"),
        "ready": N_("处理完成"),
        "failed": N_("处理失败"),
        "refused": N_("无法采用"),
        "cancelled": N_("已取消"),
    },
    "step": {
        "receive": N_("接收录像"),
        "probe": N_("检查录像"),
        "split": N_("选择分段位置"),
        "clip": N_("制作第 %(n)s 个短视频"),
        "captions": N_("整理字幕"),
        "index": N_("加入搜索"),
    },
    "step_state": {
        "waiting": N_("等候"),
        "running": N_("进行中"),
        "done": N_("完成"),
        "failed": N_("失败"),
    },
    "quality": {
        "exact": N_("时间准确"),
        "aligned": N_("时间按声音对齐"),
        "recognised": N_("机器识别，待校对"),
        "estimated": N_("时间是估计的"),
        "plain": N_("没有时间"),
        "none": N_("没有文稿"),
    },
    "found": {
        "text": N_("文字文件"),
        "zeros": N_("一串空白数据"),
        "image": N_("图片"),
        "pdf": N_("PDF 文档"),
        "office": N_("Word、PPT 之类的办公文档"),
        "archive": N_("压缩包"),
        "program": N_("程序"),
        "html": N_("网页"),
        "unknown": N_("不认识的内容"),
    },
}
