"""From a query to rows for the page, the JSON API and the command line: the lesson, the quotes, the seconds.

The index says which clips; the database says what may be shown and where in the clip it is said. A clip that
was withdrawn, hidden or cut anew after the index was written is left out here, so that a stale index never
shows what a page would not.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import partial
from typing import Literal

from sqlalchemy.orm import Session

from library.catalog import cue_queries, queries
from library.catalog.rules import GENRES, CueLine, CueSource, first_words
from library.catalog.tables import Clip, Lesson
from library.core.permits import Viewer
from library.core.text import name_key
from library.dictionary.in_use import DictionaryInUse
from library.finding.behind import counts_left, is_found
from library.finding.indexer import Indexer, IndexUnavailable
from library.finding.materials import near
from library.organisation import queries as organisation
from library.plays import queries as plays
from library.works import queries as works
from library.works.tables import LessonFile
from search import (
    Counts,
    Filters,
    Hit,
    IndexDamaged,
    Moment,
    Query,
    SchemaChanged,
    SearchError,
    Sort,
    Sought,
    best_text_moment,
    expanded,
    find_moments,
    highlight,
    is_found_in_pieces,
    parse,
)

Marks = tuple[tuple[int, int], ...]

MOST_MOMENTS = 3
"""Places shown of one clip: more would push the other clips off a phone's screen."""

_QUOTE_CHARACTERS = 80

# SQLite takes 32,766 values in a statement, PostgreSQL is quickest with few.
_IDS_A_STATEMENT = 2_000
KINDS = {
    "视频": "video",
    "录像": "video",
    "音频": "sound",
    "录音": "sound",
    "audio": "sound",
    "文稿": "text",
    "文字": "text",
    "材料": "material",
    "课件": "material",
}


Source = Literal["speech", "beginning", "summary", "title", "topic", "lecturer", "material"]
"""Where a quote comes from: what is said, what is said first (when only the lesson's names hold the words, or
none were looked for), one of the texts about the lesson, or one of its files."""


@dataclass(frozen=True)
class FoundMoment:
    """A sentence that answers; `marks` are the (from, to) ranges to mark in `quote`.

    `start_s` counts from the clip's start, `lesson_start_s` from the lecture's; both are None when only the
    description matched, or the words have no times. `recognised`: a machine heard what is quoted, and nobody
    has corrected it; `by_sound`: of what is marked something only sounds like what was asked for.
    """

    quote: str
    marks: Marks = ()
    start_s: float | None = None
    lesson_start_s: float | None = None
    source: Source = "speech"
    recognised: bool = False
    by_sound: bool = False

    @property
    def is_said(self) -> bool:
        """Whether it is a piece of speech that answers."""
        return self.source == "speech"

    @property
    def recognition(self) -> Literal["", "recognised", "by_sound"]:
        """What must be said beside a quote that a machine heard."""
        if not self.recognised:
            return ""
        return "by_sound" if self.by_sound else "recognised"


@dataclass(frozen=True)
class Matched:
    """What of the texts about a lesson the query names, and where; the lesson's `title`, not the clip's."""

    title: Marks = ()
    lecturer: Marks = ()
    topics: tuple[tuple[str, Marks], ...] = ()


