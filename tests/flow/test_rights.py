"""A county brought in by lists, then a merger, a hand-over, a guest, a lesson narrowed to a town: each of
twelve persons sees what the table says, everywhere."""

from __future__ import annotations

import contextlib
import csv
import io
import json
import logging
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import Any

import httpx
import pytest
import structlog

from library.catalog import audiences
from library.catalog import queries as catalog
from library.catalog.audience import OpenTo, chosen
from library.catalog.permits import Audience, LessonState
from library.core.clock import local_day
from library.core.permits import MemberState
from library.organisation import queries as organisation
from library.people import queries as people_queries
from server.cli import main
from server.web.files.sheets import Sheet, workbook
from tests.server.conftest import Shelf
from tests.support import factories as make
from tests.support import server
from tests.support.client import Person
from tests.support.server import MovableClock, Served
from tests.support.signing import token

pytestmark = pytest.mark.slow
SAID = "竹海深处的夜校"


@dataclass
class County:
    """The county: nodes (by their codes) and lessons by what they are called here, and who asks for them."""

    served: Served
    clock: MovableClock
    nodes: dict[str, str] = field(default_factory=dict)
    http: dict[str, httpx.Client] = field(default_factory=dict)
    lessons: dict[str, str] = field(default_factory=dict)
    clips: dict[str, str] = field(default_factory=dict)


TREE = (
    ("编码", "名称", "上级", "类别"),
    ("YC", "余村", "天荒坪", "党支部"),
    ("DX", "大溪", "天荒坪", "党支部"),
    ("HS", "横山", "灵峰", "党支部"),
    ("BM", "碧门", "灵峰", "党支部"),
    ("TH", "天荒坪", "安吉县委", "党委"),
    ("LF", "灵峰", "安吉县委", "党委"),
    ("AJ", "安吉县委", "", ""),
)
PEOPLE = (
    ("姓名", "账号", "党支部", "人员类别", "加入日期", "组织关系"),
    ("余村正式", "余村正式", "YC", "正式党员", "2020-07-01", ""),
    ("余村预备", "余村预备", "安吉县委 / 天荒坪 / 余村", "预备党员", "2026-03-01", ""),
    ("大溪正式", "大溪正式", "DX", "正式党员", "2015-07-01", ""),
    ("横山正式", "横山正式", "横山", "正式党员", "", "在册"),
    ("碧门未登记", "碧门未登记", "BM", "", "", ""),
    ("流动", "流动", "HS", "正式党员", "", ""),
    ("小组", "小组", "HS", "预备党员", "", ""),
    ("书记", "书记", "余村", "正式党员", "", ""),
    ("镇审核", "镇审核", "HS", "正式党员", "", ""),
    ("镇干事", "镇干事", "HS", "正式党员", "", ""),
)
GUESTS = (PEOPLE[0], ("流动", "流动", "YC", "", "", "流动"))
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
COUNTS = {"书记", "镇干事"}  # who may know how often a lesson of 余村 was watched


@pytest.fixture(scope="module")
def county(tmp_path_factory: pytest.TempPathFactory) -> Iterator[County]:
    folder = server.new_data(tmp_path_factory.mktemp("county") / "data")
    clock = MovableClock()
    _import(folder)
    with server.in_thread(folder, clock) as served:
        made = County(served, clock)
        with served.ports.db.read() as session:
            known = list(organisation.known_nodes(session))
            made.nodes.update({one.code: one.id for one in known if one.code})
        group = _weike(folder, "people", "group", "add", "AJ", "青年")["id"]
        _weike(folder, "people", "group", "join", "青年", "小组")
        _lessons(made, group)
        _changes(made)
        yield made
        for http in made.http.values():
            http.close()


def _weike(data: Path, *arguments: object) -> Any:
    """Run a command beside the server, as its machine's administrator would; returns what it printed."""
    root, structured = logging.getLogger(), structlog.get_config()
    handlers, level, out = root.handlers, root.level, io.TextIOWrapper(io.BytesIO(), "utf-8")
    try:
        with contextlib.redirect_stdout(out):
            code = main(["--data", str(data), *map(str, arguments), "--json"])
    finally:
        root.handlers, root.level = handlers, level
        structlog.configure(**structured)
    assert code == 0, arguments
    out.seek(0)
    return json.loads(out.read())


