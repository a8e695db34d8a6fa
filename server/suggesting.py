"""What is offered while somebody types: names that the searcher may see, and where each leads.

Names come first in which what is typed occurs; after them those in which a synonym of it does.
"""

from dataclasses import dataclass
from typing import Literal
from urllib.parse import urlencode

from sqlalchemy.orm import Session

from library.catalog import queries
from library.core.permits import Viewer, scope_of
from search.analysis import unit_texts
from search.engine import SearchError
from search.fold import fold
from search.vocabulary import Vocabulary
from server.indexing import IndexUnavailable
from server.wiring import Ports

MOST = 8
"""As many as fit between the search box and a phone's keyboard."""

_MOST_SYNONYMS = 3
_QUOTES = str.maketrans("", "", '"“”„‟＂「」『』')


@dataclass(frozen=True)
class Suggested:
    """A name. `count`: the clips that bear it; `url`: a path on this site, where they are."""

    kind: Literal["topic", "lecturer", "title"]
    text: str
    count: int
    url: str


def suggest(ports: Ports, session: Session, viewer: Viewer, typed: str, limit: int = MOST) -> list[Suggested]:
    """Return names for what is typed so far (characters, pinyin, initials); none when nothing can answer.

    A title leads to its lesson when only one lesson has it, everything else to a search.
    """
    if not typed.strip():
        return []
    try:
        reader, scope = ports.indexer.reader(), scope_of(viewer)
        found = reader.suggest(typed, scope, limit)
        for other in _synonyms(typed, ports.vocabulary.now()):
            more = reader.suggest(other, scope, limit)
            found = [*found, *(one for one in more if one not in found)][:limit]
    except (IndexUnavailable, SearchError):
        return []  # whoever types has asked for nothing yet; the search itself says what is wrong
    titles = [one.text for one in found if one.kind == "title"]
    lessons = queries.lessons_titled(session, viewer, titles) if titles else {}
    return [
        Suggested(one.kind, one.text, one.count, _address(one.kind, one.text, lessons.get(one.text, [])))
        for one in found
    ]


def _synonyms(typed: str, vocabulary: Vocabulary) -> list[str]:
    others = vocabulary.synonyms.get(tuple(unit_texts(fold(typed))), ())
    return [vocabulary.written[other] for other in others[:_MOST_SYNONYMS]]


def _address(kind: str, text: str, lessons: list[str]) -> str:
    if kind == "title" and len(lessons) == 1:
        return f"/lessons/{lessons[0]}"
    phrase = f'"{text.translate(_QUOTES)}"'
    return f"/search?{urlencode({'q': phrase if kind == 'title' else f'{kind}:{phrase}'})}"
