"""The search page."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Annotated, Literal, get_args
from urllib.parse import urlencode

from fastapi import APIRouter, Depends, Request
from sqlalchemy.orm import Session
from starlette.responses import Response

from library.catalog import queries as catalog
from library.core.paging import Page, clean_number
from library.core.permits import LessonState, Viewer
from library.people import queries as people
from search.document import LENGTHS
from search.engine import COUNTED, Counts, Filters, Sort
from search.query import parse
from server.contexts import Reason, SearchChoice, SearchFilter, SearchMoment, SearchPage, SearchResult
from server.contexts.parts import Kind, LessonCard
from server.deps import PortsDep, Reading, WhoDep
from server.finding import Found, FoundRow, find
from server.indexing import IndexUnavailable
from server.pages import Pages, pager

router = APIRouter(include_in_schema=False)

_PER_PAGE = 10
_MOST_CHOICES = 40
_NOTHING = Found(total=0, relaxed=False, rows=())

Chosen = dict[str, str]


@dataclass(frozen=True)
class Asked:
    """What an address asks of the search; nonsense narrows nothing and orders nothing."""

    q: str = ""
    topic: str = ""
    lecturer: str = ""
    year: str = ""
    branch: str = ""
    kind: str = ""
    length: str = ""
    sort: str = ""

    @property
    def filters(self) -> Filters:
        """What the search is narrowed to."""
        return Filters(
            topics=(self.topic,) if self.topic else (),
            lecturer=self.lecturer or None,
            year=int(self.year) if self.year.isdecimal() and len(self.year) == 4 else None,
            branch=self.branch or None,
            kind=self.kind if self.kind in get_args(Kind) else None,
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


@router.get("/search")
def search(
    request: Request,
    session: Reading,
    ports: PortsDep,
    who: WhoDep,
    asked: Annotated[Asked, Depends()],
    page: int = 1,
) -> Response:
    """What was said, by whom, and the seconds where it is said."""
    pages: Pages = request.app.state.pages
    number, problem, found = clean_number(page), None, _NOTHING
    if asked.q.strip():
        try:
            found = find(
                ports,
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
    shown = Page([row.path for row in found.rows], number, _PER_PAGE, found.total)
    words, chosen = {"q": asked.q}, asked.chosen
    in_order = {"sort": asked.order} if asked.order != "relevance" else {}
    context = SearchPage(
        frame=pages.frame(request, who, query=asked.q),
        results=_results(pages, found.rows),
        pager=pager(shown, "/search", **words, **chosen, **in_order),
        filters=_filters(session, found, chosen, {**words, **in_order}),
        sort=asked.order,
        sort_urls=tuple(
            (order, _url({**words, **chosen, **({"sort": order} if order != "relevance" else {})}))
            for order in get_args(Sort)
        ),
        bare_url=_url({**words, **in_order}),
        loosened=found.relaxed,
        heard=found.heard,
        did_you_mean=found.did_you_mean or "",
        tries=() if found.rows else _tries(asked.q),
        problem=problem,
        same_topic=_other_years(pages, session, who.viewer, found) if number == 1 else (),
        popular_topics=() if found.rows else _popular(session, who.viewer),
    )
    return pages.respond(request, who, context, 503 if problem else 200)


def _results(pages: Pages, rows: Sequence[FoundRow]) -> tuple[SearchResult, ...]:
    return tuple(
        SearchResult(
            lesson=pages.card(row.lesson, row.views),
            moments=_moments(row),
            clip_n=row.clip.number if row.clip else None,
            clip_title=row.clip.title if row.clip else "",
        )
        for row in rows
    )


def _other_years(pages: Pages, session: Session, viewer: Viewer, found: Found) -> tuple[LessonCard, ...]:
    """Return what to go on with when the hits have a topic in common; loosened ones have none."""
    lessons = {row.lesson.id: row.lesson for row in found.rows}
    return () if found.relaxed else pages.other_years(session, viewer, list(lessons.values()))


def _url(values: Chosen) -> str:
    return f"/search?{urlencode(values)}"


def _moments(row: FoundRow) -> tuple[SearchMoment, ...]:
    return tuple(
        SearchMoment(
            url=row.path_to(moment),
            quote=moment.quote,
            marks=moment.marks,
            start_s=moment.start_s,
            lesson_start_s=moment.lesson_start_s,
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
        called = people.branch_names(session, list(dict(counted))) if name == "branch" else {}
        without = {other: its for other, its in chosen.items() if other != name}
        made.append(
            SearchFilter(
                name=name,
                choices=tuple(
                    SearchChoice(value=its, count=n, text=_text(name, its, called)) for its, n in counted
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
    return counted


def _text(name: str, value: str, branches: dict[str, str]) -> str:
    if name in ("kind", "length"):
        return ""
    return branches.get(value, "—") if name == "branch" else value


def _tries(q: str) -> tuple[Literal["phrase", "excluded", "field"], ...]:
    """Return what narrows a query that found nothing."""
    query = parse(q)
    fields = (query.lecturers, query.topics, query.years, query.branches, query.kinds)
    tries: list[Literal["phrase", "excluded", "field"]] = []
    if query.phrases:
        tries.append("phrase")
    if query.excluded:
        tries.append("excluded")
    if any(fields):
        tries.append("field")
    return tuple(tries)


def _popular(session: Session, viewer: Viewer) -> tuple[str, ...]:
    topics, _, _ = catalog.facets(session, viewer, catalog.Filters(state=LessonState.PUBLISHED), most=12)
    return tuple(name for name, _ in topics)