@dataclass(frozen=True)
class FoundRow:
    """One hit with at least one moment, in the order of time; `best_n` is the place of the best, and `more`
    are the places left out. `material` is the file in which it is written; then nothing is said. `clip` is
    None for a lesson without clips, for a file, and where words have no times. `views` are those of the whole
    lesson; `place` counts all hits from 1."""

    lesson: Lesson
    clip: Clip | None
    moments: tuple[FoundMoment, ...]
    views: int = 0
    best_n: int = 0
    more: int = 0
    matched: Matched = Matched()
    place: int = 1
    material: LessonFile | None = None

    @property
    def score(self) -> float:
        """How far up it stands, 1 for the first. The engine's own digits stay inside: in some engines they
        are weighed by all documents, and would move with what the searcher must not know of."""
        return round(1 / self.place, 6)

    @property
    def best(self) -> FoundMoment:
        """The moment to show when there is room for one."""
        return self.moments[self.best_n]

    @property
    def sources(self) -> tuple[Source, ...]:
        """What answers: speech or, when nobody says it, each text that does; none when nothing was asked."""
        if self.best.is_said:
            return ("speech",)
        if self.material is not None:
            return ("material",)
        names: list[tuple[Source, object]] = [
            ("title", self.matched.title),
            ("topic", self.matched.topics),
            ("lecturer", self.matched.lecturer),
        ]
        quoted = [self.best.source] if self.best.marks else []
        return tuple(dict.fromkeys([*quoted, *(source for source, marks in names if marks)]))

    @property
    def path(self) -> str:
        """The address on this site that opens the clip at its best moment, or the lesson."""
        return self.path_to(self.best)

    def path_to(self, moment: FoundMoment) -> str:
        """The address on this site that opens the clip at a moment, or the lesson."""
        if self.clip is None:
            place = "" if self.material is None else "#materials-head"
            return f"/lessons/{self.lesson.id}{place}"
        if moment.start_s is None:
            return f"/clips/{self.clip.id}"
        return f"/clips/{self.clip.id}?t={moment.start_s:.1f}"


@dataclass(frozen=True)
class Found:
    """One page of hits of `query`. `total` counts all the viewer may see; `relaxed`, `in_part`, `counts` and
    `heard` as in search.engine.Results. `did_you_mean`: another spelling that finds more, looked for when
    nothing holds all the words, or only pieces of one."""

    total: int
    relaxed: bool
    rows: tuple[FoundRow, ...]
    counts: Counts = field(default_factory=Counts)
    heard: tuple[str, ...] = ()
    in_part: int = 0
    did_you_mean: str | None = None
    query: Query = field(default_factory=Query)


