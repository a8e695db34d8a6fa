"""What waits to be decided by those who review."""

from __future__ import annotations

from fastapi import APIRouter, Request
from sqlalchemy import Select, select
from starlette.responses import Response

from library.catalog import queries as catalog
from library.catalog.permits import LessonState
from library.core.permits import Viewer
from library.versions import queries as versions
from library.versions.rules import named
from server.slices.review.contexts import DraftRow, ReviewPage
from server.web.deps import CardsDep, PagesDep, Reading, Reviewer
from server.web.pages import pager
from server.web.shown.lesson_cards import lesson_ref
from server.web.shown.work_rows import work_rows

router = APIRouter(include_in_schema=False)

_PER_PAGE = 30
COUNTED_MOST = 100
_WAITING = catalog.Filters(state=LessonState.DRAFT, playable=True)


def number_waiting(viewer: Viewer) -> Select[int]:
    """Return a SELECT of how many lessons and drafts wait to be published by `viewer`, each counted up to
    COUNTED_MOST: it stands on every page of theirs."""
    lessons = catalog.number_of_lessons(viewer, _WAITING, COUNTED_MOST).scalar_subquery()
    return select(lessons + versions.number_waiting(viewer, COUNTED_MOST).scalar_subquery())


@router.get("/review")
def review(
    request: Request, session: Reading, who: Reviewer, pages: PagesDep, cards: CardsDep, page: int = 1
) -> Response:
    """Lessons waiting to be published, and drafts of published ones, oldest first."""
    found = catalog.lessons_page(session, who.viewer, _WAITING, page, _PER_PAGE, oldest_first=True)
    drafts = versions.waiting(session, who.viewer, 1, _PER_PAGE)
    waiting = versions.drafts(session, [lesson.id for lesson in drafts.items])
    context = ReviewPage(
        frame=pages.frame(request, session, who, numbers={"/review": found.total + drafts.total}),
        drafts=tuple(
            DraftRow(
                lesson=lesson_ref(lesson),
                who=waiting[lesson.id].who,
                changed_at=waiting[lesson.id].changed_at,
                fields=named(waiting[lesson.id].values),
                words=waiting[lesson.id].words is not None,
            )
            for lesson in drafts.items
        ),
        more_drafts=drafts.total - len(drafts.items),
        rows=work_rows(cards, session, list(found.items)),
        pager=pager(found, "/review"),
    )
    return pages.respond(request, who, context)
