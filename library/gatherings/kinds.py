"""The table of kinds of gatherings (会议和活动类型): names, which form of study each is, who is due.

Shipped, because the kinds of 三会一课 are the same everywhere; an installation adds its own to them or
renames them in a setting. Not each branch: what counts as which form of study is decided where it is
counted. Pure.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum

from library.core.text import clean_line
from library.evidence.rules import StudyForm
from library.gatherings.rules import KIND_MAX

NAME_MAX = 24
_CODE = re.compile(rf"[a-z][a-z0-9_]{{0,{KIND_MAX - 1}}}")


class Asks(StrEnum):
    """Whom a kind of gathering asks to come."""

    MEMBERS = "members"
    """Full and probationary members at home there, and those of whom nobody told what they are."""
    EVERYBODY = "everybody"
    """All at home there; of a learning group all who learn in it."""
    NAMED = "named"
    """Those who are named in the plan, such as a committee."""


@dataclass(frozen=True)
class Kind:
    """A kind of gathering; `english` is "" where nobody gave it an English name."""

    code: str
    name: str
    english: str
    form: StudyForm
    asks: Asks = Asks.EVERYBODY


_GATHERED, _EVENING, _PRACTICE = StudyForm.GATHERED, StudyForm.EVENING, StudyForm.PRACTICE

SHIPPED: tuple[Kind, ...] = (
    Kind("assembly", "支部党员大会", "General meeting of the branch", _GATHERED, Asks.MEMBERS),
    Kind("committee", "支部委员会会议", "Meeting of the branch committee", _GATHERED, Asks.NAMED),
    Kind("group_meeting", "党小组会", "Meeting of a party group", _GATHERED, Asks.MEMBERS),
    Kind("lesson", "党课", "Party lesson", _GATHERED),
    Kind("theme_day", "主题党日", "Theme day", _GATHERED),
    Kind("study", "集中学习", "Study together", _GATHERED),
    Kind("exchange", "交流会", "Exchange", _GATHERED),
    Kind("life_meeting", "组织生活会", "Meeting of criticism and self-criticism", _GATHERED, Asks.MEMBERS),
    Kind("evening", "夜校", "Evening school", _EVENING),
    Kind("practice", "实践活动", "Practice", _PRACTICE),
    Kind("training", "集中轮训", "Training", _GATHERED),
)

_ALSO_CALLED: Mapping[str, str] = {
    "党员大会": "assembly",
    "支委会": "committee",
    "支委会议": "committee",
    "支部委员会": "committee",
    "党小组会议": "group_meeting",
    "微党课": "lesson",
    "主题党日活动": "theme_day",
    "集体学习": "study",
    "学习交流会": "exchange",
    "民主生活会": "life_meeting",
    "党员夜校": "evening",
    "实践": "practice",
    "冬训": "training",
    "冬季培训": "training",
}
"""Other words for the shipped kinds, as they stand in lists."""


class KindsWrong(ValueError):
    """A line of the setting cannot be used; its text says which and why."""


@dataclass(frozen=True)
class Kinds:
    """The kinds that are known here, in the order in which they are offered."""

    all: tuple[Kind, ...] = SHIPPED

    def get(self, code: str) -> Kind | None:
        """Return the kind with a code."""
        return next((one for one in self.all if one.code == code), None)

    def called(self, text: str) -> Kind | None:
        """Return the kind that is meant by its code or by one of its names, as lists write them."""
        typed = clean_line(text)
        found = next((one for one in self.all if typed in (one.code, one.name, one.english)), None)
        return found or self.get(_ALSO_CALLED.get(typed, ""))

    def name(self, code: str, language: str = "zh") -> str:
        """Return what a kind is called; the code itself for one that is in no table any more."""
        found = self.get(code)
        if found is None:
            return code
        return found.english if language.startswith("en") and found.english else found.name


SHIPPED_KINDS = Kinds()


def extended(lines: Iterable[str]) -> Kinds:
    """Return the shipped kinds with those of a setting: "code=名称=English=form=asks" a line, the last three
    optional; "code=" takes one away. Raises KindsWrong.
    """
    kinds = {one.code: one for one in SHIPPED}
    for line in lines:
        parts = [clean_line(one) for one in line.split("=")]
        code = parts[0]
        if not _CODE.fullmatch(code) or len(parts) < 2 or len(parts) > 5:
            raise KindsWrong(f"{line!r}: write code=name=English name=form=asks")
        if not any(parts[1:]):
            kinds.pop(code, None)
            continue
        known = kinds.get(code)
        name, english, form, asks = [*parts[1:], "", "", "", ""][:4]
        if not name or len(name) > NAME_MAX or len(english) > 2 * NAME_MAX:
            raise KindsWrong(f"{line!r}: the name is missing or too long")
        try:
            kinds[code] = Kind(
                code,
                name,
                english or (known.english if known else ""),
                StudyForm(form) if form else known.form if known else StudyForm.GATHERED,
                Asks(asks) if asks else known.asks if known else Asks.EVERYBODY,
            )
        except ValueError:
            forms, words = ", ".join(StudyForm), ", ".join(Asks)
            raise KindsWrong(f"{line!r}: the form is one of {forms}; asks one of {words}") from None
    if not kinds:
        raise KindsWrong("no kind of gathering is left")
    return Kinds(tuple(kinds.values()))
