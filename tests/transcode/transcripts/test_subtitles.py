"""SubRip, WebVTT and SBV as editors, translators and programs leave them."""

from __future__ import annotations

import pytest

from transcode.remarks import Remark
from transcode.transcripts.parsing import Cue, parse_transcript

ONE = "00:00:01,000 --> 00:00:03,000"
TWO = "00:00:05,000 --> 00:00:07,500"
BOTH = (Cue(1.0, 3.0, "一"), Cue(5.0, 7.5, "二"))


def read(text: str, name: str = "a.srt") -> tuple[Cue, ...]:
    return parse_transcript(text.encode(), name).cues


@pytest.mark.parametrize(
    "text",
    [
        f"1\r\r\n{ONE}\r\r\n一\r\r\n\r\r\n2\r\r\n{TWO}\r\r\n二\r\r\n",
        f"{ONE}\n一\n\n{TWO}\n二",
        f"1 {ONE}\n一\n2. {TWO}\n二",
        f"  1  \n   {ONE}   \n  一\n\n 2\n\t{TWO}\t\n二",
        f"1\n\n{ONE}\n\n一\n\n\n2\n\n{TWO}\n\n二\n",
        f"{ONE} 一\n{TWO} 二",
        f"1\n{ONE} X1:10 X2:20\n一\n\n2\n{TWO} align:start position:0%\n二",
        "00：00：01，000 －－＞ 00：00：03，000\n一\n\n２\n０：０５，０ ——＞ ０：０７。５\n二",
        "1\n00: 00: 01, 000 -> 00: 00: 03, 000\n一\n\n2\n00:00:05.000 → 00:00:07.5\n二",
        "00:01.000 --> 00:03.000\n一\n\n0:05,0 => 0:07,5\n二",
        "[00:00:01.000 --> 00:00:03.000]   一\n[00:00:05.000 --> 00:00:07.500]   二\n",
        "[0.00s -> 1.00s] \n[1.00s -> 3.00s] 一\n[5.00s -> 7.50s] 二",
        "0:00:01.000,0:00:03.000\n一\n\n0:00:05.000,0:00:07.500\n二\n",
        "0:0:1.0,0:0:3.0\n一\n\n0:0:5.0,0:0:7.5\n二\n",
        f"WEBVTT\n\nNOTE x\n\none\n{ONE}\n一\n\nNOTE\ny\n\n2\n{TWO}\n二\n\nNOTE end",
        f"{TWO}\n二\n\n{ONE}\n一",
    ],
)
def test_time_lines_as_the_world_writes_them(text: str) -> None:
    assert read(text) == BOTH


@pytest.mark.parametrize("head", ["", "WEBVTT\n\n"])
def test_text_goes_on_behind_a_blank_line(head: str) -> None:
    cues = read(f"{head}1\n{ONE}\n总书记强调\n\n绿水青山就是金山银山\n\n2\n{TWO}\n二\n\n2026\n")
    assert [cue.text for cue in cues] == ["总书记强调\n绿水青山就是金山银山", "二\n2026"]


def test_a_number_that_is_said_stays() -> None:
    assert [cue.text for cue in read(f"1\n{ONE}\n1921\n\n2\n{TWO}\n二")] == ["1921", "二"]
    assert [cue.text for cue in read(f"{ONE}\n1921\n\n{TWO}\n二")] == ["1921", "二"]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("当 x < 3 而 y > 5 时", "当 x < 3 而 y > 5 时"),
        ("<本报讯> 见<附件一>，a<b，c>d", "<本报讯> 见<附件一>，a<b，c>d"),
        ("<Project X> 与 <span>好</span><FONT color='red' size=2>人</FONT>", "<Project X> 与 好人"),
        ("<b>一</b><i>二</i><u>三</u><s>四</s><c.yellow>五</c><lang en>six</lang>", "一二三四五six"),
        ("<ruby>䶮<rp>(</rp><rt>yǎn</rt><rp>)</rp></ruby>同志", "䶮同志"),
        ("若a<b>c，则<i>好", "若a<b>c，则好"),
        ("{\\an8}{\\pos(1,2)}上 {大括号}", "上 {大括号}"),
        ("一<00:00:02.000>二<br/>三", "一二\n三"),
        ("AT&amp;T &lt;b&gt; &copyright &#20826;", "AT&T <b> &copyright 党"),
    ],
)
def test_only_known_formatting_is_taken_away(text: str, said: str) -> None:
    assert read(f"{ONE}\n{text}") == (Cue(1.0, 3.0, said),)


