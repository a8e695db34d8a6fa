"""Which cuts may be asked for: pure, no database."""

from __future__ import annotations

import math

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from library.core.errors import Invalid
from library.intake.cutting import (
    CLIP_TITLE_MAX,
    MOST_CLIPS,
    SAME_BORDER_S,
    WantedCut,
    check_cuts,
    is_same,
    version,
)
from tests.support.examples import examples
from transcode.cutting.pauses import Pause
from transcode.cutting.split import choose_cuts

LECTURE_S = 1500.0


def cut(start_s: float, end_s: float, title: str = "") -> WantedCut:
    return WantedCut(start_s, end_s, title)


def test_a_gap_is_allowed_and_borders_are_milliseconds() -> None:
    wanted = [cut(61.00049, 300), cut(320.5, 600.1239, "  第一节\n  导言 ")]
    assert check_cuts(wanted, LECTURE_S) == [cut(61.0, 300), cut(320.5, 600.124, "第一节 导言")]


@pytest.mark.parametrize(
    ("wanted", "code", "field", "n"),
    [
        ([], "cuts_none", "clips", None),
        ([cut(4.0 * n, 4.0 * n + 4) for n in range(MOST_CLIPS + 1)], "cuts_too_many", "clips", None),
        ([cut(0, 10), cut(-0.1, 20)], "cut_outside", "start_s", 2),
        ([cut(LECTURE_S, LECTURE_S + 10)], "cut_outside", "start_s", 1),
        ([cut(0, LECTURE_S + 0.5)], "cut_outside", "end_s", 1),
        ([cut(math.nan, 10)], "cut_outside", "start_s", 1),
        ([cut(0, math.nan)], "cut_outside", "end_s", 1),
        ([cut(0, math.inf)], "cut_outside", "end_s", 1),
        ([cut(0, 10), cut(9.9, 20)], "cut_overlaps", "start_s", 2),
        ([cut(30, 60), cut(0, 30)], "cut_overlaps", "start_s", 2),
        ([cut(0, 10), cut(10, 12.9)], "cut_too_short", "end_s", 2),
        ([cut(20, 10)], "cut_too_short", "end_s", 1),
        ([cut(0, 600.003)], "cut_too_long", "end_s", 1),
        ([cut(0, 60), cut(60, 90, "长" * (CLIP_TITLE_MAX + 1))], "cut_title_too_long", "title", 2),
    ],
)
def test_what_cannot_be_made_is_named(wanted: list[WantedCut], code: str, field: str, n: int | None) -> None:
    with pytest.raises(Invalid, match=code) as caught:
        check_cuts(wanted, LECTURE_S)
    assert (caught.value.values["field"], caught.value.values.get("n")) == (field, n)


@settings(max_examples=examples(50))
@given(
    st.floats(30, 5_000),
    st.lists(st.floats(1, 4_999), max_size=30).map(sorted),
)
def test_whatever_we_propose_may_be_asked_for(duration_s: float, pauses_s: list[float]) -> None:
    """As it travels: rounded to milliseconds. And asking for it again changes no border."""
    pauses = [Pause(at_s, at_s + 0.4, 20.0) for at_s in pauses_s]
    proposed = choose_cuts(duration_s, pauses)
    wanted = [cut(round(c.start_s, 3), round(c.end_s, 3)) for c in proposed]
    checked = check_cuts(wanted, duration_s)
    assert all(is_same(a, b) for a, b in zip(proposed, checked, strict=True))
    assert check_cuts(checked, duration_s) == checked


def test_a_border_counts_as_moved_from_two_hundredths_on() -> None:
    here = cut(10, 20)
    assert is_same(here, cut(10 + SAME_BORDER_S - 0.001, 20 - SAME_BORDER_S + 0.001))
    assert not is_same(here, cut(10 + SAME_BORDER_S + 0.001, 20))
    assert not is_same(here, cut(10, 20 + SAME_BORDER_S + 0.001))


def test_another_arrangement_has_another_name() -> None:
    clips = [("a", 0.0, 10.0, ""), ("b", 10.0, 20.0, "二")]
    same = version("r", clips)
    others = [
        version("s", clips),
        version("r", clips[:1]),
        version("r", [("a", 0.0, 10.1, ""), clips[1]]),
        version("r", [clips[0], ("b", 10.0, 20.0, "贰")]),
        version("r", [clips[0], ("c", 10.0, 20.0, "二")]),
    ]
    assert version("r", list(clips)) == same
    assert len({same, *others}) == 6
