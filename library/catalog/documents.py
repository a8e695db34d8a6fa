"""A lesson as the search engine sees it: one document per clip, or one for a lesson without clips."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from sqlalchemy.orm import Session

from library.catalog import cue_queries, queries
from library.catalog.permits import scope_tokens
from library.catalog.rules import CueLine, CueSource
from library.catalog.tables import Clip, Lesson
from search import Document, length_class


def documents(session: Session, lessons: Sequence[Lesson]) -> Iterator[Document]:
    """Yield the documents of `lessons`, which must be loaded with all that hangs on them."""
    spoken = cue_queries.cues_of(session, [lesson.id for lesson in lessons])
    for lesson in lessons:
        lines = spoken.get(lesson.id, [])
        timed = [line for line in lines if line.start_s is not None]
        if lesson.clips and (timed or not lines):
            for clip in lesson.clips:
                yield _document(lesson, clip, [line for line in timed if _inside(line, clip)])
        else:
            # No clip yet, or words without times: nobody can say in which clip they are spoken.
            yield _document(lesson, None, lines)


def _inside(line: CueLine, clip: Clip) -> bool:
    # A cue that crosses a border belongs to both clips: its words are heard in both.
    return (
        line.start_s is not None
        and line.end_s is not None
        and line.start_s < clip.end_s
        and line.end_s > clip.start_s
    )


def _document(lesson: Lesson, clip: Clip | None, lines: Sequence[CueLine]) -> Document:
    return Document(
        id=clip.id if clip else lesson.id,
        lesson=lesson.id,
        clip=clip.id if clip else None,
        # A line each: both are titles of it, and neither is the other's continuation.
        title="\n".join(filter(None, (lesson.title, clip.title if clip else ""))),
        lecturer=lesson.lecturer.name if lesson.lecturer else "",
        topics=tuple(link.topic.name for link in lesson.topics),
        summary=lesson.summary,
        spoken="\n".join(line.text for line in lines),
        recognised="\n".join(line.text for line in lines if line.source is CueSource.RECOGNISED),
        date=lesson.taught_on,
        branch=lesson.node_id,
        kind=str(lesson.kind),
        genre=str(lesson.genre),
        language=lesson.language,
        length=length_class(clip.end_s - clip.start_s if clip else lesson.duration_s),
        scope=scope_tokens(queries.facts(lesson)),
    )
