"""A feed of published reflections: all, of a lesson, of a week, of a node's people and all below it."""

from __future__ import annotations

from urllib.parse import urlencode

from fastapi import APIRouter, Request
from starlette.responses import Response

from library.core.errors import Invalid, NotFound
from library.organisation.tables import Node
from library.programme.weeks import read_week
from library.reflections import queries
from library.reflections.queries import Filters
from server.slices.feeds.feeds import says
from server.slices.feeds.reading import ReaderDep, answer
from server.slices.feeds.rss import TYPE as RSS
from server.slices.feeds.rss import Channel, Item, to_rss
from server.web.deps import AddressDep, PagesDep
from server.web.language.i18n import N_
from server.web.limits.fields import WordQuery
from server.web.shown.reflections import reflection_lines

router = APIRouter(include_in_schema=False, prefix="/feeds/{key}")

MOST_REFLECTIONS = 50
"""The newest reflections of a feed."""


@router.get("/reflections.rss")
def reflections(
    request: Request,
    reader: ReaderDep,
    pages: PagesDep,
    site: AddressDep,
    lesson: WordQuery = "",
    week: WordQuery = "",
    node: WordQuery = "",
) -> Response:
    """The newest published reflections that the reader may read."""
    session, viewer = reader.session, reader.viewer
    names = [says(pages, reader, N_("心得体会"))]
    if lesson:
        seen = queries.lessons_seen(session, viewer, [lesson])
        if lesson not in seen:
            raise NotFound
        names.append(seen[lesson].title)
    if node:
        row = session.get(Node, node)
        if row is None or not viewer.signed_in:
            raise NotFound
        names.append(row.name)
    try:
        wanted = str(read_week(week)) if week else None
    except Invalid:
        raise NotFound from None
    names += [wanted] if wanted else []
    filters = Filters(lesson or None, wanted, node or None)
    found = queries.published(session, viewer, filters, 1, MOST_REFLECTIONS)
    narrowed = urlencode({k: v for k, v in (("lesson", lesson), ("week", wanted), ("node", node)) if v})
    tail = f"?{narrowed}" if narrowed else ""
    items = [
        Item(
            guid=one.id,
            title=one.title or one.excerpt[:40] or names[0],
            url=f"{site}/reflections/{one.id}",
            summary=one.excerpt,
            author=f"{one.writer} · {one.node}" if one.node else one.writer,
            at=one.at,
        )
        for one in reflection_lines(session, viewer, found.items)
    ]
    channel = Channel(
        title=" · ".join(names),
        url=f"{site}/reflections{tail}",
        own_url=f"{site}/feeds/{reader.key}/reflections.rss{tail}",
        description=says(pages, reader, N_("支部发布的心得体会。")),
        language=reader.language,
        author=pages.renderer.site_name(reader.language),
        items=items,
        private=reader.is_private,
    )
    return answer(request, reader, to_rss(channel), RSS)
