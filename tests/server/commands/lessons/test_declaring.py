"""weike declare, return, approve, select, withdraw: up two levels as people, and what is refused."""

from __future__ import annotations

import pytest
from sqlalchemy.orm import Session

from library.catalog.permits import LessonState
from library.core.clock import utc_now
from library.core.permits import Role, Viewer
from library.declaring import actions, queries, settings
from library.declaring.rules import AnswerKind, Check, LevelRule, Setting
from library.organisation import actions as organisation
from library.people import queries as people
from server.commands.administrator import machine
from server.wiring import Ports
from tests.server.commands.conftest import Weike
from tests.support import factories as make


def named(session: Session, viewer: Viewer) -> str:
    """The user name of somebody."""
    return people.person(session, str(viewer.person_id)).username


@pytest.fixture
def people_of(ports: Ports) -> tuple[str, str, str, str, str]:
    """A draft in a town of the county, its lecturer, a reviewer of the town, one of the county, the town."""
    with ports.db.write() as session:
        county = make.root(session)
        town = organisation.add_named(session, county, "天荒坪镇党委", utc_now())
        lecturer = make.person(session, (Role.LECTURER, town))
        its = make.lesson(session, owner=lecturer, branch=town, state=LessonState.DRAFT, clips=1).id
        levels = (LevelRule(0, deciders=1), LevelRule(1, deciders=1))
        settings.put(session, machine(session), county.id, Setting(levels), utc_now())
        reviewers = [make.person(session, (Role.REVIEWER, node)) for node in (town, county)]
        return (its, *(named(session, one) for one in (lecturer, *reviewers)), town.name)


@pytest.mark.slow
def test_up_two_levels_back_once_chosen_and_stopped(
    weike: Weike, ports: Ports, people_of: tuple[str, str, str, str, str]
) -> None:
    lesson, lecturer, of_town, of_county, town = people_of
    none = weike("approve", lesson, "--as", of_town, "--json")
    assert (none.code, none.out, "没有申报" in none.err) == (2, "", True)
    first = weike("declare", lesson, "--as", lecturer, "--reason", "请审", "--json")
    assert (first.code, first.json["state"], first.json["level_name"]) == (0, "declared", town)
    assert weike("approve", lesson, "--as", lecturer).code != 0
    assert weike("return", lesson, "--as", of_town).code == 2, "without a reason and a remark"
    back = weike(
        *("return", lesson, "--as", of_town, "--node", town, "--remark", "12.5 听不清", "--remark", "补来源"),
        "--json",
    )
    assert [(one["at_s"], one["text"]) for one in back.json["remarks"]] == [
        (12.5, "听不清"),
        (None, "补来源"),
    ]
    assert weike("declare", lesson, "--as", lecturer).code == 2, "remarks are open"
    answered(ports, first.json["id"])
    again = weike("declare", lesson, "--as", lecturer, "--json")
    assert (again.json["id"], again.json["round"]) == (first.json["id"], 2)
    assert weike("approve", lesson, "--as", of_county, "--node", "没有的", "--json").code == 2
    assert weike("approve", lesson, "--as", of_town, "--json").json["level"] == 2
    assert weike("approve", lesson, "--as", of_town, "--json").code == 2
    out = weike("select", lesson, "--as", of_county, "--json").json
    assert (out["state"], out["selected"], out["lesson_state"]) == ("published", True, "published")
    told = weike("lesson", lesson, "--json").json
    assert [one["step"] for one in told["declarations"][0]["history"]][-1] == "select"
    assert weike("withdraw", lesson, "--as", of_town, "--json").code == 2, "a stop says why"
    gone = weike("withdraw", lesson, "--as", of_town, "--reason", "有误", "--json").json
    assert (gone["state"], gone["lesson_state"]) == ("stopped", "withdrawn")
    assert weike("declare", lesson, "--as", lecturer, "--json").json["round"] == 1
    assert weike("withdraw", lesson, "--as", lecturer, "--json").json["state"] == "withdrawn"


def answered(ports: Ports, its: str) -> None:
    """Answer all remarks, as the lecturer does on the page."""
    with ports.db.write() as session:
        for one in queries.remarks_of(session, its):
            actions.answer(session, machine(session), its, one.n, AnswerKind.CHANGED, "", utc_now())


@pytest.mark.slow
def test_points_that_were_not_looked_at_are_not_ticked(
    weike: Weike, ports: Ports, people_of: tuple[str, str, str, str, str]
) -> None:
    lesson, lecturer, _of_town, of_county, _town = people_of
    with ports.db.write() as session:
        levels = (LevelRule(0, deciders=1, checklist=(Check.CONTENT, Check.SOUND)),)
        settings.put(session, machine(session), make.root(session).id, Setting(levels), utc_now())
    unknown = weike("declare", lesson, "--as", lecturer, "--checked", "colour", "--json")
    assert (unknown.code, "colour" in unknown.err, "sound" in unknown.err) == (2, True, True)
    half = weike("declare", lesson, "--as", lecturer, "--checked", "content", "--json")
    assert (half.code, "1 项" in half.err) == (2, True)
    both = ("--checked", "content", "--checked", "sound", "--json")
    assert weike("declare", lesson, "--as", lecturer, *both).json["state"] == "declared"
    assert weike("approve", lesson, "--as", of_county, "--checked", "sound").code == 2
    done = weike("approve", lesson, "--as", of_county, *both)
    assert (done.code, done.err) == (0, "")
    assert done.json["state"] == "published"
