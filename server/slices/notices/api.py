"""Notices under /api/v1."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated

from fastapi import APIRouter, Query
from pydantic import BaseModel, Field

from library.core.paging import MAX_PAGE
from library.notices import actions, queries
from library.notices.rules import Kind
from server.slices.notices.shown import notice_rows
from server.web.deps import ClockDep, Reading, SignedIn, Writing
from server.web.limits.fields import WordText
from server.web.limits.sizes import ITEMS

router = APIRouter(prefix="/api/v1/notices", tags=["notices"])


class NoticeOut(BaseModel):
    """Something you were told. `url` is where its thing is, "" where there is nothing for you to see."""

    id: str
    kind: Kind
    at: datetime
    read: bool
    title: str
    url: str


class NoticesOut(BaseModel):
    """A page of what you were told, the newest first; the newest five hundred are shown."""

    notices: list[NoticeOut]
    unread: int
    total: int


class ReadIn(BaseModel):
    """What you have read, by its ids."""

    ids: Annotated[list[WordText], Field(max_length=ITEMS)]


class ReadOut(BaseModel):
    """How many of these were new to you, and how many are still unread."""

    read: int
    unread: int


@router.get("")
def list_notices(
    session: Reading, who: SignedIn, page: Annotated[int, Query(ge=1, le=MAX_PAGE)] = 1
) -> NoticesOut:
    """What you were told, thirty a page."""
    found = queries.page(session, who.viewer, page)
    rows = [
        NoticeOut(id=row.id, kind=row.kind, at=row.at, read=row.is_read, title=row.title, url=row.url)
        for row in notice_rows(session, who.viewer, found.items)
    ]
    return NoticesOut(notices=rows, unread=queries.unread(session, who.viewer), total=found.total)


@router.post("/read")
def read_notices(session: Writing, who: SignedIn, clock: ClockDep, body: ReadIn) -> ReadOut:
    """Mark notices as read; others than yours are passed over."""
    new = actions.read(session, who.viewer, body.ids, clock())
    return ReadOut(read=new, unread=queries.unread(session, who.viewer))
