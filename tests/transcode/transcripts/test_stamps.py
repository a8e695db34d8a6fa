"""Time stamps in text: minutes of online meetings, recognisers, lyrics, tables; and times that are none."""

from __future__ import annotations

from dataclasses import replace

import pytest

from transcode.errors import Refused
from transcode.remarks import Remark, codes
from transcode.transcripts.parsing import Cue, Transcript, parse_transcript

SAID = (Cue(2.0, 9.0, "同志们好"), Cue(9.0, 10.0, "共同富裕"))
NAMED = (Cue(2.0, 9.0, "同志们好", "主持人"), Cue(9.0, 10.0, "共同富裕", "王老师"))


def read(text: str, name: str = "a.txt") -> Transcript:
    return parse_transcript(text.encode(), name)


@pytest.mark.parametrize(
    "text",
    [
        "[00:02.00]同志们好\n[00:09.00]共同富裕",
        "[00:00:02] 同志们好\n[00:00:09] 共同富裕",
        "[00:02]同志们好\n[00:09]共同富裕",
        "(00:02) 同志们好\n\n(00:09) 共同富裕",
        "（00：02）同志们好\n（00：09）共同富裕",
        "【00:00:02】同志们好\n【00:00:09】共同富裕",
        "00:00:02 同志们好\n00:00:09 共同富裕",
        "00:00:02同志们好\n00:00:09共同富裕",
        "00:02 同志们好\n00:09 共同富裕",
        "0:02\n同志们好\n0:09\n共同富裕",
        "00:00:02\n同志们好\n\n00:00:09\n共同富裕\n",
        "00:00:02,000 同志们好\n00:00:09,000 共同富裕",
        "1. 00:00:02 同志们好\n2. 00:00:09 共同富裕",
        "00:00:02\t同志们好\n00:00:09\t共同富裕",
        "1\t00:00:02\t同志们好\n2\t00:00:09\t共同富裕",
        "同志们好\t00:00:02\n共同富裕\t00:00:09",
        "00:00:02:00 同志们好\n00:00:09:00 共同富裕",
        "00分02秒 同志们好\n00分09秒 共同富裕",
        "0小时0分2秒：同志们好\n0小时0分9秒：共同富裕",
        "【00分02秒】同志们好\n【00分09秒】共同富裕",
        "0′02″ 同志们好\n0′09″ 共同富裕",
        "0m02s 同志们好\n0m09s 共同富裕",
    ],
)
def test_stamps_are_times_and_no_words(text: str) -> None:
    transcript = read(text)
    assert (transcript.kind, transcript.cues) == ("timed", SAID)
    assert set(codes(transcript.warnings)) <= {"frames_guessed"}


@pytest.mark.parametrize(
    "text",
    [
        "主持人(00:00:02): 同志们好\n王老师(00:00:09): 共同富裕",
        "主持人（00:00:02）：同志们好\n王老师（00:00:09）：共同富裕",
        "主持人 [00:02]\n同志们好\n王老师 [00:09]\n共同富裕",
        "主持人 00:00:02\n同志们好\n\n王老师 00:00:09\n共同富裕\n",
        "主持人  00:02\n同志们好\n王老师  00:09\n共同富裕",
        "主持人 00分02秒\n同志们好\n王老师 00分09秒\n共同富裕",
        "主持人 00:00:02: 同志们好\n王老师 00:00:09: 共同富裕",
        "主持人 00:00:02 同志们好\n王老师 00:00:09 共同富裕",
        "[00:00:02] 主持人：同志们好\n[00:00:09] 王老师：共同富裕",
        "00:00:02 【主持人】同志们好\n00:00:09 【王老师】共同富裕",
        "00:00:02 主持人\n同志们好\n00:00:09 王老师\n共同富裕",
        "[00:00:02] 主持人\n同志们好\n[00:00:09] 王老师\n共同富裕",
        "主持人：\n[00:00:02]同志们好\n王老师：\n[00:00:09]共同富裕",
        "主持人\t00:00:02\t同志们好\n王老师\t00:00:09\t共同富裕",
        "时间\t讲话人\t内容\n00:00:02\t主持人\t同志们好\n00:00:09\t王老师\t共同富裕",
    ],
)
def test_who_speaks_is_no_word_either(text: str) -> None:
    transcript = read(text)
    assert (transcript.cues, transcript.warnings) == (NAMED, ())