@dataclass(frozen=True)
class Finder:
    """Searches an index with the dictionary that staff teach, as one viewer at a time."""

    indexer: Indexer
    dictionary: DictionaryInUse

    def find(
        self,
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
        """Search as `viewer`; raises IndexUnavailable when nothing can answer, nothing for what was typed.

        `counts`: also count all hits by topic, lecturer … `moments`: how many places of one clip
        to show at most.
        """
        query = _with_keys(session, parse(query_text))
        dictionary, scope = self.dictionary.now(session), queries.search_scope(session, viewer)
        reader = self.indexer.reader()
        try:
            results = reader.search(
                query,
                scope,
                limit=limit,
                offset=offset,
                filters=filters,
                sort=sort,
                dictionary=dictionary,
                counts=counts,
                popularity=partial(weights_of, session),
            )
        except SearchError as error:
            raise _unavailable(error) from error
        looked_for = Sought(
            expanded(query, results.heard, dictionary), results.weights, by_sound=results.by_sound
        )
        wanted = list(dict.fromkeys(hit.lesson for hit in results.hits))
        lessons = {lesson.id: lesson for lesson in queries.lessons_by_ids(session, viewer, wanted)}
        views = plays.lesson_views(session, list(lessons))
        rows = [
            replace(
                _row(looked_for, lesson, part, lines, moments), views=views.get(hit.lesson, 0), place=place
            )
            for place, (hit, lesson, part, lines) in enumerate(
                _said(session, results.hits, lessons), start=offset + 1
            )
        ]
        did_you_mean = None
        is_weak = results.relaxed or not results.total
        if offset == 0 and not query.is_empty and (is_weak or is_found_in_pieces(query, _shown(rows))):
            try:
                did_you_mean = reader.did_you_mean(query, scope, dictionary, sounds_only=not is_weak)
                if did_you_mean is not None and self.indexer.behind(session):
                    is_seen = is_found(session, viewer, reader, did_you_mean, scope, dictionary)
                    did_you_mean = did_you_mean if is_seen else None
            except SearchError as error:
                raise _unavailable(error) from error
        stale = len(results.hits) - len(rows)
        counted = results.counts
        if counts and self.indexer.behind(session):
            counted = counts_left(session, viewer, counted)
        return Found(
            total=max(0, results.total - stale),
            relaxed=results.relaxed,
            rows=tuple(rows),
            counts=counted,
            heard=results.heard,
            in_part=results.in_part,
            did_you_mean=did_you_mean,
            query=query,
        )

    def count_hits(
        self, session: Session, viewer: Viewer, query_text: str, filters: Filters | None = None
    ) -> int:
        """Return how many hits `viewer` has that hold all the words; raises IndexUnavailable.

        0 where only some of the words are said together: nothing has been found yet that was asked for.
        """
        query = _with_keys(session, parse(query_text))
        reader, scope = self.indexer.reader(), queries.search_scope(session, viewer)
        try:
            dictionary = self.dictionary.now(session)
            found = reader.search(query, scope, limit=0, filters=filters, dictionary=dictionary)
        except SearchError as error:
            raise _unavailable(error) from error
        return 0 if found.relaxed else found.total - found.in_part


def weights_of(session: Session, lesson_ids: Sequence[str]) -> dict[str, int]:
    """Return by what any number of lessons are ordered where the most watched come first."""
    found: dict[str, int] = {}
    for at in range(0, len(lesson_ids), _IDS_A_STATEMENT):
        found |= plays.lesson_weights(session, lesson_ids[at : at + _IDS_A_STATEMENT])
    return found


def _unavailable(error: SearchError) -> IndexUnavailable:
    is_damaged = isinstance(error, IndexDamaged | SchemaChanged)
    return IndexUnavailable("index_damaged" if is_damaged else "index_busy")


def _shown(rows: Iterable[FoundRow]) -> Iterator[str]:
    """Yield all that is shown of some hits."""
    for row in rows:
        yield row.lesson.title
        yield from (row.clip.title, row.lesson.summary) if row.clip else (row.lesson.summary,)
        yield from (name for name, _ in row.matched.topics)
        yield from (moment.quote for moment in row.moments)


def _with_keys(session: Session, query: Query) -> Query:
    """The query with what people call branches, kinds and genres replaced by what the index calls
    them.

    A branch stands for all below it, too. A name that nothing bears stays, and finds nothing.
    """
    if not query.branches and not query.kinds:
        return query
    branches = [
        key for name in query.branches for key in organisation.nodes_named(session, name.strip()) or [name]
    ]
    named = [name_key(name) for name in query.kinds]
    kinds = [KINDS.get(name, name) for name in named if name not in GENRES]
    genres = [str(GENRES[name]) for name in named if name in GENRES]
    return replace(
        query,
        branches=tuple(dict.fromkeys(branches)),
        kinds=tuple(dict.fromkeys(kinds)),
        genres=tuple(dict.fromkeys(genres)),
    )


def _said(
    session: Session, hits: Sequence[Hit], lessons: Mapping[str, Lesson]
) -> Iterator[tuple[Hit, Lesson, Clip | LessonFile | None, list[CueLine]]]:
    """Yield the hits that are still there with what is said in them, read for all of them at once; a hit is
    gone when its lesson is, or its clip or its file since the index was written."""
    there: list[tuple[Hit, Lesson, Clip | LessonFile | None]] = []
    others = [hit.id for hit in hits if hit.clip is None and hit.id != hit.lesson]
    files = works.materials_by_ids(session, others)
    for hit in hits:
        lesson = lessons.get(hit.lesson)
        if lesson is not None and hit.id in others:
            if hit.id in files and files[hit.id].lesson_id == lesson.id:
                there.append((hit, lesson, files[hit.id]))
        elif lesson is not None:
            clip = next((one for one in lesson.clips if one.id == hit.clip), None)
            if clip is not None or hit.clip is None:
                there.append((hit, lesson, clip))
    spoken = cue_queries.cues_of_clips(session, [part.id for _, _, part in there if isinstance(part, Clip)])
    for hit, lesson, part in there:
        if isinstance(part, LessonFile):
            yield hit, lesson, part, []
        else:
            yield hit, lesson, part, spoken.get(part.id, []) if part else cue_queries.cues(session, lesson.id)


def _row(
    query: Sought, lesson: Lesson, part: Clip | LessonFile | None, lines: list[CueLine], most: int
) -> FoundRow:
    """Return the row of a hit."""
    matched = _matched(query, lesson)
    if isinstance(part, LessonFile):
        return FoundRow(lesson, None, (_written(query, part),), matched=matched, material=part)
    clip = part
    if clip is None:
        said = best_text_moment(query, "\n".join(line.text for line in lines))
        text_moment = _untimed(said, "speech") or _described(query, lesson, None, lines)
        return FoundRow(lesson, None, (text_moment,), matched=matched)
    timed = [line for line in lines if line.start_s is not None and line.end_s is not None]
    heard = frozenset(n for n, line in enumerate(timed) if line.source is CueSource.RECOGNISED)
    found = find_moments(query, _on_clip_clock(timed, clip), most, recognised=heard)
    spoken = tuple(
        FoundMoment(
            moment.quote,
            moment.marks,
            moment.start_s,
            clip.start_s + (moment.start_s or 0.0),
            recognised=moment.recognised,
            by_sound=moment.by_sound,
        )
        for moment in found.shown
    )
    moments = spoken or (_described(query, lesson, clip, lines),)
    return FoundRow(lesson, clip, moments, best_n=found.best, more=found.more, matched=matched)


def _matched(query: Sought, lesson: Lesson) -> Matched:
    names = [link.topic.name for link in lesson.topics]
    topics = tuple((name, marks) for name in names if (marks := highlight(name, query)))
    lecturer = highlight(lesson.lecturer.name, query) if lesson.lecturer else ()
    return Matched(highlight(lesson.title, query), lecturer, topics)


def _on_clip_clock(lines: list[CueLine], clip: Clip) -> list[tuple[float, float, str]]:
    """Return the timed lines in seconds of the clip; one that began before the clip begins with it."""
    return [
        (max(0.0, line.start_s - clip.start_s), min(line.end_s, clip.end_s) - clip.start_s, line.text)
        for line in lines
        if line.start_s is not None and line.end_s is not None
    ]


def _untimed(moment: Moment | None, source: Source) -> FoundMoment | None:
    return FoundMoment(moment.quote, moment.marks, source=source) if moment is not None else None


def _written(query: Sought, file: LessonFile) -> FoundMoment:
    """Return what to quote of a file: what answers, or its name, or how it begins."""
    words = file.words or ""
    found = _untimed(best_text_moment(query, near(query, words)), "material")
    if found is not None:
        return found
    marks = highlight(file.name, query)
    quote = file.name if marks else first_words([words], _QUOTE_CHARACTERS)
    return FoundMoment(quote, marks, source="material")


def _described(query: Sought, lesson: Lesson, clip: Clip | None, lines: list[CueLine]) -> FoundMoment:
    """Return what to quote when the words are not said: the summary or the clip's title; of what names the
    whole lesson only when nobody says anything, for `matched` tells it."""
    found = _untimed(best_text_moment(query, lesson.summary), "summary")
    if found is not None:
        return found
    beginning = first_words([line.text for line in lines], _QUOTE_CHARACTERS) if lines else ""
    texts: list[tuple[Source, str]] = [("title", clip.title if clip else "")]
    if not beginning:
        texts += [
            ("title", lesson.title),
            *(("topic", link.topic.name) for link in lesson.topics),
            ("lecturer", lesson.lecturer.name if lesson.lecturer else ""),
        ]
    for source, text in texts:
        marks = highlight(text, query)
        if marks:
            return FoundMoment(text, marks, source=source)
    if beginning:
        heard = any(line.source is CueSource.RECOGNISED for line in lines)
        return FoundMoment(beginning, source="beginning", recognised=heard)
    if lesson.summary.strip():
        return FoundMoment(first_words([lesson.summary], _QUOTE_CHARACTERS), source="summary")
    return FoundMoment(lesson.title, source="title")
