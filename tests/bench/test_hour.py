"""The extreme hour as it is told, and what its command refuses."""

from __future__ import annotations

import json
import math
import subprocess
import sys
from pathlib import Path

import pytest

from bench.extreme_hour.contention import Contention
from bench.extreme_hour.costs import Measured
from bench.extreme_hour.crowd import KINDS, Costs, Crowd, Machine, needs
from bench.extreme_hour.hour import Hour, as_figures, as_tables

pytestmark = pytest.mark.dear(32)

ROOT = Path(__file__).resolve().parents[2]
COSTS = Costs(
    web_s=dict.fromkeys(KINDS, 0.001),
    db_s=dict.fromkeys(KINDS, 0.0005),
    nginx_s=dict.fromkeys(KINDS, 0.0001),
    nginx_s_per_byte=2e-10,
    db_s_per_row=1e-7,
    held_s=0.005,
    page_bytes=6_000,
    static_bytes=15_000,
    wal_bytes={"start": 600.0, "beat": 1500.0},
    play_bytes=600.0,
    view_bytes=500.0,
    web_mb=200.0,
    line_kb=0.5,
)
BESIDE = {"batch_s": 0.1, "web_kb": 3.0, "db_mb": 4.0, "files": 8.0}


def hour(*hits: float) -> Hour:
    crowd, machine = Crowd(), Machine()
    found = {hit: needs(crowd, COSTS, machine, hit) for hit in hits}
    return Hour(crowd, machine, Measured(COSTS, BESIDE), Contention(1000, 1800, 2000, 0.9), 4, found)


def test_figures_are_numbers_by_names_for_each_hit_rate() -> None:
    figures = json.loads(json.dumps(as_figures(hour(0.95, 0.999))))
    assert all(isinstance(value, int | float) and math.isfinite(value) for value in figures.values())
    assert figures["row_beats_per_s"] == 100_000
    assert figures["beat_peak_per_s"] == pytest.approx(23_400)
    assert figures["page_web_ms"] == pytest.approx(1)
    assert figures["gbit_peak@0.95"] > 10 * figures["gbit_peak@0.999"]
    assert figures["web_peak@0.95"] == figures["web_peak@0.999"], "no CDN answers pages or beats"
    assert figures["kept_gb"] == pytest.approx(900_000 * 1100 / 1e9)


def test_tables_have_a_line_for_each_request_hit_rate_and_resource() -> None:
    told = hour(0.95, 0.99)
    lines = as_tables(told)
    text = "\n".join(lines)
    assert text.count("\n| 9") >= 2
    assert "450,000 viewers (1.0% of 45,000,000)" in text
    assert "463 Gbit/s" in text
    for need in told.needs[0.99]:
        assert need.words in text
    tables = [line.count("|") for line in lines if line.startswith("|")]
    assert set(tables) == {6, 7}, "no cell breaks its table"


def test_the_order_is_told_for_another_hit_rate_when_the_usual_one_is_not_asked_for() -> None:
    assert hour(0.5).told == 0.5
    assert hour(0.95, 0.99).told == 0.99


@pytest.mark.parametrize(
    ("options", "said"),
    [
        (["--ladder", "4320p:1"], "no such rung: 4320p"),
        (["--ladder", "480p:0.7"], "0.7 together, not 1"),
        (["--arrivals", "600:0.5"], "does not end with all"),
        (["--arrivals", "ten o'clock"], "is not NAME:NUMBER"),
        (["--hits", "99"], "between 0 and 1"),
        ([], "needs nginx and wrk"),
    ],
)
@pytest.mark.slow
def test_what_cannot_be_is_refused_before_anything_is_measured(options: list[str], said: str) -> None:
    answer = subprocess.run(
        [sys.executable, "-m", "bench.province", *options],
        cwd=ROOT,
        env={"PATH": "/nowhere"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert answer.returncode == 1
    assert answer.stdout == ""
    assert said in answer.stderr