def test_a_name_above_its_stamp_is_told_from_a_short_line() -> None:
    heads = "".join(
        f"{name}\n00:00:0{n}\n第{n}句\n" for n, name in enumerate(("甲方", "乙方", "甲方", "乙方"), 1)
    )
    assert [(c.speaker, c.text) for c in read(heads).cues] == [
        *(("甲方", "第1句"), ("乙方", "第2句"), ("甲方", "第3句"), ("乙方", "第4句"))
    ]
    title = "党课\n[00:02]同志们好\n大家好\n[00:09]共同富裕\n是要求\n"
    assert [(c.speaker, c.text) for c in read(title).cues] == [
        ("", "同志们好\n大家好"),
        ("", "共同富裕\n是要求"),
    ]


def test_ends_that_are_given_are_kept() -> None:
    for text in (
        "[00:02.000 --> 00:05.500] 同志们好\n[00:09.000 --> 00:12.000] 共同富裕",
        "[00:02.0-00:05.5]同志们好\n[00:09.0-00:12.0]共同富裕",
        "00:00:02.0 - 00:00:05.5 同志们好\n00:00:09.0 - 00:00:12.0 共同富裕",
        "1\t00:00:02.0\t00:00:05.5\t同志们好\n2\t00:00:09.0\t00:00:12.0\t共同富裕",
    ):
        assert read(text).cues == (Cue(2.0, 5.5, "同志们好"), Cue(9.0, 12.0, "共同富裕"))


def test_lyrics_with_all_that_is_in_them() -> None:
    text = """[ti:没有共产党就没有新中国]
[ar:合唱]
[offset:+500]
[by:]
[00:12.50][01:02.50]副歌
[00:02.50]<00:02.50>同<00:02.80>志们 <00:03.00>好
[00:06.50]
[00:20.00]尾声

"""
    transcript = read(text, "a.lrc")
    assert transcript.cues == (
        Cue(2.0, 6.0, "同志们 好"),
        Cue(12.0, 19.5, "副歌"),
        Cue(19.5, 62.0, "尾声"),
        Cue(62.0, 63.0, "副歌"),
    )
    assert transcript.warnings == ()
    assert read("[00:02:00]同志们好\n[00:09:80]共同富裕", "a.lrc").cues == (
        Cue(2.0, 9.8, "同志们好"),
        Cue(9.8, 10.8, "共同富裕"),
    )
    assert read("[00:09.00]只有一行", "a.lrc").cues == (Cue(9.0, 10.0, "只有一行"),)


def test_minutes_with_a_head_and_several_paragraphs() -> None:
    text = """学习会 文字记录
2026年5月1日 上午 10:00

主持人 00:00:02
同志们好
上午9:30开会

王老师 00:01:09
共同富裕
"""
    transcript = read(text)
    assert transcript.cues == (
        Cue(2.0, 69.0, "同志们好\n上午9:30开会", "主持人"),
        Cue(69.0, 70.0, "共同富裕", "王老师"),
    )
    assert transcript.warnings == (Remark("lines_not_understood", 2, {"line": 1}),)


def test_a_long_paragraph_is_divided_and_loses_nothing() -> None:
    long = "我们要坚持学习，不断前进。" * 400
    transcript = read(f"[00:00:02] {long}\n[00:20:00] 完\n")
    assert "".join(cue.text for cue in transcript.cues) == long + "完"
    assert transcript.cues[0].start_s == 2.0
    assert transcript.cues[-1].start_s == 1200.0
    assert transcript.warnings == (Remark("divided", 1),)


