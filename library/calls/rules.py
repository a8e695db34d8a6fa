"""Stages of a call, what it may hold, and who has a stake in a work. Pure."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from itertools import pairwise

from library.calls.demands import Demands
from library.catalog.rules import Genre
from library.core.errors import Conflict, Invalid
from library.core.permits import Viewer
from library.core.text import clean_block, clean_line, name_key, required_line, short_line

TITLE_MAX = 120
TEXT_MAX = 4_000
BODY_MAX = 120
CATEGORY_MAX = 40
MOST_CATEGORIES = 20
CRITERION_MAX = 40
MOST_CRITERIA = 10
MOST_WEIGHT = 100
LEAST_SCALE, MOST_SCALE = 5, 100
WHY_MAX = 500
MOST_JUDGES = 30
MOST_QUOTA = 1_000


class Stage(StrEnum):
    """Where a call is on its way."""

    DRAFT = "draft"
    OPEN = "open"
    JUDGING = "judging"
    RESULTS = "results"
    CLOSED = "closed"


class StageAction(StrEnum):
    """What moves a call on."""

    OPEN = "open"
    JUDGE = "judge"
    PUBLISH = "publish"
    CLOSE = "close"
    TO_DRAFT = "to_draft"
    REOPEN = "reopen"
    RETRACT = "retract"


_NEXT: Mapping[tuple[Stage, StageAction], Stage] = {
    (Stage.DRAFT, StageAction.OPEN): Stage.OPEN,
    # Only while nothing was entered (see `check_move`): what somebody entered does not vanish into a draft.
    (Stage.OPEN, StageAction.TO_DRAFT): Stage.DRAFT,
    (Stage.OPEN, StageAction.JUDGE): Stage.JUDGING,
    (Stage.JUDGING, StageAction.REOPEN): Stage.OPEN,
    (Stage.JUDGING, StageAction.PUBLISH): Stage.RESULTS,
    (Stage.RESULTS, StageAction.RETRACT): Stage.JUDGING,
    (Stage.RESULTS, StageAction.CLOSE): Stage.CLOSED,
}

PUBLIC_STAGES = frozenset({Stage.OPEN, Stage.JUDGING, Stage.RESULTS, Stage.CLOSED})
"""In which those for whom it is see a call."""
TOLD_STAGES = frozenset({Stage.RESULTS, Stage.CLOSED})
"""In which the result is out, and names with it."""


def following(stage: Stage, action: StageAction) -> Stage:
    """Return the stage after an action; raises Conflict("call_stage") where it does not fit."""
    if (stage, action) not in _NEXT:
        raise Conflict("call_stage", stage=stage.value)
    return _NEXT[stage, action]


def actions_in(stage: Stage) -> tuple[StageAction, ...]:
    """Return what can move a call on from a stage, forwards first."""
    return tuple(action for action in StageAction if (stage, action) in _NEXT)


@dataclass(frozen=True)
class Standing:
    """What moving a call on depends on: how much was entered, judged and given."""

    entries: int = 0
    scores: int = 0
    handed_in: int = 0
    judges: int = 0
    honours: int = 0


def check_move(stage: Stage, action: StageAction, standing: Standing) -> Stage:
    """Return the stage after an action; raises Conflict: call_stage, call_has_entries, call_no_judges,
    call_no_entries, call_has_scores, call_nobody_handed_in, call_has_honours."""
    after = following(stage, action)
    match action:
        case StageAction.TO_DRAFT if standing.entries:
            raise Conflict("call_has_entries", count=standing.entries)
        case StageAction.JUDGE if not standing.entries:
            raise Conflict("call_no_entries")
        case StageAction.JUDGE if not standing.judges:
            raise Conflict("call_no_judges")
        case StageAction.REOPEN if standing.scores:
            raise Conflict("call_has_scores", count=standing.scores)
        case StageAction.PUBLISH if not standing.handed_in:
            raise Conflict("call_nobody_handed_in")
        case StageAction.RETRACT if standing.honours:
            raise Conflict("call_has_honours", count=standing.honours)
        case _:
            return after


# ------------------------------------------------------------------ what a call may hold


@dataclass(frozen=True)
class Criterion:
    """What judges look at, and how much it weighs."""

    name: str
    weight: int


@dataclass(frozen=True)
class CallDraft:
    """A call as somebody wants it. Days are Chinese and count as a whole; `quota` None: as many as they like.

    `categories` are codes of genres and names of the call's own. `scale` is the most points of a criterion.
    `blind`: judges learn no names. `trimmed`: of five judges and more the best and the worst score do not
    count. `body` is who grants the honours, "" for the node.
    """

    title: str
    opens_on: date
    closes_on: date
    judged_until: date
    results_on: date
    text: str = ""
    body: str = ""
    categories: tuple[str, ...] = tuple(Genre)
    quota: int | None = None
    demands: Demands = field(default_factory=Demands)
    criteria: tuple[Criterion, ...] = ()
    scale: int = 100
    blind: bool = False
    trimmed: bool = False


def cleaned(draft: CallDraft) -> CallDraft:
    """Return a draft as it is kept.

    Raises Invalid: empty, too_long, call_dates, call_categories, call_criteria, call_weight, call_scale,
    call_quota, and what `demands.checked` raises.
    """
    days = ("opens_on", "closes_on", "judged_until", "results_on")
    for first, second in pairwise(days):
        if getattr(draft, first) > getattr(draft, second):
            raise Invalid("call_dates", field=second)
    if draft.quota is not None and not 1 <= draft.quota <= MOST_QUOTA:
        raise Invalid("call_quota", field="quota", most=MOST_QUOTA)
    if not LEAST_SCALE <= draft.scale <= MOST_SCALE:
        raise Invalid("call_scale", field="scale", least=LEAST_SCALE, most=MOST_SCALE)
    return CallDraft(
        title=required_line(draft.title, "title", TITLE_MAX),
        opens_on=draft.opens_on,
        closes_on=draft.closes_on,
        judged_until=draft.judged_until,
        results_on=draft.results_on,
        text=clean_block(draft.text, "text", TEXT_MAX),
        body=short_line(draft.body, "body", BODY_MAX),
        categories=_categories(draft.categories),
        quota=draft.quota,
        demands=draft.demands.checked(),
        criteria=_criteria(draft.criteria),
        scale=draft.scale,
        blind=draft.blind,
        trimmed=draft.trimmed,
    )


def _categories(given: Iterable[str]) -> tuple[str, ...]:
    found: dict[str, str] = {}
    for one in given:
        name = required_line(one, "categories", CATEGORY_MAX)
        found.setdefault(name_key(name), name)
    if not 1 <= len(found) <= MOST_CATEGORIES:
        raise Invalid("call_categories", field="categories", most=MOST_CATEGORIES)
    return tuple(found.values())


def _criteria(given: Iterable[Criterion]) -> tuple[Criterion, ...]:
    found: dict[str, Criterion] = {}
    for one in given:
        name = required_line(one.name, "criteria", CRITERION_MAX)
        if not 1 <= one.weight <= MOST_WEIGHT:
            raise Invalid("call_weight", field="criteria", name=name, most=MOST_WEIGHT)
        found.setdefault(name_key(name), Criterion(name, one.weight))
    if not 1 <= len(found) <= MOST_CRITERIA:
        raise Invalid("call_criteria", field="criteria", most=MOST_CRITERIA)
    return tuple(found.values())


_CRITERION = re.compile(r"(.+?)[\s:：,，]*(\d{1,4})\s*%?")


def read_criteria(text: str) -> tuple[Criterion, ...]:
    """Read criteria as they are typed, a line each: "内容 40"; raises Invalid("call_criterion_line")."""
    found = []
    for line in map(clean_line, text.splitlines()):
        if not line:
            continue
        parts = _CRITERION.fullmatch(line)
        if parts is None:
            raise Invalid("call_criterion_line", field="criteria", text=line[:40])
        found.append(Criterion(parts[1], int(parts[2])))
    return tuple(found)


def criteria_text(criteria: Iterable[Criterion]) -> str:
    """Return criteria as `read_criteria` reads them."""
    return "\n".join(f"{one.name} {one.weight}" for one in criteria)


def category_of(text: str, categories: Sequence[str]) -> str:
    """Return one of a call's categories by what was chosen; raises Invalid("call_category")."""
    found = {name_key(one): one for one in categories}.get(name_key(text))
    if found is None:
        raise Invalid("call_category", field="category")
    return found


