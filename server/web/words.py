"""The words behind the codes: states, roles, steps; and reasons, put into sentences with their values."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from server.web.formats import duration_words, percent_words, size
from server.web.i18n import N_, Catalogue
from server.web.parts import CountingRule
from server.web.reasons import BY_VALUE, REASONS


@dataclass(frozen=True, slots=True)
class Explained:
    """A reason in words: `message` says what happened, `todo` what to do ("" when there is nothing to do)."""

    message: str
    todo: str = ""


WORDS: Mapping[str, Mapping[str, str]] = {
    "role": {
        "member": N_("党员"),
        "lecturer": N_("讲师"),
        "staff": N_("工作人员"),
        "admin": N_("管理员"),
    },
    "state": {"draft": N_("待发布"), "published": N_("已发布"), "withdrawn": N_("已撤下")},
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
    "audience": {"everyone": N_("所有人"), "signed_in": N_("登录后可看")},
    "length": {
        "under_3": N_("3 分钟以内"),
        "3_to_5": N_("3 到 5 分钟"),
        "5_to_8": N_("5 到 8 分钟"),
        "over_8": N_("8 分钟以上"),
    },
    "source": {
        "feed": N_("首页和课程列表"),
        "search": N_("搜索"),
        "link": N_("直接打开或别处的链接"),
        "qr": N_("扫二维码"),
        "next": N_("从同一课的另一段接着看"),
    },
    "range": {
        "7": N_("最近 7 天"),
        "30": N_("最近 30 天"),
        "year": N_("今年"),
        "all": N_("全部"),
    },
    "stats_sort": {"views": N_("观看次数"), "watched": N_("观看时长"), "title": N_("标题")},
    "found_in": {
        "speech": N_("原话"),
        "beginning": N_("开头"),
        "summary": N_("简介"),
        "title": N_("标题"),
        "topic": N_("专题"),
        "lecturer": N_("讲师"),
    },
    "sort": {"relevance": N_("最相关"), "date": N_("最新"), "views": N_("最多观看")},
    "kind": {"video": N_("视频"), "sound": N_("音频"), "text": N_("文稿")},
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
    "found": {
        "text": N_("文字文件"),
        "zeros": N_("一串空白数据"),
        "image": N_("图片"),
        "pdf": N_("PDF 文档"),
        "office": N_("办公文档"),
        "archive": N_("压缩包"),
        "program": N_("程序"),
        "html": N_("网页"),
        "unknown": N_("不认识的内容"),
    },
    "action": {
        "publish": N_("发布"),
        "withdraw": N_("撤下"),
        "audience": N_("修改观看范围"),
        "edit": N_("修改内容"),
    },
    "wording": {
        "add": N_("加入"),
        "change": N_("修改"),
        "remove": N_("删除"),
        "off": N_("停用"),
        "on": N_("启用"),
    },
}
"""What codes other than reasons are called, by kind of code."""


class _Values(dict[str, str]):
    """Values for a sentence; one that was not given shows as a dash instead of hiding the whole sentence."""

    def __missing__(self, key: str) -> str:
        return "—"


def explain(code: str, args: Mapping[str, object], catalogue: Catalogue) -> Explained:
    """Put a reason into words. An unknown code becomes a general sentence that still names the code."""
    code = next((own for (said, name), own in BY_VALUE.items() if said == code and name in args), code)
    if code not in REASONS:
        message = catalogue.say(N_("出了点问题（代码 %(code)s）。"), code=code)
        return Explained(message, catalogue.say(REASONS["error"][1]))
    values = _Values({name: _value(name, value, catalogue) for name, value in args.items()})
    message, todo = REASONS[code]
    return Explained(
        catalogue.translations.gettext(message) % values,
        catalogue.translations.gettext(todo) % values if todo else "",
    )


def word(kind: str, code: str, catalogue: Catalogue, **values: object) -> str:
    """What `code` is called, e.g. word("role", "staff", ...). Raises KeyError for an unknown one."""
    return catalogue.say(WORDS[kind][code], **values)


def rule_sentences(rule: CountingRule, catalogue: Catalogue) -> tuple[str, ...]:
    """The counting rule in short, for what stands beside counted numbers."""
    return (
        catalogue.say(
            N_("真正播放满 %(min)s 算一次观看；不到 %(short)s 的短视频，播放满 %(share)s 即可。"),
            min=duration_words(rule.min_s, catalogue),
            short=duration_words(rule.short_clip_s, catalogue),
            share=percent_words(rule.short_share * 100, catalogue),
        ),
        catalogue.say(N_("同一个人看同一个短视频，%(window)s 分钟内只算一次。"), window=rule.window_min),
        catalogue.say(
            N_("看到 %(share)s 以上算看完；集中学习另计。"),
            share=percent_words(rule.complete_share * 100, catalogue),
        ),
    )


def _value(name: str, value: object, catalogue: Catalogue) -> str:
    """One value as it is written in a sentence: the ending of its name tells its unit."""
    if isinstance(value, int | float):
        if name.endswith("_s"):
            return duration_words(float(value), catalogue)
        if name.endswith("_bytes"):
            return size(float(value))
    if name == "found" and value in WORDS["found"]:
        return word("found", str(value), catalogue)
    return str(value)
