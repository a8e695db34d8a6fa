"""Two transcripts side by side: which lines belong together, and what becomes of those in use."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from library.catalog.rules import CueLine, CueSource
from library.core.errors import Conflict
from library.correcting.comparing import Choice, changes, edits, rows
from library.correcting.rules import Edit, applied

HEARD = (
    CueLine(0.0, 4.0, "中国供产党成立", "", CueSource.RECOGNISED, 0.5, ((2, 3),)),
    CueLine(4.0, 9.0, "供产党员要带头", "", CueSource.RECOGNISED, 0.9),
    CueLine(20.0, 24.0, "谢谢大家", "", CueSource.RECOGNISED, 0.9),
)
GIVEN = (
    CueLine(0.1, 2.0, "中国共产党"),
    CueLine(2.0, 4.2, "成立，"),
    CueLine(4.2, 8.9, "共产党员要带头。"),
    CueLine(10.0, 14.0, "这一句没有听见。"),
    CueLine(20.2, 24.0, "谢谢大家！"),
)


def texts(lines: tuple[CueLine, ...]) -> list[str]:
    return [line.text for line in lines]


def test_lines_belong_together_by_their_words_and_their_time() -> None:
    found = rows(HEARD, GIVEN)
    assert [(texts(row.left), texts(row.right), row.differs) for row in found] == [
        (["中国供产党成立"], ["中国共产党", "成立，"], True),
        (["供产党员要带头"], ["共产党员要带头。"], True),
        ([], ["这一句没有听见。"], True),
        (["谢谢大家"], ["谢谢大家！"], False),
    ]


def test_what_is_chosen_is_taken_and_the_rest_stays_as_unsure_as_it_was() -> None:
    found = rows(HEARD, GIVEN)
    choices = dict(zip([row.key for row in found], ("right", "keep", "right", "keep"), strict=True))
    became = applied(HEARD, edits(HEARD, found, {k: Choice(v) for k, v in choices.items()}, 60.0), (), 60.0)
    assert [(line.text, line.source) for line in became] == [
        ("中国共产党", CueSource.CORRECTED),
        ("成立，", CueSource.CORRECTED),
        ("供产党员要带头", CueSource.RECOGNISED),
        ("这一句没有听见。", CueSource.CORRECTED),
        ("谢谢大家", CueSource.RECOGNISED),
    ]
    assert became[2] == HEARD[1], "the line beside one that was put in keeps its doubts"
    assert (became[3].start_s, became[3].end_s) == (10.0, 14.0)


def test_the_lines_in_use_are_confirmed_by_choosing_them() -> None:
    found = rows(HEARD, GIVEN)
    became = applied(HEARD, edits(HEARD, found, {found[1].key: Choice.LEFT}, 60.0), (), 60.0)
    assert [line.source for line in became] == [
        CueSource.RECOGNISED,
        CueSource.CORRECTED,
        CueSource.RECOGNISED,
    ]


def test_what_the_other_side_does_not_say_can_be_taken_out() -> None:
    found = rows(GIVEN, HEARD)
    assert texts(found[2].left) == ["这一句没有听见。"]
    became = applied(GIVEN, edits(GIVEN, found, {found[2].key: Choice.RIGHT}, 60.0), (), 60.0)
    assert "这一句没有听见。" not in texts(became)
    assert len(became) == 4


def test_two_lines_put_in_before_the_first_are_both_kept() -> None:
    late = (CueLine(10.0, 12.0, "后来的一句"),)
    early = (CueLine(0.0, 2.0, "第一句"), CueLine(5.0, 7.0, "第二句"), CueLine(10.0, 12.0, "后来的一句"))
    found = rows(late, early)
    wanted = {row.key: Choice.RIGHT for row in found if row.differs}
    became = applied(late, edits(late, found, wanted, 60.0), (), 60.0)
    assert texts(became) == ["第一句", "第二句", "后来的一句"]


def test_lines_put_in_on_both_sides_of_the_only_one_took_it_twice() -> None:
    alone = (CueLine(3.0, 4.0, "丙", source=CueSource.RECOGNISED),)
    around = (CueLine(0.0, 1.0, "甲"), CueLine(3.0, 4.0, "丙"), CueLine(6.0, 7.0, "丁"))
    found = rows(alone, around)
    wanted = {row.key: Choice.RIGHT for row in found if row.differs}
    became = applied(alone, edits(alone, found, wanted, 60.0), (), 60.0)
    assert texts(became) == ["甲", "丙", "丁"]
    assert became[1] == alone[0]


def test_one_side_with_times_and_one_without_are_not_compared() -> None:
    with pytest.raises(Conflict, match="versions_without_times"):
        rows(HEARD, (CueLine(None, None, "没有时间"),))
    plain = (CueLine(None, None, "甲"), CueLine(None, None, "乙"), CueLine(None, None, "丙"))
    other = (CueLine(None, None, "甲"), CueLine(None, None, "丁"), CueLine(None, None, "丙"))
    found = rows(plain, other)
    wanted = {row.key: Choice.RIGHT for row in found if row.differs}
    assert texts(applied(plain, edits(plain, found, wanted, None))) == ["甲", "丁", "丙"]


def test_pieces_say_what_the_other_side_does_not() -> None:
    assert changes("供产党员", "共产党员") == (
        (("供", True), ("产党员", False)),
        (("共", True), ("产党员", False)),
    )


def _lines(draw: st.DrawFn, words: str) -> tuple[CueLine, ...]:
    made, at_s = [], 0.0
    for gap, length, text in draw(
        st.lists(
            st.tuples(st.integers(0, 30), st.integers(5, 60), st.text(words, min_size=1, max_size=6)),
            min_size=1,
            max_size=8,
        )
    ):
        start_s = at_s + gap / 10
        at_s = start_s + length / 10
        made.append(CueLine(round(start_s, 3), round(at_s, 3), text, source=CueSource.RECOGNISED))
    return tuple(made)


@st.composite
def two(draw: st.DrawFn) -> tuple[tuple[CueLine, ...], tuple[CueLine, ...], list[Choice]]:
    left, right = _lines(draw, "甲乙丙"), _lines(draw, "甲乙丙丁")
    said = draw(st.integers(0, 3**16))
    return left, right, [list(Choice)[said // 3**n % 3] for n in range(16)]


@pytest.mark.slow
@given(two())
def test_whatever_is_chosen_every_line_is_in_one_row_and_times_run_forward(
    made: tuple[tuple[CueLine, ...], tuple[CueLine, ...], list[Choice]],
) -> None:
    left, right, wanted = made
    found = rows(left, right)
    assert [line for row in found for line in row.left] == list(left)
    assert [line for row in found for line in row.right] == list(right)
    choices = {row.key: choice for row, choice in zip(found, wanted, strict=False)}
    keys = [row.key for row in found]
    if len(set(keys)) < len(keys) or all(
        choices.get(row.key) is Choice.RIGHT and not row.right for row in found
    ):
        return
    try:
        exchanged = edits(left, found, choices, 500.0)
    except Conflict:  # no room for a line
        return
    if not exchanged:
        return
    became = applied(left, exchanged, (), 500.0) if _something_stays(left, exchanged) else ()
    for one, after in pairwise(became):
        assert (one.start_s or 0.0) <= (after.start_s or 0.0)
    said = [line.text for row in found if choices.get(row.key) is Choice.RIGHT for line in row.right]
    if became:
        assert all(text in texts(became) for text in said)


def _something_stays(left: Sequence[CueLine], exchanged: Sequence[Edit]) -> bool:
    return sum(edit.gone for edit in exchanged) < len(left) or any(edit.lines for edit in exchanged)
