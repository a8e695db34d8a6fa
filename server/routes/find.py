"""The search page."""

from fastapi import APIRouter, Request
from starlette.responses import Response

from library.catalog import queries as catalog
from library.core.paging import Page, clean_number
from library.core.permits import LessonState
from search.engine import Filters
from server.contexts import Facet, Reason, SearchPage, SearchResult
from server.deps import PortsDep, Reading, WhoDep
from server.finding import Found, find
from server.indexing import IndexUnavailable
from server.pages import Pages, pager

router = APIRouter(include_in_schema=False)

_PER_PAGE = 10
_NOTHING = Found(total=0, relaxed=False, rows=())


def filters_of(topic: str, lecturer: str, year: str) -> Filters:
    """Return what a search is narrowed to; nonsense narrows nothing."""
    return Filters(
        topics=(topic,) if topic else (),
        lecturer=lecturer or None,
        year=int(year) if year.isdecimal() and len(year) == 4 else None,
    )


@router.get("/search")
def search(
    request: Request,
    session: Reading,
    ports: PortsDep,
    who: WhoDep,
    q: str = "",
    topic: str = "",
    lecturer: str = "",
    year: str = "",
    page: int = 1,
) -> Response:
    """What was said, by whom, and the second where it is said."""
    pages: Pages = request.app.state.pages
    number, problem, found = clean_number(page), None, _NOTHING
    if q.strip():
        try:
            found = find(
                ports,
                session,
                who.viewer,
                q,
                limit=_PER_PAGE,
                offset=(number - 1) * _PER_PAGE,
                filters=filters_of(topic, lecturer, year),
            )
        except IndexUnavailable as error:
            problem = Reason(code=error.code)
    topics, lecturers, years = catalog.facets(
        session, who.viewer, catalog.Filters(state=LessonState.PUBLISHED), most=12
    )
    cards = pages.cards(session, [row.lesson for row in found.rows])
    shown = Page([row.path for row in found.rows], number, _PER_PAGE, found.total)
    context = SearchPage(
        frame=pages.frame(request, who, query=q),
        results=tuple(
            SearchResult(
                lesson=card,
                url=row.path,
                quote=row.quote,
                marks=row.marks,
                clip_n=row.clip.number if row.clip else None,
                clip_title=row.clip.title if row.clip else "",
                start_s=row.start_s,
                lesson_start_s=row.lesson_start_s,
            )
            for row, card in zip(found.rows, cards, strict=True)
        ),
        pager=pager(shown, "/search", q=q, topic=topic, lecturer=lecturer, year=year),
        topics=tuple(Facet(value=v, count=n) for v, n in topics),
        lecturers=tuple(Facet(value=v, count=n) for v, n in lecturers),
        years=tuple(Facet(value=v, count=n) for v, n in years),
        topic=topic,
        lecturer=lecturer,
        year=year,
        loosened=found.relaxed,
        problem=problem,
        popular_topics=tuple(v for v, _n in topics),
    )
    return pages.respond(request, who, context, 503 if problem else 200)