def _import(data: Path) -> None:
    """Bring the county in: a workbook of the organisation, a list of its people as Excel saves it."""
    tree, list_ = data.with_name("党组织.xlsx"), data.with_name("名册.csv")
    tree.write_bytes(workbook([Sheet("党组织", TREE[0], TREE[1:], (12,) * 4, freeze=True)]))
    said = _weike(data, "organisation", "import", tree)
    assert (said["rows"], said["new"], said["changed"], said["wrong"]) == (7, 6, 1, [])  # the root has a name
    list_.write_bytes(_csv(PEOPLE).encode("gb18030"))
    said = _weike(data, "people", "import", list_)
    assert (said["rows"], said["new"], said["wrong"]) == (10, 10, [])
    for who, role, node in (
        ("余村正式", "secretary", "YC"),
        ("镇审核", "reviewer", "TH"),
        ("镇干事", "staff", "TH"),
    ):
        _weike(data, "user", "role", who, role, "--at", node)


def _csv(rows: Sequence[Sequence[str]]) -> str:
    text = io.StringIO()
    csv.writer(text).writerows(rows)
    return text.getvalue()


def _lessons(county: County, group: str) -> None:
    nodes, shelf = county.nodes, Shelf(county.served)
    opened = {
        "人人": OpenTo(Audience.EVERYONE),
        "登录": OpenTo(Audience.SIGNED_IN),
        "组织": OpenTo(Audience.ORGANISATION),
        "镇": OpenTo(Audience.EVERYONE),  # until it is narrowed
        "镇正式": chosen([nodes["TH"]], kinds=[MemberState.FULL]),
        "小组课": chosen(groups=[group]),
        "碧门课": chosen([nodes["BM"]]),
        "草稿": OpenTo(Audience.EVERYONE),
    }
    for name, wanted in opened.items():
        state = LessonState.DRAFT if name == "草稿" else LessonState.PUBLISHED
        put = shelf.lesson(state, words=f"{SAID}，{name}")
        with county.served.ports.db.write() as session:
            lesson = catalog.lesson(session, put.lesson)
            audiences.set_audience(session, lesson, wanted, county.served.ports.clock())
            lesson.node_id = nodes["YC"]
            lesson.title = f"夜校{name}课"
        county.lessons[name], county.clips[name] = put.lesson, put.clip
    shelf.index()


def _changes(county: County) -> None:
    """What becomes of the county once all is there: nobody's index or lesson is made anew for it."""
    data = county.served.data
    assert _weike(data, "organisation", "merge", "BM", "YC")["members"] == 4  # three and who came from 碧门
    told = _weike(data, "user", "hand-over", "余村正式", "书记", "--at", "YC")
    assert [one["role"] for one in told["to"]["roles"]] == ["member", "secretary"]
    guests = data.with_name("流动.csv")
    guests.write_text(_csv(GUESTS), "utf-8")
    assert _weike(data, "people", "import", guests)["changed"] == 1
    now = county.served.ports.clock()
    with county.served.ports.db.write() as session:
        found = {who: people_queries.person_by_username(session, who) for who in SEES}
        ids = {who: one.id for who, one in found.items() if one}
        ids["无组织"] = str(make.person(session).person_id)
        tokens = {who: token(session, one, "程序", now)[1] for who, one in ids.items()}
    for who in SEES:
        visitor = Person(county.served.base_url)
        named = {"Authorization": f"Bearer {tokens[who]}"} if who in tokens else {}
        visitor.http.headers.update(named or {"X-CSRF-Token": visitor.csrf()})
        county.http[who] = visitor.http
    path = f"/api/v1/lessons/{county.lessons['镇']}/audience"
    narrowed = county.http["镇干事"].put(path, json={"audience": ["node:天荒坪"]})
    assert narrowed.status_code == 200, narrowed.text


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
    counted = http.get(f"/api/v1/lessons/{county.lessons['镇']}/stats").status_code
    assert (counted == 200) == (who in COUNTS)
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
    lesson_id, node = county.lessons["镇"], county.nodes["YC"]
    stats = f"/api/v1/lessons/{lesson_id}/stats"
    assert county.http["书记"].get(stats).status_code == 200
    assert county.http["余村正式"].get(stats).status_code == 403
    change = {"role": "secretary", "holder": "书记", "to": "余村正式"}
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
