"""What becomes of lines that are parted, joined and corrected, and how sure they then are."""

from __future__ import annotations

import math
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from library.catalog.rules import CueLine, CueSource, TranscriptQuality
from library.core.errors import Invalid
from library.correcting.rules import (
    LINE_MAX,
    Edit,
    WantedLine,
    applied,
    edits_tag,
    goes_on,
    quality_of,
    tag,
)
from tests.support.databases import NOW

HEARD = CueSource.RECOGNISED
LINES = (
    CueLine(0.0, 4.0, "中国供产党成立", "主持人", HEARD, 0.6, ((2, 4),)),
    CueLine(4.0, 7.0, "在一九二一年", "", HEARD, 0.9),
    CueLine(7.0, 9.0, "七月", "", CueSource.ALIGNED, 1.0),
)


def wanted(start_s: float, end_s: float, text: str, *, corrected: bool = False) -> WantedLine:
    return WantedLine(start_s, end_s, text, corrected)


def one(at: int, gone: int, *lines: WantedLine) -> tuple[CueLine, ...]:
    return applied(LINES, [Edit(at, gone, lines)])


def test_a_corrected_line_is_sure_and_its_neighbours_are_what_they_were() -> None:
    became = one(0, 1, wanted(0.0, 4.0, "中国共产党成立"))
    assert became == (CueLine(0.0, 4.0, "中国共产党成立", "主持人", CueSource.CORRECTED), *LINES[1:])
    assert one(1, 1, wanted(4, 7, "在一九二一年", corrected=True))[1].source is CueSource.CORRECTED
    assert one(2, 1) == LINES[:2]


def test_a_line_that_is_only_parted_or_joined_keeps_its_doubts() -> None:
    parted = one(0, 1, wanted(0.0, 1.7001, "中国供"), wanted(1.7001, 4.0, "产党成立"))
    assert parted[:2] == (
        CueLine(0.0, 1.7, "中国供", "主持人", HEARD, 0.6, ((2, 3),)),
        CueLine(1.7, 4.0, "产党成立", "主持人", HEARD, 0.6, ((0, 1),)),
    )
    joined = one(0, 3, wanted(0.0, 9.0, "中国供产党成立 在一九二一年七月"))
    assert joined == (CueLine(0.0, 9.0, "中国供产党成立 在一九二一年七月", "主持人", HEARD, 0.6, ((2, 4),)),)
    half = one(0, 1, wanted(0, 1, "中国共", corrected=True), wanted(1, 4, "产党成立"))
    assert [(x.source, x.doubtful) for x in half[:2]] == [(CueSource.CORRECTED, ()), (HEARD, ((0, 1),))]


@pytest.mark.parametrize(
    "texts", [("中国", "产党成立"), ("中国供产党",), ("国供产党成立",), ("产党成立", "中国供")]
)
def test_what_was_taken_out_or_turned_round_is_a_correction(texts: tuple[str, ...]) -> None:
    parts = [wanted(n, n + 1, text) for n, text in enumerate(texts)]
    assert CueSource.CORRECTED in {line.source for line in one(0, 1, *parts)[: len(texts)]}


def test_what_is_undone_is_as_unsure_as_it_was() -> None:
    became = one(0, 1, wanted(0, 4, "中国共产党成立"))
    back = [Edit(0, 1, (wanted(0, 4, "中国供产党成立"),))]
    assert applied(became, back, LINES) == LINES
    assert applied(became, back)[0].source is CueSource.CORRECTED


@pytest.mark.parametrize(
    ("edit", "code"),
    [
        (Edit(0, 1, (wanted(0, 4, " \u200b\n"),)), "empty"),
        (Edit(0, 1, (wanted(0, 4, "长" * (LINE_MAX + 1)),)), "too_long"),
        (Edit(0, 1, (wanted(3, 2, "倒"),)), "lines_backwards"),
        (Edit(0, 1, (wanted(2, 4, "后"), wanted(0, 2, "前"))), "lines_backwards"),
        (Edit(1, 1, (wanted(3, 7, "早"),)), "line_outside"),
        (Edit(1, 1, (wanted(4, 7.1, "晚"),)), "line_outside"),
        (Edit(0, 1, (wanted(math.nan, 4, "无"),)), "line_without_time"),
        (Edit(0, 1, (WantedLine(None, None, "无"),)), "line_without_time"),
        (Edit(0, 0, (wanted(0, 4, "插"),)), "edit_out_of_place"),
        (Edit(2, 2, ()), "edit_out_of_place"),
        (Edit(-1, 1, ()), "edit_out_of_place"),
        (Edit(0, 3, ()), "no_line_left"),
    ],
)
def test_what_cannot_be_is_refused(edit: Edit, code: str) -> None:
    with pytest.raises(Invalid) as refused:
        applied(LINES, [edit])
    assert refused.value.code == code


