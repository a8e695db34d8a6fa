"""Words and synonyms that staff teach: folded, found at their place, without surprises."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from search.query import parse
from search.ranking.plan import Way, plan
from search.text.analysis import unit_texts
from search.text.dictionary import MAX_WORD_UNITS, NO_DICTIONARY, Dictionary, shipped_entries
from search.text.fold import fold
from search.text.query_words import whole_words

SHIPPED = Dictionary.of(synonyms=shipped_entries())


def test_entries_are_folded_as_queries_are() -> None:
    taught = Dictionary.of(words=["两个維護"], synonyms=[("二十大", "党的２０大")])
    assert whole_words(("两个维护",), taught) == ["两个维护"]
    assert taught.synonyms == {
        ("20", "大"): (("党", "的", "20", "大"),),
        ("党", "的", "20", "大"): (("20", "大"),),
    }


def test_the_longest_word_wins_and_the_cutter_cuts_the_rest() -> None:
    taught = Dictionary.of(words=["党史学习", "党史学习教育", "AI 课堂"])
    assert whole_words(("深入开展党史学习教育活动",), taught) == ["深入开展", "党史学习教育", "活动"]
    assert whole_words(("ai课堂和ai 5g",), taught) == ["ai课堂", "ai", "5g"]


@given(st.text(max_size=60))
def test_nothing_is_lost_or_added_by_a_dictionary(text: str) -> None:
    joined = "".join(unit for word in whole_words((text,), SHIPPED) for unit in unit_texts(word))
    assert set(joined) <= set(fold(text))
    bare = {unit for word in whole_words((text,)) for unit in unit_texts(word)}
    assert whole_words((text,), NO_DICTIONARY) == whole_words((text,))
    assert bare == set() or joined


@pytest.mark.parametrize("group", [(), ("三农",), ("三农", "三農"), ("三农", "，"), ("", " ")])
def test_groups_without_two_words_teach_nothing(group: tuple[str, ...]) -> None:
    assert Dictionary.of(synonyms=[group]).synonyms == {}


def test_sentences_are_no_words() -> None:
    assert Dictionary.of(words=["党" * (MAX_WORD_UNITS + 1)]).written == {}


def test_a_word_in_two_groups_has_the_synonyms_of_both() -> None:
    taught = Dictionary.of(synonyms=[("甲乙", "丙丁"), ("甲乙", "戊己")])
    assert taught.synonyms[("甲", "乙")] == (("丙", "丁"), ("戊", "己"))
    assert taught.synonyms[("丙", "丁")] == (("甲", "乙"),)


def test_a_synonym_is_another_way_to_say_a_word() -> None:
    made = plan(parse("三农 政策"), Dictionary.of(synonyms=[("三农", "农")]))
    assert made.choices == ((Way(pairs=("三农",)), Way(units=("农",))),)
    assert made.required_pairs == ("政策",)
    assert made.other_words == ("农",)


def test_the_terms_that_come_with_it_are_words_and_not_sentences() -> None:
    known = SHIPPED
    assert len(known.written) > 250
    assert max(map(len, known.written)) <= MAX_WORD_UNITS
    assert known.synonyms[("20", "大")]
