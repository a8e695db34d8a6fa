"""The manual: its contents, what was found in it, a chapter."""

from __future__ import annotations

from collections.abc import Iterator

from server.slices.manual import book
from server.slices.manual import contexts as c
from tests.server.pages.samples import MEMBER, Sample, frame

CHAPTERS = (
    ("member", "党员篇"),
    ("lecturer", "讲师篇"),
    ("administrator", "管理员篇"),
)


def pages() -> Iterator[Sample]:
    """The contents, found and not found, none at all, and a chapter."""
    hit = c.Hit(
        url="/help/member#看课",
        chapter="党员篇",
        title="看课",
        before="点一节课，再点「从头观看」，",
        words="字幕",
        after="可以开关",
    )
    here = frame(MEMBER, "/help")
    yield "help", c.HelpPage(frame=here, chapters=CHAPTERS, own="member")
    yield "help_found", c.HelpPage(frame=here, chapters=CHAPTERS, own="member", q="字幕", hits=(hit,))
    yield "help_not_found", c.HelpPage(frame=here, chapters=CHAPTERS, own="member", q="火箭")
    yield "help_missing", c.HelpPage(frame=here, chapters=(), own="member", missing=True)
    told = book.chapter("member")
    assert told is not None
    yield (
        "help_chapter",
        c.ChapterPage(
            frame=frame(MEMBER, "/help/member"),
            title=told.title,
            lang="zh-CN",
            body=book.html(told),
            sections=tuple((one.anchor, one.title) for one in told.sections[1:]),
        ),
    )
