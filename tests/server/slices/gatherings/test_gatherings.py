"""An evening of a branch over HTTP: planned, begun, checked in to, ended; attacks on the way."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import timedelta

import pytest
from sqlalchemy import select

from library.core.clock import CHINA
from library.evidence.tables import Evidence
from library.gatherings import codes, queries
from library.records.rules import RecordState
from library.records.tables import Record
from tests.server.conftest import Shelf
from tests.support import server
from tests.support.server import MovableClock, Served

pytestmark = pytest.mark.dear(7)


@pytest.fixture
def clock() -> MovableClock:
    return MovableClock()


@pytest.fixture
def served(tmp_path_factory: pytest.TempPathFactory, clock: MovableClock) -> Iterator[Served]:
    folder = server.new_data(tmp_path_factory.mktemp("gatherings") / "data")
    with server.in_thread(folder, clock) as running:
        yield running


def form(clock: MovableClock, **more: str) -> dict[str, str]:
    """A gathering in ten minutes, for an hour."""
    starts = (clock() + timedelta(minutes=10)).astimezone(CHINA)
    usual = {
        "kind": "study",
        "title": "学习二十大报告",
        "starts": f"{starts:%Y-%m-%dT%H:%M}",
        "ends": f"{starts + timedelta(hours=1):%Y-%m-%dT%H:%M}",
        "place": "村部二楼",
        "tell": "1",
    }
    return {**usual, **more}


@pytest.mark.slow
def test_an_evening(served: Served, clock: MovableClock) -> None:
    shelf = Shelf(served)
    staff, member, lecturer = (served.person(name) for name in ("staff", "member", "lecturer"))
    with clock.stopped():
        made = staff.post("/gatherings", node=shelf.root(), **form(clock))
        at = made.headers["location"]
        for page in ("/gatherings/plan/new", f"/gatherings/plan/new?copy={at[-16:]}", f"{at}/edit", at):
            assert staff.http.get(page).status_code == 200
        assert re.fullmatch(r"/gatherings/[0-9a-z]{16}", at)
        assert "学习二十大报告" in member.http.get("/notices").text
        assert "学习二十大报告" in member.http.get("/gatherings").text
        assert member.http.get(f"{at}/roll").status_code == 404
        assert member.post(f"{at}/open").status_code == 404
        edited = staff.post(f"{at}/edit", version="1", **form(clock, title="换个题目"))
        assert edited.status_code == 303
        again = form(clock, title="又一个题目", agenda="写了很久的议程")
        stale = staff.post(f"{at}/edit", version="1", **again)
        assert stale.status_code == 409
        assert "写了很久的议程" in stale.text

        assert staff.post(f"{at}/open").headers["location"] == f"{at}/roll"
        clock.forward(minutes=11)
        assert "二维码" in staff.http.get(f"{at}/code").text
        shown = staff.http.get(f"{at}/code.json?room=1").json()
        with served.ports.db.read() as session:
            one = queries.known(session, at.rpartition("/")[2])
            secret = str(one.secret)
        code = codes.qr_of(secret, 1, clock())
        # Somebody scans, and has all the time to press; the photo of the same code comes too late elsewhere.
        scanned = member.http.get(f"{at}/here?room=1&k={code}").text
        ticket = re.search(r'name="ticket" value="([^"]+)"', scanned)
        assert ticket is not None
        clock.forward(seconds=60)
        assert "过期" in lecturer.http.get(f"{at}/here?room=1&k={code}").text
        stolen = lecturer.post(f"{at}/here", ticket=ticket[1])
        assert (stolen.status_code, "过期" in stolen.text) == (409, True)
        assert member.post(f"{at}/here", ticket=ticket[1]).status_code == 303
        assert "已经签到" in member.http.get(f"{at}/here").text
        assert "digits" not in member.http.get(f"{at}/here").text

        for n in range(6):
            guessed = lecturer.post(f"{at}/here", digits=f"{n:06}")
            assert guessed.status_code == 422
        assert "十分钟" in guessed.text
        right = codes.digits_of(secret, clock())
        assert lecturer.post(f"{at}/here", digits=right).status_code == 422
        clock.forward(minutes=11)
        right = codes.digits_of(secret, clock())
        assert lecturer.post(f"{at}/here", digits=right).status_code == 303

        roll = staff.http.get(f"/api/v1{at}").json()
        marks = {row["name"]: (row["mark"], row["how"]) for row in roll["roll"]}
        assert sorted(marks.values(), key=str) == sorted(
            [("late", "digits"), ("present", "qr"), *[("unmarked", None)] * (len(marks) - 2)], key=str
        )
        assert shown["due"] == roll["counts"]["due"] == len(marks)

        clock.forward(minutes=49)
        batch = {"marks": [{"id": "phone-0001", "mark": "present", "guest": "镇里的同志", "ago_s": 60}]}
        for new in (True, False):
            heard = staff.http.post(
                f"/api/v1{at}/marks", json=batch, headers={"X-CSRF-Token": staff.csrf()}
            ).json()
            assert [(one["new"], one["error"]) for one in heard["heard"]] == [(new, None)]
        assert staff.post(f"{at}/end").status_code == 303
        with served.ports.db.read() as session:
            said = session.scalars(select(Evidence).where(Evidence.reverses_id.is_(None))).all()
            assert len(said) == 2
        refused = staff.post(f"{at}/roll", entry=roll["roll"][0]["id"], mark="present")
        assert (refused.status_code, "请写上原因" in refused.text) == (422, True)
        kept = staff.post(f"{at}/roll", entry=roll["roll"][0]["id"], mark="present", reason="漏记")
        assert kept.status_code == 303
        assert "漏记" in staff.http.get(f"{at}/roll").text


@pytest.mark.slow
def test_staff_copied_only_what_their_topmost_node_had_planned(served: Served, clock: MovableClock) -> None:
    shelf = Shelf(served)
    staff, village = served.person("staff"), shelf.node()
    with clock.stopped():
        at = staff.post("/gatherings", node=village, **form(clock, title="村里的学习")).headers["location"]
        copied = staff.http.get(f"/gatherings/plan/new?copy={at[-16:]}")
        assert copied.status_code == 200
        assert "村里的学习" in copied.text
        assert f'value="{village}"' in copied.text
        assert staff.http.get(f"/gatherings/plan/new?copy={at[-16:]}&node={shelf.root()}").status_code == 404


@pytest.mark.slow
def test_who_was_on_the_roll_is_led_to_the_signed_record(served: Served, clock: MovableClock) -> None:
    shelf = Shelf(served)
    staff, member = served.person("staff"), served.person("member")
    with clock.stopped():
        at = staff.post("/gatherings", node=shelf.root(), **form(clock)).headers["location"]
        staff.post(f"{at}/open")
        clock.forward(minutes=30)
        staff.post(f"{at}/end")
        before = member.http.get(at).text
        assert "可以补学" in before
        assert f"{at}/record" not in before
        with served.ports.db.write() as session:
            its = at.rpartition("/")[2]
            session.add(Record(gathering_id=its, state=RecordState.LOCKED, version=1, locked_at=clock()))
        assert f'href="{at}/record"' in member.http.get(at).text


@pytest.mark.slow
def test_thousands_of_rooms_were_looked_up_before_they_were_counted(
    served: Served, clock: MovableClock
) -> None:
    shelf = Shelf(served)
    rooms = "\n".join(f"会场{n}=没有的人" for n in range(61))
    answer = served.person("staff").post("/gatherings", node=shelf.root(), **form(clock, rooms=rooms))
    assert answer.status_code == 422
    assert "60" in answer.text
    assert "没有的人" in answer.text, "what was typed is kept"
    assert "没有叫" not in answer.text, "nobody was looked up"


@pytest.mark.slow
def test_a_year_of_eleven_digits_was_an_error_of_ours(served: Served) -> None:
    shelf = Shelf(served)
    for year in ("00002026999", "2026", "二〇二六", "²⁰²⁶"):
        answer = served.person("staff").http.get(f"/records?node={shelf.root()}&year={year}")
        assert answer.status_code == 200, year
