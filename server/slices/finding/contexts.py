"""Contexts of the search page."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from typing import ClassVar, Literal

from library.finding.hints import Code
from library.finding.hits import Source
from search import Sort
from server.web.parts import Context, LessonCard, Pager, Reason

Marks = tuple[tuple[int, int], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class SearchMoment:
    """A sentence that answers. `marks` are (from, to) character positions in `quote`.

    `url` opens the clip at `start_s` (or the lesson when it has no clip), which counts from the clip's start;
    None when only the description matched. `source`: what it is a quote of, "speech" or a text about it.
    `recognition`: "recognised" when a machine heard it and nobody has corrected it, "by_sound" when besides
    something of what is marked only sounds like what was asked for; "" for all else.
    """

    url: str
    quote: str
    marks: Marks = ()
    start_s: float | None = None
    source: Source = "speech"
    recognition: Literal["", "recognised", "by_sound"] = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class SearchResult:
    """One hit: a clip (or a lesson without clips) and one to three of its moments in the order of time.

    `best_n` is the place of the best among them, `more` how many further places there are. Marks as in
    `SearchMoment`; `topics` are those that the query names, with theirs. `material` is the name
    of the file in which it is written, "" for what is said.
    """

    lesson: LessonCard
    moments: tuple[SearchMoment, ...]
    best_n: int = 0
    more: int = 0
    clip_n: int | None = None
    clip_title: str = ""
    material: str = ""
    title_marks: Marks = ()
    lecturer_marks: Marks = ()
    topics: tuple[tuple[str, Marks], ...] = ()


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
class SavedLink:
    """A search that the viewer saved; opened by POST /searches/{id}/open ()."""

    id: str
    name: str


@dataclass(frozen=True, slots=True, kw_only=True)
class SearchExtras:
    """What staff may do with a search: POST `save_url` (name) saves it, `export_url` is it as a workbook.

    `saved_as` is the name under which it is saved already, `links` are the searches they saved.
    """

    save_url: str
    export_url: str
    proposed_name: str = ""
    saved_as: str = ""
    links: tuple[SavedLink, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class SearchHint:
    """Why a piece of the query was not used; `code` as in `library.finding.hints`. `name` is a field as
    it was typed, `value` what is behind its colon."""

    code: Code
    name: str = ""
    value: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class SearchExamples:
    """What the help gives as examples: values that this viewer would find, "" where there are none. They are
    written as a query takes them."""

    lecturer: str = ""
    topic: str = ""
    year: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class SearchPage(Context):
    """GET /search?q=&topic=&lecturer=&year=&branch=&genre=&kind=&length=&sort=&page= ; the words searched are
    `frame.query` ("" shows the help only).

    `filters`: those that would change something. `sort_urls`: this search in each order. `bare_url`: without
    filters. `loosened` is True when no passage had all the words and passages with some of them are shown
    instead; `loosened_word` is the word that nobody says, "" when there were several; `in_part`: how many of
    all results have only some of the words, beside others that have all. `asks_nothing`: there is nothing in
    it to look for, and `hints` say what is missing. `heard`: what letters were taken for as pinyin.
    `did_you_mean`: another spelling that finds more.
    `tries`: what of the query keeps it from finding anything ("phrase", "excluded", "field").
    `problem` is set when the index cannot answer now. `popular_topics` are offered when nothing was found.
    `same_topic`: dated lessons of the topics that the results share, of other years.
    `extras` are for staff only. `frequent`: what several people search for and this viewer would find too.
    """

    template: ClassVar[str] = "finding/search.html"
    results: tuple[SearchResult, ...]
    pager: Pager
    filters: tuple[SearchFilter, ...] = ()
    sort: Sort = "relevance"
    sort_urls: tuple[tuple[Sort, str], ...] = ()
    bare_url: str = ""
    loosened: bool = False
    loosened_word: str = ""
    in_part: int = 0
    asks_nothing: bool = False
    hints: tuple[SearchHint, ...] = ()
    examples: SearchExamples = field(default_factory=SearchExamples)
    heard: tuple[str, ...] = ()
    did_you_mean: str = ""
    tries: tuple[Literal["phrase", "excluded", "field"], ...] = ()
    problem: Reason | None = None
    popular_topics: tuple[str, ...] = ()
    same_topic: tuple[LessonCard, ...] = ()
    extras: SearchExtras | None = None
    frequent: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class SavedFilter:
    """One value that a saved search is narrowed to. `text` as in SearchChoice."""

    name: str
    value: str
    text: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class SavedRow:
    """A saved search. `hits` is None when the index cannot answer now; `new` of them came since it was last
    opened. `typed` is what stands in its field for another name, `problem` why that was not taken."""

    id: str
    name: str
    query: str
    filters: tuple[SavedFilter, ...]
    sort: str
    hits: int | None
    new: int
    opened_at: datetime
    typed: str
    problem: Reason | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class SavedDraft:
    """A search that was not saved, why, and what was typed as its name; `save_url` as in SearchExtras."""

    name: str
    query: str
    save_url: str
    problem: Reason


@dataclass(frozen=True, slots=True, kw_only=True)
class SearchesPage(Context):
    """GET /searches?page= : the searches that a member of the staff saved, those opened last first.

    `problem` is set when the index cannot count now. Forms: POST /searches?q=... (name),
    POST /searches/{id}/open (), POST /searches/{id}/rename (name), POST /searches/{id}/delete ().
    """

    template: ClassVar[str] = "finding/searches.html"
    rows: tuple[SavedRow, ...]
    pager: Pager
    draft: SavedDraft | None = None
    problem: Reason | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class FrequentRow:
    """A query that is offered to others: how many people searched for it, how many hits the viewer has."""

    text: str
    searchers: int
    hits: int


@dataclass(frozen=True, slots=True, kw_only=True)
class StoppedRow:
    """A text that is not offered, who stopped it and when; `lifted_at` is None while it holds. `by` and
    `lifted_by` are "" for the command line, and for who has been erased."""

    id: str
    text: str
    by: str
    at: datetime
    lifted_by: str = ""
    lifted_at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class FrequentPage(Context):
    """GET /frequent-searches : what members search for as it is offered to others, and the stop list.

    `searchers` people must have searched for the same on one day; it is kept for `keep_days`, 0: not counted.
    `typed` is what was not taken, and `problem` why. Forms: POST /frequent-searches/stop (text),
    POST /frequent-searches/{id}/lift ().
    """

    template: ClassVar[str] = "finding/frequent.html"
    rows: tuple[FrequentRow, ...]
    stopped: tuple[StoppedRow, ...]
    searchers: int
    keep_days: int
    typed: str = ""
    problem: Reason | None = None
