"""ASS, TTML and JSON, and bytes of many encodings."""

from __future__ import annotations

import json
from typing import Any

import pytest

from tests.transcode.transcripts.test_subtitles import BOTH, ONE, TWO
from transcode.remarks import Remark
from transcode.transcripts.parsing import Cue, parse_transcript

ASS = """[Script Info]
Title: x

[V4+ Styles]
Format: Name, Fontname
Style: Default,Arial

[Events]
Format: Layer, Start, End, Style, Name, MarginL, MarginR, MarginV, Effect, Text
Comment: 0,0:00:00.00,0:00:01.00,Default,,0,0,0,,注释
Dialogue: 0,0:00:05.00,0:00:07.50,Default,,0,0,0,,二，{\\i1}三{\\i0}, 四\\N五\\h六
Dialogue: 0,0:00:01.25,0:00:03.00,Default,王老师,0,0,0,,{\\an8}一
Dialogue: 0,0:00:01.00,0:00:09.00,Default,,0,0,0,,{\\p1}m 0 0 l 100 0{\\p0}
Dialogue: 0,not a time,0:00:09.00,Default,,0,0,0,,坏
"""


@pytest.mark.parametrize("name", ["a.ass", "a.ssa", "a.srt", "a.txt"])
def test_dialogue_lines_in_the_columns_of_their_format(name: str) -> None:
    transcript = parse_transcript(ASS.encode("utf-8-sig"), name)
    assert transcript.cues == (Cue(1.25, 3.0, "一", "王老师"), Cue(5.0, 7.5, "二，三, 四\n五 六"))
    assert transcript.warnings == (
        Remark("lines_not_understood", 1, {"line": 14}),
        Remark("unsorted", 1),
    )
    other = "[Events]\nFormat: Marked, Start, End, Text\nDialogue: Marked=0,0:00:01.00,0:00:03.00,一\n"
    assert parse_transcript(other.encode(), name).cues == BOTH[:1]


def ttml(body: str, head: str = "", tt: str = "") -> bytes:
    return (
        '<?xml version="1.0" encoding="UTF-8"?>\n<tt xmlns="http://www.w3.org/ns/ttml" '
        'xmlns:ttp="http://www.w3.org/ns/ttml#parameter" xmlns:tts="http://www.w3.org/ns/ttml#styling" '
        f'xmlns:ttm="http://www.w3.org/ns/ttml#metadata" {tt}><head>{head}</head><body>{body}</body></tt>'
    ).encode()


WANG = (
    "<metadata><ttm:title>题</ttm:title>"
    '<ttm:agent xml:id="w"><ttm:name>王老师</ttm:name></ttm:agent></metadata>'
)
SPACED = '<p begin="1s" end="3s" xml:id="a" ttm:agent="w">\n  同志<br/>\n们 <span>好</span>\n</p>'
RUBY = (
    '<p begin="1s" end="3s"><span tts:ruby="container"><span tts:ruby="base">䶮</span>'
    '<span tts:ruby="text">yǎn</span></span></p>'
)
SPANS = '<p><span begin="1s" end="3s">一</span><span begin="5s" end="7.5s">二</span></p>'
FRAMES = '<p begin="25f" end="75f">一</p><p begin="0:0:5:0" end="00:00:07:13">二</p>'
PREFIXED = '<t:tt xmlns:t="http://www.w3.org/ns/ttml"><t:p begin="1s" end="3s">一</t:p></t:tt>'


@pytest.mark.parametrize(
    ("data", "cues"),
    [
        (ttml('<p begin="1s" end="00:00:03.000">一</p><p begin="5000ms" dur="2.5s">二</p>'), BOTH),
        (ttml('<div begin="1s"><p dur="2s">一</p><p begin="4s" end="6.5s">二</p></div>'), BOTH),
        (ttml(FRAMES, tt='ttp:frameRate="25"'), (BOTH[0], Cue(5.0, 7.52, "二"))),
        (ttml('<p begin="10000t" end="30000t">一</p>', tt='ttp:tickRate="10000"'), BOTH[:1]),
        (ttml(SPANS), BOTH),
        (
            ttml('<div timeContainer="seq"><p dur="1s">零</p><p dur="2s">一</p></div>'),
            (Cue(0, 1, "零"), BOTH[0]),
        ),
        (ttml(SPACED, WANG), (Cue(1.0, 3.0, "同志\n们 好", "王老师"),)),
        (ttml(RUBY), (Cue(1.0, 3.0, "䶮"),)),
        (PREFIXED.encode(), BOTH[:1]),
    ],
)
@pytest.mark.parametrize("name", ["a.ttml", "a.dfxp", "a.xml", "a.srt"])
def test_paragraphs_of_xml(data: bytes, cues: tuple[Cue, ...], name: str) -> None:
    assert parse_transcript(data, name).cues == cues


