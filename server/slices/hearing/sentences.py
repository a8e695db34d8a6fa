"""What is said of recognising speech, and of laying texts over it."""

from __future__ import annotations

from collections.abc import Mapping

from server.web.language.i18n import N_
from server.web.language.phrases import Sentence

_NO_SPEECH = N_("这台服务器还没有装听写用的组件，没有时间的讲稿只能按停顿估计时间。")
_SET_UP = N_("请管理员运行 python3 run.py setup --speech。")
_LOOK = N_("请管理员运行 weike doctor 查看，或重新运行 python3 run.py setup --speech。")

SENTENCES: Mapping[str, Sentence] = {
    # why not
    "speech_off": (
        N_("管理员关闭了语音听写，没有时间的讲稿只能按停顿估计时间。"),
        N_("需要的话，请管理员把 WEIKE_SPEECH 改为 on-request 或 always。"),
    ),
    "speech_not_wanted": (
        N_("这节课的讲师选了不听写自己的课，没有时间的讲稿只能按停顿估计时间。"),
        N_("要听写，请讲师本人在“我的账号”里改选。"),
    ),
    "speech_model_missing": (_NO_SPEECH, _SET_UP),
    "speech_extra_missing": (_NO_SPEECH, _SET_UP),
    "speech_model_unknown": (N_("设置里指定的语音模型，微课不认识。"), _LOOK),
    "speech_model_incomplete": (N_("语音模型缺少文件 %(file)s。"), _LOOK),
    "speech_model_cut": (N_("语音模型的文件 %(file)s 不完整或已损坏。"), _LOOK),
    "speech_model_changed": (N_("语音模型的文件 %(file)s 和装上时不一样。"), _LOOK),
    "speech_model_english": (N_("设置里指定的语音模型只懂英语。"), _LOOK),
    "nothing_to_hear": (N_("这节课没有可以听写的声音。"), N_("请先上传有声音的录像。")),
    "not_recognising": (N_("没有正在进行的听写。"), ""),
    "speech_failed": (
        N_("听写程序没有做完（%(said)s）。"),
        N_("可以再试一次，会从停下的地方接着听。"),
    ),
    # done
    "recognition_begun": (N_("已经排上队，短视频都做好之后开始听写。"), ""),
    "speech_chosen": (N_("已经保存。以后按您选的听写您的课。"), ""),
    "speech_chosen_stopped": (N_("已经保存。正在听写和排队的已经停下，听完的短视频保留文字。"), ""),
    "recognition_cancelled": (N_("已经停止听写，听完的短视频保留文字。"), ""),
    "repair_undone": (N_("已经改回听写时的写法。"), ""),
    "repair_gone": (N_("这一行已经改过，找不到要改回的词。"), ""),
    "not_aligned": (N_("这份文稿没有按声音对齐过。"), ""),
    # of what was heard
    "heard_again": (N_("有 %(count)s 处单独又听了一遍。"), ""),
    "repeats_dropped": (N_("有 %(count)s 处机器反复写同一句，只留了一遍。"), ""),
    "made_up_dropped": (N_("去掉了 %(count)s 处机器凭空写出来的话。"), ""),
    "not_understood": (
        N_("有 %(count)s 处有人说话，但没有听出字来。"),
        N_("请对照声音补上。"),
    ),
    "words_repaired": (
        N_("按词典、标题、讲师和专题改了 %(count)s 处同音的字。"),
        N_("可以在“文稿与字幕”页逐个改回。"),
    ),
    # of texts laid over it
    "script_unsaid": (
        N_("讲稿 %(lines)s 行里有 %(count)s 行录像里没有说，没有显示。"),
        N_("可以在“文稿与字幕”页查看是哪些。"),
    ),
    "script_beyond": (
        N_("录像里有 %(count)s 行是讲稿之外说的，没有收进字幕。"),
        N_("可以在“文稿与字幕”页收进来。"),
    ),
    "script_to_be_aligned": (
        N_("讲稿没有时间，现在的时间是按停顿估计的；已经排队听写这份录像，听完之后按声音对齐。"),
        "",
    ),
    "script_not_heard": (
        N_("讲稿没有时间，现在的时间是按停顿估计的；听写没有做完，所以还没有按声音对齐。"),
        N_("可以在“文稿与字幕”页再听写一次。"),
    ),
    "script_not_said": (
        N_(
            "讲稿 %(lines)s 行里有 %(count)s 行录像里没有说，像是另一堂课的讲稿，"
            "所以没有按声音对齐，时间仍是估计的。"
        ),
        N_("请检查文稿与录像是否对应。"),
    ),
}
