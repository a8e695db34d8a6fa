"""Searching under /api/v1: hits with their moments, and suggestions while typing."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Literal

from fastapi import APIRouter, Query
from pydantic import BaseModel, Field
from starlette.responses import Response

from library.catalog.permits import LessonState
from library.finding.hits import FoundRow, Source
from library.finding.suggestions import MOST, suggest
from search import COUNTED, Counts
from server.slices.finding.routes import SearchAsked
from server.web.deps import AddressDep, FinderDep, FrequentDep, PagesDep, Reading, WhoDep

router = APIRouter(prefix="/api/v1", tags=["search"])


class MomentOut(BaseModel):
    """A sentence that answers; `start_s` counts from the clip's start, `lesson_start_s` from the lesson's.

    `source`: what `quote` is a quote of. Only "speech" answers in somebody's words; "beginning" is how the
    clip begins, when only the lesson's names hold the words or none were looked for. `recognised`: a machine
    heard what is quoted, and nobody has corrected it; `by_sound`: of what is marked something only sounds
    like what was asked for.
    """

    source: Source
    start_s: float | None
    lesson_start_s: float | None
    quote: str
    marks: list[tuple[int, int]]
    recognised: bool
    by_sound: bool
    url: str


class HitOut(BaseModel):
    """A clip that was found; its own `quote`, `start_s`, `recognised`, `by_sound` and `url` are those of its
    best moment.

    `moments` are in the order of time, and `more` are the places left out. `state` is the lesson's: drafts
    and withdrawn ones are found by those who may see them.
    """

    lesson: str
    state: LessonState
    clip: str | None
    material: str | None = Field(description="The name of the file in which it is written.")
    title: str
    clip_title: str
    lecturer: str | None
    date: date | None
    start_s: float | None
    lesson_start_s: float | None
    quote: str
    marks: list[tuple[int, int]]
    recognised: bool
    by_sound: bool
    moments: list[MomentOut]
    more: int
    topics: list[str] = Field(description="Those that the query names.")
    score: float = Field(description="By the place alone: 1 for the first hit, 1/2 for the second …")
    views: int = Field(description="Counted views of the whole lesson.")
    url: str


class CountOut(BaseModel):
    """How many hits choosing a filter's value leaves."""

    value: str
    count: int


class SearchOut(BaseModel):
    """What a search found; `total` and `counts` tell of everything the searcher may see.

    `relaxed`: nothing had all the words. `in_part`: how many of `total` have only some of them. `heard`: what
    letters were taken for as pinyin. `did_you_mean`: another spelling that finds more.
    """

    total: int
    relaxed: bool
    in_part: int
    heard: list[str]
    did_you_mean: str | None
    counts: dict[str, list[CountOut]]
    hits: list[HitOut]


class SuggestionOut(BaseModel):
    """A topic, lecturer or title, or a query that several people asked; `count` are the clips that bear it,
    or that it finds for you; `url` leads to them."""

    kind: Literal["topic", "lecturer", "title", "query"]
    text: str
    count: int = Field(ge=1)
    url: str


@router.get("/search", response_model=SearchOut)
def search(
    session: Reading,
    who: WhoDep,
    address: AddressDep,
    finder: FinderDep,
    asked: SearchAsked,
    limit: Annotated[int, Query(ge=1, le=100)] = 10,
    offset: Annotated[int, Query(ge=0, le=10_000)] = 0,
) -> Response:
    """What was said, by whom, and the seconds where it is said."""
    found = finder.find(
        session,
        who.viewer,
        asked.q,
        limit=limit,
        offset=offset,
        filters=asked.filters,
        sort=asked.order,
        counts=True,
    )
    said = SearchOut(
        total=found.total,
        relaxed=found.relaxed,
        in_part=found.in_part,
        heard=list(found.heard),
        did_you_mean=found.did_you_mean,
        counts=_counts(found.counts),
        hits=[_hit(row, address) for row in found.rows],
    )
    # Written down at once: what is made here need not be checked and taken apart again in another thread.
    return Response(said.model_dump_json(), media_type="application/json")


def _counts(counts: Counts) -> dict[str, list[CountOut]]:
    return {name: [CountOut(value=v, count=n) for v, n in getattr(counts, name)] for name in COUNTED}


def _hit(row: FoundRow, base_url: str) -> HitOut:
    moments = [
        MomentOut(
            source=moment.source,
            start_s=moment.start_s,
            lesson_start_s=moment.lesson_start_s,
            quote=moment.quote,
            marks=list(moment.marks),
            recognised=moment.recognised,
            by_sound=moment.by_sound,
            url=base_url + row.path_to(moment),
        )
        for moment in row.moments
    ]
    return HitOut(
        lesson=row.lesson.id,
        state=row.lesson.state,
        clip=row.clip.id if row.clip else None,
        material=row.material.name if row.material else None,
        title=row.lesson.title,
        clip_title=row.clip.title if row.clip else "",
        lecturer=row.lesson.lecturer.name if row.lesson.lecturer else None,
        date=row.lesson.taught_on,
        start_s=row.best.start_s,
        lesson_start_s=row.best.lesson_start_s,
        quote=row.best.quote,
        marks=list(row.best.marks),
        recognised=row.best.recognised,
        by_sound=row.best.by_sound,
        moments=moments,
        more=row.more,
        topics=[name for name, _ in row.matched.topics],
        score=row.score,
        views=row.views,
        url=base_url + row.path,
    )


@router.get("/suggest")
def suggestions(
    response: Response,
    session: Reading,
    who: WhoDep,
    finder: FinderDep,
    frequent_queries: FrequentDep,
    pages: PagesDep,
    q: Annotated[str, Query(max_length=200)] = "",
    limit: Annotated[int, Query(ge=1, le=20)] = MOST,
) -> list[SuggestionOut]:
    """What goes with what is typed so far, by characters, pinyin or initials: topics, lecturers, titles; then
    what several people searched for and you would find too."""
    response.headers["cache-control"] = "no-store"
    return [
        SuggestionOut(kind=one.kind, text=one.text, count=one.count, url=pages.at(one.url))
        for one in suggest(finder, frequent_queries, session, who.viewer, q, limit)
    ]
