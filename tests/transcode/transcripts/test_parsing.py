"""Reading transcripts as people have them."""

from __future__ import annotations

import contextlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.transcode.records import STEADY
from transcode.errors import REFUSALS, Refused
from transcode.remarks import Remark, codes
from transcode.transcripts.parsing import LIMIT_BYTES, WARNINGS, Cue, parse_transcript
from transcode.transcripts.repairing import MAX_CUE_CHARS
from transcode.transcripts.suffixes import SUFFIXES
from transcode.transcripts.words import SPEAKER_MAX

SRT = """1
00:00:01,000 --> 00:00:03,500
同志们，大家好。

2
00:00:04,000 --> 00:01:05,250
今天我们学习
党的二十大精神。
"""
TWO = (Cue(1.0, 3.5, "同志们，大家好。"), Cue(4.0, 65.25, "今天我们学习\n党的二十大精神。"))


def refusal(data: bytes, name: str) -> str:
    with pytest.raises(Refused) as caught:
        parse_transcript(data, name)
    assert caught.value.code in REFUSALS
    return caught.value.code


def srt(*rows: str) -> bytes:
    return "\n\n".join(rows).encode()


@pytest.mark.parametrize(
    ("codec", "encoding"),
    [
        ("utf-8", "utf-8"),
        ("utf-8-sig", "utf-8"),
        ("utf-16", "utf-16"),
        ("utf-16-le", "utf-16"),
        ("utf-16-be", "utf-16"),
        ("gb18030", "gb18030"),
        ("gbk", "gb18030"),
    ],
)
def test_encodings(codec: str, encoding: str) -> None:
    transcript = parse_transcript(SRT.encode(codec), "课.srt")
    assert (transcript.kind, transcript.encoding, transcript.warnings) == ("timed", encoding, ())
    assert transcript.cues == TWO


def test_line_ends_of_all_kinds() -> None:
    assert parse_transcript(SRT.replace("\n", "\r\n").encode(), "a.srt").cues == TWO
    assert parse_transcript(SRT.replace("\n", "\r").encode(), "a.srt").cues == TWO


def test_webvtt_with_all_that_is_in_it() -> None:
    text = """WEBVTT - a title
X-TIMESTAMP-MAP=LOCAL:00:00:00.000,MPEGTS:900000

STYLE
::cue { color: red }

NOTE nothing
to read

REGION
id:fred

intro
00:01.000 --> 00:03.500 position:10% line:90%
<v 讲师><c.yellow>同志们</c>，<00:02.000><i>大家</i>好 &amp; &lt;你&gt;

01:00:00.000 --> 01:00:01.000
end
"""
    transcript = parse_transcript(text.encode(), "a.VTT")
    assert transcript.cues == (Cue(1.0, 3.5, "同志们，大家好 & <你>", "讲师"), Cue(3600.0, 3601.0, "end"))
    assert transcript.warnings == ()


def test_subtitles_with_forgotten_blank_lines_styles_and_odd_arrows() -> None:
    data = srt(
        "1\n00:00:01,0 --> 00:00:02,5\n{\\an8}<font color=red>一</font>\n2\n"
        "00:00:03.000 -> 00:00:04.000\n二 --> 2"
    )
    assert parse_transcript(data, "a.srt").cues == (Cue(1.0, 2.5, "一"), Cue(3.0, 4.0, "二 --> 2"))


