"""The table of kinds of gatherings (会议和活动类型): names, which form of study each is, who is due.

Shipped, because the kinds of 三会一课 are the same everywhere; an installation adds its own to them, renames
or retires them in a setting, which has a page. Not each branch: what counts as which form of study is decided
where it is counted. Pure.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from enum import StrEnum

from library.core.errors import Conflict, Invalid, NotFound
from library.core.text import clean_line, required_line, short_line
from library.evidence.rules import StudyForm
from library.gatherings.rules import KIND_MAX

NAME_MAX = 24
ENGLISH_MAX = 2 * NAME_MAX
MOST_KINDS = 60
_RETIRED = "retired"
_OWN = "own_"
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
    """A kind of gathering; `english` is "" where nobody gave it an English name. `retired`: no new ones are
    planned, and those that were keep their name."""

    code: str
    name: str
    english: str
    form: StudyForm
    asks: Asks = Asks.EVERYBODY
    retired: bool = False


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

    @property
    def offered(self) -> tuple[Kind, ...]:
        """Those of which new gatherings are planned."""
        return tuple(one for one in self.all if not one.retired)

    def get(self, code: str) -> Kind | None:
        """Return the kind with a code, a retired one too."""
        return next((one for one in self.all if one.code == code), None)

    def called(self, text: str) -> Kind | None:
        """Return the kind that is meant by its code or by one of its names, as lists write them; a retired
        one only where no other is called so."""
        typed = clean_line(text)
        order = sorted(self.all, key=lambda one: one.retired)
        found = next((one for one in order if typed in (one.code, one.name, one.english)), None)
        return found or self.get(_ALSO_CALLED.get(typed, ""))

    def name(self, code: str, language: str = "zh") -> str:
        """Return what a kind is called; the code itself for one that is in no table any more."""
        found = self.get(code)
        if found is None:
            return code
        return found.english if language.startswith("en") and found.english else found.name


SHIPPED_KINDS = Kinds()


def extended(lines: Iterable[str]) -> Kinds:
    """Return the shipped kinds with those of a setting: "code=名称=English=form=asks=retired" a line, the
    last four optional; "code=" retires one. Raises KindsWrong.
    """
    kinds = {one.code: one for one in SHIPPED}
    for line in lines:
        parts = [clean_line(one) for one in line.split("=")]
        code = parts[0]
        if not _CODE.fullmatch(code) or len(parts) < 2 or len(parts) > 6:
            raise KindsWrong(f"{line!r}: write code=name=English name=form=asks=retired")
        known = kinds.get(code)
        if not any(parts[1:]):
            if known is not None:
                kinds[code] = replace(known, retired=True)
            continue
        name, english, form, asks, retired = [*parts[1:], "", "", "", "", ""][:5]
        if not name or len(name) > NAME_MAX or len(english) > ENGLISH_MAX or retired not in ("", _RETIRED):
            raise KindsWrong(f"{line!r}: the name is missing or too long")
        try:
            kinds[code] = Kind(
                code,
                name,
                english or (known.english if known else ""),
                StudyForm(form) if form else known.form if known else StudyForm.GATHERED,
                Asks(asks) if asks else known.asks if known else Asks.EVERYBODY,
                bool(retired),
            )
        except ValueError:
            forms, words = ", ".join(StudyForm), ", ".join(Asks)
            raise KindsWrong(f"{line!r}: the form is one of {forms}; asks one of {words}") from None
    if all(one.retired for one in kinds.values()):
        raise KindsWrong("no kind of gathering is left")
    if len(kinds) > MOST_KINDS:
        raise KindsWrong(f"more than {MOST_KINDS} kinds")
    return Kinds(tuple(kinds.values()))


# ------------------------------------------------------------------ changed on a page

FORMS = (StudyForm.GATHERED, StudyForm.EVENING, StudyForm.PRACTICE)
"""What a gathering can be; the other forms are what people study alone."""


@dataclass(frozen=True)
class KindDraft:
    """A kind as it is typed."""

    name: str
    english: str = ""
    form: str = StudyForm.GATHERED
    asks: str = Asks.EVERYBODY


def put(kinds: Kinds, code: str, draft: KindDraft) -> tuple[Kinds, Kind]:
    """Return the kinds with one changed, "" for a new one, and that one.

    Raises NotFound; Invalid: empty, too_long, kind_sign, kind_form, kind_asks; Conflict: kind_named,
    kinds_many.
    """
    known = _known(kinds, code) if code else None
    name = required_line(draft.name, "name", NAME_MAX)
    # Without one the English pages say the Chinese name, and not the English one that it had before.
    english = short_line(draft.english, "english", ENGLISH_MAX) or (name if known else "")
    for field, text in (("name", name), ("english", english)):
        if "=" in text:
            raise Invalid("kind_sign", field=field)
    if draft.form not in FORMS:
        raise Invalid("kind_form", field="form")
    if draft.asks not in list(Asks):
        raise Invalid("kind_asks", field="asks")
    other = kinds.called(name)
    if other is not None and other.code != code:
        raise Conflict("kind_named", field="name", name=other.name)
    if known is None and len(kinds.all) >= MOST_KINDS:
        raise Conflict("kinds_many", field="name", most=MOST_KINDS)
    made = Kind(
        code or _free(kinds),
        name,
        english,
        StudyForm(draft.form),
        Asks(draft.asks),
        known.retired if known else False,
    )
    return _with(kinds, made), made


def retire(kinds: Kinds, code: str, retired: bool) -> Kinds:
    """Return the kinds with one retired, or offered again; raises NotFound, Conflict("kind_last")."""
    found = _with(kinds, replace(_known(kinds, code), retired=retired))
    if not found.offered:
        raise Conflict("kind_last")
    return found


def lines_of(kinds: Kinds) -> tuple[str, ...]:
    """Return the lines of the setting that say these kinds: what is shipped as it is needs none."""
    shipped = {one.code: one for one in SHIPPED}
    return tuple(
        "=".join([one.code, one.name, one.english, one.form, one.asks, *[_RETIRED] * one.retired])
        for one in kinds.all
        if shipped.get(one.code) != one
    )


def _known(kinds: Kinds, code: str) -> Kind:
    found = kinds.get(code)
    if found is None:
        raise NotFound
    return found


def _with(kinds: Kinds, one: Kind) -> Kinds:
    rows = {its.code: its for its in kinds.all}
    return Kinds(tuple({**rows, one.code: one}.values()))


def _free(kinds: Kinds) -> str:
    taken = {one.code for one in kinds.all}
    return next(code for n in range(1, MOST_KINDS + 2) if (code := f"{_OWN}{n}") not in taken)