@pytest.mark.parametrize(
    "text",
    [
        "同志们好。\n上午9:30开会，请大家准时。\n下午2:00继续。\n",
        "9:30开会\n10:00讨论\n14:30总结\n",
        "会议议程\n09:00 签到\n09:30 开幕式\n10:00 领导讲话\n",
        "09:00-09:30 签到\n09:30-10:00 开幕式\n",
        "上午 9:30\n开幕式\n上午 10:00\n领导讲话\n",
        "09:00:00 签到\n10:30:00 开幕式\n",
        "同志们好，\n12:30 那天，部队出发。\n" + "我们继续讲。\n" * 20 + "13:05 到达。\n",
        "比分是3:2。\n胜率2:1\n2:1\n",
        "1:1 比例配置。\n2:1 的胜率。\n其他。\n",
        "1949年10月1日15:00，宣布。\n1949年10月1日15:30，升旗。\n",
        "片长2分30秒，大家看完。\n然后讨论。\n再看1分20秒的短片。\n",
        "张三 2026-05-01 10:00\n好\n李四 2026-05-01 10:05\n好\n",
        "8:30-9:00 集合；\n9:00-11:30 参观；\n下午\n2:00-3:30 座谈；\n",
        "第一点：要学习。\n第二点：要实践。\n第三点：要团结。\n",
        "约翰 3:16 说\n" + "我们讲课。\n" * 5,
    ],
)
def test_times_that_are_spoken_of_are_no_stamps(text: str) -> None:
    transcript = read(text)
    assert transcript.kind == "plain"
    assert "".join(cue.text for cue in transcript.cues) == "".join(text.split("\n"))


@pytest.mark.parametrize(
    "text",
    [
        "主持人 2026-05-01 10:00:02\n同志们好\n王老师 2026-05-01 10:00:09\n共同富裕\n",
        "[2026/5/1 10:00:02] 主持人：同志们好\n[2026/5/1 10:00:09] 王老师：共同富裕\n",
        "2026年5月1日 10:00:02 主持人：同志们好\n2026年5月1日 10:00:09 王老师：共同富裕\n",
    ],
)
def test_times_of_day_to_the_second_count_from_the_first_and_that_is_said(text: str) -> None:
    """Minutes of meetings say when it was said, and nobody when the recording began."""
    transcript = read(text)
    assert transcript.cues == (
        replace(NAMED[0], start_s=0.0, end_s=7.0),
        replace(NAMED[1], start_s=7.0, end_s=8.0),
    )
    assert transcript.warnings == (Remark("times_of_day", 2),)


@pytest.mark.parametrize(
    "text",
    [
        '<?xml version="1.0" encoding="utf-8" ?><transcript><text start="2" dur="7">同志们好</text>'
        '<text start="9" dur="1">共同富裕</text></transcript>',
        '<timedtext format="3"><body><p t="2000" d="7000"><s>同志</s><s t="300">们好</s></p>'
        '<p t="9000" d="1000">共同富裕</p></body></timedtext>',
    ],
)
def test_timed_text_of_video_sites(text: str) -> None:
    transcript = read(text, "a.xml")
    assert (transcript.cues, transcript.warnings) == (SAID, ())


def test_timed_text_with_entities_of_its_own_is_refused() -> None:
    bomb = '<!DOCTYPE transcript [<!ENTITY a "aaaa">]><transcript><text start="1">&a;</text></transcript>'
    with pytest.raises(Refused) as refused:
        read(bomb, "a.xml")
    assert refused.value.code == "transcript_broken"


def test_speakers_of_plain_text_are_kept_apart() -> None:
    transcript = read(
        "主持人：同志们好！今天学习。\n问：什么是初心？\n答：为人民谋幸福。\n问：使命呢？\n答：为民族谋复兴。"
    )
    assert transcript.cues == (
        Cue(None, None, "同志们好！", "主持人"),
        Cue(None, None, "今天学习。", "主持人"),
        Cue(None, None, "什么是初心？", "问"),
        Cue(None, None, "为人民谋幸福。", "答"),
        Cue(None, None, "使命呢？", "问"),
        Cue(None, None, "为民族谋复兴。", "答"),
    )


@pytest.mark.parametrize("name", ["a.srt", "a.vtt", "a.lrc", "a.sbv", "a.ass", "a.json", "a.xml"])
def test_the_content_decides_how_it_is_read(name: str) -> None:
    assert read("[00:02.00]同志们好\n[00:09.00]共同富裕", name).cues == SAID


def test_a_column_of_another_language_is_no_column_of_names() -> None:
    for text in (
        "00:02\t同志们好\tHello\n00:09\t共同富裕\tGood\n",
        "[00:02]同志们好\nHello\n[00:09]共同富裕\nGood\n",
    ):
        said = [(cue.speaker, " ".join(cue.text.split())) for cue in read(text).cues]
        assert said == [("", "同志们好 Hello"), ("", "共同富裕 Good")]
