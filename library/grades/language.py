"""The language of rule sets: a closed set of terms, read from JSON. Nothing in it is an expression. Pure.

Points have at most two decimals and are counted in hundredths (`cents`), so that sums are exact.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from decimal import ROUND_HALF_UP, Decimal, InvalidOperation
from enum import StrEnum
from typing import Annotated, Any, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, ValidationError, model_validator

from library.core.errors import Invalid
from library.core.permits import MemberState
from library.evidence.rules import StudyForm

FORMAT = "weike-grades/1"
DOCUMENT_MAX = 20_000
"""Characters of a rule set as JSON."""
DEPTH_MAX = 8
NAME_MAX = 24
TITLE_MAX = 60
MOST_TERMS = 20
_NAME = re.compile(r"[\w\u4e00-\u9fff][\w\u4e00-\u9fff ·、，：（）()“”\-—/.%]*")


class RuleKind(StrEnum):
    """What is graded: a month, or a year by 民主评议."""

    MONTH = "month"
    REVIEW = "review"


class Fact(StrEnum):
    """What a count term may count: what happened, and nothing that is done in Weike itself."""

    ATTENDED = "attended"
    MADE_UP = "made_up"
    ABSENT = "absent"
    """Due, not there, and no reason given."""
    LATE = "late"
    """Came late or left early."""
    LECTURED = "lectured"
    WROTE = "wrote"
    PRACTISED = "practised"
    SELF_STUDIED = "self_studied"
    PASSED = "passed"


BY_FORM = frozenset({Fact.ATTENDED, Fact.MADE_UP, Fact.ABSENT, Fact.LATE})
"""Facts that are kept by the form of study, so that a term may name some forms."""
DEDUCTING = frozenset({Fact.ABSENT, Fact.LATE})
"""Facts for which points are taken; for all others they are given."""


def _points(value: object) -> object:
    """Take a JSON number as what its digits say; what is text, true or not finite is none."""
    if isinstance(value, bool) or not isinstance(value, int | float | Decimal):
        raise ValueError("points_number")
    try:
        return Decimal(str(value))
    except InvalidOperation:
        raise ValueError("points_number") from None


Points = Annotated[
    Decimal, BeforeValidator(_points), Field(ge=-1000, le=1000, decimal_places=2, allow_inf_nan=False)
]
Percent = Annotated[int, Field(ge=0, le=100, strict=True)]


def _name(value: object) -> object:
    if not isinstance(value, str) or _NAME.fullmatch(value.strip()) is None:
        raise ValueError("name_letters")
    return value.strip()


Name = Annotated[str, BeforeValidator(_name), Field(min_length=1, max_length=NAME_MAX)]
Title = Annotated[str, BeforeValidator(_name), Field(min_length=1, max_length=TITLE_MAX)]


class _Closed(BaseModel):
    """What knows its keys, and no other."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class CountTerm(_Closed):
    """`points` for each time that a fact happened, at most `most` in all (both without a sign: the fact says
    whether they are given or taken). `forms` names forms of study, none means all."""

    kind: Literal["count"]
    name: Name
    fact: Fact
    forms: Annotated[list[StudyForm], Field(max_length=5)] = []
    points: Annotated[Points, Field(ge=0)]
    most: Annotated[Points, Field(ge=0)] | None = None

    @model_validator(mode="after")
    def _fits(self) -> CountTerm:
        if self.forms and self.fact not in BY_FORM:
            raise ValueError("fact_without_forms")
        return self


class ShareTerm(_Closed):
    """`points` times present / due by the frozen rolls. What was made up counts fully, half, or not; where
    nobody was due the term gives all or nothing."""

    kind: Literal["share"]
    name: Name
    forms: Annotated[list[StudyForm], Field(max_length=5)] = []
    points: Annotated[Points, Field(ge=0)]
    made_up: Literal["full", "half", "none"] = "full"
    none_due: Literal["full", "none"] = "full"


class EnteredTerm(_Closed):
    """What a person enters by hand, with a reason and their name; between `least` and `most`."""

    kind: Literal["entered"]
    name: Name
    least: Points = Decimal(0)
    most: Points

    @model_validator(mode="after")
    def _fits(self) -> EnteredTerm:
        if self.least > self.most:
            raise ValueError("least_above_most")
        return self


Term = Annotated[CountTerm | ShareTerm | EnteredTerm, Field(discriminator="kind")]


class Appraisal(_Closed):
    """An appraisal (测评) of 0 to 100 that people enter, and its weight; the rest weighs the daily points."""

    name: Name
    percent: Percent


class Band(_Closed):
    """A grade: its word, and from how many points; without a figure people alone decide."""

    name: Annotated[str, BeforeValidator(_name), Field(min_length=1, max_length=12)]
    at_least: Annotated[Points, Field(ge=0)] | None = None


class Quota(_Closed):
    """At most the share `of` (numerator, denominator) of those who are graded gets a band, rounded down."""

    band: Annotated[str, Field(max_length=12)]
    of: tuple[
        Annotated[int, Field(ge=1, le=100, strict=True)], Annotated[int, Field(ge=1, le=100, strict=True)]
    ]


class YearFormula(_Closed):
    """The year's score: `months_percent` of the mean of the frozen months, and an appraisal for the rest.

    `starts` is the month in which a year begins (考核年度): with 12 that of 2026 goes from December 2025 to
    November 2026.
    """

    starts: Annotated[int, Field(ge=1, le=12, strict=True)] = 1
    months_percent: Percent
    appraisal: Name | None = None


