"""Stages, demands, scores and prizes: decided by values alone."""

from __future__ import annotations

from datetime import date
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from library.calls import awarding, rules, scoring
from library.calls.awarding import Prize
from library.calls.demands import (
    Bars,
    Demanded,
    Demands,
    Known,
    Point,
    Verdict,
    check,
    read_minutes,
    report,
)
from library.calls.rules import CallDraft, Criterion, Origin, Stage, StageAction, Stake, Standing
from library.catalog.rules import TranscriptQuality
from library.core.errors import Conflict, Invalid
from library.core.permits import Belonging, Viewer

FULL = Standing(entries=3, scores=0, handed_in=1, judges=2, honours=0)


@given(st.lists(st.sampled_from(StageAction), max_size=12), st.builds(
    Standing, *[st.integers(0, 2) for _ in range(5)]
))  # fmt: skip
def test_no_path_publishes_without_works_judges_and_scores(
    actions: list[StageAction], standing: Standing
) -> None:
    stage = Stage.DRAFT
    passed = {stage}
    for action in actions:
        try:
            stage = rules.check_move(stage, action, standing)
        except Conflict:
            assert stage in passed
            continue
        passed.add(stage)
        if action is StageAction.RETRACT:
            assert not standing.honours, "a result from which honours came stays"
        if action is StageAction.REOPEN:
            assert not standing.scores
    if Stage.RESULTS in passed:
        assert standing.entries
        assert standing.judges
        assert standing.handed_in
        assert {Stage.OPEN, Stage.JUDGING} <= passed


def test_every_stage_is_reached_and_only_the_last_leads_nowhere() -> None:
    assert {rules.following(stage, action) for stage in Stage for action in rules.actions_in(stage)} == set(
        Stage
    )
    assert [stage for stage in Stage if not rules.actions_in(stage)] == [Stage.CLOSED]


CRITERIA = st.lists(st.integers(1, 100), min_size=1, max_size=6).map(
    lambda weights: tuple(Criterion(f"项{n}", weight) for n, weight in enumerate(weights))
)


@given(CRITERIA, st.data())
def test_a_figure_lies_within_the_points_and_follows_them(
    criteria: tuple[Criterion, ...], data: st.DataObject
) -> None:
    points = data.draw(st.lists(st.integers(0, 100), min_size=len(criteria), max_size=len(criteria)))
    figure = scoring.weighted(points, criteria)
    assert min(points) <= figure <= max(points)
    more = [points[0] + 1, *points[1:]]
    assert scoring.weighted(more, criteria) > figure
    double = tuple(Criterion(one.name, one.weight * 2) for one in criteria)
    assert scoring.weighted(points, double) == figure, "only the ratio of weights counts"


FIGURES = st.lists(st.integers(0, 1000).map(lambda n: Fraction(n, 7)), min_size=1, max_size=9)


@given(FIGURES, st.booleans())
def test_combined_lies_between_the_judges_and_knows_no_order_of_them(
    figures: list[Fraction], trimmed: bool
) -> None:
    found = scoring.combine(figures, trimmed=trimmed)
    assert found is not None
    assert found.lowest == min(figures) <= found.mean <= max(figures) == found.highest
    assert found.trimmed == (trimmed and len(figures) >= scoring.TRIM_FROM)
    assert scoring.combine(figures[::-1], trimmed=trimmed) == found
    if found.trimmed:
        # One who gives nothing or everything moves nothing beyond the second lowest and highest.
        order = sorted(figures)
        assert order[1] <= found.mean <= order[-2]
    else:
        assert found.mean == sum(figures) / len(figures)


