"""The search page."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Annotated, Literal, get_args
from urllib.parse import urlencode

from fastapi import APIRouter, Depends, Request
from sqlalchemy.orm import Session
from starlette.responses import Response

from library.catalog import queries as catalog
from library.catalog.permits import LessonState
from library.catalog.rules import Genre, LessonKind
from library.catalog.tables import Lesson
from library.core.paging import Page, clean_number
from library.core.permits import Role, Viewer
from library.core.text import clean_line
from library.finding.hints import hints
from library.finding.hits import Finder, Found, FoundRow
from library.finding.indexer import IndexUnavailable
from library.finding.materials import KIND as MATERIAL
from library.finding.suggestions import MOST, frequent
from library.organisation import queries as organisation
from library.searches import queries as searches
from library.searches.asked_queries import AskedQueries
from library.searches.frequent_queries import FrequentQueries
from library.searches.rules import proposed_name
from library.searches.tables import SavedSearch
from search import COUNTED, LENGTHS, Counts, Filters, Query, Sort
from server.slices.finding.contexts import (
    SavedLink,
    SearchChoice,
    SearchExamples,
    SearchExtras,
    SearchFilter,
    SearchHint,
    SearchMoment,
    SearchPage,
    SearchResult,
)
from server.web.deps import (
    AskedDep,
    CardsDep,
    FinderDep,
    FrequentDep,
    PagesDep,
    Reading,
    WhoDep,
    made_at_once,
)
from server.web.limits.fields import LineQuery, WordQuery
from server.web.pages import pager
from server.web.parts import LessonCard, Reason
from server.web.shown.lesson_cards import LessonCards
from server.web.shown.marks import Marks, marks_of
from server.web.who import Who

router = APIRouter(include_in_schema=False)

_PER_PAGE = 10
_MOST_CHOICES = 40
_PLAIN = re.compile(r"\w+")
_QUOTES = str.maketrans("", "", '"“”„‟＂「」『』')
_NOTHING = Found(total=0, relaxed=False, rows=())

Chosen = dict[str, str]


@dataclass(frozen=True)
class Asked:
    """What an address asks of the search; nonsense narrows nothing and orders nothing."""

    q: LineQuery = ""
    topic: WordQuery = ""
    lecturer: WordQuery = ""
    year: WordQuery = ""
    branch: WordQuery = ""
    genre: WordQuery = ""
    kind: WordQuery = ""
    length: WordQuery = ""
    sort: WordQuery = ""

    @property
    def filters(self) -> Filters:
        """What the search is narrowed to."""
        return Filters(
            topics=(self.topic,) if self.topic else (),
            lecturer=self.lecturer or None,
            year=int(self.year) if self.year.isdecimal() and len(self.year) == 4 else None,
            branch=self.branch or None,
            genre=self.genre if self.genre in tuple(Genre) else None,
            kind=self.kind if self.kind in (*LessonKind, MATERIAL) else None,
            length=self.length if self.length in LENGTHS else None,
        )

    @property
    def chosen(self) -> Chosen:
        """The values of the filters that narrow something, by the filter's name."""
        valid = self.filters
        narrows = {name: getattr(valid, "topics" if name == "topic" else name) for name in COUNTED}
        return {name: getattr(self, name) for name in COUNTED if narrows[name]}

    @property
    def order(self) -> Sort:
        """In which order hits come."""
        return next((order for order in get_args(Sort) if order == self.sort), "relevance")

    @property
    def parameters(self) -> Chosen:
        """What an address must say to ask the same."""
        return {"q": self.q, **self.chosen, **({"sort": self.order} if self.order != "relevance" else {})}

    @property
    def address(self) -> str:
        """The address of the first page of this search."""
        return _url(self.parameters)

    @classmethod
    def again(cls, saved: SavedSearch) -> Asked:
        """What a saved search asks; of its filters those that there still are."""
        chosen = {name: value for name, value in saved.filters.items() if name in COUNTED}
        return cls(q=saved.query, sort=saved.sort, **chosen)


SearchAsked = Annotated[Asked, Depends(made_at_once(Asked))]