class RuleSet(_Closed):
    """A rule set. Daily points are base + terms, brought between floor and ceiling."""

    format: Literal["weike-grades/1"]
    kind: RuleKind
    name: Title
    base: Points = Decimal(0)
    floor: Annotated[Points, Field(ge=0)] = Decimal(0)
    ceiling: Annotated[Points, Field(gt=0)] = Decimal(100)
    terms: Annotated[list[Term], Field(max_length=MOST_TERMS)] = []
    appraisal: Appraisal | None = None
    bands: Annotated[list[Band], Field(min_length=2, max_length=12)]
    quotas: Annotated[list[Quota], Field(max_length=6)] = []
    without_grade: Annotated[list[MemberState], Field(max_length=4)] = []
    year: YearFormula | None = None

    @model_validator(mode="after")
    def _fits(self) -> RuleSet:
        if self.floor > self.ceiling:
            raise ValueError("floor_above_ceiling")
        names = [*(one.name for one in self.terms), *self._appraisals()]
        if len(set(names)) < len(names):
            raise ValueError("name_twice")
        self._check_bands()
        if self.kind is RuleKind.REVIEW and (self.terms or self.appraisal or self.year):
            raise ValueError("review_has_points")
        return self

    def _appraisals(self) -> list[str]:
        found = [self.appraisal.name] if self.appraisal else []
        if self.year is not None:
            if (self.year.months_percent < 100) != (self.year.appraisal is not None):
                raise ValueError("year_percent")
            # One appraisal may serve the months and the year: they are kept by their period.
            if self.year.appraisal and self.year.appraisal not in found:
                found.append(self.year.appraisal)
        return found

    def _check_bands(self) -> None:
        names = [one.name for one in self.bands]
        if len(set(names)) < len(names):
            raise ValueError("name_twice")
        figures = [one.at_least for one in self.bands]
        if self.kind is RuleKind.REVIEW:
            if any(one is not None for one in figures):
                raise ValueError("review_has_points")
        else:
            known = [one for one in figures if one is not None]
            if len(known) < len(figures) or sorted(set(known), reverse=True) != known:
                raise ValueError("bands_order")
            if known[-1] > self.floor:
                raise ValueError("bands_gap")
        if any(one.band not in names or one.of[0] > one.of[1] for one in self.quotas):
            raise ValueError("quota_band")

    def document(self) -> dict[str, Any]:
        """Return the rule set as JSON values, with every field written out."""
        plain: dict[str, Any] = json.loads(json.dumps(self.model_dump(mode="python"), default=_plain))
        return plain

    @property
    def entered(self) -> tuple[EnteredTerm, ...]:
        """The terms that are entered by hand."""
        return tuple(one for one in self.terms if isinstance(one, EnteredTerm))


def _plain(value: object) -> object:
    if isinstance(value, Decimal):
        return int(value) if value == value.to_integral_value() else float(value)
    return str(value)


def cents(points: Decimal) -> int:
    """Return points in hundredths."""
    return int((points * 100).to_integral_value(ROUND_HALF_UP))


def wrong(problem: str, where: str) -> Invalid:
    """Return the refusal of what is no rule set, by what is wrong with it, and where (a path of keys)."""
    return Invalid(f"grades_rule_{problem}", field="document", problem=problem, where=where)


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for key, value in pairs:
        if key in found:
            raise wrong("key_twice", key[:NAME_MAX])
        found[key] = value
    return found


def _no_number(text: str) -> None:
    raise wrong("points_number", text)


def read_json(text: str) -> dict[str, Any]:
    """Return the values of a rule set's JSON; raises Invalid(`wrong`) for what is none.

    A key that stands twice is refused: a reader would see one of them and the machine use the other.
    """
    if len(text) > DOCUMENT_MAX:
        raise Invalid("too_long", field="document", most=DOCUMENT_MAX, length=len(text))
    try:
        value = json.loads(text, object_pairs_hook=_once, parse_constant=_no_number)
    except (ValueError, RecursionError):
        raise wrong("json", "") from None
    if not isinstance(value, dict):
        raise wrong("json", "")
    return value


def parse(values: Mapping[str, Any]) -> RuleSet:
    """Return the rule set that JSON values say; raises Invalid (`wrong`)."""
    try:
        return RuleSet.model_validate(values)
    except ValidationError as error:
        first = error.errors(include_url=False)[0]
        where = ".".join(str(one) for one in first["loc"])[:80]
        raise wrong(_problem(first), where) from None


_OWN = frozenset(
    {
        *("points_number", "name_letters", "fact_without_forms", "least_above_most", "floor_above_ceiling"),
        *("name_twice", "review_has_points", "year_percent", "bands_order", "bands_gap", "quota_band"),
    }
)
_KINDS = {
    "extra_forbidden": "key_unknown",
    "missing": "key_missing",
    "enum": "word_unknown",
    "literal_error": "word_unknown",
    "union_tag_invalid": "word_unknown",
    "union_tag_not_found": "key_missing",
}


def _problem(error: Mapping[str, Any]) -> str:
    said = str(error.get("ctx", {}).get("error", ""))
    if said in _OWN:
        return said
    return _KINDS.get(str(error["type"]), "value")
