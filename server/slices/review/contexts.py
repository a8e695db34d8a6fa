"""Contexts of what waits for the staff."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from server.web.parts import (
    Context,
    Pager,
    WorkRow,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class ReviewPage(Context):
    """GET /review?page= (role staff): lessons waiting to be published, oldest first.

    Form: POST /lessons/{id}/publish (note, next=/review).
    """

    template: ClassVar[str] = "review/review.html"
    rows: tuple[WorkRow, ...]
    pager: Pager
