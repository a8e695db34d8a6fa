"""Levels that the settings ask for, votes, quotas, and what is hidden where a level is blind. Pure."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import Any

from library.core.clock import local_day, midnight
from library.core.errors import Conflict, Invalid
from library.core.text import clean_line
from library.declaring.states import Step, Then

REASON_MAX = 500
REMARK_MAX = 500
MOST_REMARKS = 200
"""Remarks of one declaration, over all its rounds."""
MOST_REVIEWERS = 9
"""Readers, or deciders, that a level may ask for."""
MOST_DAYS = 90
MOST_QUOTA = 9_999
MOST_STEPS_DOWN = 8
"""So many steps below its node a setting reaches."""
USUAL_DAYS = 7


class Check(StrEnum):
    """What is looked at before a declaration goes on."""

    CONTENT = "content"
    SOUND = "sound"
    PICTURE = "picture"
    SOURCES = "sources"
    SECRECY = "secrecy"


class Ending(StrEnum):
    """What the last level's approval does: publishes the lesson, or only chooses it (精品)."""

    PUBLISH = "publish"
    SELECT = "select"


class Period(StrEnum):
    """For how long a quota is."""

    MONTH = "month"
    QUARTER = "quarter"
    YEAR = "year"


class AnswerKind(StrEnum):
    """How the lecturer answers a remark: in words, or by having changed the lesson."""

    ANSWERED = "answered"
    CHANGED = "changed"


@dataclass(frozen=True)
class LevelRule:
    """How the nodes `down` steps below the node of a setting review (0: itself); without readers and deciders
    they do not."""

    down: int
    readers: int = 0
    deciders: int = 0
    due_days: int = USUAL_DAYS
    checklist: tuple[Check, ...] = ()
    blind: bool = False
    ending: Ending = Ending.PUBLISH

    @property
    def reviews(self) -> bool:
        """Whether anybody looks at a declaration there."""
        return bool(self.readers or self.deciders)


@dataclass(frozen=True)
class Setting:
    """What a node says for itself and all below it, until one of them says otherwise.

    `quota` is how many lessons each node may declare in a period, 0 for any number.
    """

    levels: tuple[LevelRule, ...]
    quota: int = 0
    period: Period = Period.QUARTER


USUAL = Setting((LevelRule(0, deciders=1, checklist=tuple(Check)),))
"""What holds at the root until somebody says otherwise: one decider there, who publishes."""


@dataclass(frozen=True)
class Level:
    """A level of one declaration, as it was when it was declared."""

    node_id: str
    readers: int
    deciders: int
    due_days: int
    checklist: tuple[Check, ...]
    blind: bool
    ending: Ending


def cleaned(setting: Setting) -> Setting:
    """Return a setting as it is kept; raises Invalid: level_number, level_twice."""
    for level in setting.levels:
        for name, most, least in (
            ("readers", MOST_REVIEWERS, 0),
            ("deciders", MOST_REVIEWERS, 0),
            ("due_days", MOST_DAYS, 1),
            ("down", MOST_STEPS_DOWN, 0),
        ):
            if not least <= getattr(level, name) <= most:
                raise Invalid("level_number", field=f"{name}-{level.down}", least=least, most=most)
    if not 0 <= setting.quota <= MOST_QUOTA:
        raise Invalid("level_number", field="quota", least=0, most=MOST_QUOTA)
    downs = [level.down for level in setting.levels]
    if len(set(downs)) != len(downs):
        raise Invalid("level_twice", field="levels")
    kept = sorted((level for level in setting.levels if level.reviews), key=lambda one: one.down)
    return Setting(tuple(kept), setting.quota, setting.period)


def rule_at(chain: Sequence[str], n: int, said: Mapping[str, Setting]) -> LevelRule | None:
    """Return how the n-th node of a chain (root first) reviews: as the nearest setting from there up says."""
    for m in range(n, -1, -1):
        setting = said.get(chain[m]) or (USUAL if m == 0 else None)
        if setting is not None:
            return next((level for level in setting.levels if level.down == n - m), None)
    return None


def quota_of(chain: Sequence[str], said: Mapping[str, Setting]) -> tuple[int, Period]:
    """Return how many lessons the last node of a chain may declare (0: any number), and in which period."""
    nearest = next((said[one] for one in reversed(chain) if one in said), USUAL)
    return nearest.quota, nearest.period


