"""A query with everything that is looked for besides its words: what the dictionary teaches, and what letters
stand for. Pure."""

from __future__ import annotations

from dataclasses import dataclass, replace

from search.query import Query
from search.text.analysis import unit_texts
from search.text.dictionary import Dictionary
from search.text.query_words import joined, synonyms_of, whole_words


@dataclass(frozen=True, slots=True)
class QueryWord:
    """A word that a search looks for, as the dictionary writes it when it ``is_known`` there; ``synonyms``:
    what is looked for as well."""

    text: str
    is_known: bool
    synonyms: tuple[str, ...]


def words_looked_for(query: Query, dictionary: Dictionary) -> tuple[QueryWord, ...]:
    """The words of a query, cut as a search cuts them."""
    words = whole_words(query.words, dictionary)
    others = synonyms_of(words, dictionary)
    found = []
    for word in words:
        units = tuple(unit_texts(word))
        synonyms = tuple(dictionary.written[other] for other in others.get(word, ()))
        found.append(QueryWord(dictionary.written.get(units, word), units in dictionary.written, synonyms))
    return tuple(found)


def expanded(query: Query, heard: tuple[str, ...], dictionary: Dictionary) -> Query:
    """The query with all that was looked for, to be quoted and marked where it is shown: what letters were
    taken for (``Results.heard``), and the synonyms."""
    others = synonyms_of(whole_words(query.words, dictionary), dictionary)
    synonyms = (joined(other) for of_word in others.values() for other in of_word)
    return replace(query, words=(*query.words, *heard, *synonyms))
