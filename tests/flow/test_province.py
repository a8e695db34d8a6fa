"""A lesson as a province has it: declared in a branch, sent back once, up two levels, chosen, honoured, let
out while the server was killed, seen by whom it is for, changed as a draft and published again."""

from __future__ import annotations

import time
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any

import httpx
import pytest

from library.catalog.audience import chosen
from library.catalog.permits import LessonState
from library.core.clock import local_day, utc_now
from library.core.permits import MemberState, Role
from library.declaring import settings as levels
from library.declaring.rules import Check, LevelRule, Setting
from library.organisation import actions as organisation
from library.people import actions as people
from library.people import queries
from library.people.belonging import memberships
from server.commands.administrator import machine
from server.settings import Settings
from server.web.shown.weeks import present
from server.wiring import open_ports
from tests.support import factories as make
from tests.support.client import Person
from tests.support.server import Process, empty_data, password, quickly_hashed

pytestmark = [pytest.mark.slow, pytest.mark.dear(14)]

SOON = timedelta(seconds=3)
CITIES, COUNTIES, BRANCHES = 3, 3, 9
"""Below the province, below each city, below each county: 3, 9 and 81."""

PEOPLE = {
    "lecturer": (Role.LECTURER, "branch"),
    "member": (Role.MEMBER, "branch"),
    "of_county": (Role.REVIEWER, "county"),
    "of_city": (Role.REVIEWER, "city"),
    "staff": (Role.STAFF, "city"),
    "neighbour": (Role.MEMBER, "next county"),
    "stranger": (Role.MEMBER, "other city"),
}


@dataclass(frozen=True)
class Province:
    """The server, its nodes by what they are here, and the lesson."""

    server: Process
    nodes: dict[str, str]
    lesson: str

    def person(self, username: str) -> Person:
        """Somebody of PEOPLE, signed in."""
        return Person(self.server.base_url).sign_in(username, password(username))


@pytest.fixture
def province(tmp_path: Path) -> Iterator[Province]:
    data = empty_data(tmp_path / "data")
    ports = open_ports(Settings(data=data, worker=False, _env_file=None))  # type: ignore[call-arg]
    now = utc_now()
    with ports.db.write() as session:
        root = make.root(session)
        found = {"province": root}
        for c in range(CITIES):
            city = organisation.add_named(session, root, f"第{c}市委", now)
            for k in range(COUNTIES):
                county = organisation.add_named(session, city, f"第{c}市第{k}县委", now)
                for b in range(BRANCHES):
                    branch = organisation.add_named(session, county, f"{c}-{k}-{b}村党支部", now)
                    found.setdefault("branch" if k == c == 0 else "elsewhere", branch)
                    if (c, k) == (0, 1):
                        found.setdefault("next county", branch)
                    if c == 1:
                        found.setdefault("other city", branch)
                if (c, k) == (0, 0):
                    found["county"] = county
            if c == 0:
                found["city"] = city
        viewers = {}
        for username, (role, place) in PEOPLE.items():
            person = people.add_person(session, username, username, quickly_hashed(username), now)
            people.grant(session, person.id, role, found[place], None, now)
            memberships.settle(session, person.id, found[place], local_day(now), now, None, MemberState.FULL)
            viewers[username] = queries.viewer_of(session, person, local_day(now))
        up = (LevelRule(2, deciders=1), LevelRule(1, deciders=1, checklist=(Check.SECRECY,)))
        levels.put(session, machine(session), root.id, Setting(up), now)
        lesson = make.lesson(
            session,
            "竹海的清晨",
            owner=viewers["lecturer"],
            branch=found["branch"],
            state=LessonState.DRAFT,
            audience=chosen([found["county"].id]),
            spoken=["三棵毛竹"],
            clips=1,
        )
        nodes, its = {name: node.id for name, node in found.items()}, lesson.id
    ports.close()
    server = Process(data)
    server.start()
    yield Province(server, nodes, its)
    server.kill()