def is_taking(stage: Stage, opens_on: date, closes_on: date, today: date) -> bool:
    """Tell whether works are entered and taken back today."""
    return stage is Stage.OPEN and opens_on <= today <= closes_on


def check_taking(stage: Stage, opens_on: date, closes_on: date, today: date) -> None:
    """Raise Conflict where nothing is entered or taken back: call_not_open, call_not_yet, call_over."""
    if stage is not Stage.OPEN:
        raise Conflict("call_over" if stage in PUBLIC_STAGES else "call_not_open")
    if today < opens_on:
        raise Conflict("call_not_yet", day=opens_on.isoformat())
    if today > closes_on:
        raise Conflict("call_over")


def check_judging(stage: Stage, judged_until: date, today: date) -> None:
    """Raise Conflict where nobody scores: call_not_judging, call_judged."""
    if stage is not Stage.JUDGING:
        raise Conflict("call_not_judging")
    if today > judged_until:
        raise Conflict("call_judged", day=judged_until.isoformat())


def free_slot(taken: Collection[int], quota: int | None) -> int:
    """Return the first free place of a unit, from 1; raises Conflict("call_quota_full") where none is."""
    slot = next(n for n in range(1, len(taken) + 2) if n not in taken)
    if quota is not None and slot > quota:
        raise Conflict("call_quota_full", field="lesson", most=quota)
    return slot


# ------------------------------------------------------------------ who may not score a work


class Stake(StrEnum):
    """Why a judge does not score a work: it is theirs, they teach in it, they entered it, it is of their own
    branch."""

    OWNER = "owner"
    LECTURER = "lecturer"
    ENTERED = "entered"
    BRANCH = "branch"


@dataclass(frozen=True)
class Origin:
    """Where a work comes from: whose lesson it is, who teaches, who entered it, which node has it."""

    owner_id: str | None
    lecturer_key: str
    entered_by: str | None
    node_id: str


def stake(judge: Viewer, work: Origin) -> Stake | None:
    """Return why a judge has a stake in a work, None for none."""
    if judge.person_id is None:
        return None
    if judge.person_id == work.owner_id:
        return Stake.OWNER
    if work.lecturer_key and name_key(judge.name) == work.lecturer_key:
        return Stake.LECTURER
    if judge.person_id == work.entered_by:
        return Stake.ENTERED
    if any(one.node_id == work.node_id for one in judge.belongs):
        return Stake.BRANCH
    return None


def names_shown(stage: Stage, *, blind: bool, keeps: bool, judges: bool) -> bool:
    """Tell whether somebody learns whose works they are: of a blind call a judge does not before the result
    is out, also where they keep the call, and nobody does who does not keep it."""
    return not blind or stage in TOLD_STAGES or (keeps and not judges)
