"""Pages of a lecturer and of a topic: what there is of theirs, as far as the viewer sees it."""

from __future__ import annotations

from typing import Literal

from fastapi import APIRouter, Request
from sqlalchemy import ColumnElement, select
from sqlalchemy.orm import Session
from starlette.responses import Response

from library.catalog import queries as catalog
from library.catalog.permits import LessonState
from library.catalog.tables import Lecturer, Lesson, LessonTopic, Topic
from library.core.errors import NotFound
from library.works import queries
from server.slices.works.contexts import AboutPage, HonouredLesson, SeriesCard
from server.web.deps import CardsDep, PagesDep, Reading, WhoDep
from server.web.pages import Pages, pager
from server.web.parts import Facet
from server.web.shown.lesson_cards import LessonCards
from server.web.shown.works import honour_line
from server.web.who import Who

router = APIRouter(include_in_schema=False)

_PER_PAGE = 24


@router.get("/lecturers/{lecturer_id}")
def lecturer(
    request: Request,
    session: Reading,
    who: WhoDep,
    pages: PagesDep,
    cards: CardsDep,
    lecturer_id: str,
    page: int = 1,
) -> Response:
    """A lecturer: honours, series and lessons."""
    row = session.get(Lecturer, lecturer_id)
    if row is None:
        raise NotFound
    filters = catalog.Filters(lecturer=row.name, state=LessonState.PUBLISHED)
    which = Lesson.lecturer_id == row.id
    return _page(request, session, who, pages, cards, "lecturer", row.id, row.name, filters, which, page)


@router.get("/topics/{topic_id}")
def topic(
    request: Request,
    session: Reading,
    who: WhoDep,
    pages: PagesDep,
    cards: CardsDep,
    topic_id: str,
    page: int = 1,
) -> Response:
    """A topic: honours, series and lessons."""
    row = session.get(Topic, topic_id)
    if row is None:
        raise NotFound
    filters = catalog.Filters(topic=row.name, state=LessonState.PUBLISHED)
    which = Lesson.id.in_(select(LessonTopic.lesson_id).where(LessonTopic.topic_id == row.id))
    return _page(request, session, who, pages, cards, "topic", row.id, row.name, filters, which, page)


def _page(
    request: Request,
    session: Session,
    who: Who,
    pages: Pages,
    cards: LessonCards,
    what: Literal["lecturer", "topic"],
    row_id: str,
    name: str,
    filters: catalog.Filters,
    which: ColumnElement[bool],
    number: int,
) -> Response:
    """Return the page of somebody, or something, of which the viewer sees a lesson; raises NotFound."""
    viewer = who.viewer
    found = catalog.lessons_page(session, viewer, filters, number, _PER_PAGE)
    if not found.total:
        raise NotFound  # that there are lessons they may not see is not told
    topics, lecturers, years = catalog.facets(session, viewer, filters)
    series = queries.series_among(session, viewer, which)
    covers = queries.covers(session, viewer, [row.series.id for row in series])
    beside = topics if what == "lecturer" else lecturers
    context = AboutPage(
        frame=pages.frame(request, session, who),
        what=what,
        name=name,
        lessons=cards.of(session, found.items, viewer),
        pager=pager(found, f"/{what}s/{row_id}"),
        beside=tuple(Facet(value=value, count=n) for value, n in beside),
        years=tuple(Facet(value=value, count=n) for value, n in years),
        honours=tuple(
            HonouredLesson(honour=honour_line(one.honour), lesson_id=one.lesson_id, title=one.title)
            for one in queries.honours_among(session, viewer, which)
        ),
        series=tuple(
            SeriesCard(
                id=row.series.id,
                title=row.series.title,
                text=row.series.text,
                count=row.count,
                picture=cards.one(covers[row.series.id], 0).picture if row.series.id in covers else None,
            )
            for row in series
        ),
    )
    return pages.respond(request, who, context)
