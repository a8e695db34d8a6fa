"""A declaration over HTTP: from a branch up two levels, back once, chosen, stopped; blind; the queue."""

from __future__ import annotations

import re
from dataclasses import dataclass

import httpx
import pytest

from library.catalog import actions as catalog
from library.catalog.permits import LessonState
from library.core.permits import Role
from library.declaring import queries, settings
from library.declaring.rules import Check, LevelRule, Period, Setting
from library.organisation import actions as organisation
from library.people import actions as people
from server.commands.administrator import machine
from server.slices.declaring import queue
from tests.server.conftest import Shelf
from tests.server.routes import all_routes
from tests.support import factories as make
from tests.support.client import Person
from tests.support.server import MovableClock, Served, quickly_hashed

pytestmark = pytest.mark.dear(6)

LECTURER, BRANCH, TOWN = "王芳芳", "余村党支部", "天荒坪镇党委"


@dataclass(frozen=True)
class World:
    """A county with a town and its branch, in which lessons are declared."""

    served: Served
    shelf: Shelf
    clock: MovableClock
    county: str
    town: str
    branch: str
    lecturer: Person
    of_town: Person
    of_county: Person
    second: Person

    def lesson(self, title: str = "") -> str:
        """A draft of the branch's lecturer that plays."""
        put = self.shelf.lesson(owner="wang", words=f"{LECTURER}在{BRANCH}讲")
        with self.served.ports.db.write() as session:
            row = session.get_one(make.Lesson, put.lesson)
            row.node_id = self.branch
            session.flush()
            details = catalog.Details(title or f"{LECTURER}讲{put.title}", LECTURER)
            catalog.edit(session, row, details)
        return put.lesson

    def levels(self, *levels: LevelRule, quota: int = 0) -> None:
        """Say at the county who reviews."""
        with self.served.ports.db.write() as session:
            settings.put(session, machine(session), self.county, Setting(levels, quota), self.clock())

    def declared(self, lesson: str) -> str:
        """Declare a lesson by its page; returns the declaration's id."""
        answer = self.lecturer.http.post(
            f"/lessons/{lesson}/declare",
            data={"csrf": self.lecturer.csrf(), "checked": list(Check), "reason": f"我是{LECTURER}"},
        )
        assert answer.status_code == 303, answer.text
        return answer.headers["location"].rsplit("/", 1)[1]

    def of(self, who: Person, its: str) -> dict[str, object]:
        """A declaration as somebody sees it."""
        found: dict[str, object] = who.http.get(f"/api/v1/declarations/{its}").json()
        return found

    def decide(self, who: Person, its: str, step: str, **more: object) -> httpx.Response:
        """Decide as the page does, having looked at it just now."""
        data = {"csrf": who.csrf(), "step": step, "moves": self.of(who, its).get("moves", 0), **more}
        return who.http.post(f"/declarations/{its}/decide", data=data)


@pytest.fixture(scope="module")
def world(served: Served, shelf: Shelf, clock: MovableClock) -> World:
    with served.ports.db.write() as session:
        county = make.root(session)
        town = organisation.add_named(session, county, TOWN, clock())
        branch = organisation.add_named(session, town, BRANCH, clock())
        for username, name, role, node in (
            ("wang", LECTURER, Role.LECTURER, branch),
            ("zhen", "镇审核", Role.REVIEWER, town),
            ("xian", "县审核", Role.REVIEWER, county),
            ("second", "县二审", Role.REVIEWER, county),
        ):
            person = people.add_person(session, username, name, quickly_hashed(username), clock())
            people.grant(session, person.id, role, node, None, clock())
        ids = (county.id, town.id, branch.id)
    browsers = (served.person(name) for name in ("wang", "zhen", "xian", "second"))
    return World(served, shelf, clock, *ids, *browsers)


@pytest.fixture(autouse=True)
def _two_levels(world: World) -> None:
    world.levels(LevelRule(0, deciders=1), LevelRule(1, deciders=1, checklist=(Check.SECRECY,)))


