"""weike stats: days are rolled up and sealed, and what was changed afterwards is told."""

from __future__ import annotations

import time
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import delete, update

from library.core.clock import local_day, utc_now
from library.plays.tables import DaySum, LessonSum, Seal, View
from server.background.roll_up import RollThread
from server.wiring import Ports
from tests.server.commands.conftest import Weike
from tests.support import factories as make
from tests.support.views import watch

AGO = 3


@pytest.fixture
def lesson(ports: Ports) -> str:
    """A lesson that three visitors watched three days ago."""
    with ports.db.write() as session:
        its = make.lesson(session, "绿水青山", clips=1)
        watch(session, its.clips[0], 3, utc_now() - timedelta(days=AGO))
        return its.id


@pytest.mark.slow
@pytest.mark.usefixtures("lesson")
def test_days_are_rolled_up_once_and_verified(weike: Weike) -> None:
    first = weike("stats", "roll-up", "--json")
    assert first.code == 0
    assert len(first.json["sealed"]) in (AGO, AGO - 1), "the last minutes of a day belong to it"
    assert first.json["curves"] == first.json["sealed"][:-1]
    assert weike("stats", "roll-up", "--json").json["sealed"] == []
    verdict = weike("stats", "verify", "--json")
    assert (verdict.code, verdict.json["ok"], verdict.json["faults"]) == (0, True, [])
    assert verdict.json["days"] == len(first.json["sealed"])
    assert verdict.json["through"] == first.json["sealed"][-1]
    seal = verdict.json["seal"]
    assert seal in weike("stats", "verify").out
    asked = weike("stats", "verify", "--seal", seal[:16], "--json")
    assert (asked.code, asked.json["seal_day"]) == (0, verdict.json["through"])


@pytest.mark.slow
def test_a_figure_is_the_same_before_and_after(weike: Weike, lesson: str) -> None:
    before = weike("stats", lesson, "--json").json
    assert before["views"] == 3
    weike("stats", "roll-up")
    after = weike("stats", "lesson", lesson, "--json").json
    assert before.pop("sealed") is None
    assert after.pop("sealed")["through"]
    assert after == before


@pytest.mark.slow
def test_all_lessons_and_files_of_them(weike: Weike, lesson: str, tmp_path: Path) -> None:
    told = weike("stats", "overview", "--json").json
    assert (told["views"], told["total"], told["branches"][0]["views"]) == (3, 1, 3)
    assert [(row["lesson"], row["views"]) for row in told["lessons"]] == [(lesson, 3)]
    assert "绿水青山" in weike("stats", "overview", "--sort", "title", "--limit", "1").out
    assert weike("stats", "overview", "--to", "2020-01-01", "--json").json["views"] == 0
    for name, command in (("a.xlsx", ("lesson", lesson)), ("a.csv", ("overview",))):
        file = tmp_path / name
        assert weike("stats", *command, "--export", file, "--json").json == {"file": str(file)}
        assert file.read_bytes().startswith(b"PK" if name == "a.xlsx" else b"\xef\xbb\xbf")
    assert sorted(path.name for path in tmp_path.glob("a.*")) == ["a.csv", "a.xlsx"]
    for wrong in (("--range", "8"), ("--from", "soon"), ("--export", tmp_path / "a.pdf")):
        ran = weike("stats", lesson, *wrong)
        assert (ran.code, ran.out, ran.err.count("\n")) == (2, "", 1), wrong


@pytest.mark.slow
def test_text_names_the_days_members_and_visitors_apart_and_the_seal(weike: Weike, lesson: str) -> None:
    today, days = local_day(utc_now()), ("--from", "2020-01-01")
    for command in (("overview",), ("lesson", lesson)):
        said = weike("stats", *command, *days).out.splitlines()
        assert f"2020-01-01 至 {today}" in said[0]
        assert "其中党员 0 次，未登录 3 次" in said[1]
        assert "还没有封存过" in said[-1]
    weike("stats", "roll-up")
    sealed = weike("stats", "overview", "--json").json["sealed"]
    for command in (("overview",), ("lesson", lesson)):
        last = weike("stats", *command).out.splitlines()[-1]
        assert sealed["through"] in last
        assert sealed["seal"] in last


