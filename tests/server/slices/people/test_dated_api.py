"""Exemptions and learning groups over the API: the same rows, rights and errors as the pages."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import func, select

from library.core.clock import local_day, utc_now
from library.core.permits import Role
from library.organisation import actions as organisation
from library.people.belonging import memberships
from library.people.tables import Exemption, GroupMember
from tests.support import factories as make
from tests.support import server
from tests.support.client import Person
from tests.support.server import Served
from tests.support.signing import token


class Program(Person):
    """A program with a token: it carries no cookie, so it needs no token of a page."""

    def csrf(self) -> str:
        """Nothing."""
        return ""


@dataclass(frozen=True)
class Branches:
    """A library with two branches; the secretary of one, a member of it, and one of the other."""

    served: Served
    secretary: Program
    node: str
    mine: str
    other: str


@pytest.fixture(params=["sqlite", pytest.param("postgres", marks=pytest.mark.postgres)])
def branches(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Branches]:
    settings: dict[str, Any] = {}
    if request.param == "sqlite":
        server.empty_data(tmp_path / "data")
    else:
        settings["database_url"] = request.getfixturevalue("library_url")
    with server.in_thread(tmp_path / "data", **settings) as served:
        now = utc_now()
        with served.ports.db.write() as session:
            node, beside = (organisation.add_named(session, make.root(session), name, now) for name in "甲乙")
            who = make.person(session, (Role.SECRETARY, node))
            people = []
            for place in (node, beside):
                person = str(make.person(session, (Role.MEMBER, place)).person_id)
                memberships.settle(session, person, place, local_day(now), now, None)
                people.append(person)
            secret = token(session, str(who.person_id), "x", now)[1]
            ids = node.id, *people
        browser = Program(served.base_url)
        browser.http.headers["Authorization"] = f"Bearer {secret}"
        yield Branches(served, browser, *ids)
        browser.http.close()


def ask(found: Branches, method: str, path: str, **body: Any) -> tuple[int, Any]:
    answer = found.secretary.http.request(method, f"/api/v1{path}", json=body or None)
    return answer.status_code, answer.json() if answer.content else None


@pytest.mark.slow
def test_an_exemption_is_made_once_listed_and_ended(branches: Branches) -> None:
    today = local_day(utc_now())
    path = f"/people/{branches.mine}"
    for _again in range(2):
        status, person = ask(branches, "POST", f"{path}/exempt", reason="away")
        assert (status, [one["reason"] for one in person["exemptions"]]) == (200, ["away"])
    status, refused = ask(branches, "POST", f"{path}/exempt", reason="frail")
    assert (status, refused["error"]) == (409, "exempt_already")
    assert ask(branches, "POST", f"{path}/exempt", reason="lazy")[0] == 422
    which = person["exemptions"][0]["id"]
    listed = ask(branches, "GET", f"/organisation/nodes/{branches.node}/exemptions")[1]
    assert [(one["id"], one["person"]["id"]) for one in listed["exemptions"]] == [(which, branches.mine)]
    for _again in range(2):
        status, person = ask(branches, "POST", f"{path}/exempt/end", exemption=which)
        assert (status, person["exemptions"][0]["until"]) == (200, today.isoformat())
    later = {"since": (today + timedelta(9)).isoformat(), "until": (today + timedelta(30)).isoformat()}
    told = ask(branches, "POST", f"{path}/exempt", reason="leave", **later)[1]["exemptions"]
    assert [one["reason"] for one in told] == ["leave", "away"]
    assert {k: told[0][k] for k in later} == later
    for day, number in ((today.isoformat(), 0), (later["since"], 1), (later["until"], 0)):
        found = ask(branches, "GET", f"/organisation/nodes/{branches.node}/exemptions?day={day}")[1]
        assert found["total"] == number
    # whoever is elsewhere and whoever does not exist are answered alike
    for stranger in (branches.other, "nobody0000000000"):
        assert ask(branches, "POST", f"/people/{stranger}/exempt", reason="away")[0] == 404
        assert ask(branches, "POST", f"/people/{stranger}/exempt/end", exemption=which)[0] == 404
    with branches.served.ports.db.read() as session:
        assert session.scalar(select(func.count()).select_from(Exemption)) == 2


@pytest.mark.slow
def test_a_term_in_a_committee_is_made_once_asks_for_its_hours_and_is_ended(branches: Branches) -> None:
    today = local_day(utc_now()).isoformat()
    path = f"/people/{branches.mine}"
    assert ask(branches, "GET", f"/books/{branches.mine}")[1]["leads_as"] is None
    for _again in range(2):
        status, person = ask(branches, "POST", f"{path}/committee", since="2024-01-15")
        assert (status, [one["since"] for one in person["committee"]]) == (200, ["2024-01-15"])
    status, refused = ask(branches, "POST", f"{path}/committee", since=today)
    assert (status, refused["error"]) == (409, "committee_already")
    year = ask(branches, "GET", f"/books/{branches.mine}")[1]
    assert (year["leads"], year["leads_as"]) == (True, "committee")
    assert next(one["aim"] for one in year["books"] if one["book"] == "gathered") == 56
    which = person["committee"][0]["id"]
    for _again in range(2):
        status, person = ask(branches, "POST", f"{path}/committee/end", term=which)
        assert (status, person["committee"][0]["until"]) == (200, today)
    assert ask(branches, "GET", f"/books/{branches.mine}")[1]["leads"] is False
    for stranger in (branches.other, "nobody0000000000"):
        assert ask(branches, "POST", f"/people/{stranger}/committee", since=today)[0] == 404
        assert ask(branches, "POST", f"/people/{stranger}/committee/end", term=which)[0] == 404


@pytest.mark.slow
def test_a_group_is_made_filled_renamed_and_closed(branches: Branches) -> None:
    today = local_day(utc_now()).isoformat()
    groups = f"/organisation/nodes/{branches.node}/groups"
    status, made = ask(branches, "POST", groups, name="第一小组")
    assert (status, made["name"], made["node"]["id"], made["closed"]) == (
        201,
        "第一小组",
        branches.node,
        False,
    )
    assert ask(branches, "POST", groups, name=" 第一小组 ")[1]["error"] == "group_named_so"
    own = f"/people/groups/{made['id']}"
    assert ask(branches, "POST", f"{own}/rename", name="夜校组")[1]["name"] == "夜校组"
    for _again in range(2):
        status, person = ask(branches, "POST", f"/people/{branches.mine}/join", group=made["id"])
        assert (status, person["groups"][0]["name"]) == (200, "夜校组")
    assert ask(branches, "POST", f"/people/{branches.other}/join", group=made["id"])[0] == 404
    assert ask(branches, "POST", f"/people/{branches.mine}/join", group="none")[0] == 404
    assert [one["members"] for one in ask(branches, "GET", groups)[1]["groups"]] == [1]
    shown = ask(branches, "GET", own)[1]
    assert (shown["total"], shown["members"][0]["id"], shown["day"]) == (1, branches.mine, today)
    assert ask(branches, "POST", f"/people/{branches.mine}/leave", group=made["id"])[0] == 200
    assert ask(branches, "GET", own)[1]["total"] == 0
    for _again in range(2):
        assert ask(branches, "POST", f"{own}/close")[1]["closed"] is True
    status, refused = ask(branches, "POST", f"/people/{branches.mine}/join", group=made["id"])
    assert (status, refused["error"]) == (409, "group_closed")
    assert ask(branches, "GET", groups)[1] == {"groups": []}
    with branches.served.ports.db.write() as session:
        assert session.scalar(select(func.count()).select_from(GroupMember)) == 1
        elsewhere = organisation.add_named(session, make.root(session), "丙", utc_now()).id
    assert ask(branches, "GET", f"/organisation/nodes/{elsewhere}/groups")[0] == 404
    assert ask(branches, "POST", f"/organisation/nodes/{elsewhere}/groups", name="不归他管")[0] == 404
