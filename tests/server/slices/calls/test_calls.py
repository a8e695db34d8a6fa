"""A call as in the province, over HTTP, to a certificate that a stranger checks; and blindness."""

from __future__ import annotations

import re
import subprocess
from dataclasses import replace
from io import BytesIO
from pathlib import Path

import openpyxl
import pytest
from sqlalchemy import select

from library.audit.rules import Deed
from library.audit.tables import AuditEntry
from library.calls import actions, queries
from library.calls.demands import Demanded
from library.calls.looking import EdgeLooks
from library.calls.tables import Call
from library.catalog.tables import Lesson
from library.core.clock import local_day
from library.intake.tables import Original, Recording
from library.organisation.tables import Node
from server.slices.calls.fields import typed_of
from tests.library.calls import making
from tests.server.conftest import Shelf
from tests.server.slices.calls.roles import put
from tests.support.client import Person
from tests.support.server import Served

pytestmark = pytest.mark.dear(10)

JUDGES = ("member", "other", "admin")


def filmed(served: Served, shelf: Shelf, title: str, *, boxed: bool = False, lines: int = 1080) -> str:
    """A lesson of `lecturer` in a village of its own, with a real film of six seconds as its original."""
    village = shelf.node()
    with served.ports.db.write() as session:
        at = session.get_one(Node, village)
        lesson = making.work(session, at, shelf.viewer("lecturer"), title, lines=lines, duration_s=6.0)
        row = session.scalars(select(Recording).where(Recording.lesson_id == lesson.id)).one()
        key = session.get_one(Original, row.sha256).key
        lesson_id = lesson.id
    shape = ["-vf", "crop=640:272,pad=640:360:0:44"] if boxed else []
    film(served, served.data / "objects" / key, *shape)
    return lesson_id


def film(served: Served, file: Path, *shape: str) -> None:
    """Write six seconds of a moving test picture."""
    file.parent.mkdir(parents=True, exist_ok=True)
    assert served.ports.tools is not None
    source = ["-f", "lavfi", "-i", "testsrc2=s=640x360:r=5:d=6", *shape]
    out = ["-c:v", "libx264", "-preset", "ultrafast", "-pix_fmt", "yuv420p", "-f", "mp4", str(file)]
    command = [str(served.ports.tools.ffmpeg), "-v", "error", "-nostdin", "-y", *source, *out]
    subprocess.run(command, check=True, timeout=60)


def look(served: Served) -> None:
    """Do what the worker does, until nothing waits."""
    ports = served.ports
    looks = EdgeLooks(ports.db, ports.store, ports.tools, ports.work, ports.clock, lambda: False)
    while looks.look_at_one():
        pass


def version(served: Served, call_id: str) -> str:
    with served.ports.db.read() as session:
        return str(session.get_one(Call, call_id).version)


def moved(served: Served, staff: Person, call_id: str, action: str) -> int:
    answer = staff.post(f"/calls/{call_id}/move", version=version(served, call_id), action=action)
    return answer.status_code


