"""A gathering over HTTP: shown, noted by two at once, signed, closed, added to, printed, bound."""

from __future__ import annotations

import io
import re
from collections.abc import Iterator

import httpx
import pytest
from docx import Document
from sqlalchemy import func, select

from library.evidence.rules import Source
from library.evidence.tables import Evidence
from library.gatherings.rules import Mark
from library.gatherings.showings.actions import count_ended
from library.plays.rules import ViewRule
from library.records.picturing.drawing import PHOTO_BYTES
from tests.library.records.test_photos import SECRET, a_photo
from tests.library.records.test_writing import template, words
from tests.server.conftest import Shelf
from tests.server.slices.screening.meetings import end, gathering, mark
from tests.support import server
from tests.support.client import Person
from tests.support.server import MovableClock, Served

pytestmark = pytest.mark.dear(6)


@pytest.fixture
def clock() -> MovableClock:
    return MovableClock()


@pytest.fixture
def served(tmp_path_factory: pytest.TempPathFactory, clock: MovableClock) -> Iterator[Served]:
    folder = server.new_data(tmp_path_factory.mktemp("screening") / "data")
    with server.in_thread(folder, clock) as running:
        yield running


@pytest.fixture
def shelf(served: Served) -> Shelf:
    return Shelf(served)


def digest(page: str) -> str:
    found = re.search(r'name="digest" value="([0-9a-f]{64})"', page)
    assert found is not None
    return found[1]


@pytest.mark.slow
def test_from_the_screen_to_the_book(served: Served, shelf: Shelf, clock: MovableClock) -> None:
    staff, lecturer, member = (served.person(name) for name in ("staff", "lecturer", "member"))
    held = gathering(shelf, chair="staff", recorder="lecturer")
    at, api = f"/gatherings/{held.id}", f"/gatherings/{held.id}"
    page = staff.http.get(f"{at}/screen/1").text
    assert held.lesson.title in page
    for nobodys in ("工作人员", "讲师", "/sign-out", "<nav", 'href="/gatherings'):
        assert nobodys not in page, "a whole room sees it"
    code = staff.http.get(f"/api/v1{api}/screen/1/code").json()
    assert (len(code["digits"]), 0 < code["left_s"] <= 20) == (6, True)
    begun = staff.api("POST", f"{api}/screen/1", json={"lesson": held.lesson.lesson}).json()
    assert begun["clips"][0]["id"] == held.lesson.clip
    beats = f"{api}/showings/{begun['showing']}/beats"
    run = {"clip": held.lesson.clip, "from": 0, "to": 40, "at": 0}
    early = staff.api("POST", beats, json={"runs": [run]}).json()
    assert (early["played_s"] <= 2, early["cut_s"] > 37) == (True, True)
    clock.forward(seconds=60)
    for _ in range(2):
        assert staff.api("POST", beats, json={"runs": [run]}).json()["played_s"] == 40
    assert staff.api("POST", f"{api}/screen/1", json={"lesson": held.lesson.lesson}).json()["at_s"] == 40
    assert member.api("POST", beats, json={"runs": [run]}).status_code == 404
    for odd in ({"runs": [{**run, "at": "NaN"}]}, {"runs": [run] * 201}, {}):
        assert staff.api("POST", beats, json=odd).status_code == 422
    for who in ("staff", "lecturer", "member"):
        mark(shelf, held, who, Mark.ABSENT if who == "member" else Mark.PRESENT)

    line = {"part": "discussion", "speaker": "书记", "text": "讲了三点", "version": 0}
    assert lecturer.api("PUT", f"{api}/record/lines/line-0001", json=line).json()["version"] == 1
    theirs = staff.api(
        "PUT", f"{api}/record/lines/line-0001", json={**line, "text": "讲了四点", "version": 1}
    )
    mine = lecturer.api(
        "PUT", f"{api}/record/lines/line-0001", json={**line, "text": "讲了五点", "version": 1}
    )
    assert (theirs.json()["beside"], mine.json()["beside"]) == (False, True)
    seen = staff.http.get(f"/api/v1{api}/record?since=0").json()
    assert [one["text"] for one in seen["lines"]] == ["讲了四点", "讲了五点"]
    assert staff.http.get(f"/api/v1{api}/record?since={seen['version']}").json()["lines"] is None
    assert staff.api("POST", f"{api}/record/lines/{mine.json()['id']}/keep", json={}).status_code == 204
    assert member.http.get(f"{at}/record").status_code == 404
    clock.forward(seconds=600)
    end(shelf, held)
    with served.ports.db.read() as session:
        sums = session.execute(
            select(func.sum(Evidence.amount))
            .where(Evidence.source == Source.SHOWING)
            .group_by(Evidence.person_id)
        ).all()
    assert [one[0] for one in sums] == [40, 40]
    with served.ports.db.write() as session:
        count_ended(session, ViewRule(), clock())

    stale = digest(staff.http.get(f"{at}/record").text)
    mark(shelf, held, "member")
    refused = staff.post(f"{at}/record/sign", role="chair", digest=stale)
    assert (refused.status_code, "又有了变化" in refused.text) == (409, True)
    now = digest(refused.text)
    assert lecturer.post(f"{at}/record/sign", role="chair", digest=now).status_code == 403
    assert staff.post(f"{at}/record/sign", role="boss", digest=now).status_code == 422
    assert staff.post(f"{at}/record/sign", role="chair", digest=now).status_code == 303
    assert lecturer.api("PUT", f"{api}/record/lines/line-0002", json=line).json()["error"] == "record_signed"
    assert staff.post(f"{at}/record/take-back", role="chair").status_code == 303
    assert staff.post(f"{at}/record/sign", role="chair", digest=now).status_code == 303
    assert lecturer.post(f"{at}/record/sign", role="recorder", digest=now).status_code == 303
    for browser in (staff, lecturer):
        changed = browser.api(
            "PUT", f"{api}/record/lines/line-0001", json={**line, "text": "改", "version": 2}
        )
        assert changed.json()["error"] == "record_locked"
        assert browser.api("DELETE", f"{api}/record/lines/line-0001?version=2").status_code == 409
    assert "讲了四点" in member.http.get(f"{at}/record").text, "whoever was on the roll reads what was signed"
    long = staff.post(f"{at}/record/add", text=" ")
    assert (long.status_code, "补充是空的" in long.text) == (422, True)
    assert lecturer.post(f"{at}/record/add", text="地点更正为一楼").status_code == 303
    paper = staff.http.get(f"{at}/record/print").text
    assert "地点更正为一楼" in paper
    docx = staff.http.get(f"{at}/record.docx")
    assert "书记：讲了四点" in words(docx.content)

    book = staff.http.get(f"/records?node={held.node_id}").text
    assert "补充 1 条" in book
    year = clock().year
    assert "讲了四点" in staff.http.get(f"/records/{held.node_id}/{year}/print").text
    assert staff.http.get(f"/records/{held.node_id}/99999/print").status_code == 404
    bound = Document(io.BytesIO(staff.http.get(f"/records/{held.node_id}/{year}/book.docx").content))
    assert "1／" not in bound.paragraphs[0].text
    assert bound.tables[0].rows[1].cells[2].text == "集中学习"


