"""From a query to rows for the page, the JSON API and the command line: the lesson, the quotes, the seconds.

The index says which clips; the database says what may be shown and where in the clip it is said. A clip that
was withdrawn, hidden or cut anew after the index was written is left out here, so that a stale index never
shows what a page would not.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from functools import partial

from sqlalchemy.orm import Session

from library.catalog import queries
from library.catalog.rules import CueLine, first_words
from library.catalog.tables import Clip, Lesson
from library.core.permits import Viewer, scope_of
from library.core.text import fold
from library.people import queries as people
from library.plays import queries as plays
from search.engine import Counts, Filters, Hit, IndexDamaged, Results, SchemaChanged, SearchError, Sort
from search.moments import Moment, best_moments, best_text_moment, highlight
from search.plan import joined, synonyms_of, whole_words
from search.query import Query, parse, with_heard
from search.vocabulary import Vocabulary
from server.indexing import IndexUnavailable
from server.wiring import Ports

Marks = tuple[tuple[int, int], ...]

MOST_MOMENTS = 3
"""Places shown of one clip: more would push the other clips off a phone's screen."""

_QUOTE_CHARACTERS = 80
# SQLite takes 32,766 values in a statement, PostgreSQL is quickest with few.
_IDS_A_STATEMENT = 2_000
_KINDS = {
    "视频": "video",
    "录像": "video",
    "音频": "sound",
    "录音": "sound",
    "audio": "sound",
    "文稿": "text",
    "文字": "text",
}


@dataclass(frozen=True)
class FoundMoment:
    """A sentence that answers; `marks` are the (from, to) ranges to mark in `quote`.

    `start_s` counts from the clip's start, `lesson_start_s` from the lecture's; both are None when only the
    description matched, or the words have no times.
    """

    quote: str
    marks: Marks = ()
    start_s: float | None = None
    lesson_start_s: float | None = None


@dataclass(frozen=True)
class FoundRow:
    """One hit with at least one moment, the best first. `clip` is None for a lesson without clips, or whose
    words have no times. `views` are those of the whole lesson."""

    lesson: Lesson
    clip: Clip | None
    moments: tuple[FoundMoment, ...]
    score: float
    views: int = 0

    @property
    def best(self) -> FoundMoment:
        """The moment to show when there is room for one."""
        return self.moments[0]

    @property
    def path(self) -> str:
        """The address on this site that opens the clip at its best moment, or the lesson."""
        return self.path_to(self.best)

    def path_to(self, moment: FoundMoment) -> str:
        """The address on this site that opens the clip at a moment, or the lesson."""
        if self.clip is None:
            return f"/lessons/{self.lesson.id}"
        if moment.start_s is None:
            return f"/clips/{self.clip.id}"
        return f"/clips/{self.clip.id}?t={moment.start_s:.1f}"


@dataclass(frozen=True)
class Found:
    """One page of hits. `total` counts all the viewer may see; `relaxed`, `counts` and `heard` as in
    search.engine.Results. `did_you_mean`: another spelling that finds more, looked for when nothing holds all
    the words."""

    total: int
    relaxed: bool
    rows: tuple[FoundRow, ...]
    counts: Counts = field(default_factory=Counts)
    heard: tuple[str, ...] = ()
    did_you_mean: str | None = None


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
    counts: bool = False,
    moments: int = MOST_MOMENTS,
) -> Found:
    """Search as `viewer`; raises IndexUnavailable when nothing can answer, and nothing for what was typed.

    `counts`: also count all hits by topic, lecturer … `moments`: how many places of one clip to show at most.
    """
    query = _with_keys(session, parse(query_text))
    vocabulary, scope = ports.vocabulary.now(), scope_of(viewer)
    reader = ports.indexer.reader()
    did_you_mean = None
    try:
        results = reader.search(
            query,
            scope,
            limit=limit,
            offset=offset,
            filters=filters,
            sort=sort,
            vocabulary=vocabulary,
            counts=counts,
            popularity=partial(views_of, session),
        )
        if offset == 0 and not query.is_empty and (results.relaxed or not results.total):
            did_you_mean = reader.did_you_mean(query, scope, vocabulary)
    except (IndexDamaged, SchemaChanged) as error:
        raise IndexUnavailable("index_damaged") from error
    except SearchError as error:
        raise IndexUnavailable("index_busy") from error
    said = with_heard(query, (*results.heard, *_synonyms(query, vocabulary)))
    wanted = list(dict.fromkeys(hit.lesson for hit in results.hits))
    lessons = {lesson.id: lesson for lesson in queries.lessons_by_ids(session, viewer, wanted)}
    views = plays.lesson_views(session, list(lessons))
    rows = [
        replace(row, views=views.get(hit.lesson, 0))
        for hit in results.hits
        if hit.lesson in lessons and (row := _row(session, said, results, hit, lessons[hit.lesson], moments))
    ]
    stale = len(results.hits) - len(rows)
    return Found(
        total=max(0, results.total - stale),
        relaxed=results.relaxed,
        rows=tuple(rows),
        counts=results.counts,
        heard=results.heard,
        did_you_mean=did_you_mean,
    )


