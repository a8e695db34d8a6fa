"""weike calls: the calls, and what came of one."""

from __future__ import annotations

from pathlib import Path

import pytest

from library.calls import actions, entering, judging
from library.calls.rules import StageAction
from library.core.permits import Role
from server.settings import Settings
from server.wiring import open_ports
from tests.library.calls import making
from tests.server.commands.conftest import Weike
from tests.support import factories as make


@pytest.mark.slow
def test_calls_and_what_came_of_one(weike: Weike, data: Path) -> None:
    ports = open_ports(Settings(data=data, worker=False, _env_file=None))  # type: ignore[call-arg]
    now = ports.clock()
    with ports.db.write() as session:
        town = making.town(session, now=now)
        call = making.opened(session, town, now, title="全镇征集")
        for n, at in enumerate(town.villages):
            lesson = making.work(session, at, None, f"作品{n}")
            entering.enter(session, town.staff, call.id, lesson.id, "lecture", now)
        judge = make.person(session, (Role.MEMBER, town.town), name="评委")
        actions.invite(session, town.staff, call.id, "评委", now)
        actions.move(session, town.staff, call.id, None, StageAction.JUDGE, now)
        for n, points in ((1, [80, 80]), (2, [90, 85])):
            judging.score(session, judge, call.id, n, points, "", now)
        judging.hand_in(session, judge, call.id, now)
        call_id, unit = call.id, town.villages[1].name
    ports.close()
    [listed] = weike("calls", "--json").json["calls"]
    assert (listed["id"], listed["stage"], listed["works"]) == (call_id, "judging", 2)
    found = weike("calls", "results", call_id, "--json").json
    assert [(one["rank"], one["title"], one["mean"], one["unit"]) for one in found["works"]] == [
        (1, "作品1", "88.00", unit),
        (2, "作品0", "80.00", found["works"][1]["unit"]),
    ]
    assert "88.00  作品1" in weike("calls", "results", call_id).out
    assert weike("calls", "results", "没有的").code != 0
