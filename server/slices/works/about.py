"""Pages of a lecturer and of a topic: what there is of theirs, as far as the viewer sees it.

However many lessons there are: the page asks for its own, and tells what stands beside them from the newest
few hundred. Lecturers stand by name and without numbers: no list ranks persons.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import Literal

from fastapi import APIRouter, Request
from sqlalchemy.orm import Session
from starlette.responses import Response

from library.catalog import queries as catalog
from library.catalog import shelves
from library.catalog.tables import Lecturer, Topic
from library.core.errors import NotFound
from library.core.paging import Page, clean_number
from library.core.permits import Viewer
from library.core.rights import Act, somewhere
from library.organisation import queries as organisation
from library.plays import queries as plays
from library.works import abouts, queries
from server.slices.works.contexts import AboutPage, HonouredLesson, NamedLink, SeriesCard
from server.web.deps import CardsDep, PagesDep, Reading, WhoDep
from server.web.limits.fields import WordQuery
from server.web.pages import Pages, pager
from server.web.parts import Facet
from server.web.shown.lesson_cards import LessonCards
from server.web.shown.works import honour_line
from server.web.who import Who

router = APIRouter(include_in_schema=False)

Order = Literal["newest", "watched"]

_PER_PAGE = 24
_BESIDE = 12
_UNITS = 2
_PAGES_ON = 5


@router.get("/lecturers/{lecturer_id}")
def lecturer(
    request: Request,
    session: Reading,
    who: WhoDep,
    pages: PagesDep,
    cards: CardsDep,
    lecturer_id: str,
    page: int = 1,
    order: WordQuery = "",
) -> Response:
    """A lecturer: unit, honours, series and lessons."""
    row = session.get(Lecturer, lecturer_id)
    if row is None:
        raise NotFound
    asked = _Asked(shelves.Of("lecturer", row.id), row.name, page, _order(order))
    return _page(request, session, who, pages, cards, asked)


@router.get("/topics/{topic_id}")
def topic(
    request: Request,
    session: Reading,
    who: WhoDep,
    pages: PagesDep,
    cards: CardsDep,
    topic_id: str,
    page: int = 1,
    order: WordQuery = "",
) -> Response:
    """A topic: related ones, who teaches it, honours, series and lessons."""
    row = session.get(Topic, topic_id)
    if row is None:
        raise NotFound
    asked = _Asked(shelves.Of("topic", row.id), row.name, page, _order(order))
    return _page(request, session, who, pages, cards, asked)


def _order(text: str) -> Order:
    return "watched" if text == "watched" else "newest"


@dataclass(frozen=True)
class _Asked:
    """Whose page, and which of its lessons."""

    of: shelves.Of
    name: str
    page: int
    order: Order


@dataclass(frozen=True)
class _Found:
    """The page's lessons, and the newest ones of all, from which is told what stands beside them."""

    page: Page[str]
    lines: list[shelves.Line]
    counted_up_to: int

    @property
    def is_more(self) -> bool:
        """Whether there may be more lessons than were counted."""
        return self.page.total >= self.counted_up_to

    @property
    def is_all(self) -> bool:
        """Whether the lines are of all lessons."""
        return len(self.lines) >= self.page.total


def _find(session: Session, viewer: Viewer, asked: _Asked) -> _Found:
    """Return what a viewer sees; raises NotFound where that is nothing: that there are lessons which they may
    not see is not told."""
    lines = shelves.lines(session, viewer, asked.of)
    if not lines:
        raise NotFound
    is_all, number = len(lines) < shelves.LOOKED_THROUGH, clean_number(asked.page)
    at = (number - 1) * _PER_PAGE
    # No page counts thousands of lessons; there is always a way on, though.
    most = max(shelves.LOOKED_THROUGH, at + _PAGES_ON * _PER_PAGE)
    total = len(lines)
    if not is_all and most > total:
        total = shelves.count_published(session, viewer, most, asked.of)
    if asked.order == "watched":
        its = shelves.published(viewer) & asked.of.condition
        ids = plays.by_weight(session, its, at, _PER_PAGE)
    elif at + _PER_PAGE <= len(lines) or is_all:
        ids = [line.id for line in lines[at : at + _PER_PAGE]]
    else:
        ids = shelves.page_ids(session, viewer, asked.of, at, _PER_PAGE)
    return _Found(Page(ids, number, _PER_PAGE, total), lines, counted_up_to=most)


def _page(
    request: Request, session: Session, who: Who, pages: Pages, cards: LessonCards, asked: _Asked
) -> Response:
    viewer, found = who.viewer, _find(session, who.viewer, asked)
    ids = [line.id for line in found.lines]
    # Of a topic that nearly everything is about, the newest few hundred say what there is.
    beside: shelves.Of | list[str] = ids if asked.of.what == "topic" or found.is_all else asked.of
    path = f"/{asked.of.what}s/{asked.of.id}"
    told = abouts.told(session, asked.of.id)
    lessons = catalog.lessons_by_ids(session, viewer, found.page.items)
    context = AboutPage(
        frame=pages.frame(request, session, who),
        what=asked.of.what,
        id=asked.of.id,
        name=asked.name,
        order=asked.order,
        lessons=cards.of(session, lessons, viewer),
        pager=pager(found.page, path, order="watched" if asked.order == "watched" else ""),
        topics=_topics(session, asked, ids),
        lecturers=_lecturers(session, asked, found),
        units=_units(session, asked, found),
        more=found.is_more,
        looked_through=0 if found.is_all else len(found.lines),
        years=tuple(Facet(value=str(year), count=n) for year, n in shelves.years(found.lines)),
        honours=tuple(
            HonouredLesson(honour=honour_line(one.honour), lesson_id=one.lesson_id, title=one.title)
            for one in queries.honours_among(session, viewer, beside)
        ),
        series=_series(session, viewer, cards, beside),
        text=told.text,
        picture=told.sha256,
        may_describe=somewhere(viewer, Act.ABOUT_DESCRIBE),
    )
    return pages.respond(request, who, context)


def _topics(session: Session, asked: _Asked, ids: list[str]) -> tuple[NamedLink, ...]:
    found = shelves.some_topics(session, ids, _BESIDE + 1)
    others = [NamedLink(id=one, name=name, count=n) for one, name, n in found if one != asked.of.id]
    return tuple(others[:_BESIDE])


def _lecturers(session: Session, asked: _Asked, found: _Found) -> tuple[NamedLink, ...]:
    if asked.of.what == "lecturer":
        return ()
    latest = shelves.first_met([line.lecturer_id for line in found.lines], _BESIDE)
    return tuple(NamedLink(id=one, name=name) for one, name in shelves.lecturers(session, latest))


def _units(session: Session, asked: _Asked, found: _Found) -> tuple[str, ...]:
    """Return the nodes whose lessons a lecturer gives, the most frequent first."""
    if asked.of.what == "topic":
        return ()
    nodes = Counter(line.node_id for line in found.lines).most_common(_UNITS)
    return tuple(organisation.node(session, one).name for one, _ in nodes)


def _series(
    session: Session, viewer: Viewer, cards: LessonCards, beside: shelves.Of | list[str]
) -> tuple[SeriesCard, ...]:
    rows = queries.series_among(session, viewer, beside)
    covers = queries.covers(session, viewer, [row.series.id for row in rows])
    return tuple(
        SeriesCard(
            id=row.series.id,
            title=row.series.title,
            text=row.series.text,
            count=row.count,
            picture=cards.one(covers[row.series.id], 0).picture if row.series.id in covers else None,
        )
        for row in rows
    )
