"""A rule set as a form: what is typed in it becomes the same JSON that the language reads."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Annotated, Any

from fastapi import Depends

from library.core.errors import Invalid
from library.evidence.rules import StudyForm
from library.grades import rules
from library.grades.language import (
    BY_FORM,
    FORMAT,
    MOST_TERMS,
    CountTerm,
    EnteredTerm,
    Fact,
    RuleKind,
    RuleSet,
    ShareTerm,
    cents,
)
from server.web.limits.fields import WordForm, WordsForm

MOST_BANDS = 5
_SHARES = {"share_full": "full", "share_half": "half", "share_none": "none"}
WHATS = (*map(str, Fact), *_SHARES, "entered")
"""What a line of the form may count: the facts, the share by how made-up ones count, what is entered."""

Row = Mapping[str, str]


class RuleFields:
    """The fields of the form as they were typed; the lists of one kind have a value for each line."""

    def __init__(
        self,
        version: WordForm = "",
        valid_from: WordForm = "",
        name: WordForm = "",
        base: WordForm = "",
        floor: WordForm = "",
        ceiling: WordForm = "",
        appraisal_name: WordForm = "",
        appraisal_percent: WordForm = "",
        year: WordForm = "",
        year_starts: WordForm = "",
        year_percent: WordForm = "",
        year_appraisal: WordForm = "",
        without: WordForm = "",
        t_what: WordsForm = (),
        t_name: WordsForm = (),
        t_form: WordsForm = (),
        t_points: WordsForm = (),
        t_most: WordsForm = (),
        t_least: WordsForm = (),
        b_name: WordsForm = (),
        b_from: WordsForm = (),
        b_quota: WordsForm = (),
    ) -> None:
        self.version = version
        self.valid_from = valid_from
        self.form: dict[str, str] = {
            "valid_from": valid_from,
            "name": name,
            "base": base,
            "floor": floor,
            "ceiling": ceiling,
            "appraisal_name": appraisal_name,
            "appraisal_percent": appraisal_percent,
            "year": year,
            "year_starts": year_starts,
            "year_percent": year_percent,
            "year_appraisal": year_appraisal,
            "without": without,
        }
        lists = {"what": t_what, "name": t_name, "form": t_form}
        self.terms = _rows({**lists, "points": t_points, "most": t_most, "least": t_least}, MOST_TERMS)
        self.bands = _rows({"name": b_name, "from": b_from, "quota": b_quota}, MOST_BANDS)

    def document(self, kind: RuleKind) -> dict[str, Any]:
        """Return the rule set that is meant as JSON values; what cannot be read stands beside its field.

        Raises Invalid: grades_points, grades_percent, unknown_choice, grades_share.
        """
        form = self.form
        bands = [one for one in self.bands if one["name"].strip()]
        value: dict[str, Any] = {
            "format": FORMAT,
            "kind": str(kind),
            "name": form["name"].strip(),
            "without_grade": ["probationary"] if form["without"] == "1" else [],
            "quotas": [
                {"band": one["name"].strip(), "of": _share(one["quota"])}
                for one in bands
                if one["quota"].strip()
            ],
        }
        if kind is RuleKind.REVIEW:
            return {**value, "bands": [{"name": one["name"].strip()} for one in bands]}
        value |= {key: _points(form[key], key, usual) for key, usual in _USUAL.items()}
        value["terms"] = [_term(n, one) for n, one in enumerate(self.terms, 1) if one["name"].strip()]
        value["bands"] = [
            {"name": one["name"].strip(), "at_least": _points(one["from"], f"b{n}")}
            for n, one in enumerate(bands, 1)
        ]
        if form["appraisal_name"].strip():
            part = _percent(form["appraisal_percent"], "appraisal_percent")
            value["appraisal"] = {"name": form["appraisal_name"].strip(), "percent": part}
        if form["year"] == "1":
            part = _percent(form["year_percent"], "year_percent")
            value["year"] = {"starts": _month(form["year_starts"]), "months_percent": part}
            if form["year_appraisal"].strip():
                value["year"]["appraisal"] = form["year_appraisal"].strip()
        return value


FieldsDep = Annotated[RuleFields, Depends()]
_USUAL = {"base": "0", "floor": "0", "ceiling": "100"}


def _rows(lists: Mapping[str, Sequence[str]], most: int) -> tuple[Row, ...]:
    long = min(most, max(map(len, lists.values()), default=0))
    return tuple(
        {key: values[n] if n < len(values) else "" for key, values in lists.items()} for n in range(long)
    )


def _points(text: str, field: str, usual: str = "") -> float:
    return rules.read_cents(text.strip() or usual, field) / 100


def _percent(text: str, field: str) -> int:
    clean = text.strip().rstrip("%％")
    if not clean.isdecimal() or len(clean) > 3 or int(clean) > 100:
        raise Invalid("grades_percent", field=field)
    return int(clean)


def _month(text: str) -> int:
    """Read the month in which a year begins; January where none is said."""
    clean = text.strip() or "1"
    if not (clean.isascii() and clean.isdecimal() and len(clean) <= 2 and 1 <= int(clean) <= 12):
        raise Invalid("unknown_choice", field="year_starts")
    return int(clean)


def _share(text: str) -> list[int]:
    """Read 1/3, or 30%."""
    clean = text.strip().replace("／", "/").replace("％", "%")
    parts = [clean[:-1], "100"] if clean.endswith("%") else clean.split("/")
    if len(parts) != 2 or not all(one.isascii() and one.isdecimal() and len(one) <= 3 for one in parts):
        raise Invalid("grades_share", field="b_quota", text=clean[:20])
    return [int(one) for one in parts]


def _term(n: int, row: Row) -> dict[str, Any]:
    name, what = row["name"].strip(), row["what"]
    if what not in WHATS:
        raise Invalid("unknown_choice", field=f"t{n}")
    if what == "entered":
        least = _points(row["least"], f"t{n}", "0")
        return {"kind": "entered", "name": name, "least": least, "most": _points(row["most"], f"t{n}", "0")}
    points = abs(_points(row["points"], f"t{n}", "0"))
    forms = [row["form"]] if row["form"] in tuple(StudyForm) else []
    if what in _SHARES:
        return {"kind": "share", "name": name, "forms": forms, "points": points, "made_up": _SHARES[what]}
    value: dict[str, Any] = {"kind": "count", "name": name, "fact": what, "points": points}
    if forms and Fact(what) in BY_FORM:
        value["forms"] = forms
    if row["most"].strip():
        value["most"] = abs(_points(row["most"], f"t{n}"))
    return value


def fits(ruled: RuleSet) -> bool:
    """Tell whether the form can show all of a rule set, so that saving it loses nothing."""
    if len(ruled.terms) > MOST_TERMS or len(ruled.bands) > MOST_BANDS:
        return False
    if any(one.value != "probationary" for one in ruled.without_grade):
        return False
    if len({one.band for one in ruled.quotas}) < len(ruled.quotas):
        return False
    forms = [one.forms for one in ruled.terms if not isinstance(one, EnteredTerm)]
    shares = [one for one in ruled.terms if isinstance(one, ShareTerm)]
    return all(len(one) <= 1 for one in forms) and all(one.none_due == "full" for one in shares)


def typed_of(ruled: RuleSet, valid_from: str) -> tuple[dict[str, str], tuple[Row, ...], tuple[Row, ...]]:
    """Return a rule set as its form has it, with empty lines below to add to."""
    quotas = {one.band: f"{one.of[0]}/{one.of[1]}" for one in ruled.quotas}
    form = {
        "valid_from": valid_from,
        "name": ruled.name,
        "base": _said(ruled.base),
        "floor": _said(ruled.floor),
        "ceiling": _said(ruled.ceiling),
        "appraisal_name": ruled.appraisal.name if ruled.appraisal else "",
        "appraisal_percent": str(ruled.appraisal.percent) if ruled.appraisal else "",
        "year": "1" if ruled.year else "",
        "year_starts": str(ruled.year.starts) if ruled.year else "1",
        "year_percent": str(ruled.year.months_percent) if ruled.year else "",
        "year_appraisal": (ruled.year.appraisal or "") if ruled.year else "",
        "without": "1" if ruled.without_grade else "",
    }
    bands = [
        {"name": one.name, "from": _said(one.at_least), "quota": quotas.get(one.name, "")}
        for one in ruled.bands
    ]
    return form, padded([_row(one) for one in ruled.terms], 2), padded(bands, 1, MOST_BANDS)


def padded(rows: Sequence[Row], by: int, most: int = MOST_TERMS) -> tuple[Row, ...]:
    """Return lines with some empty ones below."""
    keys = ("what", "name", "form", "points", "most", "least", "from", "quota")
    empty = dict.fromkeys(keys, "")
    return tuple([*rows, *([empty] * by)][: max(most, len(rows))])


def _said(points: Decimal | None) -> str:
    return rules.shown(cents(points)) if points is not None else ""


def _row(term: CountTerm | ShareTerm | EnteredTerm) -> Row:
    match term:
        case CountTerm():
            what, form, least = str(term.fact), term.forms, ""
            points, most = _said(term.points), _said(term.most)
        case ShareTerm():
            what, form, least = f"share_{term.made_up}", term.forms, ""
            points, most = _said(term.points), ""
        case EnteredTerm():
            what, form, points = "entered", [], ""
            most, least = _said(term.most), _said(term.least)
    return {
        "what": what,
        "name": term.name,
        "form": str(form[0]) if form else "",
        "points": points,
        "most": most,
        "least": least,
    }
