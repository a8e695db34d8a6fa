"""Lessons that wait for staff: filled with believable contents."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from server.slices.review import contexts as c
from server.web.parts import LessonRef
from tests.server.pages.samples import NOW, STAFF, TITLES, Sample, frame, pager, work_rows


def pages() -> Iterator[Sample]:
    """Some that wait, and none."""
    review = c.ReviewPage(frame=frame(STAFF, "/review", review_count=3), rows=work_rows(), pager=pager(4))
    yield "review", review
    drafts = tuple(
        c.DraftRow(
            lesson=LessonRef(id=f"lesson{n}", title=TITLES[n], lecturer="王芳"),
            who=who,
            changed_at=NOW,
            fields=fields,
        )
        for n, who, fields in ((0, "王芳", ("title", "summary")), (3, "", ("topics", "genre")))
    )
    yield "review_drafts", replace(review, drafts=drafts, more_drafts=2)
    yield "review_empty", replace(review, rows=())
