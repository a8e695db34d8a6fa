"""Contexts of the desk."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import ClassVar

from library.handling.queries import KeptView
from library.handling.rules import Outcome, Spread, What
from server.web.parts import Context, Facet, LessonRef, Pager, Reason, RefusedForm, WorkRow


@dataclass(frozen=True, slots=True, kw_only=True)
class DeskPage(Context):
    """GET /desk?state=&topic=&lecturer=&year=&page= (role reviewer): the lessons they decide about, and their
    own. `views` are kept ones, `nodes` (id, name) those for which a view may be kept, `known_topics` are
    offered, `most` lessons go into one batch. `planned` are nodes (id, name) whose weeks the viewer plans,
    `weeks` (2026-W49) are offered, of which `week` is chosen. `views_cut`: there are more views.

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
    planned: tuple[tuple[str, str], ...] = ()
    weeks: tuple[str, ...] = ()
    week: str = ""
    refused: RefusedForm | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class BatchRow:
    """What became of a lesson, or would; `reason` says why nothing does. `week`: the one it is put into."""

    lesson: LessonRef
    outcome: Outcome
    reason: Reason | None
    week: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class WeeksPage(Context):
    """POST /desk with what=week (role reviewer): what would become of each lesson that is put into weeks of
    `node`; `count` of them would be. Form: POST /desk/weeks (lesson..., node, week, spread, count)."""

    template: ClassVar[str] = "desk/weeks.html"
    node_id: str
    node: str
    week: str
    spread: Spread
    rows: tuple[BatchRow, ...]
    count: int


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