@pytest.mark.slow
def test_a_nodes_own_template(served: Served, shelf: Shelf) -> None:
    staff, lecturer = served.person("staff"), served.person("lecturer")
    held = gathering(shelf)
    at = f"/records/{held.node_id}/template"
    assert lecturer.http.get(at).status_code == 404
    assert staff.http.get(f"{at}.docx").content.startswith(b"PK")

    def put(data: bytes, name: str = "模板.docx") -> tuple[int, str]:
        answer = staff.http.post(at, files={"file": (name, data)}, headers={"X-CSRF-Token": staff.csrf()})
        return answer.status_code, answer.text

    for data, said in (
        (b"", "没有选文件"),
        (b"x" * 540_000, "512 KB"),
        (b"nothing", "不是能用的 Word"),
        (template("{{ ''.__class__ }}"), "不允许的写法"),
        (template("{{ 会议主题 }}"), "会议主题"),
    ):
        status, page = put(data, "" if not data else "模板.docx")
        assert (status, said in page) == (422, True), said
    assert put(template("我们的格式：{{ 名称 }}"))[0] == 303
    assert "我们的格式：集中学习" in words(staff.http.get(f"/gatherings/{held.id}/record.docx").content)
    assert staff.post(f"{at}/remove").status_code == 303
    assert "会 议 记 录" in words(staff.http.get(f"/gatherings/{held.id}/record.docx").content)


@pytest.mark.slow
def test_photos_by_program_are_those_of_the_page(served: Served, shelf: Shelf) -> None:
    held = gathering(shelf, chair="staff")
    staff, member = served.person("staff"), served.person("member")
    at, given = f"/api/v1/gatherings/{held.id}/photos", a_photo()

    def give(data: bytes, caption: str = "", who: Person = staff) -> httpx.Response:
        files = {"file": ("../../a.php", data, "text/html")}
        return who.http.post(at, files=files, data={"caption": caption}, headers={"X-CSRF-Token": who.csrf()})

    assert member.http.get(at).json() == {"photos": [], "most": 6}
    first = give(given, " 合影 ")
    assert (first.status_code, first.json()["caption"], first.json()["width"]) == (201, "合影", 480)
    again = give(given, "又一次")
    assert (again.status_code, again.json()) == (200, first.json()), "the same photo is there once"
    page = staff.http.post(
        f"/gatherings/{held.id}/photos", files={"file": ("b.jpg", given)}, data={"csrf": staff.csrf()}
    )
    assert (page.status_code, len(member.http.get(at).json()["photos"])) == (303, 1)
    assert SECRET not in (kept := member.http.get(first.json()["url"]).content)
    assert kept.startswith(b"\xff\xd8")
    assert give(given, who=member).status_code == 404
    for data, code in (
        (b"%PDF-1.7", "photo_unreadable"),
        (b"", "photo_missing"),
        (b"x" * PHOTO_BYTES + b"x", "photo_large"),
    ):
        refused = give(data)
        assert (refused.status_code, refused.json()["error"]) == (422, code)
    one = f"/gatherings/{held.id}/photos/{first.json()['id']}"
    assert member.api("DELETE", one).status_code == 404
    assert [staff.api("DELETE", one).status_code for _ in range(2)] == [204, 404]
    assert member.http.get(at).json()["photos"] == []
