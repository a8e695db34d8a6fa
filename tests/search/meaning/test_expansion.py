"""What a query looks for besides its words, as those are told who teach the search, and as it is marked."""

from __future__ import annotations

from search.meaning.expansion import QueryWord, expanded, words_looked_for
from search.query import parse
from search.text.dictionary import NO_DICTIONARY, Dictionary

TAUGHT = Dictionary.of(words=["党史学習"], synonyms=[("党的二十大", "二十大", "中共20大")])


def test_words_are_told_as_the_dictionary_writes_them() -> None:
    assert words_looked_for(parse("学习 20大 党史学习"), TAUGHT) == (
        QueryWord("学习", is_known=False, synonyms=()),
        QueryWord("二十大", is_known=True, synonyms=("党的二十大", "中共20大")),
        QueryWord("党史学習", is_known=True, synonyms=()),
    )


def test_without_a_dictionary_nothing_is_known() -> None:
    assert words_looked_for(parse("二十大"), NO_DICTIONARY) == (QueryWord("20大", False, ()),)


def test_what_was_heard_and_synonyms_are_marked_like_words() -> None:
    query = expanded(parse("dsxx 二十大"), ("党史学习",), TAUGHT)
    assert query.words == ("dsxx", "二十大", "党史学习", "党的20大", "中共20大")
    assert query.text == "dsxx 二十大"


def test_synonyms_of_a_word_are_as_they_were_first_written() -> None:
    assert TAUGHT.synonyms_of("20大") == ("党的二十大", "中共20大")
    assert TAUGHT.synonyms_of("别的") == ()
