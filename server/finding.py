"""From a query to rows for the page, the JSON API and the command line: the lesson, the quote, the second.

The index says which clips; the database says what may be shown and where in the clip it is said. A clip that
was withdrawn, hidden or cut anew after the index was written is left out here, so that a stale index never
shows what a page would not.
"""

from dataclasses import dataclass

from sqlalchemy.orm import Session

from library.catalog import queries
from library.catalog.rules import CueLine, first_words
from library.catalog.tables import Clip, Lesson
from library.core.permits import Viewer, scope_of
from search.engine import Filters, Hit, IndexDamaged, Results, SchemaChanged, SearchError, Sort
from search.moments import Moment, best_moments, best_text_moment, highlight
from search.query import Query, parse
from server.indexing import IndexUnavailable
from server.wiring import Ports

Marks = tuple[tuple[int, int], ...]
_QUOTE_CHARACTERS = 80


@dataclass(frozen=True)
class FoundRow:
    """One hit. `clip` is None for a lesson without clips, or whose words have no times.

    `quote` is the sentence that answers, `marks` the (from, to) ranges to mark in it. `start_s` counts from
    the clip's start, `lesson_start_s` from the lecture's; both are None when only the description matched.
    """

    lesson: Lesson
    clip: Clip | None
    quote: str
    marks: Marks
    start_s: float | None
    lesson_start_s: float | None
    score: float

    @property
    def path(self) -> str:
        """The address on this site that opens the clip at that second, or the lesson."""
        if self.clip is None:
            return f"/lessons/{self.lesson.id}"
        if self.start_s is None:
            return f"/clips/{self.clip.id}"
        return f"/clips/{self.clip.id}?t={self.start_s:.1f}"


@dataclass(frozen=True)
class Found:
    """One page of hits. `total` counts all the viewer may see; `relaxed` as in search.engine.Results."""

    total: int
    relaxed: bool
    rows: tuple[FoundRow, ...]


def find(
    ports: Ports,
    session: Session,
    viewer: Viewer,
    query_text: str,
    *,
    limit: int = 10,
    offset: int = 0,
    filters: Filters | None = None,
    sort: Sort = "relevance",
) -> Found:
    """Search as `viewer`; raises IndexUnavailable when nothing can answer, and nothing for what was typed."""
    query = parse(query_text)
    results = _search(ports, query, viewer, limit, offset, filters, sort)
    wanted = list(dict.fromkeys(hit.lesson for hit in results.hits))
    lessons = {lesson.id: lesson for lesson in queries.lessons_by_ids(session, viewer, wanted)}
    rows = [
        row
        for hit in results.hits
        if hit.lesson in lessons and (row := _row(session, query, results, hit, lessons[hit.lesson]))
    ]
    stale = len(results.hits) - len(rows)
    return Found(max(0, results.total - stale), results.relaxed, tuple(rows))


def _search(
    ports: Ports,
    query: Query,
    viewer: Viewer,
    limit: int,
    offset: int,
    filters: Filters | None,
    sort: Sort,
) -> Results:
    reader = ports.indexer.reader()
    try:
        return reader.search(query, scope_of(viewer), limit=limit, offset=offset, filters=filters, sort=sort)
    except (IndexDamaged, SchemaChanged) as error:
        raise IndexUnavailable("index_damaged") from error
    except SearchError as error:
        raise IndexUnavailable("index_busy") from error


def _row(session: Session, query: Query, results: Results, hit: Hit, lesson: Lesson) -> FoundRow | None:
    """Return the row of a hit; None when its clip is gone since the index was written."""
    if hit.clip is None:
        lines = queries.cues(session, lesson.id)
        moment = best_text_moment(query, "\n".join(line.text for line in lines), results.weights)
        quote, marks = _quoted(moment) or _described(query, results, lesson, lines)
        return FoundRow(lesson, None, quote, marks, None, None, hit.score)
    clip = next((c for c in lesson.clips if c.id == hit.clip), None)
    if clip is None:
        return None
    lines = queries.cues(session, lesson.id, clip.start_s, clip.end_s)
    spoken = best_moments(query, _on_clip_clock(lines, clip), 1, results.weights)
    if spoken and spoken[0].start_s is not None:
        start_s = spoken[0].start_s
        return FoundRow(
            lesson, clip, spoken[0].quote, spoken[0].marks, start_s, clip.start_s + start_s, hit.score
        )
    quote, marks = _described(query, results, lesson, lines)
    return FoundRow(lesson, clip, quote, marks, None, None, hit.score)


def _on_clip_clock(lines: list[CueLine], clip: Clip) -> list[tuple[float, float, str]]:
    """Return the timed lines in seconds of the clip; one that began before the clip begins with it."""
    return [
        (max(0.0, line.start_s - clip.start_s), min(line.end_s, clip.end_s) - clip.start_s, line.text)
        for line in lines
        if line.start_s is not None and line.end_s is not None
    ]


def _quoted(moment: Moment | None) -> tuple[str, Marks] | None:
    return (moment.quote, moment.marks) if moment is not None else None


def _described(query: Query, results: Results, lesson: Lesson, lines: list[CueLine]) -> tuple[str, Marks]:
    """Return what to quote when the words are not said: the summary, the title, or how it begins."""
    found = _quoted(best_text_moment(query, lesson.summary, results.weights))
    if found is not None:
        return found
    marks = highlight(lesson.title, query)
    beginning = first_words([line.text for line in lines] or [lesson.summary], _QUOTE_CHARACTERS)
    return (beginning, ()) if beginning and not marks else (lesson.title, marks)
