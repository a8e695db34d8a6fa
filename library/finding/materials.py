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
from search import Document

KIND = "material"


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
            branch=lesson.branch_id,
            kind=KIND,
            genre=str(lesson.genre),
            language=lesson.language,
            scope=scope_tokens(queries.facts(lesson)),
        )