def level_at(node_id: str, rule: LevelRule) -> Level:
    """Return the level that a node is by a rule."""
    return Level(node_id, rule.readers, rule.deciders, rule.due_days, rule.checklist, rule.blind, rule.ending)


def route(
    chain: Sequence[str], said: Mapping[str, Setting], closed: Collection[str] = ()
) -> tuple[Level, ...]:
    """Return the levels through which a lesson of the last node of a chain climbs, the lowest first.

    It ends at the last level that decides: what is above only to read is never reached. Raises
    Conflict("no_levels") where nobody decides.
    """
    levels = []
    for n in range(len(chain) - 1, -1, -1):
        rule = rule_at(chain, n, said)
        if rule is not None and rule.reviews and chain[n] not in closed:
            levels.append(level_at(chain[n], rule))
    while levels and not levels[-1].deciders:
        levels.pop()
    if not levels:
        raise Conflict("no_levels")
    return tuple(levels)


def then_of(step: Step, level: Level, *, is_last: bool, reads: int, votes: int) -> Then:
    """Return what a step comes to at a level where so many have read it, and so many approved, before it."""
    if step is Step.READ:
        return Then.CLIMBS if not level.deciders and reads + 1 >= level.readers else Then.STAYS
    if step not in (Step.APPROVE, Step.SELECT) or votes + 1 < level.deciders:
        return Then.STAYS
    if not is_last:
        return Then.CLIMBS
    return Then.PUBLISHES if level.ending is Ending.PUBLISH else Then.CHOOSES


def check_answers(wanted: Iterable[Check], given: Iterable[str]) -> tuple[Check, ...]:
    """Return the points of a checklist that were looked at; raises Invalid("checklist_open") naming the first
    that was not."""
    wanted, ticked = tuple(wanted), set(given)
    missing = [one for one in wanted if str(one) not in ticked]
    if missing:
        raise Invalid("checklist_open", field="checked", point=str(missing[0]), count=len(missing))
    return wanted


def period_start(period: Period, now: datetime) -> datetime:
    """Return when the period began in which a moment lies, on China's clocks."""
    day = local_day(now)
    month = {Period.MONTH: day.month, Period.QUARTER: (day.month - 1) // 3 * 3 + 1, Period.YEAR: 1}[period]
    return midnight(date(day.year, month, 1))


# ------------------------------------------------------------------ what is hidden

HIDDEN = "＊＊"
"""Stands where a name is hidden."""


def masked(text: str, names: Iterable[str]) -> str:
    """Return a text without the names that a level is not to know, the longest first."""
    for name in sorted({clean_line(one) for one in names if one}, key=len, reverse=True):
        if len(name) > 1:
            text = text.replace(name, HIDDEN)
    return text


# ------------------------------------------------------------------ as the database keeps them


def levels_json(levels: Iterable[LevelRule | Level]) -> list[dict[str, Any]]:
    """Return levels as JSON."""
    return [
        {name: list(value) if isinstance(value, tuple) else value for name, value in vars(one).items()}
        for one in levels
    ]


def _read(given: Mapping[str, Any]) -> dict[str, Any]:
    return {
        **given,
        "checklist": tuple(Check(one) for one in given["checklist"]),
        "ending": Ending(given["ending"]),
    }


def level_rules(given: Iterable[Mapping[str, Any]]) -> tuple[LevelRule, ...]:
    """Return the levels of a setting from what `levels_json` made of them."""
    return tuple(LevelRule(**_read(one)) for one in given)


def levels_of(given: Iterable[Mapping[str, Any]]) -> tuple[Level, ...]:
    """Return the levels of a declaration from what `levels_json` made of them."""
    return tuple(Level(**_read(one)) for one in given)


# ------------------------------------------------------------------ remarks as they are typed


@dataclass(frozen=True)
class Said:
    """A remark: at a second of the lecture, at a line of its transcript, or about the whole (neither)."""

    text: str
    at_s: float | None = None
    cue_n: int | None = None


def read_remark(typed: str) -> Said:
    """Read a remark as commands write it: "12.5 text", with a second of the lecture before it, or text alone.

    Raises Invalid("remark_unreadable") for one without words.
    """
    line = clean_line(typed)
    first, _space, rest = line.partition(" ")
    try:
        at_s = float(first)
    except ValueError:
        at_s, rest = None, line
    if not rest.strip() or (at_s is not None and not 0 <= at_s < 1e6):
        raise Invalid("remark_unreadable", field="remark", text=line[:40])
    return Said(rest.strip(), at_s)
