"""Lines of recognised words: all that was said, in order, short and slow enough to be read."""

from __future__ import annotations

import itertools

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from speech.cues import FASTEST, LONGEST, PAUSE_S, cues_of_words
from speech.words import SURE, Word, plain


@st.composite
def word_lists(draw: st.DrawFn) -> list[Word]:
    at_s, found = 0.0, []
    for _ in range(draw(st.integers(0, 60))):
        at_s += draw(st.sampled_from([0.0, 0.0, 0.0, 0.1, 0.3, 0.6, 5.0]))
        text = draw(st.sampled_from(["党", "员", "会", "就是", "2018", "WTO", "好，", "了。", "么？"]))
        length_s = draw(st.sampled_from([0.0, 0.05, 0.2, 0.4]))
        found.append(Word(at_s, at_s + length_s, text, draw(st.floats(0, 1))))
        at_s += length_s
    return found


@pytest.mark.slow
@settings(deadline=None)
@given(word_lists())
def test_all_is_said_in_order_and_can_be_read(words: list[Word]) -> None:
    cues = cues_of_words(words, ())
    assert plain("".join(cue.text for cue in cues)) == plain("".join(word.text for word in words))
    for cue in cues:
        said = len(plain(cue.text))
        assert said <= LONGEST
        assert said / (cue.end_s - cue.start_s) <= FASTEST + 1e-6
        assert 0 <= cue.confidence <= 1
        assert all(0 <= a < b <= len(cue.text) for a, b in cue.doubtful)
    assert all(a.end_s <= b.start_s for a, b in itertools.pairwise(cues))


def words(text: str, each_s: float = 0.2, probability: float = 0.9) -> list[Word]:
    return [Word(n * each_s, (n + 1) * each_s, one, probability) for n, one in enumerate(text)]


def test_a_line_ends_at_a_pause_and_at_a_mark() -> None:
    said = [Word(0.0, 0.4, "好的", 0.9), Word(0.4, 0.8, "大家", 0.9)]
    later = [Word(0.8 + PAUSE_S, 1.6, "开会。", 0.9), Word(1.6, 2.0, "记住", 0.9)]
    assert [cue.text for cue in cues_of_words([*said, *later], ())] == ["好的大家", "开会。", "记住"]
    # A pause that the recogniser's seconds do not show.
    joined = [*said, Word(0.8, 2.0, "开会", 0.9)]
    assert [cue.text for cue in cues_of_words(joined, [(0.7, 1.3)])] == ["好的大家", "开会"]


def test_a_long_line_is_cut_where_it_hurts_least() -> None:
    text = "党小组会一般每月召开一次人少话就能说透" + "支部党员大会一般每季度召开一次"
    cues = cues_of_words(
        [*words(text[:19]), *[Word(w.start_s + 4.0, w.end_s + 4.0, w.text, 0.9) for w in words(text[19:])]],
        (),
    )
    assert [cue.text for cue in cues] == [text[:19], text[19:]]


def test_doubtful_characters_are_marked_and_neighbours_are_one_mark() -> None:
    said = [Word(0, 1, "柳", 0.4), Word(1, 2, "湾，", 0.5), Word(2, 3, "村", SURE), Word(3, 4, "好", 0.1)]
    (cue,) = cues_of_words(said, ())
    assert cue.text == "柳湾，村好"
    assert [cue.text[a:b] for a, b in cue.doubtful] == ["柳湾", "好"]
    assert cue.confidence == 0.425
