"""How a query is cut and how much it finds, for those who teach the search."""

from sqlalchemy.orm import Session

from library.core.permits import Viewer
from search.analysis import unit_texts
from search.plan import synonyms_of, whole_words
from search.query import parse
from search.vocabulary import Vocabulary
from server.contexts import Reason, Tried, TriedWord
from server.finding import find
from server.indexing import IndexUnavailable
from server.wiring import Ports


def try_query(ports: Ports, session: Session, viewer: Viewer, text: str) -> Tried:
    """Return what a search of `viewer` for `text` does; `problem` says why it cannot answer now."""
    query, vocabulary = parse(text), ports.vocabulary.now()
    words = cut(query.words, vocabulary)
    try:
        found = find(ports, session, viewer, text, limit=0)
    except IndexUnavailable as error:
        return Tried(text=text, words=words, phrases=query.phrases, problem=Reason(code=error.code))
    return Tried(text=text, words=words, phrases=query.phrases, found=found.total, relaxed=found.relaxed)


def cut(texts: tuple[str, ...], vocabulary: Vocabulary) -> tuple[TriedWord, ...]:
    """Return the words that a search looks for, each as the dictionary writes it."""
    words = whole_words(texts, vocabulary)
    others = synonyms_of(words, vocabulary)
    return tuple(
        TriedWord(
            text=vocabulary.written.get(units, word),
            known=units in vocabulary.written,
            synonyms=tuple(vocabulary.written[other] for other in others.get(word, ())),
        )
        for word, units in ((word, tuple(unit_texts(word))) for word in words)
    )
