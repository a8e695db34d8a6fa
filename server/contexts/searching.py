"""Contexts of the search page."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar, Literal

from search.engine import Sort
from server.contexts.parts import Context, LessonCard, Pager, Reason


@dataclass(frozen=True, slots=True, kw_only=True)
class SearchMoment:
    """A sentence that answers. `marks` are (from, to) character positions in `quote`.

    `url` opens the clip at `start_s` (or the lesson when it has no clip). `start_s` counts from the clip's
    start, `lesson_start_s` from the lecture's; None when only the description matched.
    """

    url: str
    quote: str
    marks: tuple[tuple[int, int], ...] = ()
    start_s: float | None = None
    lesson_start_s: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class SearchResult:
    """One hit: a clip (or a lesson without clips) and one to three of its moments, the best first."""

    lesson: LessonCard
    moments: tuple[SearchMoment, ...]
    clip_n: int | None = None
    clip_title: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class SearchChoice:
    """One value of a filter. `text` is what it is called, "" where the code has a word of its own."""

    value: str
    count: int
    text: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class SearchFilter:
    """A filter, by its name in `search.engine.COUNTED`: its choices with the hits each would leave, the
    chosen value ("" for none), and the address of this search without it."""

    name: str
    choices: tuple[SearchChoice, ...]
    chosen: str = ""
    url_without: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class SearchPage(Context):
    """GET /search?q=&topic=&lecturer=&year=&branch=&kind=&length=&sort=&page= ; the words searched are
    `frame.query` ("" shows the help only).

    `filters`: those that would change something. `sort_urls`: this search in each order. `bare_url`: without
    filters. `loosened` is True when no passage had all the words and passages with some of them are shown
    instead. `heard`: what letters were taken for as pinyin. `did_you_mean`: another spelling that finds more.
    `tries`: what of the query keeps it from finding anything ("phrase", "excluded", "field").
    `problem` is set when the index cannot answer now. `popular_topics` are offered when nothing was found.
    `same_topic`: dated lessons of the topics that the results share, of other years.
    """

    template: ClassVar[str] = "catalog/search.html"
    results: tuple[SearchResult, ...]
    pager: Pager
    filters: tuple[SearchFilter, ...] = ()
    sort: Sort = "relevance"
    sort_urls: tuple[tuple[Sort, str], ...] = ()
    bare_url: str = ""
    loosened: bool = False
    heard: tuple[str, ...] = ()
    did_you_mean: str = ""
    tries: tuple[Literal["phrase", "excluded", "field"], ...] = ()
    problem: Reason | None = None
    popular_topics: tuple[str, ...] = ()
    same_topic: tuple[LessonCard, ...] = ()