def test_from_a_branch_to_a_monday(province: Province) -> None:
    who = {name: province.person(name) for name in PEOPLE}
    lesson = f"/lessons/{province.lesson}"

    def sees(*names: str) -> None:
        """Those, and nobody else, are shown the lesson; the index has it for them and not for others."""
        nobody = Person(province.server.base_url)
        found = {name for name, person in who.items() if person.api("GET", lesson).status_code == 200}
        assert found == set(names)
        assert nobody.api("GET", lesson).status_code in (401, 404)
        nobody.http.close()

    declared = {"lesson": province.lesson, "checked": ["secrecy"]}
    # Declared, sent back with three remarks, answered, and up again.
    its = told(who["lecturer"].api("POST", "/declarations", json=declared), 201)
    path = f"/declarations/{its['id']}"
    remarks = [{"text": "声音小", "at_s": 3.0}, {"text": "请核对", "cue": 0}, {"text": "补出处"}]
    for name in ("lecturer", "member", "stranger"):
        answer = who[name].api("POST", f"{path}/decide", json={"step": "approve", "checked": ["secrecy"]})
        assert answer.status_code in (403, 404), name
    told(who["of_county"].api("POST", f"{path}/decide", json={"step": "return", "remarks": remarks}))
    for n in (1, 2, 3):
        told(who["lecturer"].api("POST", f"{path}/remarks/{n}/answer", json={"kind": "changed"}))
    told(who["lecturer"].api("PATCH", lesson, json={"summary": "一个村子怎么关掉矿山"}))
    again = told(who["lecturer"].api("POST", "/declarations", json=declared), 201)
    assert (again["id"], again["round"]) == (its["id"], 2)
    told(who["of_county"].api("POST", f"{path}/decide", json={"step": "approve"}))
    sees("lecturer", "of_county", "of_city", "staff")
    told(who["of_city"].api("POST", f"{path}/decide", json={"step": "select", "checked": ["secrecy"]}))
    done = told(who["lecturer"].api("GET", path))
    assert (done["state"], len(done["remarks"]), done["selected_by"]) == ("published", 3, "第0市委")
    sees("lecturer", "member", "of_county", "of_city", "staff")

    honour = {"award": "全市优秀微党课一等奖", "level": "city", "year": "2026", "body": "市委组织部"}
    assert who["staff"].post(f"{lesson}/honours", **honour).status_code == 303
    assert told(who["member"].api("GET", f"{lesson}/works"))["honours"] == [], "it waits with the draft"
    told(who["of_city"].api("POST", f"{lesson}/draft/publish", json={"note": "获奖"}))
    assert told(who["member"].api("GET", f"{lesson}/works"))["honours"][0]["award"] == honour["award"]

    # Let out once, although nobody ran at its moment.
    week, due_at = str(present(utc_now())), utc_now() + SOON
    plan = {"theme": "绿水青山", "lessons": [province.lesson], "release_at": due_at.isoformat()}
    told(who["staff"].api("PUT", f"/weeks/{week}", json={"node": province.nodes["city"], **plan}))
    assert told(who["member"].api("GET", f"/weeks/{week}"))["state"] == "coming"
    province.server.kill()
    while utc_now() < due_at:
        time.sleep(0.1)
    province.server.start()
    end = time.monotonic() + 30
    while (out := told(who["member"].api("GET", f"/weeks/{week}")))["released_at"] is None:
        assert time.monotonic() < end, "it did not come out"
        time.sleep(0.2)
    assert [one["title"] for one in out["lessons"]] == ["竹海的清晨"]
    beside = told(who["neighbour"].api("GET", f"/weeks/{week}"))
    assert (beside["theme"], [one["title"] for one in beside["lessons"]]) == ("绿水青山", [])
    assert who["stranger"].api("GET", f"/weeks/{week}").json().get("theme", "") == ""
    news = [one["kind"] for one in told(who["member"].api("GET", "/notices"))["notices"]]
    assert news.count("week_out") == 1

    # Changed: a draft, until it is published.
    assert told(who["lecturer"].api("PATCH", lesson, json={"title": "竹海的早晨"}))["title"] == "竹海的清晨"
    assert told(who["member"].api("GET", lesson))["title"] == "竹海的清晨"
    told(who["of_city"].api("POST", f"{lesson}/draft/publish", json={"note": "改题目"}))
    assert told(who["member"].api("GET", lesson))["title"] == "竹海的早晨"
    versions = told(who["of_city"].api("GET", f"{lesson}/versions"))
    assert len(versions["versions"]) == 3
    sees("lecturer", "member", "of_county", "of_city", "staff")
    for one in who.values():
        one.http.close()


def told(answer: httpx.Response, status: int = 200) -> dict[str, Any]:
    """What the server says, when it is as it should be."""
    assert answer.status_code == status, answer.text
    found: dict[str, Any] = answer.json()
    return found
