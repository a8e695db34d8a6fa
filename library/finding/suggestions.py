"""What is offered while somebody types: names that the searcher may see, what several people search for and
the searcher would find too, and where each leads.

Names come first in which what is typed occurs; after them those in which a synonym of it does.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import partial
from itertools import islice
from typing import Literal
from urllib.parse import urlencode

from sqlalchemy.orm import Session

from library.catalog import queries
from library.core.permits import Viewer
from library.finding.behind import names_left
from library.finding.hits import Finder
from library.finding.indexer import IndexUnavailable
from library.searches.frequent_queries import FrequentQueries
from search import SearchError, fold

MOST = 8
"""As many as fit between the search box and a phone's keyboard."""

MOST_QUERIES = 3
"""How many of them are other people's queries."""

_MOST_ASKED = 2
"""Searches made for each query offered: what one searcher does not find, the next seldom finds either."""

_MOST_SYNONYMS = 3
_QUOTES = str.maketrans("", "", '"“”„‟＂「」『』')


@dataclass(frozen=True)
class Suggested:
    """A name or a frequent query. `count`: the clips that bear it, or that it finds; `url`: a path on this
    site, where they are."""

    kind: Literal["topic", "lecturer", "title", "query"]
    text: str
    count: int
    url: str


def suggest(
    finder: Finder,
    known: FrequentQueries,
    session: Session,
    viewer: Viewer,
    typed: str,
    limit: int = MOST,
) -> list[Suggested]:
    """Return names for what is typed so far (characters, pinyin, initials), then a few frequent queries; none
    when nothing can answer.

    A title leads to its lesson when only one lesson has it, everything else to a search.
    """
    if not typed.strip():
        return []
    try:
        reader, scope = finder.indexer.reader(), queries.search_scope(session, viewer)
        found = reader.suggest(typed, scope, limit)
        for other in finder.dictionary.now(session).synonyms_of(typed)[:_MOST_SYNONYMS]:
            more = reader.suggest(other, scope, limit)
            found = [*found, *(one for one in more if one not in found)][:limit]
        if found and finder.indexer.behind(session):
            found = names_left(session, viewer, found)
    except (IndexUnavailable, SearchError):
        return []  # whoever types has asked for nothing yet; the search itself says what is wrong
    titles = [one.text for one in found if one.kind == "title"]
    lessons = queries.lessons_titled(session, viewer, titles) if titles else {}
    names = {fold(one.text) for one in found}
    asked = (text for text in known.matching(session, typed) if fold(text) not in names)
    others = frequent(finder, known, session, viewer, asked, min(MOST_QUERIES, limit // 2))
    return [
        *(
            Suggested(one.kind, one.text, one.count, _address(one.kind, one.text, lessons.get(one.text, [])))
            for one in found[: limit - len(others)]
        ),
        *others,
    ]


def frequent(
    finder: Finder,
    known: FrequentQueries,
    session: Session,
    viewer: Viewer,
    texts: Iterable[str],
    most: int,
) -> list[Suggested]:
    """Return the first `most` of other people's queries that find something for `viewer`.

    A query that finds nothing for them may name what they must not know of. Only the first few are tried.
    """
    found = islice(_found(finder, known, session, viewer, islice(texts, _MOST_ASKED * most)), most)
    try:
        return [Suggested("query", text, n, f"/search?{urlencode({'q': text})}") for text, n in found]
    except (IndexUnavailable, SearchError):
        return []


def found_of(
    finder: Finder, known: FrequentQueries, session: Session, viewer: Viewer, texts: Iterable[str]
) -> dict[str, int]:
    """Return those of some queries that find something for `viewer`, with how much; none when nothing can
    answer."""
    try:
        return dict(_found(finder, known, session, viewer, texts))
    except (IndexUnavailable, SearchError):
        return {}


def _found(
    finder: Finder, known: FrequentQueries, session: Session, viewer: Viewer, texts: Iterable[str]
) -> Iterator[tuple[str, int]]:
    scope, mark = queries.search_scope(session, viewer), finder.indexer.reader().mark()
    for text in texts:
        search = partial(finder.count_hits, session, viewer, text)
        if count := known.total(session, scope, text, mark, search):
            yield text, count


def _address(kind: str, text: str, lessons: list[str]) -> str:
    if kind == "title" and len(lessons) == 1:
        return f"/lessons/{lessons[0]}"
    phrase = f'"{text.translate(_QUOTES)}"'
    return f"/search?{urlencode({'q': phrase if kind == 'title' else f'{kind}:{phrase}'})}"
