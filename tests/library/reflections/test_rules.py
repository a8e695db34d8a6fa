"""The states of a reflection, quotes that stand wherever their words are said, and what two texts share."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from library.core.errors import Conflict, Invalid
from library.reflections import rules
from library.reflections.folding import folded, folded_with_places
from library.reflections.likeness.rules import GRAM, LEAST, WINDOW, passages, prepare, prints
from library.reflections.likeness.stock_phrases import PHRASES
from library.reflections.rules import (
    STEPS,
    Line,
    Part,
    Quote,
    ReflectionState,
    Step,
    following,
    line_at,
    place_of,
    steps_in,
    with_marks,
)

HAN = st.characters(min_codepoint=0x4E00, max_codepoint=0x9FA5)
WORDS = st.text(HAN, min_size=8, max_size=40)
ANYTHING = st.text(max_size=400)


@pytest.mark.parametrize("state", ReflectionState)
@pytest.mark.parametrize("step", Step)
@pytest.mark.parametrize("part", Part)
def test_every_step_is_in_the_table_or_is_refused(state: ReflectionState, step: Step, part: Part) -> None:
    if (state, step, part) in STEPS:
        assert following(state, step, part) is STEPS[state, step, part]
        assert step in steps_in(state, part)
        return
    with pytest.raises(Conflict) as refused:
        following(state, step, part)
    assert refused.value.code == "reflection_state"
    assert step not in steps_in(state, part)


def test_a_writer_can_always_take_back_what_others_read_and_nobody_else_writes() -> None:
    for state in ReflectionState:
        if state not in rules.EDITABLE:
            assert Step.WITHDRAW in steps_in(state, Part.WRITER)
    assert all(part is Part.READER for _state, step, part in STEPS if step is Step.PUBLISH)
    assert all(part is Part.WRITER for _state, step, part in STEPS if step is Step.SEND)


@pytest.mark.slow
@given(st.lists(WORDS, min_size=1, max_size=12, unique=True), st.data())
def test_a_quote_stands_where_its_words_are_said(said: list[str], data: st.DataObject) -> None:
    lines = [Line("clip1", 10.0 * n, 10.0 * n + 9, words) for n, words in enumerate(said)]
    n = data.draw(st.integers(0, len(said) - 1))
    quote = Quote(1, "clip1", lines[n].start_s, lines[n].text)
    assert place_of(quote, lines).start_s == lines[n].start_s
    # A new version: every line later, punctuation changed, other lines between.
    shift = data.draw(st.floats(1.5, 300))
    moved = [Line("clip1", line.start_s + shift, line.end_s + shift, f"，{line.text}。") for line in lines]
    place = place_of(quote, [*moved, Line("clip1", 0, 1, "别的话别的话别的话")])
    assert place.same
    assert place.clip_id == "clip1"
    assert folded(quote.text) in folded(next(m.text for m in moved if m.start_s == place.start_s))
    # Cut anew: the clip is another one.
    cut = [Line("clip2", line.start_s, line.end_s, line.text) for line in lines]
    assert place_of(quote, cut).clip_id == "clip2"
    # Said no more: it stays, and says so.
    gone = place_of(quote, [])
    assert (gone.clip_id, gone.start_s, gone.same) == ("clip1", quote.start_s, False)


@pytest.mark.slow
@given(ANYTHING, st.lists(st.integers(1, 99), max_size=6, unique=True))
def test_no_quote_is_lost_and_no_word(text: str, numbers: list[int]) -> None:
    quotes = [Quote(n, "c", 1.0, f"原话{n}") for n in numbers]
    marked = text + "".join(rules.mark_of(n) for n in numbers[::2])
    parts = with_marks(marked, quotes)
    assert sorted(one.n for one in parts if isinstance(one, Quote)) == sorted(numbers)
    said = "".join(one for one in parts if isinstance(one, str))
    assert folded(said).replace("引", "") == folded(rules.without_marks(marked)).replace("引", "") or numbers


def test_a_mark_that_stands_for_nothing_is_words() -> None:
    assert with_marks("他说〔引3〕好", []) == ["他说〔引3〕好"]
    assert with_marks("〔引1〕〔引1〕", [Quote(1, "c", 0, "话")]) == [Quote(1, "c", 0, "话")]


def test_the_line_at_a_second() -> None:
    lines = [Line("c", 5, 9, "一"), Line("c", 20, 25, "二"), Line("d", 1, 2, "三")]
    assert [line_at(lines, "c", at).text for at in (0, 5, 19.9, 20, 99)] == ["一", "一", "一", "二", "二"]  # type: ignore[union-attr]
    assert line_at(lines, "x", 5) is None


def test_twenty_quotes_and_no_more() -> None:
    quotes = [Quote(n, "c", 0, "话") for n in range(1, rules.MOST_QUOTES)]
    assert rules.free_number(quotes) == rules.MOST_QUOTES
    with pytest.raises(Invalid, match="reflection_quotes"):
        rules.free_number([*quotes, Quote(rules.MOST_QUOTES, "c", 0, "话")])


# ---------------------------------------------------------------------- likeness


@given(ANYTHING)
def test_folding_knows_its_places(text: str) -> None:
    letters, places = folded_with_places(text)
    assert letters == folded(text)
    assert places == sorted(places)
    assert len(places) == len(letters)
    assert folded(letters) == letters or len(letters) > 0


@given(
    st.text(HAN, max_size=200),
    st.text(HAN, min_size=max(LEAST, GRAM + WINDOW), max_size=60),
    st.text(HAN, max_size=200),
)
def test_what_is_copied_shares_a_fingerprint_and_is_shown(before: str, copied: str, after: str) -> None:
    mine, theirs = prepare(f"{before}{copied}{after}"), prepare(f"甲乙丙{copied}丁")
    assert set(prints(mine)) & set(prints(theirs))
    assert any(folded(copied) in folded(one.mine) for one in passages(mine, theirs))


@given(st.text(HAN, max_size=300), st.text(HAN, max_size=300))
def test_passages_stand_in_both_texts(one: str, other: str) -> None:
    for found in passages(prepare(one), prepare(other)):
        assert found.mine in one
        assert found.theirs in other
        assert folded(found.mine) == folded(found.theirs)
        assert found.letters >= LEAST


def test_punctuation_and_spaces_hide_nothing() -> None:
    said = "两家人为了一条水渠吵到半夜谁也不肯让步我只好坐在门槛上等他们说完"
    other = "两家人，为了一条水渠……吵到半夜；谁也不肯让步！我 只好 坐在门槛上，等他们说完。"
    found = passages(prepare(said), prepare(f"那年冬天，{other}后来就好了。"))
    assert [one.letters for one in found] == [len(said)]
    assert found[0].theirs.startswith("两家人，")


def test_quotes_and_set_phrases_are_no_likeness() -> None:
    quoted = "小事靠商量大事靠公道矛盾不出村这是老书记留给我们的三句话"
    mine = prepare(f"我最受触动的是{quoted}，回去就要照着做。", [quoted])
    assert passages(mine, prepare(quoted)) == []
    in_marks = prepare(f"他说：“{quoted}”，我记住了。")
    assert passages(in_marks, prepare(quoted)) == []
    phrases = "，".join(PHRASES)
    assert passages(prepare(phrases), prepare(phrases)) == []
    # What stands between them counts.
    own = "我们村的老支书在雪地里站了整整一夜等最后一户人家搬出来"
    assert passages(prepare(f"{PHRASES[0]}，{own}。"), prepare(f"{own}，{PHRASES[1]}"))


@pytest.mark.parametrize(
    "text", ["<script>alert(1)</script>" * 50, "\u202eABC" * 300, "👨‍👩‍👧‍👦" * 400, "a" * 10_000, ""]
)
def test_hostile_texts_are_compared_like_others(text: str) -> None:
    prepared = prepare(text)
    prints(prepared)
    passages(prepared, prepared)
