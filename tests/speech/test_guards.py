"""What a recogniser makes up, repeats or leaves out, and what is done about it."""

from __future__ import annotations

import itertools

from hypothesis import given, settings
from hypothesis import strategies as st

from speech.adapters.prompts import PROMPT
from speech.guards import (
    UNHEARD_S,
    is_repeating,
    rate_is_odd,
    snapped,
    unheard,
    without_echo,
    without_repeats,
)
from speech.words import Span, Word


def words(text: str, start_s: float = 0.0, each_s: float = 0.2) -> list[Word]:
    return [Word(start_s + n * each_s, start_s + (n + 1) * each_s, one, 0.9) for n, one in enumerate(text)]


def text_of(some: tuple[Word, ...] | list[Word]) -> str:
    return "".join(word.text for word in some)


def test_repeats_are_seen_and_kept_once_but_not_what_people_repeat() -> None:
    assert is_repeating(words("我们要学习" + "我们要" * 6))
    assert text_of(without_repeats(words("好大家" + "谢谢你" * 5 + "再见"))) == "好大家谢谢你再见"
    assert not is_repeating(words("学习、学习、再学习，实干，实干，再实干"))


def test_too_many_and_too_few_characters_are_odd() -> None:
    assert rate_is_odd(words("党" * 60), 5.0)
    assert rate_is_odd(words("党"), 10.0)
    assert not rate_is_odd(words("同志们好欢迎来到这里"), 2.5)
    assert not rate_is_odd(words("好"), 0.4)


def test_the_prompt_and_what_is_known_to_be_made_up_are_dropped() -> None:
    assert without_echo(words(PROMPT), PROMPT) == ()
    assert (
        text_of(without_echo(words("以下是普通话的句子，同志们，今天我们讲三会一课"), PROMPT))
        == "，同志们，今天我们讲三会一课"
    )
    assert without_echo(words("请不吝点赞订阅转发"), "") == ()
    true = words("大家点赞，字幕清楚")
    assert list(without_echo(true, PROMPT)) == true


def test_a_long_stretch_without_words_is_found() -> None:
    speech = [Span(0, 10), Span(12, 13)]
    assert unheard(words("同志们", 0.0) + words("好", 5.0), speech) == (
        Span(0.6000000000000001, 5.0),
        Span(5.2, 10),
    )
    assert unheard((), [Span(0, UNHEARD_S)]) == ()


@settings(deadline=None)
@given(
    st.lists(st.tuples(st.floats(0, 50), st.floats(0, 3)), max_size=20),
    st.lists(st.floats(0.1, 5), max_size=10),
)
def test_no_word_is_dropped_and_beginnings_stay_in_order(
    times: list[tuple[float, float]], lengths: list[float]
) -> None:
    some = [Word(start, start + length, "会", 0.9) for start, length in sorted(times)]
    at_s, speech = 0.0, []
    for length in lengths:
        speech.append(Span(at_s + 1, at_s + 1 + length))
        at_s += 1 + length
    found = snapped(some, speech)
    assert len(found) == len(some)
    assert all(word.start_s <= word.end_s for word in found)
    assert all(a.start_s <= b.start_s for a, b in itertools.pairwise(found))


def test_a_word_that_begins_in_silence_begins_where_that_ends() -> None:
    (word,) = snapped([Word(1.0, 3.2, "党", 0.9)], [Span(0, 0.8), Span(3.0, 5.0)])
    assert (word.start_s, word.end_s) == (3.0, 3.2)
