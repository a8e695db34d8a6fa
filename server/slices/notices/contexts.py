"""Contexts of the pages of notices."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import ClassVar

from library.notices.rules import Kind, Way
from server.web.parts import Context, Pager


@dataclass(frozen=True, slots=True, kw_only=True)
class NoticeRow:
    """A notice. `url` is where its thing is, "" where its reader may not see it or it is gone.

    `title` is the thing's name as its reader may know it, "" for none; `node` who told it, "" where that
    says nothing; `elsewhere`: a week of a node above which the reader's own replaces. `answer` is the answer
    to a suggestion of theirs, `starts_at` when a gathering is.
    """

    id: str
    kind: Kind
    at: datetime
    is_read: bool
    url: str = ""
    title: str = ""
    node: str = ""
    elsewhere: bool = False
    answer: str = ""
    starts_at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class NoticesPage(Context):
    """GET /notices?page= (signed in): what came, by day, the newest first.

    `seen_to` is the newest moment of the page, up to which "all read" reads; `unread` how many are not read.
    Forms: POST /notices/{id}/open (), POST /notices/read-all (to).
    """

    template: ClassVar[str] = "notices/notices.html"
    days: tuple[tuple[date, tuple[NoticeRow, ...]], ...]
    unread: int
    seen_to: str
    most: int
    kept_days: int
    pager: Pager


@dataclass(frozen=True, slots=True, kw_only=True)
class NoticeChoicesPage(Context):
    """GET /notices/choices (signed in): which kinds somebody is told of, and how.

    `ways` are those that this library has. `push_key` is the site's key for push services, "" where nobody is
    pushed to; `browsers` so many of theirs are told.
    Forms: POST /notices/choices (on, "kind:way" ...), POST /notices/push/end-all ().
    """

    template: ClassVar[str] = "notices/choices.html"
    ways: tuple[Way, ...]
    rows: tuple[tuple[Kind, tuple[bool, ...]], ...]
    push_key: str = ""
    browsers: int = 0
