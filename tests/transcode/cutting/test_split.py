"""Where lectures are cut."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.transcode.records import STEADY
from transcode.cutting.pauses import Pause
from transcode.cutting.split import Cut, choose_cuts, cuts_from_chapters
from transcode.reading.facts import Chapter

ALMOST = 1e-6


def pause(at_s: float, length_s: float = 0.6) -> Pause:
    return Pause(at_s - length_s / 2, at_s + length_s / 2, 20.0)


PAUSES = st.lists(st.tuples(st.floats(0, 8000), st.floats(0.25, 20)), max_size=120).map(
    lambda pairs: [Pause(at, at + length, 15.0) for at, length in sorted(pairs)]
)
ENDS = st.none() | st.lists(st.floats(-5, 8000), max_size=80)


@pytest.mark.slow
@STEADY
@given(st.floats(0.1, 7500), PAUSES, ENDS)
def test_the_limits_hold_whatever_comes(
    duration_s: float, pauses: list[Pause], ends: list[float] | None
) -> None:
    cuts = choose_cuts(duration_s, pauses, ends)
    assert cuts[0].start_s == 0.0
    assert cuts[-1].end_s == duration_s
    assert [cut.n for cut in cuts] == list(range(1, len(cuts) + 1))
    for cut, after in pairwise(cuts):
        assert cut.end_s == after.start_s
    for cut in cuts:
        assert cut.end_s - cut.start_s <= 600 + ALMOST
        assert cut.end_s - cut.start_s >= min(60, duration_s) - ALMOST
    reasons = {cut.reason for cut in cuts[:-1]}
    assert reasons <= {"sentence_and_pause", "pause", "sentence", "hard"}
    assert cuts[-1].reason == ("whole" if len(cuts) == 1 else "end")
    for cut in cuts[:-1]:
        if "pause" in cut.reason:
            assert any(one.start_s <= cut.end_s <= one.end_s for one in pauses)
        if cut.reason == "sentence":
            assert cut.end_s in (ends or [])


@STEADY
@given(st.floats(601, 7500), st.lists(st.floats(5, 55), min_size=140, max_size=160))
@pytest.mark.slow
def test_with_a_pause_every_minute_no_cut_falls_anywhere_else(duration_s: float, gaps: list[float]) -> None:
    pauses, at_s = [], 0.0
    for gap in gaps:
        at_s += gap + 1
        pauses.append(pause(at_s))
    last_s = min(duration_s, at_s)
    cuts = choose_cuts(last_s, pauses)
    assert all(cut.reason in {"pause", "whole", "end"} for cut in cuts)


@STEADY
@given(st.lists(st.floats(61, 599), min_size=2, max_size=8))
def test_hard_cuts_only_where_no_way_over_pauses_exists(lengths: list[float]) -> None:
    """The pauses given are themselves a way: there must be no hard cut, however they lie."""
    borders, at_s = [], 0.0
    for length in lengths:
        at_s += length
        borders.append(at_s)
    pauses = [Pause(border - 0.2, border + 0.2, 20.0) for border in borders[:-1]]
    noise = [Pause(border - 0.7, border - 0.3, 20.0) for border in borders[:-1]]
    cuts = choose_cuts(borders[-1], sorted([*pauses, *noise], key=lambda one: one.start_s))
    assert "hard" not in {cut.reason for cut in cuts}


@pytest.mark.parametrize(
    ("duration_s", "clips"),
    [(3, 1), (59, 1), (600, 1), (600.1, 2), (1200, 2), (1500, 3), (3600, 6), (5400.5, 10)],
)
def test_without_any_pause_the_parts_are_few_and_even(duration_s: float, clips: int) -> None:
    cuts = choose_cuts(duration_s, [])
    assert len(cuts) == clips
    for cut in cuts:
        assert cut.end_s - cut.start_s == pytest.approx(duration_s / clips, rel=0.03)


def test_few_clips_of_even_length() -> None:
    cuts = choose_cuts(1100.0, [pause(10.0 * n) for n in range(1, 110)])
    assert [round(cut.end_s - cut.start_s) for cut in cuts] == [550, 550]


def test_a_pause_at_a_sentences_end_is_worth_a_detour_and_only_a_short_one() -> None:
    pauses = [pause(500.0), pause(540.0), pause(590.0)]
    assert [cut.end_s for cut in choose_cuts(1000.0, pauses, [539.9])][:1] == [540.0]
    assert choose_cuts(1000.0, pauses, [539.9])[0].reason == "sentence_and_pause"
    assert choose_cuts(1000.0, pauses, [95.0])[0] == Cut(1, 0.0, 500.0, "pause")


def test_a_pause_is_preferred_to_a_sentences_end_without_one() -> None:
    assert choose_cuts(1000.0, [pause(510.0)], [490.0])[0].reason == "pause"
    assert choose_cuts(1000.0, [], [490.0])[0] == Cut(1, 0.0, 490.0, "sentence")


def test_after_a_long_break_the_clip_begins_shortly_before_the_words() -> None:
    assert choose_cuts(1000.0, [Pause(480.0, 520.0, 30.0)])[0].end_s == 519.5


def test_a_transcript_without_sound_to_match_still_helps() -> None:
    ends = [float(n) for n in range(7, 1800, 13)]
    assert all(cut.reason in {"sentence", "end"} for cut in choose_cuts(1800.0, [], ends))


@pytest.mark.parametrize(("duration_s", "max_s", "min_s"), [(0, 600, 60), (-1, 600, 60), (100, 100, 60)])
def test_impossible_limits(duration_s: float, max_s: float, min_s: float) -> None:
    with pytest.raises(ValueError, match="impossible"):
        choose_cuts(duration_s, [], max_s=max_s, min_s=min_s)


def test_a_pause_in_which_the_slide_turns_is_preferred() -> None:
    pauses = [pause(530.0), pause(500.0)]
    assert choose_cuts(1000.0, pauses)[0].end_s == pytest.approx(500.0, abs=0.5)
    assert choose_cuts(1000.0, [pause(480.0), pause(500.0)], turns_s=[481.5])[0].end_s == pytest.approx(
        480.0, abs=0.5
    )


def chapters(*marks: tuple[float, str]) -> list[Chapter]:
    ends = [at_s for at_s, _ in marks[1:]] + [3000.0]
    return [Chapter(at_s, end_s, title) for (at_s, title), end_s in zip(marks, ends, strict=True)]


def test_chapters_become_clips_with_their_names() -> None:
    found = cuts_from_chapters(1000.0, chapters((0.0, "起源"), (400.0, "长征")), [])
    assert found == [Cut(1, 0.0, 400.0, "chapter", "起源"), Cut(2, 400.0, 1000.0, "end", "长征")]


def test_a_chapter_mark_inside_a_word_moves_into_the_pause_beside_it() -> None:
    found = cuts_from_chapters(1000.0, chapters((0.0, "一"), (400.0, "二")), [pause(401.0)])
    assert 400.7 <= found[0].end_s <= 401.3


def test_a_long_chapter_is_cut_like_a_lecture() -> None:
    found = cuts_from_chapters(1200.0, chapters((0.0, "一"), (300.0, "二")), [pause(750.0)])
    assert [cut.title for cut in found] == ["一", "二 (1/2)", "二 (2/2)"]
    assert found[1].reason == "pause"


def test_a_pause_with_a_key_frame_is_preferred_and_cut_there() -> None:
    """But not for a worse reason, and never outside the pause."""
    pauses = [pause(490.0, 1.0), pause(500.0, 1.0)]
    assert choose_cuts(1000.0, pauses, keys_s=[480.0, 490.1, 499.3, 510.0])[0].end_s == 490.1
    assert choose_cuts(1000.0, pauses, keys_s=[480.0, 499.3, 510.0]) == choose_cuts(1000.0, pauses)
    (first, _) = choose_cuts(1000.0, pauses, [500.0], keys_s=[490.1])
    assert (first.reason, first.end_s) == ("sentence_and_pause", pytest.approx(500.0))


def test_a_title_page_is_no_clip() -> None:
    found = cuts_from_chapters(900.0, chapters((0.0, "片头"), (8.0, "一"), (400.0, "二")), [])
    assert [(cut.start_s, cut.title) for cut in found] == [(0.0, "一"), (400.0, "二")]


def test_one_chapter_says_nothing() -> None:
    assert cuts_from_chapters(900.0, chapters((0.0, "全部")), []) == []
    assert cuts_from_chapters(900.0, [], []) == []


MARKS = st.lists(st.tuples(st.floats(0, 5000), st.text(max_size=4)), min_size=1, max_size=30).map(
    lambda marks: chapters(*sorted(marks))
)


@STEADY
@given(st.floats(1, 5000), MARKS, PAUSES)
def test_whatever_the_chapters_say_the_limits_hold(
    duration_s: float, marks: list[Chapter], pauses: list[Pause]
) -> None:
    found = cuts_from_chapters(duration_s, marks, pauses)
    if not found:
        return
    assert found[0].start_s == 0.0
    assert found[-1].end_s == duration_s
    assert all(cut.end_s == after.start_s for cut, after in pairwise(found))
    assert all(0 < cut.end_s - cut.start_s <= 600 + ALMOST for cut in found)
