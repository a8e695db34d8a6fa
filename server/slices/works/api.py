"""Series, and what belongs to a lesson, under /api/v1."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Query
from pydantic import BaseModel, Field

from library.catalog import queries as catalog
from library.works import queries
from library.works import series as actions
from library.works.formats import FileFormat
from library.works.rules import HonourLevel
from server.web.deps import ClockDep, Lecturer, PagesDep, Reading, WhoDep, Writing
from server.web.limits.fields import BlockText, LineText, WordText
from server.web.limits.sizes import ITEMS
from server.web.pages import Pages
from server.web.shown.works import honour_lines, material_lines, series_place, site_ref

router = APIRouter(prefix="/api/v1")


class SeriesIn(BaseModel):
    """A series to be made."""

    title: LineText
    text: BlockText = ""


class EpisodeIn(BaseModel):
    """A lesson that is put at the end of a series."""

    lesson: WordText


class EpisodesIn(BaseModel):
    """The lessons of a series, in their new order: exactly those that you see in it."""

    lessons: list[WordText] = Field(max_length=ITEMS)


class SeriesOut(BaseModel):
    """A series; `count` are the episodes that you may see."""

    id: str
    title: str
    text: str
    count: int
    url: str


class EpisodeOut(BaseModel):
    """A lesson of a series; `n` counts those that you may see."""

    n: int
    lesson: str
    title: str
    url: str


class OneSeriesOut(SeriesOut):
    """A series with its episodes in their order."""

    episodes: list[EpisodeOut]


class SeriesListOut(BaseModel):
    """One page of series, those changed last first."""

    total: int
    page: int
    series: list[SeriesOut]


class HonourOut(BaseModel):
    """What a lesson was awarded; `certificate` is the path of its file."""

    award: str
    level: HonourLevel
    year: int
    body: str
    certificate: str | None


class MaterialOut(BaseModel):
    """A file that belongs to a lesson, to be taken along from `url`."""

    id: str
    name: str
    format: FileFormat
    size_bytes: int
    pages: int
    url: str


class InSeriesOut(BaseModel):
    """Where a lesson stands in its series, of those that you see."""

    id: str
    title: str
    n: int
    count: int


class SiteOut(BaseModel):
    """Where a lesson was held."""

    id: str
    name: str
    place: str


class WorksOut(BaseModel):
    """What belongs to a lesson, what it is part of, and where it was held."""

    honours: list[HonourOut]
    materials: list[MaterialOut]
    series: InSeriesOut | None
    site: SiteOut | None


def _one(session: Reading, who: WhoDep, pages: Pages, series_id: str) -> OneSeriesOut:
    row = queries.series_for(session, who.viewer, series_id)
    seen = queries.episodes(session, who.viewer, series_id)
    return OneSeriesOut(
        id=row.id,
        title=row.title,
        text=row.text,
        count=len(seen),
        url=pages.at(f"/series/{row.id}"),
        episodes=[
            EpisodeOut(n=n, lesson=one.id, title=one.title, url=pages.at(f"/lessons/{one.id}"))
            for n, one in enumerate(seen, start=1)
        ],
    )


@router.get("/lessons/{lesson_id}/works", tags=["lessons"])
def get_works(session: Reading, who: WhoDep, pages: PagesDep, lesson_id: str) -> WorksOut:
    """The honours and materials of a lesson, and its series."""
    lesson = catalog.lesson_for(session, who.viewer, lesson_id)
    place, site = series_place(session, who.viewer, lesson), site_ref(session, lesson.id)
    return WorksOut(
        honours=[
            HonourOut(
                award=one.award,
                level=one.level,
                year=one.year,
                body=one.body,
                certificate=pages.at(one.certificate) if one.certificate else None,
            )
            for one in honour_lines(session, lesson.id)
        ],
        materials=[
            MaterialOut(
                id=one.id,
                name=one.name,
                format=one.format,
                size_bytes=one.size_bytes,
                pages=one.pages,
                url=pages.at(one.url),
            )
            for one in material_lines(session, lesson.id)
        ],
        series=InSeriesOut(id=place.id, title=place.title, n=place.n, count=place.count) if place else None,
        site=SiteOut(id=site.id, name=site.name, place=site.place) if site else None,
    )


@router.get("/series", tags=["series"])
def list_series(
    session: Reading, who: WhoDep, pages: PagesDep, page: Annotated[int, Query(ge=1)] = 1
) -> SeriesListOut:
    """The series of which you may see an episode, and those that you keep."""
    found = queries.series_page(session, who.viewer, page)
    return SeriesListOut(
        total=found.total,
        page=found.number,
        series=[
            SeriesOut(
                id=row.series.id,
                title=row.series.title,
                text=row.series.text,
                count=row.count,
                url=pages.at(f"/series/{row.series.id}"),
            )
            for row in found.items
        ],
    )


@router.post("/series", tags=["series"], status_code=201)
def make_series(
    session: Writing, who: Lecturer, pages: PagesDep, clock: ClockDep, body: SeriesIn
) -> OneSeriesOut:
    """Make a series, still without episodes (lecturers and the staff)."""
    row = actions.make(session, who.viewer, body.title, body.text, clock())
    return _one(session, who, pages, row.id)


@router.get("/series/{series_id}", tags=["series"])
def get_series(session: Reading, who: WhoDep, pages: PagesDep, series_id: str) -> OneSeriesOut:
    """One series, with the episodes that you may see."""
    return _one(session, who, pages, series_id)


@router.post("/series/{series_id}/episodes", tags=["series"])
def add_episode(
    session: Writing, who: WhoDep, pages: PagesDep, clock: ClockDep, series_id: str, body: EpisodeIn
) -> OneSeriesOut:
    """Put a lesson that you may change at the end of a series that you keep; again changes nothing."""
    queries.series_for(session, who.viewer, series_id, edit=True)
    actions.add(session, who.viewer, series_id, body.lesson, clock())
    return _one(session, who, pages, series_id)


@router.put("/series/{series_id}/episodes", tags=["series"])
def put_order(
    session: Writing, who: WhoDep, pages: PagesDep, clock: ClockDep, series_id: str, body: EpisodesIn
) -> OneSeriesOut:
    """Put the episodes that you see into an order (who made the series, the staff)."""
    queries.series_for(session, who.viewer, series_id, edit=True)
    actions.arrange(session, who.viewer, series_id, body.lessons, clock())
    return _one(session, who, pages, series_id)