def views_of(session: Session, lesson_ids: Sequence[str]) -> dict[str, int]:
    """Return counted views of any number of lessons; those without are left out."""
    found: dict[str, int] = {}
    for at in range(0, len(lesson_ids), _IDS_A_STATEMENT):
        found |= plays.lesson_views(session, lesson_ids[at : at + _IDS_A_STATEMENT])
    return found


def count_hits(
    ports: Ports, session: Session, viewer: Viewer, query_text: str, filters: Filters | None = None
) -> int:
    """Return how many hits `viewer` has that hold all the words; raises IndexUnavailable.

    0 where only some of the words are said together: nothing has been found yet that was asked for.
    """
    query = _with_keys(session, parse(query_text))
    reader, scope = ports.indexer.reader(), scope_of(viewer)
    try:
        found = reader.search(query, scope, limit=0, filters=filters, vocabulary=ports.vocabulary.now())
    except SearchError as error:
        is_damaged = isinstance(error, IndexDamaged | SchemaChanged)
        raise IndexUnavailable("index_damaged" if is_damaged else "index_busy") from error
    return 0 if found.relaxed else found.total


def _with_keys(session: Session, query: Query) -> Query:
    """The query with what people call branches and kinds replaced by what the index calls them.

    A branch stands for all below it, too. A name that nothing bears stays, and finds nothing.
    """
    if not query.branches and not query.kinds:
        return query
    branches = [
        key for name in query.branches for key in people.branches_named(session, name.strip()) or [name]
    ]
    kinds = [_KINDS.get(fold(name), fold(name)) for name in query.kinds]
    return replace(query, branches=tuple(dict.fromkeys(branches)), kinds=tuple(dict.fromkeys(kinds)))


def _synonyms(query: Query, vocabulary: Vocabulary) -> tuple[str, ...]:
    """What the engine looked for besides the words: to be quoted and marked as they are."""
    looked_for = synonyms_of(whole_words(query.words, vocabulary), vocabulary)
    return tuple(joined(other) for others in looked_for.values() for other in others)


def _row(
    session: Session, query: Query, results: Results, hit: Hit, lesson: Lesson, most: int
) -> FoundRow | None:
    """Return the row of a hit; None when its clip is gone since the index was written."""
    if hit.clip is None:
        lines = queries.cues(session, lesson.id)
        moment = best_text_moment(query, "\n".join(line.text for line in lines), results.weights)
        text_moment = _untimed(moment) or _described(query, results, lesson, None, lines)
        return FoundRow(lesson, None, (text_moment,), hit.score)
    clip = next((c for c in lesson.clips if c.id == hit.clip), None)
    if clip is None:
        return None
    lines = queries.cues(session, lesson.id, clip.start_s, clip.end_s)
    spoken = tuple(
        FoundMoment(moment.quote, moment.marks, moment.start_s, clip.start_s + moment.start_s)
        for moment in best_moments(query, _on_clip_clock(lines, clip), most, results.weights)
        if moment.start_s is not None
    )
    return FoundRow(lesson, clip, spoken or (_described(query, results, lesson, clip, lines),), hit.score)


def _on_clip_clock(lines: list[CueLine], clip: Clip) -> list[tuple[float, float, str]]:
    """Return the timed lines in seconds of the clip; one that began before the clip begins with it."""
    return [
        (max(0.0, line.start_s - clip.start_s), min(line.end_s, clip.end_s) - clip.start_s, line.text)
        for line in lines
        if line.start_s is not None and line.end_s is not None
    ]


def _untimed(moment: Moment | None) -> FoundMoment | None:
    return FoundMoment(moment.quote, moment.marks) if moment is not None else None


def _described(
    query: Query, results: Results, lesson: Lesson, clip: Clip | None, lines: list[CueLine]
) -> FoundMoment:
    """Return what to quote when the words are not said: the summary, a title, or how it begins."""
    found = _untimed(best_text_moment(query, lesson.summary, results.weights))
    if found is not None:
        return found
    for title in (clip.title if clip else "", lesson.title):
        marks = highlight(title, query)
        if marks:
            return FoundMoment(title, marks)
    beginning = first_words([line.text for line in lines] or [lesson.summary], _QUOTE_CHARACTERS)
    return FoundMoment(beginning or lesson.title)