@pytest.mark.slow
def test_back_once_with_three_remarks_then_up_two_levels_chosen_and_stopped(world: World) -> None:
    lesson = world.lesson("竹海的清晨")
    before = world.lecturer.http.get(f"/lessons/{lesson}/declare").text
    assert TOWN in before
    assert "系统看到的" in before
    missing = world.lecturer.post(f"/lessons/{lesson}/declare", reason="写了很久")
    assert (missing.status_code, "写了很久" in missing.text, "还有 1 项没有确认" in missing.text) == (
        *(422, True, True),
    )
    its = world.declared(lesson)
    page = f"/declarations/{its}"
    assert "竹海的清晨" in world.of_town.http.get("/declarations").text
    assert "竹海的清晨" in world.of_town.http.get("/").text, "what is due stands on the reviewer's home"
    assert "竹海的清晨" not in world.of_county.http.get("/declarations").text, "it is not there yet"
    assert "竹海的清晨" in world.of_county.http.get("/declarations", params={"at": TOWN}).text
    assert "审核中" in world.lecturer.http.get(f"/lessons/{lesson}").text

    empty = world.decide(world.of_town, its, "return")
    assert (empty.status_code, "请写一句原因" in empty.text) == (422, True)
    moves = str(world.of(world.of_town, its)["moves"])
    for at, text in (("0:03", "声音小"), ("7.5", "请核对"), ("", "补出处")):
        assert world.of_town.post(f"{page}/remarks", at=at, text=text, moves=moves).status_code == 303
    far = world.of_town.post(f"{page}/remarks", at="9:59:59", text="没有这里", moves=moves)
    assert (far.status_code, "没有这里" in far.text) == (422, True)
    assert world.decide(world.of_town, its, "return").status_code == 303
    assert "竹海的清晨" in world.lecturer.http.get("/").text, (
        "what was sent back stands on the lecturer's home"
    )

    again = f"/lessons/{lesson}/declare"
    early = world.lecturer.post(again, checked="secrecy")
    assert (early.status_code, "还有 3 条意见没有答复" in early.text) == (409, True)
    for n, (kind, text) in enumerate((("changed", ""), ("answered", "核对过了"), ("changed", "补了")), 1):
        assert world.lecturer.post(f"{page}/remarks/{n}/answer", kind=kind, text=text).status_code == 303
    assert world.of_town.post(f"{page}/remarks/1/answer", kind="changed", text="").status_code == 403
    assert world.lecturer.post(again, checked="secrecy").status_code == 303
    seen = world.of_town.http.get(page).text
    for text in ("声音小", "核对过了", "第 2 轮", "退回修改"):
        assert text in seen, text

    open_list = world.decide(world.of_town, its, "approve", reason="好课")
    assert (open_list.status_code, "好课" in open_list.text) == (422, True)
    assert world.decide(world.of_county, its, "approve", checked="secrecy").status_code == 303, (
        "above may too"
    )
    nobody = world.served.person("nobody")
    assert nobody.http.get(f"/lessons/{lesson}").status_code == 404
    assert world.decide(world.of_town, its, "approve").status_code == 403
    assert world.decide(world.of_county, its, "select").status_code == 303
    told = world.of(world.lecturer, its)
    assert (told["state"], told["selected"], len(told["remarks"])) == ("published", True, 3)  # type: ignore[arg-type]
    assert nobody.http.get(f"/lessons/{lesson}").status_code == 200

    unsaid = world.of_town.post(f"{page}/stop", reason=" ")
    assert unsaid.status_code == 422
    assert world.of_town.post(f"{page}/stop", reason="有误").status_code == 303
    assert nobody.http.get(f"/lessons/{lesson}").status_code == 404
    assert "竹海的清晨" not in nobody.http.get("/").text
    assert "有误" in world.lecturer.http.get(page).text