@pytest.mark.slow
def test_from_the_call_to_a_certificate_that_a_stranger_checks(served: Served, shelf: Shelf) -> None:
    staff, lecturer, nobody = (served.person(name) for name in ("staff", "lecturer", "nobody"))
    day = local_day(served.ports.clock())
    demands = replace(making.DEMANDS, bars=Demanded.MUST)
    typed, genres = typed_of(making.draft(day, demands=demands, quota=2, title="全省微党课"))
    made = staff.http.post("/calls", data={"csrf": staff.csrf(), **typed, "genre": list(genres)})
    assert made.status_code == 303, made.text
    call_id = made.headers["location"].split("/")[2]
    assert lecturer.http.get(f"/calls/{call_id}").status_code == 404, "a draft"
    assert moved(served, staff, call_id, "judge") == 409
    assert moved(served, staff, call_id, "open") == 303
    assert "全省微党课" in lecturer.http.get("/calls").text

    # The machine says what is missing before anything is entered; it is mended, and entered.
    lesson_id = filmed(served, shelf, "竹海深处", boxed=True, lines=720)
    assert f'action="/calls/{call_id}/check"' in lecturer.http.get(f"/lessons/{lesson_id}").text
    checked = lecturer.post(f"/calls/{call_id}/check", lesson=f"http://x/lessons/{lesson_id}")
    report = checked.headers["location"]
    waiting = lecturer.http.get(report).text
    assert "正在检查" in waiting
    assert 'http-equiv="refresh"' in waiting
    look(served)
    told = lecturer.http.get(report).text
    assert "12.2%" in told, "the bars"
    assert "这件：720p" in told
    assert told.count("不符合") >= 2
    refused = lecturer.post(f"/calls/{call_id}/entries", lesson=lesson_id, category="lecture")
    assert (refused.status_code, "还没有达到必须达到的要求" in refused.text) == (409, True)
    with served.ports.db.write() as session:
        row = making.filmed(session, session.get_one(Lesson, lesson_id), duration_s=6.0)
        key = session.get_one(Original, row.sha256).key
        known = queries.look_of(session, row.id)
        assert known is not None
        session.delete(known)  # another recording would have another row
    film(served, served.data / "objects" / key)
    lecturer.post(f"/calls/{call_id}/check", lesson=lesson_id)
    look(served)
    assert "不符合" not in lecturer.http.get(report).text.replace("“不符合”", "").split("提交作品")[0]
    entered = lecturer.post(f"/calls/{call_id}/entries", lesson=lesson_id, category="lecture")
    assert entered.status_code == 303, entered.text
    assert lecturer.post(f"/calls/{call_id}/entries/1/take-back").status_code == 303
    assert lecturer.post(f"/calls/{call_id}/entries", lesson=lesson_id, category="lecture").status_code == 303
    second = filmed(served, shelf, "红色交通站")
    lecturer.post(f"/calls/{call_id}/check", lesson=second)
    look(served)
    api = lecturer.api("POST", f"/calls/{call_id}/entries", json={"lesson": second, "category": "讲授"})
    assert (api.status_code, api.json()["error"]) == (422, "call_category")
    api = lecturer.api("POST", f"/calls/{call_id}/entries", json={"lesson": second, "category": "lecture"})
    assert api.json()["n"] == 2

    # Three judges; none sees the others' scores before their own are in.
    assert moved(served, staff, call_id, "judge") == 409, "no judges yet"
    for name in (*JUDGES, "lecturer"):
        assert staff.post(f"/calls/{call_id}/judges", judge=name).status_code == 303
    assert moved(served, staff, call_id, "judge") == 303
    assert lecturer.post(f"/calls/{call_id}/entries/1/take-back").status_code == 409
    stake = lecturer.http.get(f"/calls/{call_id}/judging/1").text
    assert "这是您自己的课" in stake
    given = lecturer.http.post(
        f"/calls/{call_id}/judging/1", data={"csrf": lecturer.csrf(), "points": ["100", "100"]}
    )
    assert given.status_code == 403
    points = {"member": (("90", "80"), ("70", "70")), "other": (("88", "90"), ("70", "80"))}
    points["admin"] = (("91", "85"), ("60", "61"))
    for name in JUDGES:
        judge = served.person(name)
        page = judge.http.get(f"/calls/{call_id}/judging/1").text
        assert 'data-master="/media/' in page
        wrong = {"csrf": judge.csrf(), "points": ["90", "900"], "why": "写了很久的评语"}
        refused = judge.http.post(f"/calls/{call_id}/judging/1", data=wrong)
        assert refused.status_code == 422
        assert "要在 0 到 100 之间" in refused.text
        assert all(typed in refused.text for typed in ('value="90"', 'value="900"', "写了很久的评语"))
        for n, one in enumerate(points[name], 1):
            body = {"csrf": judge.csrf(), "points": list(one), "why": "看得出下过功夫"}
            scored = judge.http.post(f"/calls/{call_id}/judging/{n}", data=body)
            assert scored.status_code == 303, scored.text
        assert scored.headers["location"].endswith("/judging")
        before = judge.http.get(f"/api/v1/calls/{call_id}/judging").json()
        assert [one["others"] for one in before["works"]] == [[], []]
        assert judge.http.get(f"/calls/{call_id}/results").status_code == 404
        assert judge.post(f"/calls/{call_id}/hand-in").status_code == 303
    after = served.person("admin").http.get(f"/api/v1/calls/{call_id}/judging").json()
    assert after["works"][0]["others"] == ["86.00", "88.80"]
    again = {"csrf": judge.csrf(), "points": ["1", "1"]}
    assert judge.http.post(f"/calls/{call_id}/judging/1", data=again).status_code == 409

    # The result, as a page and as a workbook whose formulas can be read.
    assert moved(served, staff, call_id, "publish") == 303
    shown = nobody.http.get(f"/calls/{call_id}/results")
    assert shown.status_code == 303, "whom it is for signs in"
    page = served.person("member").http.get(f"/calls/{call_id}/results").text
    assert re.sub(r"\s+", "", page).count("<strong>87.80</strong>") == 1  # (86 + 88.8 + 88.6) / 3
    assert "86.00、88.80、88.60" in page
    assert "有 1 位评委没有交分" in page
    book = openpyxl.load_workbook(BytesIO(staff.http.get(f"/calls/{call_id}/results/export.xlsx").content))
    cells = {one.value for row in book["评分"].iter_rows() for one in row if isinstance(one.value, str)}
    assert any(one.startswith("=IF(COUNT(E") and "'权重'!$B$2" in one for one in cells), cells
    assert any("ROUND(AVERAGE(" in one for one in cells)

    # Honours in one step, once however often; a stranger checks the certificate.
    prizes = {"prizes": "一等奖 1\n二等奖 1", "level": "provincial"}
    tried = staff.http.get(f"/calls/{call_id}/results", params=prizes).text
    assert "这是试排" in tried
    for _ in range(2):
        assert staff.post(f"/calls/{call_id}/honours", **prizes).status_code == 303
    assert "“全省微党课”一等奖" in nobody.http.get(f"/lessons/{lesson_id}").text
    results = served.person("member").http.get(f"/api/v1/calls/{call_id}/results").json()["works"]
    assert [(one["title"], one["rank"], one["mean"], one["prize"]) for one in results] == [
        ("竹海深处", 1, "87.80", "一等奖"),
        ("红色交通站", 2, "68.13", "二等奖"),
    ]
    code = results[0]["certificate"]
    assert results[1]["certificate"] != code
    typed_code = code.upper().replace("-", "")
    found = nobody.http.get("/certificates", params={"code": typed_code}, follow_redirects=True).text
    assert "这张证书是真的" in found
    assert "竹海深处" in found
    sheet = nobody.http.get(f"/certificates/{code}/print").text
    assert "荣誉证书" in sheet
    assert code in sheet
    assert "<svg" in sheet
    assert staff.post(f"/calls/{call_id}/honours/1/withdraw").status_code == 303
    assert "已经撤回" in nobody.http.get(f"/certificates/{code}").text
    assert nobody.http.get(f"/api/v1/certificates/{code}").json()["valid"] is False
    with served.ports.db.read() as session:
        done = select(AuditEntry.details).where(AuditEntry.deed == Deed.CALL, AuditEntry.thing == call_id)
        whats = [one["what"] for one in session.scalars(done)]
    assert {"made", "open", "entered", "taken_back", "judge", "handed_in", "publish", "honours"} <= set(whats)
    assert "honour_back" in whats


