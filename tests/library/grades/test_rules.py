"""How points come about: laws that hold for any rule set, and what was worked out by hand."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from library.core.errors import Invalid
from library.core.permits import MemberState
from library.evidence.rules import StudyForm
from library.grades import rules
from library.grades.examples import BASE_SIXTY, DAILY_AND_APPRAISAL, EXAMPLES
from library.grades.language import Fact, RuleSet, cents, parse, read_json
from tests.library.grades.making import TOWN

_NAMES = ("到会", "自学", "实践", "讲课", "心得", "缺席", "表现", "汇报")
_POINTS = st.integers(0, 3000).map(lambda n: n / 100)


@st.composite
def rule_sets(draw: st.DrawFn) -> RuleSet:
    """Any rule set of a month."""
    terms: list[dict[str, Any]] = []
    for name in draw(st.lists(st.sampled_from(_NAMES), unique=True, max_size=6)):
        kind = draw(st.sampled_from(("count", "share", "entered")))
        term: dict[str, Any] = {"kind": kind, "name": name}
        if kind == "count":
            term |= {"fact": draw(st.sampled_from(Fact)).value, "points": draw(_POINTS)}
            if draw(st.booleans()):
                term["most"] = draw(_POINTS)
        elif kind == "share":
            term |= {"points": draw(_POINTS), "made_up": draw(st.sampled_from(("full", "half", "none")))}
            term["none_due"] = draw(st.sampled_from(("full", "none")))
        else:
            term |= {"least": -draw(_POINTS), "most": draw(_POINTS)}
        terms.append(term)
    floor = draw(st.integers(0, 20))
    value: dict[str, Any] = {
        "format": "weike-grades/1",
        "kind": "month",
        "name": "随便",
        "base": draw(st.integers(-50, 120)),
        "floor": floor,
        "ceiling": draw(st.integers(floor + 1, 150)),
        "terms": terms,
        "bands": [{"name": "优", "at_least": floor + 90}, {"name": "差", "at_least": floor}],
    }
    if draw(st.booleans()):
        value["appraisal"] = {"name": "测评", "percent": draw(st.integers(0, 100))}
    return parse(value)


_KEYS = [
    f"{one}.{form}" for one in ("attended", "made_up", "absent", "late", "made_good") for form in StudyForm
]
FACTS = st.fixed_dictionaries(
    {},
    optional={key: st.integers(0, 30) for key in (*_KEYS, "lectured", "wrote", "practised", "self_studied")},
).flatmap(
    lambda known: st.integers(0, 20).flatmap(
        lambda there: st.integers(0, 20).map(
            lambda more: known | {"present.gathered": there, "due.gathered": there + more}
        )
    )
)
ENTERED = st.dictionaries(st.sampled_from((*_NAMES, "测评")), st.integers(-50_00, 100_00))


@pytest.mark.slow
@given(rule_sets(), FACTS, ENTERED)
def test_the_sum_stands_between_floor_and_ceiling(
    ruled: RuleSet, happened: dict[str, int], entered: dict[str, int]
) -> None:
    made = rules.score(ruled, happened, entered)
    free = cents(ruled.base) + sum(one.cents for one in made.lines)
    floor, ceiling = cents(ruled.floor), cents(ruled.ceiling)
    assert made.daily == sorted((floor, free, ceiling))[1]
    if ruled.appraisal is None:
        assert made.score == made.daily
        assert made.band == ("优" if made.daily >= floor + 9000 else "差")
    else:
        assert (made.score is None) == ("测评" not in entered)
    for line, term in zip(made.lines, ruled.terms, strict=True):
        most = getattr(term, "most", None)
        if line.fact in ("absent", "late"):
            assert line.cents <= 0
        if line.fact == "present":
            assert 0 <= line.cents <= cents(term.points)  # type: ignore[union-attr]
        if most is not None:
            assert abs(line.cents) <= max(cents(most), -cents(getattr(term, "least", most)))
    # What is stored is what was made, and without a grade there is no band.
    assert [rules.Line.from_json(json.loads(json.dumps(one.to_json()))) for one in made.lines] == list(
        made.lines
    )
    assert rules.score(ruled, happened, entered, without=True).band is None
    assert parse(read_json(json.dumps(ruled.document()))) == ruled


@pytest.mark.slow
@given(rule_sets(), FACTS, ENTERED, st.sampled_from(("practised", "lectured", "wrote", "self_studied")))
def test_more_of_what_is_good_never_takes_points(
    ruled: RuleSet, happened: dict[str, int], entered: dict[str, int], more: str
) -> None:
    before = rules.score(ruled, happened, entered)
    after = rules.score(ruled, happened | {more: happened.get(more, 0) + 1}, entered)
    worse = rules.score(
        ruled, happened | {"absent.gathered": happened.get("absent.gathered", 0) + 1}, entered
    )
    assert after.daily >= before.daily >= worse.daily


@given(
    st.lists(st.sampled_from(("优秀", "合格", None)), max_size=60),
    st.integers(1, 20).flatmap(lambda of: st.tuples(st.integers(1, of), st.just(of))),
)
def test_a_quota_never_leaves_more_than_its_share(bands: list[str | None], of: tuple[int, int]) -> None:
    ruled = parse({**EXAMPLES["review"], "quotas": [{"band": "优秀", "of": list(of)}]})
    [left] = rules.quotas(ruled, bands)
    assert left.most * of[1] <= left.of * of[0] < (left.most + 1) * of[1]
    assert left.over == (bands.count("优秀") > left.most)


@given(st.integers(-10_00, 10_00))
def test_points_are_read_as_they_are_shown(points: int) -> None:
    assert rules.read_cents(rules.shown(points), "points") == points


def test_what_was_worked_out_by_hand() -> None:
    want = TOWN["appraised"]
    happened = {
        "present.gathered": want["present"],
        "due.gathered": want["due"],
        "absent.evening": want["absent"],
    }
    happened |= {"self_studied": want["self_studied"], "practised": want["practised"]}
    made = rules.score(parse(DAILY_AND_APPRAISAL), happened, {"思想汇报": 800, "民主测评": 8500})
    assert (rules.shown(made.daily), rules.shown(made.score), made.band) == ("70.5", "76.3", want["band"])
    year = TOWN["year"]
    months = [round(one * 100) for one in year["months"]]
    ruled = parse(DAILY_AND_APPRAISAL)
    assert rules.shown(rules.year_mean(months)) == str(year["mean"])
    assert rules.shown(rules.year_score(ruled, months, 9000)) == str(year["points"])
    assert rules.year_score(ruled, months, None) is None, "the appraisal is missing"
    assert rules.is_without(parse(EXAMPLES["review"]), MemberState.PROBATIONARY)


@pytest.mark.parametrize(
    ("change", "problem"),
    [
        ({"expression": "=A1*2"}, "key_unknown"),
        (
            {"terms": [{"kind": "count", "name": "自学", "fact": "self_studied", "points": "=1+1"}]},
            "points_number",
        ),
        (
            {"terms": [{"kind": "count", "name": "自学", "fact": "self_studied", "points": True}]},
            "points_number",
        ),
        ({"terms": [{"kind": "formula", "name": "自学", "text": "1"}]}, "word_unknown"),
        ({"terms": [{"kind": "count", "name": "=SUM(A1)", "fact": "wrote", "points": 1}]}, "name_letters"),
        ({"terms": [{"kind": "count", "name": "{{7*7}}", "fact": "wrote", "points": 1}]}, "name_letters"),
        ({"terms": [{"kind": "count", "name": "加分", "fact": "absent", "points": -5}]}, "value"),
        ({"terms": [{"kind": "count", "name": "零头", "fact": "wrote", "points": 0.001}]}, "value"),
        ({"base": 1e400}, "points_number"),
        ({"bands": [{"name": "差", "at_least": 0}, {"name": "优", "at_least": 90}]}, "bands_order"),
        ({"bands": [{"name": "优", "at_least": 90}, {"name": "良", "at_least": 60}]}, "bands_gap"),
        ({"year": {"months_percent": 60}}, "year_percent"),
        ({"quotas": [{"band": "没有", "of": [1, 3]}]}, "quota_band"),
    ],
)
def test_a_formula_hidden_in_a_rule_is_refused(change: dict[str, Any], problem: str) -> None:
    with pytest.raises(Invalid) as refused:
        parse(read_json(json.dumps({**BASE_SIXTY, **change})))
    assert refused.value.values["problem"] == problem


def test_a_key_that_stands_twice_is_refused() -> None:
    text = json.dumps(BASE_SIXTY).replace('"base": 60', '"base": 60, "base": 90')
    with pytest.raises(Invalid) as refused:
        read_json(text)
    assert refused.value.values["problem"] == "key_twice"
    assert refused.value.values["where"] == "base"


@given(year=st.integers(2001, 2198), starts=st.integers(1, 12), then=st.integers(1, 12))
def test_every_month_is_in_one_year_also_where_its_beginning_is_moved(
    year: int, starts: int, then: int
) -> None:
    before, this, after = (
        rules.months_of(year - 1, starts, starts),
        rules.months_of(year, starts, then),
        rules.months_of(year + 1, then, then),
    )
    together = [*before, *this, *after]
    assert len(set(together)) == len(together), "no month is in two"
    following = [rules.month_after(one) for one in together]
    assert following[:-1] == together[1:], "and none is left out"
    assert f"{year}-06" in this, "a year is named after its June"
    if starts == then == 12:
        assert (this[0], this[-1]) == (f"{year - 1}-12", f"{year}-11")
