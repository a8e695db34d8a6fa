"""The page on which the counting rule can be read."""

from __future__ import annotations

from fastapi import APIRouter, Request
from starlette.responses import Response

from server.slices.watching.contexts import CountingPage
from server.web.deps import PortsDep, WhoDep
from server.web.pages import Pages

router = APIRouter(include_in_schema=False)


@router.get("/counting")
def counting(request: Request, ports: PortsDep, who: WhoDep) -> Response:
    """When a play counts, in words."""
    pages: Pages = request.app.state.pages
    settings = ports.settings
    context = CountingPage(
        frame=pages.frame(request, who),
        rule=pages.rule,
        keep_plays_days=settings.keep_plays_days,
        keep_watchers_days=settings.keep_watchers_days,
    )
    return pages.respond(request, who, context)
