"""Units, pairs and words."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from search.text.analysis import Word, pairs, unit_texts, units, word_texts, words
from search.text.fold import fold
from tests.search.passages import PASSAGES


def test_units_ignore_punctuation_and_keep_runs_of_letters_whole() -> None:
    assert unit_texts("党史，20大 covid-19 c919") == ["党", "史", "20", "大", "covid", "19", "c919"]


def test_units_know_where_they_are() -> None:
    text = "学习，ai！"
    assert [text[u.start : u.end] for u in units(text)] == ["学", "习", "ai"]


def test_pairs_go_on_over_punctuation() -> None:
    assert pairs(unit_texts("不忘，初心 ai era")) == ["不忘", "忘初", "初心", "心ai", "ai era"]


def test_words_are_followed_by_their_parts() -> None:
    found = words("中华人民共和国万岁")
    assert found[0] == Word("中华人民共和国")
    assert Word("人民", is_part=True) in found
    assert found[-1] == Word("万岁")


def test_a_number_and_the_character_behind_it_are_a_word() -> None:
    assert Word("20大") in words(fold("党的二十大报告"))
    assert Word("1949年") in words(fold("一九四九年"))
    # The character behind is a word of its own there, so it is left alone.
    assert Word("20大会") not in words("20大会")


@given(st.text())
def test_words_and_units_cover_the_same_characters(text: str) -> None:
    folded = fold(text)
    whole = "".join(w.text for w in words(folded) if not w.is_part)
    assert whole == "".join(unit_texts(folded))


@pytest.mark.slow
@given(
    st.lists(
        st.sampled_from(
            ["党史学习", "20", "大", "1949", "年", "ai", "5g", "，", " ", "中国式现代化", "x20", "百"]
        )
    )
)
def test_words_are_counted_as_they_are_cut(parts: list[str]) -> None:
    text = "".join(parts)
    assert sorted(word_texts(text)) == sorted(word.text for word in words(text))


def test_words_of_whole_passages_are_counted_as_they_are_cut() -> None:
    for passage in PASSAGES:
        text = fold(passage.text)
        assert sorted(word_texts(text)) == sorted(word.text for word in words(text))