@router.get("/search")
def search(
    request: Request,
    session: Reading,
    who: WhoDep,
    pages: PagesDep,
    cards: CardsDep,
    finder: FinderDep,
    frequent_queries: FrequentDep,
    asked_queries: AskedDep,
    asked: SearchAsked,
    page: int = 1,
) -> Response:
    """What was said, by whom, and the seconds where it is said."""
    number, problem, found = clean_number(page), None, _NOTHING
    if asked.q.strip():
        try:
            found = finder.find(
                session,
                who.viewer,
                asked.q,
                limit=_PER_PAGE,
                offset=(number - 1) * _PER_PAGE,
                filters=asked.filters,
                sort=asked.order,
                counts=True,
            )
        except IndexUnavailable as error:
            problem = Reason(code=error.code)
    if number == 1 and found.total and not found.relaxed and not found.heard:
        _note(request, who, asked_queries, asked.q)
    topics, lecturers, years = ([], [], []) if found.rows else _popular(session, who.viewer)
    shown = Page([row.path for row in found.rows], number, _PER_PAGE, found.total)
    others = _other_years(session, who.viewer, found) if number == 1 else []
    own = marks_of(session, who.viewer, [*(row.lesson for row in found.rows), *others])
    words, chosen = {"q": asked.q}, asked.chosen
    in_order = {"sort": asked.order} if asked.order != "relevance" else {}
    context = SearchPage(
        frame=pages.frame(request, session, who, query=asked.q),
        results=_results(cards, found.rows, own),
        pager=pager(shown, "/search", **words, **chosen, **in_order),
        filters=_filters(session, found, chosen, {**words, **in_order}),
        sort=asked.order,
        sort_urls=tuple(
            (order, _url({**words, **chosen, **({"sort": order} if order != "relevance" else {})}))
            for order in get_args(Sort)
        ),
        bare_url=_url({**words, **in_order}),
        loosened=found.relaxed,
        loosened_word=found.query.only_word if found.relaxed else "",
        in_part=found.in_part,
        asks_nothing=found.query.is_empty,
        hints=tuple(SearchHint(code=one.code, name=one.name, value=one.value) for one in hints(found.query)),
        examples=_examples(found, topics, lecturers, years),
        heard=found.heard,
        did_you_mean=found.did_you_mean or "",
        tries=() if found.rows else _tries(found.query),
        problem=problem,
        same_topic=tuple(own.on(cards.one(one, 0), one) for one in others),
        popular_topics=tuple(topics),
        extras=_extras(session, who.viewer, asked),
        frequent=_frequent(finder, frequent_queries, session, who.viewer) if not asked.q.strip() else (),
    )
    return pages.respond(request, who, context, 503 if problem else 200)


def _note(request: Request, who: Who, asked_queries: AskedQueries, q: str) -> None:
    """Count what a member at a browser looked for: what others type without an account reaches nobody."""
    is_looked_at = "prefetch" not in request.headers.get("sec-purpose", "")
    if is_looked_at and not who.by_token and who.viewer.signed_in:
        asked_queries.note(who.play_key, q)


def _frequent(finder: Finder, known: FrequentQueries, session: Session, viewer: Viewer) -> tuple[str, ...]:
    found = frequent(finder, known, session, viewer, known.top(session), MOST)
    return tuple(one.text for one in found)


def _extras(session: Session, viewer: Viewer, asked: Asked) -> SearchExtras | None:
    """Return what staff may do with a search besides looking at what it found."""
    if not viewer.has(Role.STAFF):
        return None
    saved = searches.saved_by(session, str(viewer.person_id))
    cleaned = replace(asked, q=clean_line(asked.q)).parameters
    return SearchExtras(
        save_url=f"/searches?{urlencode(asked.parameters)}",
        export_url=f"/search/export.xlsx?{urlencode(asked.parameters)}",
        proposed_name=proposed_name(asked.q, *called(session, asked.chosen).values()),
        saved_as=next((row.name for row in saved if Asked.again(row).parameters == cleaned), ""),
        links=tuple(SavedLink(id=row.id, name=row.name) for row in saved[:MOST]),
    )


def called(session: Session, chosen: Chosen) -> Chosen:
    """Return what chosen values are called, by the filters' names; "" where a code has a word of its own."""
    branches = organisation.node_names(session, [chosen["branch"]]) if "branch" in chosen else {}
    return {name: _text(name, value, branches) for name, value in chosen.items()}


def _results(cards: LessonCards, rows: Sequence[FoundRow], own: Marks) -> tuple[SearchResult, ...]:
    return tuple(
        SearchResult(
            lesson=_card(cards, row, own),
            moments=_moments(row),
            best_n=row.best_n,
            more=row.more,
            clip_n=row.clip.number if row.clip else None,
            clip_title=row.clip.title if row.clip else "",
            material=row.material.name if row.material else "",
            title_marks=row.matched.title,
            lecturer_marks=row.matched.lecturer,
            topics=row.matched.topics,
        )
        for row in rows
    )