@pytest.mark.slow
def test_a_code_that_does_not_exist_says_so_and_guessing_gets_slow(served: Served, shelf: Shelf) -> None:
    code = put(shelf, "honours").code
    with served.nobody() as guesser:
        for _ in range(60):
            answer = guesser.http.get("/certificates/aaaa-bbbb-cccc-dddd")
            if answer.status_code == 429:
                break
            assert answer.status_code == 404
            assert "查不到这个编号" in answer.text
        assert answer.status_code == 429
        assert int(answer.headers["retry-after"]) > 0
        # A guess that is right is not told from a miss while one waits.
        assert guesser.http.get(f"/certificates/{code}").status_code == 429
        assert guesser.http.get(f"/api/v1/certificates/{code}").status_code == 429
        assert guesser.http.get(f"/certificates/{code}/print").status_code == 429


@pytest.mark.slow
def test_of_a_blind_call_a_judge_learns_no_name_on_any_route(served: Served, shelf: Shelf) -> None:
    one = put(shelf, "judging", blind=True)
    with served.ports.db.write() as session:
        lesson = session.get_one(Lesson, one.lesson)
        assert lesson.lecturer is not None
        # `lecturer` is on every page as a word of the language: a name that is nowhere else.
        lesson.lecturer.name, lesson.lecturer.folded = "欧阳竹海", "欧阳竹海"
        unit = lesson.node.name
        call = session.get_one(Call, one.call)
        actions.invite(session, shelf.viewer("staff"), call.id, "admin", served.ports.clock())
    routes = (
        *("", "/judging", "/judging/1", "/results", "/desk", "/results/export.xlsx", "/edit"),
        *("/entering?lesson=" + one.lesson,),
    )
    api = ("", "/judging", "/results", "/report?lesson=" + one.lesson)
    paths = [f"/calls/{one.call}{more}" for more in routes]
    paths += [f"/api/v1/calls/{one.call}{more}" for more in api] + ["/calls", "/api/v1/calls"]

    def names_seen(who: str) -> dict[str, int]:
        seen = {}
        for path in paths:
            if who == "admin" and "?lesson=" in path:
                continue  # whoever asks for a lesson by its id that they keep knows it already
            answer = served.person(who).http.get(path)
            text = answer.text
            if "xlsx" in path and answer.status_code == 200:
                book = openpyxl.load_workbook(BytesIO(answer.content))
                text = " ".join(str(c.value) for s in book for row in s.iter_rows() for c in row)
            if "欧阳竹海" in text or unit in text or one.lesson in text.replace(path, ""):
                seen[path] = answer.status_code
        return seen

    assert names_seen("member") == {}, "a judge"
    assert names_seen("admin") == {}, "a judge who keeps the call"
    told = set(names_seen("staff"))  # who keeps it and judges nothing; they entered the work too
    assert {f"/calls/{one.call}", f"/calls/{one.call}/desk", f"/calls/{one.call}/results"} <= told
    assert f"/calls/{one.call}/results/export.xlsx" not in told, "what is handed round has no names"
    member = served.person("member")
    body = {"csrf": member.csrf(), "points": ["80", "90"]}
    assert member.http.post(f"/calls/{one.call}/judging/1", data=body).status_code == 303
    assert member.post(f"/calls/{one.call}/hand-in").status_code == 303
    assert names_seen("member") == {}
    assert moved(served, served.person("staff"), one.call, "publish") == 303
    assert f"/api/v1/calls/{one.call}/results" in names_seen("member"), "once it is out there are names"