@pytest.mark.parametrize(
    ("rows", "cues", "warning"),
    [
        (
            ["00:00:05,000 --> 00:00:06,000\nb", "00:00:01,000 --> 00:00:02,000\na"],
            (Cue(1.0, 2.0, "a"), Cue(5.0, 6.0, "b")),
            "unsorted",
        ),
        (
            ["00:00:01,000 --> 00:00:09,000\na", "00:00:02,000 --> 00:00:03,000\nb"],
            (Cue(1.0, 2.0, "a"), Cue(2.0, 3.0, "b")),
            "overlap",
        ),
        (
            ["00:00:01,000 --> 00:00:02,000\n好", "00:00:01,000 --> 00:00:02,500\nGood"],
            (Cue(1.0, 2.5, "好\nGood"),),
            "same_time",
        ),
        (["00:00:05,000 --> 00:00:04,000\na"], (Cue(5.0, 6.0, "a"),), "no_length"),
        (["-00:00:02,000 --> 00:00:01,000\na"], (Cue(0.0, 1.0, "a"),), "negative_time"),
        (
            ["00:00:01,000 --> 00:00:02,000\n<i></i>", "00:00:03,000 --> 00:00:04,000\na"],
            (Cue(3.0, 4.0, "a"),),
            "no_text",
        ),
        (
            ["00:00:01,000 --> 00:00:02,000\n" + "长" * 3000],
            (Cue(1.0, 2.0, "长" * MAX_CUE_CHARS),),
            "long_cue",
        ),
        (
            ["00:00:01,000 --> 00:00:02,000\na", "101:00:00,000 --> 101:00:01,000\nb"],
            (Cue(1.0, 2.0, "a"),),
            "time_too_late",
        ),
    ],
)
def test_what_is_odd_is_put_right_and_told(rows: list[str], cues: tuple[Cue, ...], warning: str) -> None:
    transcript = parse_transcript(srt(*rows), "a.srt")
    assert transcript.cues == cues
    assert codes(transcript.warnings) == (warning,)
    assert warning in WARNINGS


LATE_TTML = (
    '<tt xmlns="http://www.w3.org/ns/ttml"><body><div><p begin="1s" end="2s">a</p>'
    '<p begin="99999999999s">b</p></div></body></tt>'
)


@pytest.mark.parametrize(
    ("text", "name"),
    [
        (LATE_TTML, "a.ttml"),
        ('[{"start": 1, "end": 2, "text": "a"}, {"start": 1e9, "end": 1000000001.5, "text": "b"}]', "a.json"),
        (srt("00:00:01,000 --> 999:59:59,000\na", "999:00:00,000 --> 999:00:01,000\nb").decode(), "a.srt"),
    ],
)
def test_a_cue_of_the_year_3000_took_all_memory(text: str, name: str) -> None:
    """600 bytes: whoever looked where the lines fit asked for 75 GB."""
    transcript = parse_transcript(text.encode(), name)
    assert [(cue.start_s, cue.end_s, cue.text) for cue in transcript.cues] == [(1.0, 2.0, "a")]
    assert [(one.code, one.count) for one in transcript.warnings] == [("time_too_late", 1)]


def test_a_file_of_late_cues_alone_is_refused() -> None:
    with pytest.raises(Refused, match="transcript_no_cues"):
        parse_transcript(srt("999:00:00,000 --> 999:00:01,000\nb"), "a.srt")


def test_characters_that_turn_the_writing_or_hide_are_removed() -> None:
    data = srt("00:00:01,000 --> 00:00:02,000\n好\u202e人\u200b\x07e\u0301")
    assert parse_transcript(data, "a.srt").cues[0].text == "好人é"


def test_plain_text_becomes_cues_of_a_sentence() -> None:
    long = "一" * 40 + "，" + "二" * 40 + "，" + "三" * 150 + "。"
    transcript = parse_transcript(f"同志们好！今天，我们学习。\n\n第二段“引号。”完\n{long}".encode(), "a.txt")
    assert transcript.kind == "plain"
    texts = [cue.text for cue in transcript.cues]
    assert texts[:4] == ["同志们好！", "今天，我们学习。", "第二段“引号。”", "完"]
    assert "".join(texts[4:]) == long
    assert max(map(len, texts)) <= 121
    assert all(cue.start_s is None and cue.end_s is None for cue in transcript.cues)


def test_a_whole_lecture_on_one_line_loses_nothing() -> None:
    text = "我们要坚持学习，不断前进。" * 5000
    assert "".join(cue.text for cue in parse_transcript(text.encode(), "a.txt").cues) == text


def test_a_text_with_time_lines_is_timed() -> None:
    assert parse_transcript(SRT.encode(), "a.txt").kind == "timed"


