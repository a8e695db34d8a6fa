"""How a query is cut and how much it finds, for those who teach the search."""

from __future__ import annotations

from sqlalchemy.orm import Session

from library.core.permits import Viewer
from library.finding.hits import Finder
from library.finding.indexer import IndexUnavailable
from search.meaning.dictionary import Dictionary
from search.query import parse
from search.ranking.plan import synonyms_of, whole_words
from search.text.analysis import unit_texts
from server.slices.dictionary.contexts import Tried, TriedWord
from server.web.parts import Reason


def try_query(finder: Finder, session: Session, viewer: Viewer, text: str) -> Tried:
    """Return what a search of `viewer` for `text` does; `problem` says why it cannot answer now."""
    query, dictionary = parse(text), finder.dictionary.now(session)
    words = cut(query.words, dictionary)
    try:
        found = finder.find(session, viewer, text, limit=0)
    except IndexUnavailable as error:
        return Tried(text=text, words=words, phrases=query.phrases, problem=Reason(code=error.code))
    return Tried(text=text, words=words, phrases=query.phrases, found=found.total, relaxed=found.relaxed)


def cut(texts: tuple[str, ...], dictionary: Dictionary) -> tuple[TriedWord, ...]:
    """Return the words that a search looks for, each as the dictionary writes it."""
    words = whole_words(texts, dictionary)
    others = synonyms_of(words, dictionary)
    return tuple(
        TriedWord(
            text=dictionary.written.get(units, word),
            known=units in dictionary.written,
            synonyms=tuple(dictionary.written[other] for other in others.get(word, ())),
        )
        for word, units in ((word, tuple(unit_texts(word))) for word in words)
    )
