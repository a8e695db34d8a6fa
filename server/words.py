"""The sentences behind the codes: reasons, states, roles, steps. Chinese here, other languages in the
catalogues.

Engines and rules speak in codes with values; this is where a code becomes what a person reads: what happened,
and what to do about it. `N_` marks a sentence for the catalogues and returns it unchanged.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from server.formats import duration_words, size
from server.i18n import N_, Catalogue


@dataclass(frozen=True, slots=True)
class Explained:
    """A reason put into words: `message` says what happened, `todo` what to do ("" when there is nothing to
    do).
    """

    message: str
    todo: str = ""


_RECORDING = {
    "empty_file": (N_("这个文件是空的。"), N_("请在电脑上打开它看看，再上传能播放的那一份。")),
    "not_media": (
        N_("这个文件里没有能播放的音像（看起来是 %(found)s）。"),
        N_("请选择视频或录音文件，例如 MP4、MOV、MKV、MP3。"),
    ),
    "playlist_in_disguise": (
        N_("这个文件只是一张播放清单，不是录像本身。"),
        N_("请上传清单所指的那个录像文件。"),
    ),
    "truncated": (
        N_("录像不完整：文件的结尾或索引缺失。"),
        N_("请从录像设备重新拷贝，确认本机能从头播到尾，再上传。"),
    ),
    "nothing_playable": (
        N_("文件里既没有画面，也没有声音。"),
        N_("请确认选对了文件；屏幕录像要在结束录制之后再上传。"),
    ),
    "recording_too_long": (
        N_("录像长 %(duration_s)s，超过了上限 %(limit_s)s。"),
        N_("请分成几节课上传。"),
    ),
    "too_short": (N_("录像太短，没有可以播放的内容。"), N_("请确认选对了文件。")),
    "too_large_picture": (
        N_("画面尺寸 %(width)s×%(height)s 太大，无法处理。"),
        N_("请先导出为不超过 4K 的视频。"),
    ),
    "encrypted": (N_("录像有加密保护，无法处理。"), N_("请上传没有加密的原件。")),
    "unsupported_container": (
        N_("暂不支持这种文件格式：%(found)s。"),
        N_("请先转换为 MP4 再上传。"),
    ),
    "unsupported_codec": (
        N_("暂不支持这种编码：%(found)s。"),
        N_("请先转换为 H.264 编码的 MP4 再上传。"),
    ),
    "disk_full": (
        N_("服务器的存储空间满了，处理停了下来。"),
        N_("已完成的短视频不受影响。请管理员腾出空间，然后点“重试”。"),
    ),
    "timeout": (N_("这一步用时太久，已经停下。"), N_("可以点“重试”；仍然如此，请联系管理员。")),
    "cancelled": (N_("处理被取消了。"), N_("需要时可以点“重试”。")),
    "tool_failed": (
        N_("转换时出了错。"),
        N_("可以点“重试”；仍然如此，请换一份录像，或联系管理员。"),
    ),
    "tool_missing": (
        N_("服务器上缺少转换工具 %(tool)s。"),
        N_("请管理员运行 weike doctor，然后点“重试”。"),
    ),
    "output_too_large": (N_("转换出的文件大得不正常，已经停下。"), N_("请换一份录像，或联系管理员。")),
    "short_output": (N_("转换出的视频不完整，没有采用。"), N_("请点“重试”。")),
    "uneven_output": (N_("转换出的几种清晰度对不齐，没有采用。"), N_("请点“重试”。")),
    "bad_output": (N_("转换出的视频有缺损，没有采用。"), N_("请点“重试”。")),
    "source_missing": (N_("找不到上传的原件。"), N_("请重新上传这份录像。")),
}

_TRANSCRIPT = {
    "transcript_unknown_type": (N_("认不出这种文稿文件。"), N_("可以用 .srt、.vtt、.txt 或 .docx。")),
    "transcript_too_large": (
        N_("文稿文件有 %(size_bytes)s，超过了上限 %(limit_bytes)s。"),
        N_("文稿应是文字，不带图片。"),
    ),
    "transcript_empty": (N_("文稿文件里没有文字。"), N_("请确认选对了文件。")),
    "transcript_not_text": (
        N_("文稿文件里不是文字。"),
        N_("请确认选对了文件；Word 文稿请存为 .docx。"),
    ),
    "transcript_broken": (
        N_("文稿文件读不出来，可能已损坏。"),
        N_("请另存为 UTF-8 编码的 .srt 或 .txt 再试。"),
    ),
    "transcript_no_cues": (
        N_("字幕文件里没有一行能读懂的时间。"),
        N_("请重新导出字幕；只有文字的话，请存为 .txt。"),
    ),
}

_ENTRY = {
    "invalid": (N_("填写的内容不能用。"), N_("请改正后再提交。")),
    "empty": (N_("这一项不能为空。"), N_("请填写后再提交。")),
    "too_long": (N_("太长了：最多 %(most)s 个字，现在有 %(length)s 个。"), N_("请缩短一些。")),
    "too_many": (N_("太多了：最多 %(most)s 个。"), N_("请去掉一些。")),
    "bad_date": (N_("日期不对。"), N_("请写成 2026-03-05 这样。")),
    "unknown_choice": (N_("没有这个选项。"), N_("请从列出的选项中选择。")),
    "space_inside": (N_("用户名里不能有空格。"), ""),
    "password_short": (N_("密码太短。"), N_("至少要 %(least)s 个字符；一句好记的话就很好。")),
    "password_common": (N_("这个密码太容易被猜到。"), N_("请换一个，例如一句只有您记得的话。")),
    "passwords_differ": (N_("两次输入的密码不一样。"), N_("请重新输入。")),
    "username_taken": (N_("这个用户名已经有人用了。"), N_("请换一个，例如加上村名或年份。")),
    "confirm_title": (N_("为防误删，请准确输入这节课的标题。"), ""),
    "type_refused": (
        N_("不收这种文件：%(found)s。"),
        N_("请选择视频或录音文件，例如 MP4、MOV、MKV、MP3。"),
    ),
    "too_large": (N_("文件太大，或者空间不够。"), N_("请压缩后再试，或请管理员放宽限制。")),
    "file_too_large": (
        N_("文件有 %(size_bytes)s，超过了上限 %(limit_bytes)s。"),
        N_("请压缩或分成几节课上传。"),
    ),
    "quota": (
        N_("您的上传空间只剩 %(left_bytes)s。"),
        N_("请删去不再需要的课，或请管理员增加空间。"),
    ),
    "already_uploading": (N_("这节课正在接收另一个文件。"), N_("请等它完成，或先取消。")),
}

_ACCESS = {
    "not_found": (N_("这里没有您要找的内容。"), N_("它可能已被撤下，或者网址不完整。可以试试搜索。")),
    "sign_in_needed": (N_("请先登录。"), N_("登录后会回到这一页。")),
    "sign_in_failed": (
        N_("用户名或密码不对。"),
        N_("请检查输入法和大小写；忘了密码，请找管理员要一个重设链接。"),
    ),
    "forbidden": (N_("您的角色不能做这件事。"), N_("需要的话，请联系您所在支部的管理员。")),
    "csrf": (N_("这一页放得太久了，为了安全没有提交。"), N_("请刷新后再试一次。")),
    "conflict": (N_("它的状态刚刚变了，这个操作不再适用。"), N_("请刷新后再看。")),
    "not_ready": (N_("还没有处理完，暂时不能发布。"), N_("请等每一步都完成。")),
    "not_published": (N_("它现在没有发布。"), ""),
    "already_published": (N_("它已经发布了。"), ""),
    "throttled": (N_("试得太频繁了。"), N_("请过 %(wait_s)s 再试。")),
    "link_used_or_expired": (N_("这个链接已经用过，或者过期了。"), N_("请向发链接给您的人再要一个。")),
    "link_expired": (N_("播放地址已过期。"), N_("请刷新页面继续观看。")),
    "index_busy": (N_("搜索正在整理，暂时查不了。"), N_("请过几分钟再试；课程列表不受影响。")),
    "index_damaged": (N_("搜索索引损坏，暂时查不了。"), N_("请管理员运行 weike reindex；课程列表不受影响。")),
    "error": (N_("出了点问题，没有完成。"), N_("请再试一次；仍然如此，请把编号告诉管理员。")),
}

_DONE = {
    "signed_in": (N_("已登录，欢迎您。"), ""),
    "signed_out": (N_("已退出登录。"), ""),
    "welcome": (N_("账号建好了，欢迎您。"), ""),
    "saved": (N_("已保存。"), ""),
    "published": (N_("已发布。"), ""),
    "withdrawn": (N_("已撤下。"), ""),
    "audience_changed": (N_("观看范围已修改。"), ""),
    "deleted": (N_("已删除。"), ""),
    "retrying": (N_("已重新开始失败的步骤。"), ""),
    "password_changed": (N_("密码已修改。"), ""),
    "token_revoked": (N_("令牌已作废。"), ""),
    "others_signed_out": (N_("其他设备都已退出登录。"), ""),
    "role_given": (N_("已授予角色。"), ""),
    "role_taken": (N_("已收回角色。"), ""),
    "invite_revoked": (N_("邀请链接已作废。"), ""),
    "person_on": (N_("账号已启用。"), ""),
    "person_off": (N_("账号已停用。"), ""),
}

REASONS: Mapping[str, tuple[str, str]] = {**_RECORDING, **_TRANSCRIPT, **_ENTRY, **_ACCESS, **_DONE}
"""Every code a person may meet: (what happened, what to do)."""

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
    },
    "audience": {"everyone": N_("所有人"), "signed_in": N_("登录后可看")},
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
}
"""What codes other than reasons are called, by kind of code."""


_BY_VALUE = {("too_long", "limit_s"): "recording_too_long"}
"""A code that two engines use, told apart by a value that only one of them gives."""


class _Values(dict[str, str]):
    """Values for a sentence; one that was not given shows as a dash instead of hiding the whole sentence."""

    def __missing__(self, key: str) -> str:
        return "—"


def explain(code: str, args: Mapping[str, object], catalogue: Catalogue) -> Explained:
    """Put a reason into words. An unknown code becomes a general sentence that still names the code."""
    code = next((own for (said, name), own in _BY_VALUE.items() if said == code and name in args), code)
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