@pytest.mark.usefixtures("lesson")
def test_a_worker_does_it_by_itself(ports: Ports, weike: Weike) -> None:
    at_once = ports.settings.model_copy(update={"roll_up_after_s": 0.0})
    thread = RollThread(ports.db, at_once, ports.clock)
    thread.start()
    deadline = time.monotonic() + 60
    while not weike("stats", "verify", "--json").json["days"]:
        assert time.monotonic() < deadline
    thread.stop()


@pytest.mark.slow
@pytest.mark.usefixtures("lesson")
def test_what_was_changed_afterwards_ends_with_1_and_names_the_day(weike: Weike, ports: Ports) -> None:
    sealed = weike("stats", "roll-up", "--json").json["sealed"]
    printed = weike("stats", "verify", "--json").json["seal"]
    with ports.db.write() as session:
        session.execute(update(View).values(people=50))
        session.execute(update(DaySum).values(visitor_views=50))
    told = weike("stats", "verify", "--json")
    assert (told.code, told.json["ok"]) == (1, False)
    assert [(fault["day"], fault["what"]) for fault in told.json["faults"]] == [
        (sealed[0], "views_changed"),
        (sealed[0], "sums_differ"),
        (sealed[0], "roll_up_differs"),
    ]
    assert sealed[0] in weike("stats", "verify").out
    assert weike("stats", "verify", "--day", sealed[0]).code == 1
    assert weike("stats", "verify", "--day", sealed[1]).code == 0
    assert weike("stats", "verify", "--seal", printed, "--json").json["seal_day"] == sealed[-1]


@pytest.mark.usefixtures("lesson")
@pytest.mark.slow
def test_deleted_seals_are_told_with_the_day_and_the_next_step(weike: Weike, ports: Ports) -> None:
    sealed = weike("stats", "roll-up", "--json").json["sealed"]
    with ports.db.write() as session:
        session.execute(delete(Seal))
    told = weike("stats", "verify", "--json")
    assert (told.code, told.json["ok"]) == (1, False)
    assert [(fault["day"], fault["what"]) for fault in told.json["faults"]] == [(sealed[0], "seal_missing")]
    said = weike("stats", "verify")
    assert (said.code, sealed[0] in said.out) == (1, True)
    assert "docs/runbook.md" in said.out.splitlines()[-1]


@pytest.mark.slow
def test_a_false_sum_of_all_time_does_not_blame_the_last_day(weike: Weike, ports: Ports, lesson: str) -> None:
    sealed = weike("stats", "roll-up", "--json").json["sealed"]
    with ports.db.write() as session:
        session.execute(update(LessonSum).values(visitor_views=800))
    told = weike("stats", "verify", "--json")
    [fault] = told.json["faults"]
    message = fault.pop("message")
    assert fault == {
        "day": None,
        "what": "total_differs",
        "of": "lesson",
        "id": lesson,
        "number": "visitor_views",
        "expected": 3,
        "found": 800,
        "rows": 1,
    }
    assert lesson in message
    assert sealed[-1] not in weike("stats", "verify").out.splitlines()[0]


@pytest.mark.every
@pytest.mark.slow
@pytest.mark.parametrize("wrong", ["abcd", "", "no seal at all!"])
@pytest.mark.usefixtures("lesson")
def test_what_is_no_seal_is_a_mistake_and_accuses_nobody(weike: Weike, wrong: str) -> None:
    weike("stats", "roll-up")
    ran = weike("stats", "verify", "--seal", wrong)
    assert (ran.code, ran.out, ran.err.count("\n")) == (2, "", 1)
    assert "不是校验码" in ran.err


@pytest.mark.slow
@pytest.mark.usefixtures("lesson")
def test_what_cannot_be_verified_is_said(weike: Weike) -> None:
    never = weike("stats", "verify")
    assert "还没有封存" in never.out
    assert (never.code, "roll-up" in never.out) == (1, True), "three nights were missed"
    weike("stats", "roll-up")
    assert "不在核对之内" in weike("stats", "verify").out.splitlines()[-1]
    unknown = weike("stats", "verify", "--seal", "0" * 64)
    assert unknown.code == 1
    assert "链上没有" in unknown.out
    for day in (local_day(utc_now()).isoformat(), "1999-01-01", "yesterday"):
        ran = weike("stats", "verify", "--day", day)
        assert (ran.code, ran.out, ran.err.count("\n")) == (2, "", 1)