@pytest.mark.slow
def test_a_blind_level_meets_no_name_on_any_route(world: World) -> None:
    world.levels(LevelRule(0, deciders=1, readers=1, blind=True))
    lesson = world.lesson()
    its = world.declared(lesson)
    reader = world.second
    moves = str(world.of(reader, its)["moves"])
    assert (
        reader.post(f"/declarations/{its}/remarks", at="1", text=f"{LECTURER}好", moves=moves).status_code
        == 303
    )
    assert reader.post(f"/declarations/{its}/read", reason="可以", moves=moves).status_code == 303
    asked = [
        route.split(" ")[1].replace("{declaration_id}", its)
        for route in all_routes(world.served)
        if route.startswith("GET ") and "/declarations" in route
    ]
    assert len(asked) >= 5
    for who in (world.of_county, world.second):
        refused = who.http.post(
            f"/declarations/{its}/decide", data={"csrf": who.csrf(), "step": "return", "moves": "99"}
        )
        bulk = who.post("/declarations/bulk", ids=its)
        assert (refused.status_code, bulk.status_code) == (409, 200)
        answers = [*(who.http.get(path) for path in asked), refused, bulk, who.http.get("/")]
        for answer in answers:
            assert answer.status_code in (200, 409), answer.url
            for name in (LECTURER, BRANCH, TOWN, lesson, world.branch):
                assert name not in answer.text, (name, str(answer.url))
            assert LECTURER not in str(answer.headers)
    assert "县二审" not in world.lecturer.http.get(f"/declarations/{its}").text
    assert world.decide(world.of_county, its, "approve").status_code == 303
    assert LECTURER in world.second.http.get(f"/declarations/{its}").text, "what is out is known"


@pytest.mark.slow
def test_the_queue_is_turned_by_keys_and_what_is_approved_together_is_counted(world: World) -> None:
    its = [world.declared(world.lesson(f"批量第{n}课")) for n in range(4)]
    who = world.of_town
    found, after = [], ""
    size, queue.PER_PAGE = queue.PER_PAGE, 2
    try:
        for _ in range(9):
            page = who.http.get("/api/v1/declarations", params={"after": after}).json()
            found += [one["id"] for one in page["declarations"]]
            after = page["next"]
            if after is None:
                break
        first = who.http.get("/declarations").text
        assert 'rel="next"' in first
        assert len(re.findall(r'name="ids"', first)) == 2, "only what is on this page can be ticked"
    finally:
        queue.PER_PAGE = size
    assert len(set(found)) == len(found)
    assert set(its) <= set(found)
    assert who.http.get("/api/v1/declarations", params={"after": "nonsense"}).status_code == 422
    assert who.http.get("/declarations", params={"state": "x"}).status_code == 422

    def confirm(ids: list[str], count: str, moves: list[str], *checked: str) -> httpx.Response:
        data = {"csrf": who.csrf(), "ids": ids, "count": count, "moves": moves, "checked": list(checked)}
        return who.http.post("/declarations/bulk/confirm", data=data)

    asked = who.http.post("/declarations/bulk", data={"csrf": who.csrf(), "ids": its[:3]})
    assert "通过这 3 件" in asked.text
    assert all(f"批量第{n}课" in asked.text for n in range(3))
    assert "批量第3课" not in asked.text
    assert confirm(its, "3", ["1"] * 4, "secrecy").status_code == 422, "another number approves nothing"
    assert confirm(its[:3], "3", ["1"] * 3).status_code == 422, "the checklist is open"
    stale = confirm(its[:3], "3", ["1", "1", "7"], "secrecy")
    assert (stale.status_code, "批量第2课" in stale.text) == (409, True)
    assert [world.of(who, one)["level"] for one in its] == [1, 1, 1, 1], "all or none"
    assert confirm(its[:3], "3", ["1"] * 3, "secrecy").status_code == 303
    assert [world.of(who, one)["level"] for one in its] == [2, 2, 2, 1]

    world.clock.forward(days=8)
    late = who.http.get("/declarations", params={"late": "1"}).text
    assert "批量第3课" in late
    assert "已逾期" in late
    listed = who.http.get("/declarations/list/export.csv").content.decode("utf-8-sig")
    assert "批量第3课" in listed