@given(st.lists(st.one_of(st.none(), st.integers(0, 20)), max_size=12))
def test_ranks_are_those_of_competitions_and_ties_stay_ties(figures: list[int | None]) -> None:
    combined = {
        f"e{n}": None if figure is None else scoring.combine([Fraction(figure, 3)])
        for n, figure in enumerate(figures)
    }
    order = scoring.ranking(combined, {f"e{n}": n for n in range(len(figures))})
    assert len(order) == len(figures)
    for one in order:
        if one.combined is None:
            assert one.rank is None
            continue
        better = [o for o in combined.values() if o is not None and o.shown > one.combined.shown]
        same = [o for o in combined.values() if o is not None and o.shown == one.combined.shown]
        assert one.rank == len(better) + 1
        assert one.tied == (len(same) > 1)
    ranks = [one.rank for one in order if one.rank is not None]
    assert ranks == sorted(ranks)


@given(
    st.lists(st.integers(0, 6), max_size=12),
    st.lists(st.integers(1, 4), min_size=1, max_size=3),
)
def test_prizes_go_down_the_order_and_cut_no_tie(figures: list[int], counts: list[int]) -> None:
    combined = {f"e{n}": scoring.combine([Fraction(one)]) for n, one in enumerate(figures)}
    order = scoring.ranking(combined, {f"e{n}": n for n in range(len(figures))})
    prizes = [Prize(f"{n}等奖", count) for n, count in enumerate(counts, 1)]
    given_ = {one.entry_id: one for one in awarding.assigned(order, prizes)}
    ranks = {one.entry_id: one.rank for one in order}
    assert [one.entry_id for one in order][: len(given_)] == list(given_), "from the best on, without a gap"
    for one, its in given_.items():
        for other in given_:
            if ranks[one] == ranks[other]:
                assert its.prize == given_[other].prize
    for prize in prizes:
        got = [one for one in given_.values() if one.prize == prize.name]
        assert len([one for one in got if not one.beyond]) <= prize.count


def test_each_category_has_prizes_of_its_own_and_no_work_gets_two() -> None:
    typed = "特等奖 1\n讲授：\n一等奖 1\n二等奖 1\n【本县故事】\n一等奖 1"
    prizes = awarding.read_prizes(typed, ("lecture", "本县故事"))
    assert [(one.category, one.name) for one in prizes] == [
        ("", "特等奖"),
        ("lecture", "一等奖"),
        ("lecture", "二等奖"),
        ("本县故事", "一等奖"),
    ]
    figures = {"a": 95, "b": 90, "c": 90, "d": 80, "e": 70}
    order = scoring.ranking(
        {name: scoring.combine([Fraction(one)]) for name, one in figures.items()},
        {name: n for n, name in enumerate(figures)},
    )
    categories = {"a": "lecture", "b": "lecture", "c": "lecture", "d": "本县故事", "e": "lecture"}
    assert [
        (one.entry_id, one.category, one.prize, one.beyond)
        for one in awarding.assigned(order, prizes, categories)
    ] == [
        ("a", "", "特等奖", False),
        ("b", "lecture", "一等奖", False),
        ("c", "lecture", "一等奖", True),
        ("e", "lecture", "二等奖", False),
        ("d", "本县故事", "一等奖", False),
    ]
    with pytest.raises(Invalid):
        awarding.read_prizes(typed)  # a call without these categories


def test_a_half_is_rounded_up_as_people_do() -> None:
    assert str(scoring.rounded(Fraction(17689, 200))) == "88.45"
    assert str(scoring.rounded(Fraction(1, 200))) == "0.01"
    assert awarding.read_prizes("一等奖 2件\n\n二等奖：3") == (Prize("一等奖", 2), Prize("二等奖", 3))
    for text in ("", "一等奖", "一等奖 1\n一等奖 2", "一等奖 0"):
        with pytest.raises(Invalid):
            awarding.read_prizes(text)
    code = awarding.new_code()
    assert awarding.clean_code(f" {code.upper().replace('-', ' ')} ") == code
    assert awarding.clean_code("../../etc") == ""


GOOD = Known(
    duration_s=420.0,
    probed=True,
    lines=1080,
    fps=24.98,
    has_picture=True,
    has_sound=True,
    heard=True,
    lufs=-16.9,
    transcript=TranscriptQuality.EXACT,
    bars=Bars(0.0, 0.005, 0.0, 0.0),
)
MUST = Demands(**{point.value: Demanded.MUST for point in Point}, least_s=180, most_s=600)  # type: ignore[arg-type]


