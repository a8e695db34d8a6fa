"""What waits to be decided by those who review."""

from __future__ import annotations

from fastapi import APIRouter, Request
from sqlalchemy.orm import Session
from starlette.responses import Response

from library.catalog import queries as catalog
from library.catalog.permits import LessonState
from library.core.permits import Viewer
from server.slices.review.contexts import ReviewPage
from server.web.deps import CardsDep, PagesDep, Reading, Reviewer
from server.web.pages import pager
from server.web.shown.work_rows import work_rows

router = APIRouter(include_in_schema=False)

_PER_PAGE = 30
COUNTED_MOST = 100
_WAITING = catalog.Filters(state=LessonState.DRAFT, playable=True)


def waiting_count(session: Session, viewer: Viewer) -> int:
    """Return how many lessons wait to be published by `viewer`, COUNTED_MOST at most: it stands on every page
    of theirs."""
    return catalog.count_lessons(session, viewer, _WAITING, COUNTED_MOST)


@router.get("/review")
def review(
    request: Request, session: Reading, who: Reviewer, pages: PagesDep, cards: CardsDep, page: int = 1
) -> Response:
    """Lessons waiting to be published, oldest first."""
    found = catalog.lessons_page(session, who.viewer, _WAITING, page, _PER_PAGE, oldest_first=True)
    context = ReviewPage(
        frame=pages.frame(request, session, who, numbers={"/review": found.total}),
        rows=work_rows(cards, session, list(found.items)),
        pager=pager(found, "/review"),
    )
    return pages.respond(request, who, context)