@pytest.mark.slow
def test_levels_are_said_at_a_node_and_inherited_until_another_says_otherwise(world: World) -> None:
    staff = world.served.person("staff")
    page = f"/levels?node={world.town}"
    with world.served.ports.db.read() as session:
        used = queries.declared_in_period(session, world.branch, Period.MONTH, world.clock())
    assert "现在沿用" in staff.http.get(page).text
    typed = {
        "csrf": staff.csrf(),
        "readers": ["1", "0"],
        "deciders": ["2", "77"],
        "due_days": ["3", "7"],
        "endings": ["publish", "select"],
        "checklist": ["0:secrecy"],
        "blind": ["0"],
        "quota": str(used + 1),
        "period": "month",
    }
    refused = staff.http.post(f"/levels/{world.town}", data=typed)
    assert (refused.status_code, 'value="77"' in refused.text) == (422, True)
    typed["deciders"] = ["2", "0"]
    assert staff.http.post(f"/levels/{world.town}", data=typed).status_code == 303
    assert "现在按这里自己的规定" in staff.http.get(page).text
    got = staff.http.get(f"/api/v1/levels/{world.branch}").json()
    assert (got["said_by"], got["quota"], got["levels"][0]["deciders"]) == (world.town, used + 1, 2)
    world.declared(world.lesson())
    full = world.lecturer.http.post(
        f"/lessons/{world.lesson()}/declare",
        data={"csrf": world.lecturer.csrf(), "checked": "secrecy", "reason": "第二节"},
    )
    assert (full.status_code, "名额用完" in full.text, "第二节" in full.text) == (409, True, True)
    assert world.lecturer.http.get(page).status_code == 403
    assert world.of_town.http.get(f"/api/v1/levels/{world.town}").status_code == 403
    assert staff.post(f"/levels/{world.town}/inherit").status_code == 303
    assert "现在沿用" in staff.http.get(page).text


@pytest.mark.slow
def test_over_the_api_as_programs_do(world: World) -> None:
    lesson = world.lesson()
    made = world.lecturer.api("POST", "/declarations", json={"lesson": lesson, "checked": ["secrecy"]})
    assert made.status_code == 201, made.text
    its = made.json()["id"]
    assert made.json()["clips"][0]["master"].startswith("/media/")
    assert world.lecturer.api("POST", "/declarations", json={"lesson": lesson}).status_code == 409
    at = f"/declarations/{its}"
    assert world.of_town.api("POST", f"{at}/remarks", json={"text": "x", "cue": 0}).json()["remarks"][0][
        "quote"
    ]
    body = {"step": "return", "remarks": [{"text": "再改", "at_s": 2}], "moves": 1}
    assert world.of_town.api("POST", f"{at}/decide", json=body).json()["state"] == "returned"
    stale = world.of_town.api("POST", f"{at}/decide", json=body)
    assert (stale.status_code, stale.json()["error"]) == (409, "declaration_moved")
    for n in (1, 2):
        done = world.lecturer.api("POST", f"{at}/remarks/{n}/answer", json={"kind": "answered", "text": "好"})
        assert done.status_code == 200
    assert (
        world.lecturer.api("POST", f"{at}/withdraw", json={"reason": "不报了"}).json()["state"] == "withdrawn"
    )
    assert world.served.person("other").http.get(f"/api/v1{at}").status_code == 404
    assert world.served.person("member").http.get("/api/v1/declarations").status_code == 403
    with world.served.ports.db.read() as session:
        assert session.get_one(make.Lesson, lesson).state is LessonState.DRAFT


@pytest.mark.slow
def test_what_is_refused_comes_back_as_typed_beside_its_field(world: World) -> None:
    its = world.declared(world.lesson())
    page, long = f"/declarations/{its}", "长" * 501
    moves = str(world.of(world.of_town, its)["moves"])
    reviewer, lecturer = world.of_town, world.lecturer
    assert reviewer.post(f"{page}/remarks", text="请改", at="", moves=moves).status_code == 303
    for who, path, field, form in (
        (reviewer, "remarks", "text", {"moves": moves, "at": "0:01"}),
        (reviewer, "decide", "reason", {"moves": moves, "step": "decline"}),
        (reviewer, "stop", "reason", {}),
        (lecturer, "remarks/1/answer", "text", {"kind": "answered"}),
        (lecturer, "withdraw", "reason", {"moves": moves}),
    ):
        answer = who.post(f"{page}/{path}", **form, **{field: long})
        assert answer.status_code == 422, path
        assert long in answer.text, path
        assert f'id="wrong-{field}"' in answer.text, path
        assert answer.text.count(" autofocus") == 1, path
    unknown = lecturer.post(f"{page}/remarks/1/answer", kind="", text="忘了选")
    assert (unknown.status_code, "忘了选" in unknown.text) == (422, True)
    stale = reviewer.post(f"{page}/decide", step="return", reason="想了很久的原因", moves="77")
    assert (stale.status_code, "想了很久的原因" in stale.text) == (409, True)
