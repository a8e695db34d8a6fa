"""A county's rights, a merger, a hand-over: each of twelve persons sees what the table says, everywhere."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import timedelta

import httpx
import pytest

from library.catalog import audiences
from library.catalog import queries as catalog
from library.catalog.audience import OpenTo, chosen
from library.catalog.permits import Audience, LessonState
from library.core.clock import local_day
from library.core.ids import new_id
from library.core.permits import MemberState, Role
from library.organisation import actions as organisation
from library.organisation.tables import Node
from library.people import actions as people
from library.people import queries as people_queries
from library.people.rules import MembershipKind
from library.people.tables import GroupMember, LearningGroup, Membership
from tests.server.conftest import Shelf
from tests.support import factories as make
from tests.support import server
from tests.support.client import Person
from tests.support.server import MovableClock, Served
from tests.support.signing import token

pytestmark = pytest.mark.slow
SAID = "竹海深处的夜校"
FULL, PROBATIONARY = MemberState.FULL, MemberState.PROBATIONARY


@dataclass
class County:
    """The county: nodes, people and lessons by what they are called here."""

    served: Served
    clock: MovableClock
    nodes: dict[str, str] = field(default_factory=dict)
    people: dict[str, str] = field(default_factory=dict)
    http: dict[str, httpx.Client] = field(default_factory=dict)
    lessons: dict[str, str] = field(default_factory=dict)
    clips: dict[str, str] = field(default_factory=dict)


MEMBERS = {
    "余村正式": ("余村", FULL),
    "余村预备": ("余村", PROBATIONARY),
    "大溪正式": ("大溪", FULL),
    "横山正式": ("横山", FULL),
    "碧门未登记": ("碧门", None),
    "流动": ("横山", FULL),
    "小组": ("横山", PROBATIONARY),
    "书记": ("余村", FULL),
    "镇审核": ("横山", FULL),
    "镇干事": ("横山", FULL),
}
OPEN = {"人人", "登录", "组织"}
ALL = OPEN | {"镇", "镇正式", "小组课", "碧门课", "草稿"}
SEES = {
    "游客": {"人人"},
    "无组织": {"人人", "登录"},
    "余村正式": OPEN | {"镇", "镇正式", "碧门课"},  # 碧门 was merged into 余村
    "余村预备": OPEN | {"镇", "碧门课"},
    "大溪正式": OPEN | {"镇", "镇正式"},
    "横山正式": OPEN,
    "碧门未登记": OPEN | {"镇", "碧门课"},
    "流动": OPEN | {"镇", "镇正式", "碧门课"},  # a guest at 余村, full at home
    "小组": OPEN | {"小组课"},
    "书记": OPEN | {"镇", "镇正式", "碧门课"},
    "镇审核": ALL,
    "镇干事": ALL,
}


@pytest.fixture(scope="module")
def county(tmp_path_factory: pytest.TempPathFactory) -> Iterator[County]:
    folder = server.new_data(tmp_path_factory.mktemp("county") / "data")
    clock = MovableClock()
    with server.in_thread(folder, clock) as served:
        made = County(served, clock)
        _nodes(made)
        _people(made)
        _lessons(made)
        with served.ports.db.write() as session:
            old, new = (session.get_one(Node, made.nodes[name]) for name in ("碧门", "余村"))
            audiences.merge(session, old, new, served.ports.clock(), None)
        Shelf(served).index()
        yield made
        for http in made.http.values():
            http.close()


def _nodes(county: County) -> None:
    now = county.served.ports.clock()
    with county.served.ports.db.write() as session:
        made = {"县": make.root(session)}
        for name, above in (
            ("天荒坪", "县"),
            ("灵峰", "县"),
            ("余村", "天荒坪"),
            ("大溪", "天荒坪"),
            ("横山", "灵峰"),
            ("碧门", "灵峰"),
        ):
            made[name] = organisation.add_named(session, made[above], name, now)
        county.nodes.update({name: node.id for name, node in made.items()})


def _people(county: County) -> None:
    now = county.served.ports.clock()
    since = local_day(now) - timedelta(days=30)
    with county.served.ports.db.write() as session:

        def belongs(who: str, node: str, kind: MembershipKind, state: MemberState | None) -> None:
            ids = {"person_id": county.people[who], "node_id": county.nodes[node]}
            session.add(Membership(id=new_id(), **ids, kind=kind, state=state, since=since, noted_at=now))

        for who in SEES:
            if who != "游客":
                county.people[who] = str(make.person(session, name=who).person_id)
        for who, (node, state) in MEMBERS.items():
            belongs(who, node, MembershipKind.HOME, state)
        belongs("流动", "余村", MembershipKind.GUEST, None)
        group = LearningGroup(id=new_id(), node_id=county.nodes["县"], name="青年", created_at=now)
        session.add(group)
        session.flush()
        session.add(GroupMember(id=new_id(), group_id=group.id, person_id=county.people["小组"], since=since))
        county.nodes["青年小组"] = group.id
        for who, role, node in (
            ("书记", Role.SECRETARY, "余村"),
            ("镇审核", Role.REVIEWER, "天荒坪"),
            ("镇干事", Role.STAFF, "天荒坪"),
        ):
            branch = session.get_one(Node, county.nodes[node])
            people.grant(session, county.people[who], role, branch, None, now)
        tokens = {who: token(session, one, "程序", now)[1] for who, one in county.people.items()}
    for who in SEES:
        visitor = Person(county.served.base_url)
        named = {"Authorization": f"Bearer {tokens[who]}"} if who in tokens else {}
        visitor.http.headers.update(named or {"X-CSRF-Token": visitor.csrf()})
        county.http[who] = visitor.http


def _lessons(county: County) -> None:
    nodes, shelf = county.nodes, Shelf(county.served)
    opened = {
        "人人": OpenTo(Audience.EVERYONE),
        "登录": OpenTo(Audience.SIGNED_IN),
        "组织": OpenTo(Audience.ORGANISATION),
        "镇": chosen([nodes["天荒坪"]]),
        "镇正式": chosen([nodes["天荒坪"]], kinds=[FULL]),
        "小组课": chosen(groups=[nodes["青年小组"]]),
        "碧门课": chosen([nodes["碧门"]]),
        "草稿": OpenTo(Audience.EVERYONE),
    }
    for name, wanted in opened.items():
        state = LessonState.DRAFT if name == "草稿" else LessonState.PUBLISHED
        put = shelf.lesson(state, words=f"{SAID}，{name}")
        with county.served.ports.db.write() as session:
            lesson = catalog.lesson(session, put.lesson)
            audiences.set_audience(session, lesson, wanted, county.served.ports.clock())
            lesson.node_id = nodes["余村"]
            lesson.title = f"夜校{name}课"
        county.lessons[name], county.clips[name] = put.lesson, put.clip


@pytest.mark.parametrize("who", SEES)
def test_each_sees_exactly_what_the_table_says(county: County, who: str) -> None:
    http, sees = county.http[who], SEES[who]
    listed = http.get("/api/v1/lessons").json()
    by_id = {lesson_id: name for name, lesson_id in county.lessons.items()}
    masters = {
        by_id[lesson["id"]]: lesson["clips"][0]["master"]
        for lesson in listed["lessons"]
        if lesson["id"] in by_id
    }
    assert set(masters) == sees
    assert listed["total"] == len(sees)
    found = http.get("/api/v1/search", params={"q": f'"{SAID}"', "counts": "1"}).json()
    assert {by_id[hit["lesson"]] for hit in found["hits"]} == sees
    assert found["total"] == len(sees)
    offered = http.get("/api/v1/suggest", params={"q": "夜校"}).json()
    titles = {one["text"] for one in offered if one["kind"] == "title"}
    assert titles <= {f"夜校{name}课" for name in sees}
    assert bool(titles) == bool(sees)
    for name, lesson_id in county.lessons.items():
        told_to_sign_in = who == "游客" and name == "登录"
        expected = 200 if name in sees else 303 if told_to_sign_in else 404
        assert http.get(f"/lessons/{lesson_id}").status_code == expected, name
        play = http.post(f"/api/v1/clips/{county.clips[name]}/plays", json={})
        assert (play.status_code == 200) == (name in sees), name
    for master in masters.values():
        assert http.get(master).status_code == 200
        assert http.get(master.replace("master.m3u8", "720p/00001.m4s")).status_code == 200


def test_a_lesson_narrowed_to_a_town_stops_for_all_who_had_its_address(county: County) -> None:
    served, lesson_id = county.served, county.lessons["登录"]

    def master(who: str) -> str:
        address: str = county.http[who].get(f"/api/v1/lessons/{lesson_id}").json()["clips"][0]["master"]
        return address

    before = master("横山正式")
    segment = before.replace("master.m3u8", "720p/00001.m4s")
    assert county.http["横山正式"].get(segment).status_code == 200
    staff = county.http["镇干事"]
    narrowed = staff.put(
        f"/api/v1/lessons/{lesson_id}/audience", json={"audience": ["node:天荒坪", "kind:full"]}
    )
    assert narrowed.status_code == 200, narrowed.text
    try:
        assert county.http["横山正式"].get(segment).status_code == 403
        assert county.http["横山正式"].get(f"/lessons/{lesson_id}").status_code == 404
        assert county.http["大溪正式"].get(master("大溪正式")).status_code == 200
        search = {"q": '"夜校登录课"'}
        for who, sees in (("横山正式", False), ("余村预备", False), ("大溪正式", True)):
            hits = county.http[who].get("/api/v1/search", params=search).json()["hits"]
            assert bool(hits) == sees, who
        # Another choice is another address, and the one before stops too.
        town = master("大溪正式")
        staff.put(f"/api/v1/lessons/{lesson_id}/audience", json={"audience": ["node:余村"]})
        assert county.http["大溪正式"].get(town).status_code == 403
    finally:
        staff.put(f"/api/v1/lessons/{lesson_id}/audience", json={"audience": ["signed_in"]})
    assert county.http["横山正式"].get(master("横山正式")).status_code == 200
    Shelf(served).index()


def test_a_secretary_hands_over_and_the_other_sees_the_statistics_from_that_day(county: County) -> None:
    lesson_id, node = county.lessons["镇"], county.nodes["余村"]
    stats = f"/api/v1/lessons/{lesson_id}/stats"
    assert county.http["书记"].get(stats).status_code == 200
    assert county.http["余村正式"].get(stats).status_code == 403
    with county.served.ports.db.read() as session:
        holder, to = (
            people_queries.person(session, county.people[who]).username for who in ("书记", "余村正式")
        )
    change = {"role": "secretary", "holder": holder, "to": to}
    path = f"/api/v1/organisation/nodes/{node}/hand-over"
    refused = county.http["书记"].post(path, json=change)
    assert refused.status_code in (403, 404)  # nobody hands their own role on by themselves
    today = local_day(county.served.ports.clock())
    past = county.http["镇干事"].post(path, json={**change, "day": str(today - timedelta(days=1))})
    assert past.status_code == 422
    later = county.http["镇干事"].post(path, json={**change, "day": str(today + timedelta(days=2))})
    assert later.status_code == 200, later.text
    assert [one["until"] for one in later.json()["holders"]].count(str(today + timedelta(days=1))) == 1
    assert county.http["书记"].get(stats).status_code == 200
    assert county.http["余村正式"].get(stats).status_code == 403
    county.clock.forward(days=2)
    assert county.http["书记"].get(stats).status_code == 403
    assert county.http["余村正式"].get(stats).status_code == 200


def test_why_somebody_may_not_is_told_to_those_who_keep_them_and_to_nobody_else(county: County) -> None:
    lesson_id = county.lessons["镇正式"]
    path = f"/api/v1/lessons/{lesson_id}/why"

    def asked(who: str, person: str) -> httpx.Response:
        return county.http[who].get(path, params={"person": person})

    said = asked("镇干事", "余村预备").json()
    assert (said["may"], [one["code"] for one in said["missing"]]) == (False, ["missing_kind"])
    assert "预备党员" in said["missing"][0]["text"]
    said = asked("镇干事", "流动").json()
    assert (said["may"], [one["code"] for one in said["because"]]) == (True, ["why_belongs"])
    assert "余村" in said["because"][0]["text"]
    # Who is not in the town and who is nowhere are one answer; a lesson that is not seen is not there.
    elsewhere, nowhere = asked("镇干事", "横山正式"), asked("镇干事", "没有这个人")
    assert (elsewhere.status_code, nowhere.status_code) == (422, 422)
    assert elsewhere.json()["message"].replace("横山正式", "") == nowhere.json()["message"].replace(
        "没有这个人", ""
    )
    assert asked("横山正式", "余村预备").status_code == 404
    assert asked("余村正式", "余村预备").status_code == 403
    assert asked("游客", "余村预备").status_code == 401
    counts = county.http["镇干事"].get(path).json()["seen_by"]
    assert counts[0]["count"] == 4  # 余村正式, 大溪正式, 书记, and the guest
