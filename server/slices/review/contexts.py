"""Contexts of what waits for the staff."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import ClassVar

from server.web.parts import (
    Context,
    LessonRef,
    Pager,
    WorkRow,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class DraftRow:
    """A published lesson of which something waits: who changed it last, when, which fields, and whether what
    is said changes."""

    lesson: LessonRef
    who: str
    changed_at: datetime
    fields: tuple[str, ...]
    words: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class ReviewPage(Context):
    """GET /review?page= (role staff): lessons waiting to be published, oldest first.

    `drafts` are those of published lessons, the one that waits longest first; `more_drafts` wait behind them.

    Form: POST /lessons/{id}/publish (note, next=/review).
    """

    template: ClassVar[str] = "review/review.html"
    rows: tuple[WorkRow, ...]
    pager: Pager
    drafts: tuple[DraftRow, ...] = ()
    more_drafts: int = 0
