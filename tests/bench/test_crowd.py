"""The extreme hour on paper: who is there when, what they ask for, and what of it breaks first."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from bench.extreme_hour.crowd import (
    BATCH,
    KINDS,
    PLAYLISTS,
    Costs,
    Crowd,
    Machine,
    Need,
    Rung,
    Until,
    arriving,
    breaks_first,
    day_rows,
    flow,
    ladder,
    needs,
    sums,
    verdict,
    visit,
)
from library.plays.view_counts import rest_s
from server.settings import Settings
from transcode.planning.ladder import Profile

RUNG = Rung("only", 8_000_000, 1.0)
FLAT = Crowd(people=360_000, share=0.01, arrivals=(Until(3600, 1.0),), rungs=(RUNG,))
"""One viewer comes each second; a segment has 6 MB."""

NOTHING = Costs(
    web_s=dict.fromkeys(KINDS, 0.0),
    db_s=dict.fromkeys(KINDS, 0.0),
    nginx_s=dict.fromkeys(KINDS, 0.0),
    nginx_s_per_byte=0.0,
    db_s_per_row=0.0,
    held_s=0.0,
    page_bytes=0.0,
    static_bytes=0.0,
    wal_bytes={"start": 0.0, "beat": 0.0},
    play_bytes=0.0,
    view_bytes=0.0,
    web_mb=0.0,
    line_kb=0.0,
)


def need(key: str, crowd: Crowd, costs: Costs, hit: float = 0.99, machine: Machine | None = None) -> Need:
    return next(one for one in needs(crowd, costs, machine or Machine(), hit) if one.key == key)


def only(kind: str, cpu_s: float) -> dict[str, float]:
    """Costs of a tier that has work with one kind alone."""
    return {**dict.fromkeys(KINDS, 0.0), kind: cpu_s}


# ---------------------------------------------------------------------- who comes


def test_all_come_and_half_of_them_in_the_first_ten_minutes() -> None:
    come = arriving(Crowd())
    assert come.sum() == pytest.approx(450_000)
    assert come[:600].sum() == pytest.approx(225_000)
    assert [come[0], come[599], come[600], come[-1]] == pytest.approx([375, 375, 75, 75])


@pytest.mark.parametrize(
    "curve",
    [((60, 0.5), (30, 1.0)), ((60, 0.5), (120, 0.4), (180, 1.0)), ((3600, 0.9),), ((0, 0.0), (60, 1.0))],
)
def test_a_curve_that_goes_back_or_loses_people_is_refused(curve: tuple[tuple[float, float], ...]) -> None:
    with pytest.raises(ValueError, match="curve"):
        arriving(Crowd(arrivals=tuple(Until(*point) for point in curve)))


def test_as_many_watch_as_have_come_and_not_left() -> None:
    its = flow(FLAT)
    assert its.watching[0] == pytest.approx(1)
    assert its.watching[100] == pytest.approx(101)
    assert its.watching.max() == pytest.approx(12 * 60), "everybody stays twelve minutes"
    assert its.watching[3600 + 11 * 60] == pytest.approx(59)
    assert its.watching[-1] == pytest.approx(0)
    assert its.come[-1] == pytest.approx(FLAT.viewers)


# ---------------------------------------------------------------------- what they ask for


def test_a_viewer_of_twelve_minutes_plays_two_clips_of_ten() -> None:
    one = visit(Crowd(cold=0.5, files=10))
    asked = {kind: round(float(one[kind].sum()), 6) for kind in KINDS}
    assert asked == {
        "page": 2,
        "static": 5,
        "captions": 2,
        "start": 2,
        "beat": 72,
        "playlist": 2 * PLAYLISTS,
        "segment": 120,
    }
    assert list(np.flatnonzero(one["start"])) == [0, 600]
    assert list(np.flatnonzero(one["beat"])[:3]) == [10, 20, 30]


def test_the_last_beat_and_the_last_segment_come_with_what_is_left_over() -> None:
    one = visit(Crowd(minutes=25 / 60, beat_s=10, segment_s=6))
    assert list(np.flatnonzero(one["beat"])) == [10, 20, 25]
    assert one["segment"].sum() == 5


def test_players_fill_their_buffer_first_and_never_run_dry() -> None:
    crowd = Crowd(buffer_s=30, segment_s=6)
    loaded_s = np.cumsum(visit(crowd)["segment"][:600]) * crowd.segment_s
    played_s = np.arange(600)
    assert (loaded_s >= played_s).all()
    assert (loaded_s - played_s).max() <= crowd.buffer_s + crowd.segment_s


def test_the_crowd_asks_for_what_its_viewers_ask_for() -> None:
    crowd = Crowd()
    one, its = visit(crowd), flow(crowd)
    for kind in KINDS:
        assert its.asked[kind].sum() == pytest.approx(crowd.viewers * one[kind].sum())
    assert its.peak("beat") == pytest.approx(23_400), "234,000 at once, each every ten seconds"
    assert its.mean("beat") == pytest.approx(450_000 * 72 / 3600)
    assert its.peak("page") == pytest.approx(375 + 75), "some go on to the second clip while others come"


def test_a_crowd_that_comes_evenly_peaks_at_what_a_sum_on_paper_says() -> None:
    its = flow(replace(Crowd(), arrivals=(Until(3600, 1.0),)))
    assert its.peak("beat") == pytest.approx(9_000)
    assert its.watching.max() == pytest.approx(90_000)


def test_what_is_assumed_of_players_is_what_they_are_told() -> None:
    settings = Settings(_env_file=None)  # type: ignore[call-arg]
    assert Crowd().beat_s == settings.beat_every_s
    assert Crowd().segment_s == Profile().segment_s


def test_rates_are_those_of_our_own_ladder() -> None:
    rates = {rung.name: rung.bps for rung in ladder()}
    assert rates == {
        "1080p": 4_628_000,
        "720p": 2_628_000,
        "480p": 1_296_000,
        "360p": 764_000,
        "audio": 64_000,
    }
    assert sum(rung.share for rung in ladder()) == pytest.approx(1)
    half = Crowd(rungs=ladder(mix={"480p": 0.5, "audio": 0.5}))
    assert half.bps == (1_296_000 + 64_000) / 2
    with pytest.raises(ValueError, match="2160p"):
        ladder(mix={"2160p": 1.0})
    with pytest.raises(ValueError, match=r"0\.9"):
        ladder(mix={"480p": 0.9})


# ---------------------------------------------------------------------- what that takes


def test_the_origin_sends_what_the_cdn_does_not_have() -> None:
    peak = flow(FLAT).peak("segment")
    assert peak == pytest.approx(120), "720 people, a segment each in six seconds"
    for hit in (0.95, 0.999, 1.0):
        its = need("gbit", FLAT, NOTHING, hit)
        assert its.peak == pytest.approx(peak * 6e6 * 8 / 1e9 * (1 - hit))
        assert its.has == pytest.approx(7)


def test_pages_and_scripts_are_sent_by_the_origin_whatever_the_cdn_has() -> None:
    costs = replace(NOTHING, page_bytes=10_000, static_bytes=20_000)
    its = need("gbit", replace(FLAT, cold=1.0, files=5), costs, hit=1.0)
    assert its.peak == pytest.approx((2 * 10_000 + 5 * 20_000) * 8 / 1e9)


def test_cores_are_what_requests_cost_times_how_many_there_are() -> None:
    web = need("web", FLAT, replace(NOTHING, web_s=only("beat", 0.01)))
    assert web.peak == pytest.approx(flow(FLAT).peak("beat") * 0.01)
    assert web.machines == pytest.approx(web.peak / (16 * 0.7))
    assert not web.alone
    nginx = replace(NOTHING, nginx_s=only("segment", 0.001), nginx_s_per_byte=1e-9)
    assert need("nginx", FLAT, nginx, hit=0.9).peak == pytest.approx(flow(FLAT).peak("segment") * 0.1 * 0.007)
    assert need("nginx", FLAT, nginx, hit=1.0).peak == 0


def test_the_database_is_one_and_pays_for_what_the_cdn_cannot_answer() -> None:
    costs = replace(NOTHING, db_s=only("start", 0.5))
    its = need("db", FLAT, costs, hit=1.0)
    assert its.peak == pytest.approx(2 * 0.5)
    assert its.alone
    summing = replace(costs, db_s_per_row=1e-3)
    assert need("sums", FLAT, summing).peak > 0
    assert need("db", FLAT, summing).peak > its.peak, "sums are part of what the database has to do"
    log = need("log", FLAT, replace(NOTHING, wal_bytes={"start": 1e6, "beat": 0.0}))
    assert log.peak == pytest.approx(2)


def test_one_row_takes_one_batch_at_a_time() -> None:
    crowd = Crowd()
    its = need("row", crowd, replace(NOTHING, held_s=0.015))
    assert its.peak == pytest.approx(23_400 / BATCH * 0.015)
    assert its.machines > 1, (
        "a row that is locked for 15 ms takes 33,000 beats a second, of which 70 % are usable"
    )
    assert need("row", crowd, replace(NOTHING, held_s=0.010)).machines < 1


def test_a_clips_day_has_a_row_for_each_branch_that_has_come() -> None:
    crowd = replace(FLAT, branch_people=36)  # 10,000 branches, 3,600 viewers
    rows = day_rows(crowd, flow(crowd))
    assert rows[0] == pytest.approx(1, rel=0.01)
    assert rows[-1] == pytest.approx(10_000 * (1 - np.exp(-0.36)))
    assert (day_rows(replace(FLAT, branch_people=10**9), flow(FLAT)) <= 1).all(), "one branch, one row"


def test_processes_sum_a_large_number_once_in_a_while_and_a_small_one_each_time() -> None:
    crowd = Crowd()
    its = flow(crowd)
    few, many = sums(its, 10.0), sums(its, 40.0)
    assert few[0] == pytest.approx(2 * its.asked["page"][0] + its.asked["beat"][0])
    late = 1200
    assert few[late] == pytest.approx(3 * 10 / rest_s(int(its.come[late])))
    assert many[late] == pytest.approx(4 * few[late])
    assert few[late] < its.asked["page"][late] / 10


# ---------------------------------------------------------------------- what breaks


def made(key: str, peak: float, *, alone: bool = False) -> Need:
    return Need(key, key, "of it", peak, 0.0, 1.0, alone)


def test_what_more_machines_cannot_mend_breaks_first() -> None:
    found = [
        made("many", 30.0),
        made("row", 1.5, alone=True),
        made("spare", 0.6, alone=True),
        made("few", 2.0),
    ]
    found = breaks_first(found)
    assert [its.key for its in found] == ["row", "many", "few", "spare"]
    said = " ".join(verdict(found))
    assert "more machines do not help: row (1.5 times what there is)" in said
    assert "spare (60%)" in said
    assert "many: 30, few: 2" in said


def test_an_hour_that_holds_says_so() -> None:
    said = " ".join(verdict(breaks_first([made("web", 1.2), made("db", 0.2, alone=True)])))
    assert said.startswith("Nothing breaks of which there can be only one.")
    assert "web: 2" in said
    assert "db" not in said


def test_every_need_is_told_in_its_order() -> None:
    found = needs(Crowd(), replace(NOTHING, web_s=only("beat", 0.001), db_s_per_row=1e-6), Machine(), 0.99)
    assert len({its.key for its in found}) == len(found) == 10
    assert found == breaks_first(found)
