"""Timing, cutting and writing captions."""

from __future__ import annotations

import re
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.transcode.records import STEADY
from transcode.cutting.pauses import Pause
from transcode.transcripts.captions import (
    cut_cues,
    estimate_times,
    named,
    sentence_ends,
    to_srt,
    to_text,
    to_vtt,
)
from transcode.transcripts.fitting import fit_cues
from transcode.transcripts.parsing import Cue, parse_transcript

CUES = (Cue(0.0, 4.0, "一"), Cue(4.0, 9.0, "二"), Cue(9.5, 12.0, "三"), Cue(12.0, 20.0, "四"))


def test_a_clip_gets_its_cues_on_its_own_clock() -> None:
    assert cut_cues(CUES, 4.0, 12.0) == (Cue(0.0, 5.0, "二"), Cue(5.5, 8.0, "三"))
    assert cut_cues(CUES, 6.0, 13.0) == (Cue(0.0, 3.0, "二"), Cue(3.5, 6.0, "三"), Cue(6.0, 7.0, "四"))


def test_a_sliver_of_a_cue_is_not_shown() -> None:
    assert cut_cues(CUES, 8.9, 12.1) == (Cue(0.6, 3.1, "三"),)


@STEADY
@given(st.lists(st.floats(0.3, 19.7), max_size=5))
def test_cuts_share_out_every_cue(borders: list[float]) -> None:
    edges = [0.0, *sorted(borders), 20.0]
    found = {cue.text for start, end in pairwise(edges) if end > start for cue in cut_cues(CUES, start, end)}
    assert found == {"一", "二", "三", "四"}


def test_vtt_is_well_formed_whatever_the_text() -> None:
    nasty = Cue(3661.5, 3662.25, "a --> b\n\n<b>&amp;</b>\n\nNOTE x")
    text = to_vtt([nasty, Cue(None, None, "untimed"), Cue(5.0, 5.0, "no length")])
    assert text == (
        "WEBVTT\n\n01:01:01.500 --> 01:01:02.250\n"
        "a --&gt; b\n&lt;b&gt;&amp;amp;&lt;/b&gt;\nNOTE x\n"
    )  # fmt: skip


@STEADY
@given(
    st.lists(
        st.tuples(st.floats(0, 90_000), st.floats(0.002, 90), st.text(max_size=40)), min_size=1, max_size=8
    )
)
def test_vtt_has_one_arrow_per_cue_and_reads_back(rows: list[tuple[float, float, str]]) -> None:
    cues = [Cue(start, start + length, text) for start, length, text in rows]
    text = to_vtt(cues)
    shown = [cue for cue in cues if any(line.strip() for line in cue.text.splitlines())]
    assert text.startswith("WEBVTT\n")
    assert text.count("-->") == len(shown)
    assert "<" not in text
    assert len(re.findall(r"^\d\d:\d\d:\d\d\.\d{3} --> \d\d+:\d\d:\d\d\.\d{3}$", text, re.MULTILINE)) == len(
        shown
    )


def test_what_is_written_can_be_read() -> None:
    assert parse_transcript(to_vtt(CUES).encode(), "x.vtt").cues == CUES


def test_every_form_says_what_is_to_be_known() -> None:
    note = "机器识别，待校对 --> <b>"
    text = to_vtt(CUES, note)
    assert text.startswith("WEBVTT\n\nNOTE 机器识别，待校对 --&gt; &lt;b&gt;\n\n")
    assert parse_transcript(text.encode(), "x.vtt").cues == CUES
    assert parse_transcript(to_srt(CUES).encode(), "x.srt").cues == CUES
    assert to_text(CUES, "机器识别，待校对").splitlines()[:2] == ["机器识别，待校对", ""]


def test_who_speaks_goes_with_the_cue() -> None:
    cues = (Cue(0.0, 4.0, "一", "王 <老师>"), Cue(4.0, 9.0, "二", "主持人"), Cue(9.5, 12.0, "三"))
    text = to_vtt(cues)
    assert "<v 王 &lt;老师&gt;>一\n" in text
    assert parse_transcript(text.encode(), "x.vtt").cues == cues
    assert [cue.speaker for cue in cut_cues(cues, 3.0, 10.0)] == ["王 <老师>", "主持人", ""]
    assert [cue.speaker for cue in fit_cues(cues, 5.0)[0]] == ["王 <老师>", "主持人"]
    plain = [Cue(None, None, "好。", "甲"), Cue(None, None, "好。", "乙")]
    assert [cue.speaker for cue in estimate_times(plain, 9.0, [])] == ["甲", "乙"]


def test_sentences_end_where_punctuation_says() -> None:
    cues = [
        Cue(0, 2, "同志们，"),
        Cue(2, 4, "大家好。"),
        Cue(4, 6, "“准备好了吗？”"),
        Cue(6, 8, "Yes, we are."),
    ]
    assert sentence_ends(cues) == [4, 6, 8]


def test_without_punctuation_gaps_end_sentences() -> None:
    cues = [Cue(0, 2, "同志们"), Cue(2.1, 4, "大家好"), Cue(5, 6, "今天"), Cue(6, 8, "我们")]
    assert sentence_ends(cues) == [4]


def test_plain_text_is_spread_over_the_speech() -> None:
    cues = [
        Cue(None, None, "八个字的一句话呀。"),
        Cue(None, None, "四个字呀。"),
        Cue(None, None, "四个字呢。"),
    ]
    timed = estimate_times(cues, 36.0, [Pause(0.0, 10.0, 20), Pause(12.0, 12.3, 20), Pause(18.0, 28.0, 20)])
    assert [(cue.start_s, cue.end_s) for cue in timed] == [(10.0, 18.0), (28.0, 32.0), (32.0, 36.0)]


@STEADY
@given(
    st.lists(st.text(min_size=1, max_size=60), min_size=1, max_size=20),
    st.floats(1, 5000),
    st.lists(st.tuples(st.floats(0, 5000), st.floats(0, 90)), max_size=10),
)
def test_estimates_are_in_order_and_inside(
    texts: list[str], duration_s: float, gaps: list[tuple[float, float]]
) -> None:
    pauses = [Pause(start, start + length, 9) for start, length in sorted(gaps)]
    timed = estimate_times([Cue(None, None, text) for text in texts], duration_s, pauses)
    at_s = 0.0
    for cue in timed:
        assert cue.start_s is not None
        assert cue.end_s is not None
        assert at_s - 0.002 <= cue.start_s <= cue.end_s <= duration_s + 0.002
        at_s = cue.start_s


@pytest.mark.parametrize("pauses", [[], [Pause(0.0, 100.0, 50)]])
def test_estimates_when_all_or_nothing_is_speech(pauses: list[Pause]) -> None:
    (cue,) = estimate_times([Cue(None, None, "好")], 100.0, pauses)
    assert cue.start_s == 0.0
    assert cue.end_s == (0.0 if pauses else 100.0)


def test_what_knows_no_speakers_is_given_names_in_the_text() -> None:
    cues = (
        Cue(0.0, 1.0, "一", "甲"),
        Cue(1.0, 2.0, "二", "甲"),
        Cue(2.0, 3.0, "三"),
        Cue(3.0, 4.0, "四", "甲"),
    )
    assert [cue.text for cue in named(cues)] == ["甲：一", "二", "三", "甲：四"]
    assert "<v" not in to_vtt(named(cues))