def test_edits_come_in_order_and_take_nothing_twice() -> None:
    with pytest.raises(Invalid, match="edit_out_of_place"):
        applied(LINES, [Edit(1, 1, ()), Edit(0, 1, ())])
    both = applied(LINES, [Edit(0, 1, ()), Edit(2, 1, (wanted(7, 9, "七 月\t初\x07"),))])
    assert [line.text for line in both] == ["在一九二一年", "七 月 初"]


def test_a_line_that_was_taken_out_comes_back_where_it_was() -> None:
    gap = (CueLine(0.0, 4.0, "甲", "", HEARD), CueLine(7.0, 9.0, "丙", "", HEARD))
    for at, lines in (
        (0, (wanted(0, 4, "甲"), wanted(4, 7, "乙"))),
        (1, (wanted(4, 7, "乙"), wanted(7, 9, "丙"))),
    ):
        became = applied(gap, [Edit(at, 1, lines)])
        assert [(x.text, x.source) for x in became] == [
            ("甲", HEARD),
            ("乙", CueSource.CORRECTED),
            ("丙", HEARD),
        ]
    late = Edit(1, 1, (wanted(7, 9, "丙"), wanted(9, 12, "丁")))
    assert len(applied(gap, [late], duration_s=12.0)) == 3
    with pytest.raises(Invalid, match="line_outside"):
        applied(gap, [late])


def test_text_without_times_gets_none() -> None:
    plain = (CueLine(None, None, "第一段"), CueLine(None, None, "第二段"))
    assert applied(plain, [Edit(0, 1, (WantedLine(None, None, "第1段"),))])[0].text == "第1段"
    with pytest.raises(Invalid, match="line_untimed"):
        applied(plain, [Edit(0, 1, (wanted(0, 1, "第1段"),))])


TEXT = st.text("中国共产党 abc，。", min_size=1, max_size=12).filter(lambda text: bool(text.strip()))


@given(st.lists(TEXT, min_size=1, max_size=5), st.data())
def test_parting_anew_loses_no_character_and_no_doubt(texts: list[str], data: st.DataObject) -> None:
    spans = [data.draw(st.integers(0, len(text) - 1)) for text in texts]
    room = tuple(
        CueLine(2.0 * n, 2.0 * n + 2, text, "", HEARD, 0.5, ((at, len(text)),))
        for n, (text, at) in enumerate(zip(texts, spans, strict=True))
    )
    said = "".join("".join(texts).split())
    cuts = sorted(
        data.draw(st.sets(st.integers(1, max(1, len(said) - 1)), max_size=4)) if len(said) > 1 else []
    )
    parts = [said[a:b] for a, b in zip([0, *cuts], [*cuts, len(said)], strict=True)]
    length_s = room[-1].end_s or 0.0
    step_s = length_s / len(parts)
    lines = [wanted(n * step_s, (n + 1) * step_s, part) for n, part in enumerate(parts)]
    lines[-1] = wanted((len(parts) - 1) * step_s, length_s, parts[-1])
    became = applied(room, [Edit(0, len(room), tuple(lines))])
    assert {line.source for line in became} == {HEARD}

    def doubts(some: tuple[CueLine, ...]) -> str:
        marks = [
            "?" if any(a <= at < b for a, b in line.doubtful) else "."
            for line in some
            for at, character in enumerate(line.text)
            if not character.isspace()
        ]
        return "".join(marks)

    assert doubts(became) == doubts(room)


def test_a_lesson_is_as_sure_as_its_weakest_line() -> None:
    quality = TranscriptQuality
    done = [CueLine(0, 1, "a", source=CueSource.CORRECTED), CueLine(0, 1, "b")]
    assert quality_of(quality.RECOGNISED, [*done, LINES[0], LINES[2]]) is quality.RECOGNISED
    assert quality_of(quality.RECOGNISED, [*done, LINES[2]]) is quality.ALIGNED
    assert quality_of(quality.RECOGNISED, done) is quality.EXACT
    assert quality_of(quality.ESTIMATED, done) is quality.ESTIMATED, "its times are guessed all the same"
    assert quality_of(quality.PLAIN, done) is quality.PLAIN


def test_a_stretch_is_a_persons_day_or_those_who_correct_together() -> None:
    minutes = [NOW + timedelta(minutes=n) for n in (29, 31, 11 * 60, 13 * 60)]
    assert [goes_on("a", NOW, "a", at) for at in minutes] == [True, True, True, False]
    assert [goes_on("a", NOW, "b", at) for at in minutes] == [True, False, False, False]
    assert not goes_on(None, NOW, None, minutes[1])


def test_a_name_is_that_of_what_was_said_and_how_sure() -> None:
    names = {
        tag(TranscriptQuality.EXACT, LINES),
        tag(TranscriptQuality.ALIGNED, LINES),
        tag(TranscriptQuality.EXACT, LINES[1:]),
        tag(TranscriptQuality.EXACT, one(1, 1, wanted(4, 7, "在一九二一年", corrected=True))),
    }
    assert len(names) == 4
    assert edits_tag([Edit(0, 1, ())]) != edits_tag([Edit(1, 1, ())])