def test_who_speaks_is_kept_apart() -> None:
    vtt = f"WEBVTT\n\n{ONE}\n<v 王 讲师>同志们</v>\n\n{TWO}\n<v.loud 甲>好</v> <v 乙>来</v>"
    assert read(vtt) == (Cue(1.0, 3.0, "同志们", "王 讲师"), Cue(5.0, 7.5, "好 来", "甲、乙"))
    assert read(f"{ONE}\n主持人：同志们\n\n{TWO}\n他说：好") == (
        Cue(1.0, 3.0, "同志们", "主持人"),
        Cue(5.0, 7.5, "他说：好"),
    )
    assert read(f"{ONE}\n[SPEAKER_00]: 同志们\n\n{TWO}\nSpeaker 2: 好") == (
        Cue(1.0, 3.0, "同志们", "SPEAKER_00"),
        Cue(5.0, 7.5, "好", "Speaker 2"),
    )


def test_frames_are_counted_by_a_guessed_rate() -> None:
    transcript = parse_transcript(
        "00:00:01:12 --> 00:00:03:00\n一\n\n00:00:05;05 --> 00:00:07;24\n二".encode(), "a.srt"
    )
    assert transcript.cues == (Cue(1.48, 3.0, "一"), Cue(5.2, 7.96, "二"))
    assert transcript.warnings == (Remark("frames_guessed", 2, {"rate": 25}),)
    assert read("00:00:01:29 --> 00:00:03:15\n一") == (Cue(1.967, 3.5, "一"),)
    assert read("00:00:01:500 --> 00:00:03:000\n一") == (Cue(1.5, 3.0, "一"),)


def test_what_is_odd_is_counted() -> None:
    rows = [
        "片名\n",
        "1\n00:00:01,000 --> 00:00:09,000\na\n",
        "2\n00:00:02,000 --> 00:00:09,000\nb\n",
        "3\n00:00:0x,000 --> 00:00:09,O00\nc\n",
        "4\n00:00:03,000 --> 00:00:04,000\nd\n",
        "5\n00:00:03,000 --> 00:00:04,000\ne\n",
        "6\n00:00:05,000 --> 00:00:06,000\n\n7\n00:00:07,000 --> 00:00:06,000\nf\n",
        "8\n00:00:06,500 --> ?\ng\n",
    ]
    transcript = parse_transcript("\n".join(rows).encode(), "a.srt")
    assert [(cue.start_s, cue.end_s, cue.text) for cue in transcript.cues] == [
        *((1.0, 2.0, "a"), (2.0, 3.0, "b\nc"), (3.0, 4.0, "d\ne"), (6.5, 7.0, "g"), (7.0, 8.0, "f"))
    ]
    assert transcript.warnings == (
        Remark("lines_not_understood", 3, {"line": 1}),
        Remark("no_length", 1),
        Remark("no_text", 1),
        Remark("overlap", 2),
        Remark("same_time", 1),
        Remark("unsorted", 1),
    )
    assert transcript.cues_read == 7


def test_prose_with_an_arrow_in_it_is_no_subtitle() -> None:
    text = "同志们好。\n" * 30 + "9:00 -> 10:00 报到\n"
    assert parse_transcript(text.encode(), "a.txt").kind == "plain"


@pytest.mark.slow
def test_more_cues_than_are_read_are_counted() -> None:
    text = "\n".join(
        f"{n // 3600}:{n // 60 % 60}:{n % 60},0 --> {n // 3600}:{n // 60 % 60}:{n % 60},9\n好"
        for n in range(50_007)
    )
    transcript = parse_transcript(text.encode(), "a.srt")
    assert (len(transcript.cues), transcript.cues_read) == (50_000, 50_007)
    assert transcript.warnings == (Remark("too_many_cues", 7, {"most": 50_000}),)
