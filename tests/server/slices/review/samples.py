"""Lessons that wait for staff: filled with believable contents."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from server.slices.review import contexts as c
from tests.server.pages.samples import STAFF, Sample, frame, pager, work_rows


def pages() -> Iterator[Sample]:
    """Some that wait, and none."""
    review = c.ReviewPage(frame=frame(STAFF, "/review", review_count=3), rows=work_rows(), pager=pager(4))
    yield "review", review
    yield "review_empty", replace(review, rows=())
