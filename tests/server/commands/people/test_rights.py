"""weike may, search --as, audiences of an import, hand-over: rights from the machine itself."""

from __future__ import annotations

from pathlib import Path

import pytest

from library.catalog import queries
from library.catalog.permits import LessonState
from library.core.clock import local_day
from library.core.ids import new_id
from library.core.permits import MemberState, Role
from library.organisation import actions as organisation
from library.organisation.tables import Node
from library.people import queries as people
from library.people.rules import MembershipKind
from library.people.tables import Membership
from server.wiring import Ports
from tests.server.commands.conftest import Weike
from tests.support import factories as make

MANIFEST = (
    "key,title,transcript_text,受众\n"
    "a,人人课,红船从南湖出发。,\n"
    "b,镇课,红船从南湖出发。,组织：天荒坪\n"
    "c,正式课,红船从南湖出发。,node:YC01；kind:full\n"
    "d,错课,红船从南湖出发。,node:没有的地方\n"
    "e,乱课,红船从南湖出发。,=cmd|' /C calc'!A0\n"
)


def county(ports: Ports) -> dict[str, str]:
    """A town with a village whose code is YC01, its probationary member, and somebody from elsewhere."""
    now = ports.clock()
    with ports.db.write() as session:
        town = organisation.add_named(session, make.root(session), "天荒坪", now)
        village = organisation.add_named(session, town, "余村", now)
        session.get_one(Node, village.id).code = "YC01"
        names = {}
        for name, node in (("预备", village.id), ("别处", make.root(session).id)):
            person_id = str(make.person(session, name=name).person_id)
            row = {"person_id": person_id, "node_id": node, "kind": MembershipKind.HOME}
            state = MemberState.PROBATIONARY
            session.add(Membership(id=new_id(), **row, state=state, since=local_day(now), noted_at=now))
            names[name] = people.person(session, person_id).username
        return names


@pytest.mark.slow
def test_an_import_says_for_whom_and_may_and_search_say_the_same(
    weike: Weike, ports: Ports, tmp_path: Path
) -> None:
    names = county(ports)
    (tmp_path / "m.csv").write_text(MANIFEST, "utf-8")
    ran = weike("import", tmp_path / "m.csv", "--publish", "--json")
    assert ran.code == 1
    assert {row["key"]: row["reason"] for row in ran.json["failed"]} == {
        "d": "node_unknown",
        "e": "audience_word",
    }
    again = weike("import", tmp_path / "m.csv", "--publish", "--json").json
    assert (again["unchanged"], again["updated"], again["created"]) == (3, 0, 0)
    with ports.db.read() as session:
        ids = {key: lesson.id for key in "abc" if (lesson := queries.lesson_by_key(session, key))}
        assert queries.lesson(session, ids["b"]).state is LessonState.PUBLISHED
    for name, sees in (("预备", {"a", "b"}), ("别处", {"a"})):
        found = weike("search", "南湖", "--as", names[name], "--json").json
        assert {hit["lesson"] for hit in found["hits"]} == {ids[key] for key in sees}
        assert found["total"] == len(sees)
        for key, lesson_id in ids.items():
            assert weike("may", names[name], lesson_id, "--json").json["may"] == (key in sees)
    missing = weike("may", names["预备"], ids["c"], "--json").json
    assert [one["code"] for one in missing["missing"]] == ["missing_kind"]
    assert "余村及下属组织的正式党员" in missing["missing"][0]["text"]
    assert "看不到" in weike("may", names["别处"], ids["b"]).out
    assert weike("search", "南湖", "--as", "nobody-such").code == 2
    assert weike("may", "nobody-such", ids["a"]).code == 2


def test_a_role_is_handed_over_from_the_machine(weike: Weike, ports: Ports) -> None:
    names = county(ports)
    weike("user", "role", names["预备"], "secretary", "--at", "YC01")
    told = weike("user", "hand-over", names["预备"], names["别处"], "--at", "YC01", "--json")
    assert told.code == 0, told.err
    assert [one["role"] for one in told.json["from"]["roles"]] == []
    assert [one["role"] for one in told.json["to"]["roles"]] == [str(Role.SECRETARY)]
    refused = weike("user", "hand-over", names["预备"], names["别处"], "--at", "YC01")
    assert refused.code != 0
    assert "没有这个角色" in refused.err
    for day in ("2001-01-01", "昨天"):
        assert (
            weike("user", "hand-over", names["别处"], names["预备"], "--at", "YC01", "--day", day).code == 2
        )


def test_what_somebody_may_do_at_a_node(weike: Weike, ports: Ports) -> None:
    names = county(ports)
    weike("user", "role", names["预备"], "secretary", "--at", "YC01")
    told = weike("may", names["预备"], "--node", "YC01", "--json").json
    assert told["node"]["code"] == "YC01"
    may = {one["act"]: one["may"] for one in told["acts"]}
    assert (may["people.keep"], may["node.arrange"]) == (True, False)
    assert "是余村的" in weike("may", names["预备"], "--node", "YC01").out
    for arguments in ((), ("lesson", "--node", "YC01")):
        assert weike("may", names["预备"], *arguments).code == 2
