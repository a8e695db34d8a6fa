"""Contexts of the pages of grades."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import ClassVar

from library.core.permits import MemberState
from library.grades.burden import Burden
from library.grades.facts import Origin
from library.grades.language import RuleKind, RuleSet
from library.grades.rules import AppealState, Left, Line, PeriodState, RulesState
from server.web.parts import Context, RefusedForm


@dataclass(frozen=True, slots=True, kw_only=True)
class OwnGrade:
    """A frozen grade of the viewer's; points are text, "" where there are none."""

    id: str
    period: str
    node: str
    points: str
    band: str
    n: int


@dataclass(frozen=True, slots=True, kw_only=True)
class YearLine:
    """The viewer's year, from the `first` to the `last` month: its mean, its score and band so far, from how
    many frozen months."""

    year: str
    first: str
    last: str
    months: int
    mean: str
    points: str
    band: str
    missing_appraisal: bool
    months_percent: int
    appraisal: str


@dataclass(frozen=True, slots=True, kw_only=True)
class OwnGradesPage(Context):
    """GET /grades (signed in): one's own grades, and nobody else's. `keeps`: the way to the desk is shown."""

    template: ClassVar[str] = "grades/own.html"
    grades: tuple[OwnGrade, ...]
    year: YearLine | None = None
    keeps: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class MonthRow:
    """Somebody in a branch's list, which is by name. `changed`: the figures are other by now."""

    id: str
    name: str
    status: MemberState | None
    points: str
    proposed: str
    band: str
    without: bool
    reason: str
    n: int = 1
    appeal: bool = False
    changed: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class BranchLine:
    """How far a branch is: counts, of nobody by name."""

    id: str
    name: str
    state: PeriodState | None
    people: int
    bands: tuple[tuple[str, int], ...] = ()
    appeals: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class GradesDeskPage(Context):
    """GET /grades/desk?node=&month= (who keeps them): a branch's month, and the branches below as counts.

    Forms: POST /grades/desk/propose (node, month), /grades/periods/{period_id}/freeze (version). `refused` is
    named "propose" or "freeze". `before` and `after` are months to look at, "" for none. `came` and `went`
    are names of who was not or is no longer graded here; `elsewhere` of whom another branch graded.
    """

    template: ClassVar[str] = "grades/desk.html"
    node_id: str
    node: str
    month: str
    review: bool
    before: str
    after: str
    nodes: tuple[tuple[str, str], ...]
    own: bool
    """Whether somebody is graded at this very node."""
    rules_name: str
    period_id: str = ""
    version: int = 0
    state: PeriodState | None = None
    asked_at: datetime | None = None
    frozen_at: datetime | None = None
    rows: tuple[MonthRow, ...] = ()
    quotas: tuple[Left, ...] = ()
    came: tuple[str, ...] = ()
    went: tuple[str, ...] = ()
    elsewhere: tuple[str, ...] = ()
    others: int = 0
    over: bool = True
    branches: tuple[BranchLine, ...] = ()
    left_out: int = 0
    refused: RefusedForm | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ItemLine:
    """What may be entered by hand for a person, what stands, and why."""

    name: str
    least: str
    most: str
    points: str = ""
    reason: str = ""
    by: str = ""
    at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class DecisionLine:
    """One decision about a person's period; the last one holds."""

    id: str
    n: int
    points: str
    proposed: str
    band: str
    reason: str
    by: str
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class AppealLine:
    """An appeal and its answer."""

    id: str
    text: str
    at: datetime
    state: AppealState
    answer: str = ""
    by: str = ""
    answered_at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class GradePage(Context):
    """GET /grades/one/{id} (the member once it is frozen, who keeps it always): why a grade is what it is.

    Forms: POST /grades/one/{id}/decide (band, reason), /enter (item, points, reason), /appeal (text),
    /correct (band, reason), POST /grades/appeals/{id}/uphold (answer); `refused` is named after the last
    word. `other` are the facts that changed since: name -> (before, now); `now` the points that would come.
    """

    template: ClassVar[str] = "grades/one.html"
    id: str
    name: str
    node_id: str
    node: str
    period: str
    state: PeriodState
    rules: RuleSet
    lines: tuple[Line, ...]
    daily: str
    appraisal: str
    points: str
    proposed: str
    band: str
    without: bool
    status: MemberState | None
    decisions: tuple[DecisionLine, ...]
    appeals: tuple[AppealLine, ...] = ()
    origins: tuple[Origin, ...] = ()
    items: tuple[ItemLine, ...] = ()
    bands: tuple[str, ...] = ()
    other: Mapping[str, tuple[int, int]] | None = None
    now: str = ""
    keeps: bool = False
    own: bool = False
    holds: bool = True
    refused: RefusedForm | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class RulesLine:
    """A version of a rule set in a list."""

    id: str
    kind: RuleKind
    n: int
    name: str
    valid_from: str
    state: RulesState
    applies: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class WaiverLine:
    """A point of 减负 that is switched off, by whom and on which basis; `here`: at this very node."""

    id: str
    point: Burden
    basis: str
    node: str
    by: str
    at: datetime
    here: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class RulesPage(Context):
    """GET /grades/rules?node= (who makes rule sets): the versions of a node, what applies, and 减负.

    Forms: POST /grades/rules (node, example), /grades/import-rules (node, document, valid_from),
    /grades/waivers (node, point, basis), /grades/waivers/{id}/end (node). `refused` is "import" or "waive".
    """

    template: ClassVar[str] = "grades/rules.html"
    node_id: str
    node: str
    nodes: tuple[tuple[str, str], ...]
    versions: tuple[RulesLine, ...]
    applies: tuple[RulesLine, ...]
    """What applies at the node this month, of its own or from above."""
    from_above: tuple[str, ...]
    """The names of the nodes that those come from, "" for this one."""
    waivers: tuple[WaiverLine, ...]
    points: tuple[Burden, ...]
    may_waive: bool
    month: str
    document: str = ""
    refused: RefusedForm | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class RulesFormPage(Context):
    """GET /grades/rules/{id} (who makes rule sets): a version as a form, to read and, as a draft, to change.

    POST .../edit with the fields of `form`, and lists: t_what, t_name, t_form, t_points, t_most, t_least;
    b_name, b_from, b_quota; POST .../json (document, valid_from, version), .../trial (month),
    .../in-force (version), .../end (version). `fits`: the form can show all of it; else there is JSON.
    """

    template: ClassVar[str] = "grades/form.html"
    id: str
    node_id: str
    node: str
    kind: RuleKind
    number: int
    state: RulesState
    version: int
    valid_from: str
    tried_at: datetime | None
    rules: RuleSet
    form: Mapping[str, str]
    terms: tuple[Mapping[str, str], ...]
    bands: tuple[Mapping[str, str], ...]
    fits: bool
    document: str
    last_month: str
    refused: RefusedForm | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class TrialRow:
    """Somebody in a trial, by name: before and after."""

    name: str
    before: str
    before_band: str
    after: str
    after_band: str
    other: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class TrialPage(Context):
    """GET /grades/rules/{id}/trial?month=: what a rule set would propose for a past month; nothing is kept.

    `rows` are people where only few are graded; else `branches` counts (name, people, others). `left_out`
    branches were not tried here; the command tries all.
    """

    template: ClassVar[str] = "grades/trial.html"
    id: str
    name: str
    node: str
    month: str
    people: int
    changed: int
    moves: tuple[tuple[str, str, int], ...]
    rows: tuple[TrialRow, ...] = ()
    branches: tuple[tuple[str, int, int], ...] = ()
    left_out: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class YearRowLine:
    """Somebody's year in a branch's list, which is by name; months are text, "" for none."""

    name: str
    months: tuple[str, ...]
    mean: str
    appraisal: str
    points: str
    band: str


@dataclass(frozen=True, slots=True, kw_only=True)
class GradesYearPage(Context):
    """GET /grades/year?node=&year= (who keeps them): a branch's year, and its formula as people read it;
    `months` are those of the year (2025-12).

    POST /grades/year/enter (node, year, person, points, reason); `refused` is named "enter". `people` are
    (id, name) whose appraisal is entered; `today` is the day on which they belonged here.
    """

    template: ClassVar[str] = "grades/year.html"
    node_id: str
    node: str
    year: str
    months: tuple[str, ...]
    rules_name: str
    months_percent: int
    appraisal: str
    has_formula: bool
    rows: tuple[YearRowLine, ...]
    people: tuple[tuple[str, str], ...]
    today: date
    may_before: bool = True
    may_after: bool = False
    refused: RefusedForm | None = None
