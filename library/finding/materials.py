"""Materials of lessons as the index sees them: each with text is a document of its own, of the kind
"material", for those who may see its lesson."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from sqlalchemy.orm import Session

from library.catalog import documents as catalog
from library.catalog import queries
from library.catalog.permits import scope_tokens
from library.catalog.tables import Lesson
from library.works import queries as works
from search import Document, Sought

KIND = "material"
_PIECE = 3_000
"""Characters of a file that are looked through closely for what to quote; of them all it would take as long
as the rest of the search."""


def documents(session: Session, lessons: Sequence[Lesson]) -> Iterator[Document]:
    """Yield the documents of `lessons`, and those of their materials. Lecturer and topics are those of the
    lesson's own documents: whoever looks for a name is not given each of its files."""
    yield from catalog.documents(session, lessons)
    by_id = {lesson.id: lesson for lesson in lessons}
    for row in works.worded_materials(session, list(by_id)):
        lesson = by_id[row.lesson_id]
        yield Document(
            id=row.id,
            lesson=lesson.id,
            title=row.name,
            spoken=row.words or "",
            date=lesson.taught_on,
            branch=lesson.node_id,
            kind=KIND,
            genre=str(lesson.genre),
            language=lesson.language,
            scope=scope_tokens(queries.facts(lesson)),
        )


def near(query: Sought, words: str) -> str:
    """Return that piece of a file which holds most of what is looked for; all of it where none holds any,
    because there it is written otherwise."""
    wanted = {"".join(needle.units) for needle in query.weighed}
    best, most = words, 0
    for piece in _pieces(words) if len(words) > _PIECE else ():
        folded = piece.lower()
        held = sum(len(one) for one in wanted if one in folded)
        if held > most:
            best, most = piece, held
    return best


def _pieces(words: str) -> Iterator[str]:
    at = 0
    while at < len(words):
        end = words.find("\n", at + _PIECE)
        end = len(words) if end < 0 else min(end, at + 2 * _PIECE)
        yield words[at:end]
        at = end