def rows(start: str, end: str, text: str, times: tuple[Any, ...] = (1, 3, 5, 7.5)) -> list[dict[str, Any]]:
    (a, b, c, d) = times
    return [{start: a, end: b, text: "一", "words": [{"word": "一"}]}, {start: c, end: d, text: "二"}]


MS = (1000, 3000, 5000, 7500)
CLOCK = ("00:00:01,000", "00:00:03,000", "00:00:05,000", "00:00:07,500")
WHISPER_CPP = [
    {"timestamps": {"from": CLOCK[0], "to": CLOCK[1]}, "offsets": {"from": 1000, "to": 3000}, "text": " 一"},
    {"offsets": {"from": 5000, "to": 7500}, "text": " 二"},
]


@pytest.mark.parametrize(
    ("value", "cues"),
    [
        ({"text": "一二", "segments": rows("start", "end", "text")}, BOTH),
        (rows("start", "end", "text"), BOTH),
        ({"transcription": WHISPER_CPP}, BOTH),
        ({"body": rows("from", "to", "content")}, BOTH),
        (rows("startTime", "endTime", "text", CLOCK), BOTH),
        (rows("bg", "ed", "onebest", tuple(map(str, MS))), BOTH),
        ([{"sentence_info": rows("start", "end", "text", MS)}], BOTH),
        (
            [{"start": 1, "end": 3, "text": "一\ud800", "speaker": "甲\udfff"}, {}],
            (Cue(1.0, 3.0, "一", "甲"),),
        ),
    ],
)
@pytest.mark.parametrize("name", ["a.json", "a.txt"])
def test_json_of_recognisers(value: Any, cues: tuple[Cue, ...], name: str) -> None:
    assert parse_transcript(json.dumps(value).encode(), name).cues == cues


SIMPLE = f"1\n{ONE}\n全国代表大会，开幕一周了。\n\n2\n{TWO}\n我们的人民热爱生活，期盼有更好的教育。\n"
TRADITIONAL = f"1\n{ONE}\n全國代表大會，開幕一週了。\n\n2\n{TWO}\n我們的人民熱愛生活，期盼有更好的教育。\n"


@pytest.mark.parametrize(
    ("text", "codec", "encoding"),
    [
        *((SIMPLE, codec, "utf-16") for codec in ("utf-16", "utf-16-le", "utf-16-be")),
        *((SIMPLE, codec, "gb18030") for codec in ("gb2312", "gbk", "gb18030")),
        *((TRADITIONAL, codec, "gb18030") for codec in ("gbk", "gb18030")),
        *((TRADITIONAL, codec, "big5") for codec in ("big5", "cp950")),
        (TRADITIONAL, "utf-8-sig", "utf-8"),
        (SIMPLE, "utf-32", "utf-32"),
    ],
)
def test_encodings_are_told_apart(text: str, codec: str, encoding: str) -> None:
    transcript = parse_transcript(text.encode(codec), "a.srt")
    assert (transcript.encoding, transcript.warnings) == (encoding, ())
    assert transcript.cues[0].text == text.split("\n")[2]


def test_damaged_bytes_do_not_change_the_encoding() -> None:
    for codec, encoding in (("utf-8", "utf-8"), ("gb18030", "gb18030")):
        data = bytearray((SIMPLE * 3).encode(codec))
        at = data.index("开".encode(codec))
        data[at] = 0xFF
        transcript = parse_transcript(bytes(data), "a.srt")
        assert transcript.encoding == encoding
        assert "全国代表大会" in transcript.cues[0].text
        assert [remark.code for remark in transcript.warnings if remark.code == "bad_characters"]
