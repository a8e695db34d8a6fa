"""The page of what somebody was told, and of what they want to be told."""

from __future__ import annotations

from datetime import datetime
from itertools import groupby

from fastapi import APIRouter, Request
from starlette.responses import Response

from library.core.clock import local_day
from library.core.errors import NotFound
from library.notices import actions, pushing, queries
from library.notices.rules import KEPT, MOST, Kind, Way
from server.push_service import PushService
from server.slices.notices.contexts import NoticeChoicesPage, NoticesPage
from server.slices.notices.shown import notice_rows
from server.web.deps import ClockDep, PagesDep, PushDep, Reading, SignedIn, Writing
from server.web.limits.fields import WordForm, WordsForm
from server.web.pages import pager

router = APIRouter(include_in_schema=False)


def ways(push: PushService | None) -> tuple[Way, ...]:
    """Return the ways that this library has."""
    return tuple(way for way in Way if way is not Way.PUSH or push is not None)


@router.get("/notices")
def notices(request: Request, session: Reading, who: SignedIn, pages: PagesDep, page: int = 1) -> Response:
    """What somebody was told, by day, the newest first."""
    found = queries.page(session, who.viewer, page)
    rows = notice_rows(session, who.viewer, found.items)
    unread = queries.unread(session, who.viewer)
    newest = max((one.at for one in found.items), default=None)
    context = NoticesPage(
        frame=pages.frame(request, session, who, numbers={"/notices": unread}),
        days=tuple((day, tuple(its)) for day, its in groupby(rows, lambda row: local_day(row.at))),
        unread=unread,
        seen_to=newest.isoformat() if newest is not None else "",
        most=MOST,
        kept_days=KEPT.days,
        pager=pager(found, "/notices"),
    )
    return pages.respond(request, who, context)


@router.post("/notices/read-all")
def read_all(
    session: Writing, who: SignedIn, pages: PagesDep, clock: ClockDep, to: WordForm = ""
) -> Response:
    """Mark as read all that came up to the newest of the page, and not what came since."""
    try:
        seen = datetime.fromisoformat(to)
    except ValueError:
        seen = None
    if seen is not None and seen.tzinfo is not None:
        actions.read_all(session, who.viewer, min(seen, clock()))
    return pages.redirect("/notices", "notices_read")


@router.post("/notices/{notice_id}/open")
def open_notice(
    session: Writing, who: SignedIn, pages: PagesDep, clock: ClockDep, notice_id: str
) -> Response:
    """Mark a notice as read, and go where its thing is."""
    found = queries.one(session, who.viewer, notice_id)
    if found is None:
        raise NotFound
    actions.read(session, who.viewer, [notice_id], clock())
    row = notice_rows(session, who.viewer, [found])[0]
    return pages.redirect(row.url if row.url and not row.answer else "/notices")


@router.get("/notices/choices")
def choices(request: Request, session: Reading, who: SignedIn, pages: PagesDep, push: PushDep) -> Response:
    """Which kinds somebody is told of, and how."""
    chosen = queries.chosen(session, str(who.viewer.person_id))
    context = NoticeChoicesPage(
        frame=pages.frame(request, session, who),
        ways=ways(push),
        rows=tuple((kind, tuple(chosen[kind, way] for way in ways(push))) for kind in Kind),
        push_key=push.public if push is not None else "",
        browsers=pushing.browsers(session, str(who.viewer.person_id)),
    )
    return pages.respond(request, who, context)


@router.post("/notices/choices")
def choose(session: Writing, who: SignedIn, pages: PagesDep, push: PushDep, on: WordsForm = ()) -> Response:
    """Keep what somebody wants to be told; what is not ticked is not wanted."""
    wanted = {(kind, way): f"{kind}:{way}" in on for kind in Kind for way in ways(push)}
    actions.choose(session, str(who.viewer.person_id), wanted)
    return pages.redirect("/notices/choices", "notices_chosen")