@pytest.mark.parametrize(
    ("data", "name", "code"),
    [
        (b"PK\x03\x04" + b"\x01" * 99, "a.srt", "transcript_not_text"),
        (b"[00:01.00]\n[00:02.00]\n", "a.lrc", "transcript_empty"),
        (b"[ti:x]\n", "a.lrc", "transcript_no_cues"),
        (b"<tt><p begin='1s'>x</tt>", "a.ttml", "transcript_broken"),
        (b"<!DOCTYPE tt [<!ENTITY a 'b'>]><tt><p begin='1s'>&a;</p></tt>", "a.dfxp", "transcript_broken"),
        (b"<html/>", "a.xml", "transcript_no_cues"),
        (b'{"segments":', "a.json", "transcript_broken"),
        (b'{"a":' * 5000, "a.json", "transcript_broken"),
        (b'{"segments":[]}', "a.json", "transcript_no_cues"),
        (b"[Script Info]\n[Events]\n", "a.ass", "transcript_no_cues"),
        (b"x", "a.doc", "transcript_unknown_type"),
        (b"x", "srt", "transcript_unknown_type"),
        (b"", "a.srt", "transcript_empty"),
        (b" \n\r\n ", "a.txt", "transcript_empty"),
        (b"\xef\xbb\xbf\n", "a.txt", "transcript_empty"),
        (b"no times here", "a.srt", "transcript_no_cues"),
        (b"WEBVTT\n\nNOTE x\n", "a.vtt", "transcript_no_cues"),
        (b"1\n00:00:01,000 --> 00:00:02,000\n<i></i>\n", "a.srt", "transcript_empty"),
        (b"\x00\x01\x02\x03" * 500, "a.srt", "transcript_not_text"),
        (b"\x00\x00\x02\x03" * 500, "a.srt", "transcript_not_text"),
        (b"\x7fELF\x02\x01\x01\x03\x05" * 500, "a.txt", "transcript_not_text"),
        (b"x" * (LIMIT_BYTES + 1), "a.txt", "transcript_too_large"),
        (b"not a zip", "a.docx", "transcript_broken"),
    ],
)
def test_what_cannot_be_read_is_refused(data: bytes, name: str, code: str) -> None:
    assert refusal(data, name) == code


def test_bytes_that_are_no_encoding_at_all() -> None:
    transcript = parse_transcript(b"1\n00:00:01,000 --> 00:00:02,000\nabc \xff\xff\xff\n", "a.srt")
    assert transcript.warnings == (Remark("bad_characters", 3),)
    assert transcript.cues[0].text.startswith("abc")


_PIECES = st.sampled_from(
    [
        *(
            "1\n",
            "\n\n",
            "00:00:01,000",
            " --> ",
            "->",
            "[00:02.00]",
            "(00:01)",
            "0:00:01.0,0:00:02.0",
            "张三：",
        ),
        *("Dialogue: 0,", "[Events]\n", "[Script Info]\n", "{\\p1}", "0:00:01.00,", "Format: Start, Text\n"),
        *(
            "<tt xmlns='http://www.w3.org/ns/ttml'>",
            "<p begin='1s'>",
            "<br/>",
            "</p>",
            "</tt>",
            "<v 甲>",
            "</span>",
        ),
        *(
            '{"segments":[',
            '{"text":"好","start":',
            "1e999",
            "-1",
            "}",
            "]",
            ",",
            '"\\ud800"',
            "NaN",
            "WEBVTT\n",
            "NOTE\n",
            "\t",
        ),
        *(
            "同志们好",
            "\ufffd",
            "\u202e",
            "：",
            "９",
            "[offset:+500]",
            "主持人 00:01",
            "<",
            "&lt;",
            "\r\r\n",
            "\x0b",
        ),
    ]
)


@STEADY
@given(
    st.binary(max_size=500) | st.lists(_PIECES, max_size=30).map(lambda parts: "".join(parts).encode()),
    st.sampled_from(SUFFIXES),
)
def test_any_bytes_are_read_or_refused(data: bytes, suffix: str) -> None:
    with contextlib.suppress(Refused):
        transcript = parse_transcript(data, f"a{suffix}")
        assert transcript.cues
        assert set(codes(transcript.warnings)) <= set(WARNINGS)
        assert transcript.cues_read >= 1
        for cue in transcript.cues:
            assert cue.text.strip()
            assert cue.text.encode()
            assert cue.speaker.encode() or not cue.speaker
            assert len(cue.speaker) <= SPEAKER_MAX
            assert (cue.start_s is None) == (transcript.kind == "plain")
            assert cue.start_s is None or 0 <= cue.start_s <= (cue.end_s or 0)
