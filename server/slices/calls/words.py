"""What stages, demands, verdicts and stakes are called."""

from __future__ import annotations

from collections.abc import Mapping

from server.web.language.i18n import N_

WORDS: Mapping[str, Mapping[str, str]] = {
    "call_stage": {
        "draft": N_("起草中"),
        "open": N_("征集中"),
        "judging": N_("评审中"),
        "results": N_("已公布结果"),
        "closed": N_("已结束"),
    },
    "call_action": {
        "open": N_("发布征集"),
        "to_draft": N_("退回起草"),
        "judge": N_("截止征集，开始评审"),
        "reopen": N_("重新开放征集"),
        "publish": N_("公布结果"),
        "retract": N_("收回结果，继续评审"),
        "close": N_("结束这次征集"),
    },
    "demand_point": {
        "duration": N_("时长"),
        "height": N_("画面清晰度"),
        "fps": N_("帧率"),
        "bars": N_("没有黑边"),
        "sound": N_("有声音"),
        "loudness": N_("响度"),
        "subtitles": N_("字幕"),
    },
    "demanded": {"no": N_("不要求"), "wish": N_("希望达到"), "must": N_("必须达到")},
    "verdict": {
        "ok": N_("符合"),
        "fails": N_("不符合"),
        "checking": N_("正在检查"),
        "unknown": N_("查不出"),
    },
    "demand_subtitles": {
        "timed": N_("有对上时间的字幕，机器听写的也算"),
        "given": N_("有人给的、对上时间的字幕"),
    },
    "found_subtitles": {
        "exact": N_("字幕文件，时间准"),
        "aligned": N_("文稿，按听写对上了时间"),
        "recognised": N_("机器听写"),
        "estimated": N_("文稿，时间是估计的"),
        "plain": N_("文稿，没有时间"),
        "none": N_("没有字幕"),
    },
    "stake": {
        "owner": N_("这是您自己的课"),
        "lecturer": N_("讲师和您同名"),
        "entered": N_("这件作品是您提交的"),
        "branch": N_("作品来自您所在的支部"),
    },
}