def test_what_is_not_known_is_said_and_hinders_nothing_what_fails_does() -> None:
    assert {one.verdict for one in report(MUST, GOOD)} == {Verdict.OK}
    check(report(MUST, GOOD))
    nothing = report(MUST, Known())
    assert {one.point: one.verdict for one in nothing if one.verdict is not Verdict.UNKNOWN} == {
        Point.SUBTITLES: Verdict.FAILS
    }, "only of its words we know that there are none"
    from dataclasses import replace

    bad = {
        Point.DURATION: replace(GOOD, duration_s=601.0),
        Point.HEIGHT: replace(GOOD, lines=720),
        Point.FPS: replace(GOOD, fps=15.0),
        Point.BARS: replace(GOOD, bars=Bars(0.12, 0.12, 0.0, 0.0)),
        Point.LOUDNESS: replace(GOOD, lufs=-23.0),
        Point.SUBTITLES: replace(GOOD, transcript=TranscriptQuality.ESTIMATED),
    }
    for point, known in bad.items():
        lines = report(MUST, known)
        assert [one.point for one in lines if one.verdict is Verdict.FAILS] == [point]
        with pytest.raises(Conflict, match="demands_missed"):
            check(lines)
        wish = Demands.from_json({**MUST.to_json(), point.value: "wish"})
        check(report(wish, known))
    silent = replace(GOOD, has_sound=False, lufs=None)
    assert {one.point for one in report(MUST, silent) if one.verdict is Verdict.FAILS} == {
        Point.SOUND,
        Point.LOUDNESS,
    }
    with pytest.raises(Conflict, match="demand_checking"):
        check(report(MUST, replace(GOOD, bars=None, looking=True)))
    assert Demands.from_json(MUST.to_json()) == MUST
    assert [read_minutes(text, "most_s") for text in ("10", "7.5", "2:30", "2：05")] == [600, 450, 150, 125]


def test_a_judge_with_a_stake_is_told_which() -> None:
    home = (Belonging("village", "/root/village/", True),)
    judge = Viewer("j", "李 敏", belongs=home)
    other = Origin(None, "王芳", None, "town")
    assert rules.stake(judge, other) is None
    for origin, why in (
        (Origin("j", "", None, "town"), Stake.OWNER),
        (Origin(None, "李 敏", None, "town"), Stake.LECTURER),
        (Origin(None, "", "j", "town"), Stake.ENTERED),
        (Origin(None, "", None, "village"), Stake.BRANCH),
    ):
        assert rules.stake(judge, origin) is why


def test_a_call_that_cannot_be_meant_is_refused_with_its_field() -> None:
    day = date(2026, 11, 1)
    good = CallDraft("征集", day, day, day, day, criteria=(Criterion("内容", 1),))
    assert rules.cleaned(good).categories[0] == "lecture"
    from dataclasses import replace

    for bad, field in (
        (replace(good, title=" "), "title"),
        (replace(good, closes_on=date(2026, 10, 1)), "closes_on"),
        (replace(good, categories=()), "categories"),
        (replace(good, criteria=()), "criteria"),
        (replace(good, criteria=(Criterion("内容", 0),)), "criteria"),
        (replace(good, quota=0), "quota"),
        (replace(good, scale=1000), "scale"),
        (replace(good, demands=Demands(least_s=600, most_s=60)), "most_s"),
    ):
        with pytest.raises(Invalid) as refused:
            rules.cleaned(bad)
        assert refused.value.values["field"] == field
    text = "内容 40\n讲授和表达：30%"
    assert rules.read_criteria(text) == (Criterion("内容", 40), Criterion("讲授和表达", 30))
    assert rules.read_criteria(rules.criteria_text(rules.read_criteria(text))) == rules.read_criteria(text)