def _card(cards: LessonCards, row: FoundRow, own: Marks) -> LessonCard:
    """Return the lesson of a hit, with what its searcher saw of the clip that was hit."""
    card = cards.one(row.lesson, row.views)
    if row.clip is None:
        return own.on(card, row.lesson)
    return replace(card, seen=row.clip.id in own.seen, far=own.far([row.clip]))


def _other_years(session: Session, viewer: Viewer, found: Found) -> list[Lesson]:
    """Return what to go on with when the hits have a topic in common; loosened ones have none."""
    lessons = {row.lesson.id: row.lesson for row in found.rows}
    return [] if found.relaxed else catalog.same_topic(session, viewer, list(lessons.values()))


def _url(values: Chosen) -> str:
    return f"/search?{urlencode(values)}"


def _moments(row: FoundRow) -> tuple[SearchMoment, ...]:
    return tuple(
        SearchMoment(
            url=row.path_to(moment),
            quote=moment.quote,
            marks=moment.marks,
            start_s=moment.start_s,
            source=moment.source,
            recognition=moment.recognition,
        )
        for moment in row.moments
    )


def _filters(session: Session, found: Found, chosen: Chosen, rest: Chosen) -> tuple[SearchFilter, ...]:
    """Return the filters that would change something, and those in use."""
    made = []
    for name in COUNTED:
        counted, value = _counted(found.counts, name), chosen.get(name, "")
        if not value and (not counted or (len(counted) == 1 and counted[0][1] >= found.total)):
            continue
        if value and value not in dict(counted):
            counted.append((value, 0))
        branches = organisation.node_names(session, list(dict(counted))) if name == "branch" else {}
        without = {other: value for other, value in chosen.items() if other != name}
        made.append(
            SearchFilter(
                name=name,
                choices=tuple(
                    SearchChoice(value=value, count=n, text=_text(name, value, branches))
                    for value, n in counted
                ),
                chosen=value,
                url_without=_url({**rest, **without}),
            )
        )
    return tuple(made)


def _counted(counts: Counts, name: str) -> list[tuple[str, int]]:
    """Return the values of a filter in the order in which people look for them."""
    counted = list(getattr(counts, name)[:_MOST_CHOICES])
    if name == "year":
        return sorted(counted, reverse=True)
    if name == "length":
        return sorted(counted, key=lambda pair: LENGTHS.index(pair[0]))
    if name == "genre":
        return sorted(counted, key=lambda pair: tuple(Genre).index(Genre(pair[0])))
    return counted


def _text(name: str, value: str, branches: dict[str, str]) -> str:
    if name in ("genre", "kind", "length"):
        return ""
    return branches.get(value, "—") if name == "branch" else value


def _tries(query: Query) -> tuple[Literal["phrase", "excluded", "field"], ...]:
    """Return what narrows a query that found nothing."""
    fields = (query.lecturers, query.topics, query.years, query.branches, query.kinds)
    tries: list[Literal["phrase", "excluded", "field"]] = []
    if query.phrases:
        tries.append("phrase")
    if query.excluded:
        tries.append("excluded")
    if any(fields):
        tries.append("field")
    return tuple(tries)


def _popular(session: Session, viewer: Viewer) -> tuple[list[str], list[str], list[str]]:
    """Return the topics, lecturers and years that most lessons have."""
    facets = catalog.facets(session, viewer, catalog.Filters(state=LessonState.PUBLISHED), most=12)
    topics, lecturers, years = ([name for name, _ in some] for some in facets)
    return topics, lecturers, years


def _examples(
    found: Found, topics: Sequence[str], lecturers: Sequence[str], years: Sequence[str]
) -> SearchExamples:
    """Return what the help may name: of what was found, or else of what there is."""

    def first(counted: Sequence[tuple[str, int]], others: Sequence[str]) -> str:
        value = next((value for value, _ in counted), next(iter(others), ""))
        return value if _PLAIN.fullmatch(value) else f'"{value.translate(_QUOTES)}"' if value else ""

    counts = found.counts
    return SearchExamples(
        lecturer=first(counts.lecturer, lecturers),
        topic=first(counts.topic, topics),
        year=first(counts.year, years),
    )
