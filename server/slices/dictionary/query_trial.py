"""How a query is cut and how much it finds, for those who teach the search."""

from __future__ import annotations

from sqlalchemy.orm import Session

from library.core.permits import Viewer
from library.finding.hits import Finder
from library.finding.indexer import IndexUnavailable
from search import QueryWord, parse, words_looked_for
from server.slices.dictionary.contexts import Tried, TriedWord
from server.web.parts import Reason


def try_query(finder: Finder, session: Session, viewer: Viewer, text: str) -> Tried:
    """Return what a search of `viewer` for `text` does; `problem` says why it cannot answer now."""
    query, dictionary = parse(text), finder.dictionary.now(session)
    words = tuple(map(_word, words_looked_for(query, dictionary)))
    try:
        found = finder.find(session, viewer, text, limit=0)
    except IndexUnavailable as error:
        return Tried(text=text, words=words, phrases=query.phrases, problem=Reason(code=error.code))
    return Tried(text=text, words=words, phrases=query.phrases, found=found.total, relaxed=found.relaxed)


def _word(word: QueryWord) -> TriedWord:
    return TriedWord(text=word.text, known=word.is_known, synonyms=word.synonyms)
