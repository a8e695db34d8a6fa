"""The page on which the counting rule can be read."""

from __future__ import annotations

from fastapi import APIRouter, Request
from starlette.responses import Response

from server.slices.watching.contexts import CountingPage
from server.web.deps import PagesDep, Reading, RuleDep, SettingsDep, WhoDep

router = APIRouter(include_in_schema=False)


@router.get("/counting")
def counting(
    request: Request, session: Reading, who: WhoDep, pages: PagesDep, rule: RuleDep, settings: SettingsDep
) -> Response:
    """When a play counts, in words."""
    context = CountingPage(
        frame=pages.frame(request, session, who),
        rule=rule,
        keep_plays_days=settings.keep_plays_days,
        keep_watchers_days=settings.keep_watchers_days,
    )
    return pages.respond(request, who, context)
