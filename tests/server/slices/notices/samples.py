"""What came, and what is wanted: filled with believable contents."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

from library.core.clock import local_day
from library.notices.rules import Kind, Way
from server.slices.notices import contexts as c
from server.slices.notices.contexts import NoticeRow
from server.web.parts import Pager
from tests.server.pages.samples import LECTURER, MEMBER, NOW, TITLES, Sample, frame

AT = "/notices"


def row(n: int, kind: Kind, **more: object) -> NoticeRow:
    """The n-th notice, some hours before the one above it."""
    facts = {"id": f"n{n}", "kind": kind, "at": NOW - timedelta(hours=7 * n), "is_read": n > 2, **more}
    return NoticeRow(**facts)  # type: ignore[arg-type]


ROWS = (
    row(0, Kind.WEEK_OUT, url="/weeks/2026-W11", title="绿水青山就是金山银山", node="安吉县委组织部"),
    row(1, Kind.UPLOAD_FAILED, url="/lessons/lesson1/progress", title=TITLES[5]),
    row(2, Kind.SUGGESTION_ANSWERED, url="/suggestions", answer="谢谢提醒。字幕已经放大，手机上也能看清了。"),
    row(3, Kind.LESSON_PUBLISHED, url="/lessons/lesson0", title=TITLES[0]),
    row(4, Kind.LESSON_WITHDRAWN),
    row(5, Kind.WEEK_OUT, url="/weeks/2026-W10", title="2026-W10", node="安吉县委组织部", elsewhere=True),
)


def page(*rows: NoticeRow, unread: int = 3, pages: int = 1) -> c.NoticesPage:
    """The page of some notices."""
    days = sorted({local_day(one.at) for one in rows}, reverse=True)
    return c.NoticesPage(
        frame=frame(LECTURER, AT, review_count=unread),
        days=tuple((day, tuple(one for one in rows if local_day(one.at) == day)) for day in days),
        unread=unread,
        seen_to=NOW.isoformat(),
        most=500,
        kept_days=180,
        pager=Pager(page=1, pages=pages, total=len(rows), url=AT),
    )


def pages() -> Iterator[Sample]:
    """The pages of notices."""
    yield "notices", page(*ROWS, pages=3)
    yield "notices-none", page(unread=0)
    yield (
        "notice-choices-here",
        c.NoticeChoicesPage(
            frame=frame(MEMBER, "/notices/choices"),
            ways=(Way.APP,),
            rows=tuple((kind, (True,)) for kind in Kind),
        ),
    )
    yield (
        "notice-choices",
        c.NoticeChoicesPage(
            frame=frame(MEMBER, "/notices/choices"),
            ways=tuple(Way),
            rows=tuple((kind, (kind is not Kind.UPLOAD_READY, kind is Kind.WEEK_OUT)) for kind in Kind),
            push_key="BExample",
            browsers=2,
        ),
    )
