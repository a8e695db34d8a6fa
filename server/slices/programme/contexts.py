"""Contexts of the pages of weeks, and of the desk where weeks are planned."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import ClassVar

from library.catalog.permits import LessonState
from library.handling.rules import Outcome, Spread
from library.programme.rules import WeekMode
from server.web.parts import Context, LessonRef, Pager, Reason, RefusedForm
from server.web.shown.weeks import WeekPart, WeekView


@dataclass(frozen=True, slots=True, kw_only=True)
class WeeksPage(Context):
    """GET /weeks?page= (everybody): this week, the next ones, and those that are over, newest first.

    `node` is whose weeks they are: the viewer's home, else the root.
    """

    template: ClassVar[str] = "programme/weeks.html"
    node: str
    this: WeekView | None
    coming: tuple[WeekView, ...]
    past: tuple[WeekView, ...]
    pager: Pager
    may_plan: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class WeekPage(Context):
    """GET /weeks/{week}?node= (everybody; of another node whoever plans it): one week.

    `view` is None where nobody planned it. `other_node`: the page shows what members of that node see, for
    whoever plans it.
    """

    template: ClassVar[str] = "programme/week.html"
    week: str
    monday: date
    sunday: date
    node: str
    view: WeekView | None
    before: str = ""
    after: str = ""
    other_node: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class CalendarRow:
    """A week of the calendar. `own` is the node's own plan, `above` what it inherits, by node and theme.

    `near`: it can be planned, or looked at where it is.
    """

    week: str
    days: tuple[date, ...]
    is_now: bool
    near: bool = True
    own: WeekPart | None = None
    above: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class ProgrammePage(Context):
    """GET /programme?node=&month=&at= (who plans): the weeks of a month at a node.

    `month` is its first day; `before`, `after` are months as addresses have them, "" where no week of
    them can be planned. `nodes` (id, name) are those between which is chosen; `at` asks for another by its
    code, name or path, `refused` says why it is none.
    """

    template: ClassVar[str] = "programme/programme.html"
    node_id: str
    node: str
    above: tuple[str, ...]
    closed: bool
    month: date
    before: str
    after: str
    today: date
    rows: tuple[CalendarRow, ...]
    nodes: tuple[tuple[str, str], ...]
    refused: RefusedForm | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class FoundLesson:
    """A lesson that was looked for; `taken`: it is in this week already."""

    id: str
    title: str
    lecturer: str
    state: LessonState
    taken: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class TargetWeek:
    """A week into which another can be copied; `planned` ones are not offered."""

    week: str
    monday: date
    sunday: date


@dataclass(frozen=True, slots=True, kw_only=True)
class PlanForm:
    """What the form of a week holds: the plan, or what was typed; `reading` a line each, `release` as
    browsers write a moment (2026-11-30T08:00)."""

    theme: str
    text: str
    reading: str
    mode: WeekMode
    release: str


@dataclass(frozen=True, slots=True, kw_only=True)
class PlanPage(Context):
    """GET /programme/{node_id}/{week}?q= (who plans there): what a node plans for one week.

    `part` is its plan, None before the first; `version` 0 then. `before`, `after` are weeks, "" for none that
    can be planned. `above` is what members get from above.
    `limits` are the longest theme and text and the most lessons; `found` is what `q` found (None: nothing was
    looked for), `search_away` that it could not be looked for.
    Forms, all POST /programme/{node_id}/{week}/...: words (version, theme, text, reading, mode, release),
    add (lesson, q), take (n, lesson), move (n, lesson, way=up|down), copy (to ...), repeat (every, until),
    remove (version). `refused`: one that was not taken, named "words", "add", "lessons", "copy", "repeat" or
    "".
    """

    template: ClassVar[str] = "programme/plan.html"
    node_id: str
    node: str
    week: str
    monday: date
    sunday: date
    version: int
    part: WeekPart | None
    above: tuple[WeekPart, ...]
    form: PlanForm
    before: str
    after: str
    month: str
    targets: tuple[TargetWeek, ...]
    limits: tuple[int, int, int]
    q: str = ""
    found: tuple[FoundLesson, ...] | None = None
    search_away: bool = False
    refused: RefusedForm | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class TogetherPage(Context):
    """GET /weeks-at-once?node=&week= (who plans): several lessons into several weeks of several nodes.

    `nodes` (id, name) can be chosen, `chosen_nodes` are; `at` adds another. `picked` lessons are chosen,
    `found` ones were looked for (None: nothing was). At most `most` lessons. `weeks` (2026-W49) are offered.
    Forms: POST /weeks-at-once (lesson..., node..., q, at, week, spread, do=find or preview).
    """

    template: ClassVar[str] = "programme/together.html"
    nodes: tuple[tuple[str, str], ...]
    chosen_nodes: tuple[str, ...]
    picked: tuple[FoundLesson, ...]
    found: tuple[FoundLesson, ...] | None
    weeks: tuple[str, ...]
    week: str
    spread: Spread
    most: int
    q: str = ""
    at: str = ""
    search_away: bool = False
    refused: RefusedForm | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class PlacedLesson:
    """What became of a lesson in a week, or would; `reason` says why nothing does."""

    lesson: LessonRef
    week: str
    outcome: Outcome
    reason: Reason | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class NodePlaces:
    """The lessons of one node."""

    id: str
    name: str
    rows: tuple[PlacedLesson, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class TogetherPreview(Context):
    """POST /weeks-at-once with do=preview: what would become of each; `count` of them would go in.
    Form: POST /weeks-at-once/place (lesson..., node..., week, spread, count)."""

    template: ClassVar[str] = "programme/together_preview.html"
    lessons: tuple[str, ...]
    week: str
    spread: Spread
    nodes: tuple[NodePlaces, ...]
    count: int


@dataclass(frozen=True, slots=True, kw_only=True)
class TogetherDonePage(Context):
    """GET /weeks-at-once/done?batch=... : what became of each; `until` is the end of the time in which
    all of it can be taken back, None when it is over or done. Form: POST /weeks-at-once/undo (batch...)."""

    template: ClassVar[str] = "programme/together_done.html"
    batches: tuple[str, ...]
    nodes: tuple[NodePlaces, ...]
    until: datetime | None = None
    undone: bool = False
