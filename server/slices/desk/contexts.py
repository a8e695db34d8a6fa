"""Contexts of the desk."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import ClassVar

from library.handling.queries import KeptView
from library.handling.rules import Outcome, What
from server.web.parts import Context, Facet, LessonRef, Pager, Reason, RefusedForm, WorkRow


@dataclass(frozen=True, slots=True, kw_only=True)
class DeskPage(Context):
    """GET /desk?state=&topic=&lecturer=&year=&page= (role reviewer): the lessons they decide about, and their
    own. `views` are kept ones, `nodes` (id, name) those for which a view may be kept, `known_topics` are
    offered, `most` lessons go into one batch. `views_cut`: there are more views.

    Forms: POST /desk (lesson..., what, value, audience, page, and the filters), POST /desk/views (name, node,
    and the filters), POST /desk/views/{id}/forget ().
    """

    template: ClassVar[str] = "desk/desk.html"
    rows: tuple[WorkRow, ...]
    pager: Pager
    state: str
    topic: str
    lecturer: str
    year: str
    topics: tuple[Facet, ...]
    lecturers: tuple[Facet, ...]
    years: tuple[Facet, ...]
    views: tuple[tuple[KeptView, str], ...]
    views_cut: bool
    nodes: tuple[tuple[str, str], ...]
    known_topics: tuple[str, ...]
    most: int
    refused: RefusedForm | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class BatchRow:
    """What became of a lesson; `reason` says why nothing did."""

    lesson: LessonRef
    outcome: Outcome
    reason: Reason | None


@dataclass(frozen=True, slots=True, kw_only=True)
class BatchPage(Context):
    """GET /desk/batches/{id} : what became of each lesson of one's own batch; `until` is the end of the time
    in which it can be taken back, None when it is over or done.

    Form: POST /desk/batches/{id}/undo ().
    """

    template: ClassVar[str] = "desk/batch.html"
    id: str
    what: What
    value: str
    rows: tuple[BatchRow, ...]
    counts: tuple[tuple[Outcome, int], ...]
    until: datetime | None
    undone: bool
