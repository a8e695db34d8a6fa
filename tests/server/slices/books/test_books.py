"""学习档案 over HTTP: what a member sees of their own, what their secretary sees, and forms not taken."""

from __future__ import annotations

import re
from datetime import timedelta
from io import BytesIO

import openpyxl
import pytest
from sqlalchemy import select

from library.audit.rules import Deed
from library.audit.tables import AuditEntry
from library.books import studying
from library.books.hours import USUAL
from library.core.clock import utc_now
from library.evidence import actions as evidence
from library.evidence.rules import EvidenceKind, Piece, Source, StudyForm
from library.evidence.tables import Evidence
from server.slices.books.rules_desk import typed_of
from tests.server.conftest import Shelf
from tests.server.slices.books.roles import attended, newcomer, practised, rules_form, studying_one, today
from tests.support.server import Served


def piece(
    person: str, kind: EvidenceKind, seconds: int, source: Source, source_id: str, lesson: str
) -> Piece:
    return Piece(person, None, kind, StudyForm.ONLINE, seconds, today(), source, source_id, lesson)


@pytest.mark.slow
def test_a_member_sees_all_of_their_own_and_the_secretary_never_what_was_watched(
    served: Served, shelf: Shelf
) -> None:
    member = shelf.viewer("member").person_id or ""
    put = shelf.lesson()
    watched = f"{put.lesson}:{today()}"
    with served.ports.db.write() as session:
        for source, source_id, kind, seconds in (
            (Source.WATCHING, watched, EvidenceKind.WATCHED, 60),
            (Source.GATHERING, "g-member", EvidenceKind.ATTENDED, 5400),
        ):
            said = [piece(member, kind, seconds, source, source_id, put.lesson)]
            evidence.say(session, source, source_id, said, utc_now())
    browser, staff = served.person("member"), served.person("staff")
    own = browser.http.get("/learning").text
    assert put.title in own
    assert "1.5 学时" in own
    seen = staff.http.get(f"/learning/people/{member}").text
    assert "1.5 学时" in seen
    assert "自己观看的课程 1 节" in seen
    assert put.title not in seen
    assert f"/lessons/{put.lesson}" not in seen
    branch = staff.http.get("/learning/branch").text
    assert "1.5 / 32" in branch
    assert put.title not in branch

    mine, theirs = browser.http.get("/api/v1/books").json(), staff.http.get(f"/api/v1/books/{member}").json()
    assert mine["books"] == [{**one, "untold": 0} for one in theirs["books"]]
    assert [one["untold"] for one in theirs["books"]] == [0, 0, 1, 0]
    said = {one["kind"]: one for one in mine["items"]}
    assert (said["watched"]["what"], said["watched"]["value"]) == (put.title, "0.25")
    assert [one["kind"] for one in theirs["items"]] == ["attended"]
    assert put.title not in str(theirs)
    assert browser.http.get(f"/api/v1/books/{member}").status_code == 403
    assert browser.http.get("/api/v1/books?year=1066").status_code == 404

    whole = browser.http.get("/learning/export.json").json()
    assert [(one["book"], one["value"]) for one in whole["books"]][:3] == [
        ("gathered", "1.5"),
        ("self", "0"),
        ("online", "0.25"),
    ]
    book = openpyxl.load_workbook(BytesIO(browser.http.get("/learning/export.xlsx").content))
    assert [row[1].value for row in book.worksheets[0].iter_rows(min_row=4)][:3] != []
    assert "1.5 学时" in browser.http.get("/learning/sheet").text
    last_year = browser.http.get(f"/learning?year={today().year - 1}").text
    assert put.title not in last_year
    for nonsense in ("abcd", "1066", "٢٠٢٦"):
        assert browser.http.get("/learning", params={"year": nonsense}).status_code == 404
    with served.ports.db.read() as session:
        served.ports.readings.write()
        what = session.scalars(select(AuditEntry).where(AuditEntry.deed == Deed.READ)).all()
    assert any(one.of_person == member and one.details.get("what") == "books" for one in what)


@pytest.mark.slow
def test_a_piece_is_taken_back_for_a_reason_that_its_member_reads(served: Served, shelf: Shelf) -> None:
    asked = attended(shelf)
    staff, at = served.person("staff"), f"/learning/people/{asked['person_id']}"
    entry = asked["form"]["entry"]
    refused = staff.post(f"{at}/take-back", entry=entry, reason=" ")
    assert refused.status_code == 422
    assert 'id="wrong-reason"' in refused.text
    assert staff.post(f"{at}/take-back", entry=entry, reason="那天在外地").status_code == 303
    assert "那天在外地" in staff.http.get(at).text
    [taken] = staff.http.get(f"/api/v1/books/{asked['person_id']}").json()["taken_back"]
    assert (taken["reason"], taken["by"]) == ("那天在外地", "staff")
    again = staff.post(f"{at}/take-back", entry=entry, reason="再来一次")
    assert (again.status_code, "已经不在账上了" in again.text) == (409, True)
    assert staff.post(f"{at}/take-back", entry="gone", reason="没有").status_code == 404
    own = shelf.viewer("staff").person_id
    assert staff.post(f"/learning/people/{own}/take-back", entry=entry, reason="不是他的").status_code == 404


@pytest.mark.slow
def test_self_study_goes_its_way_and_what_was_typed_is_kept(served: Served) -> None:
    member, other = served.person("member"), served.person("other")
    day = today().isoformat()
    wrong = member.post("/learning/study", title="<b>读书", first=day, last="2020-01-01")
    assert wrong.status_code == 422
    assert "&lt;b&gt;读书" in wrong.text
    assert 'id="wrong-last"' in wrong.text
    made = member.post("/learning/study", title="党章第一章", first=day, last=day)
    at = made.headers["location"]
    assert other.http.get(at).status_code == 404
    version = re.search(r'name="version" value="(\d+)"', member.http.get(at).text)
    assert version is not None
    assert member.post(f"{at}/notes", version=version[1], notes="我的心里话").status_code == 303
    stale = member.post(f"{at}/notes", version=version[1], notes="另一台手机上写的")
    assert stale.status_code == 409
    assert "另一台手机上写的" in stale.text
    minutes = member.post(f"{at}/done", account="有收获。", minutes="9999", day=day)
    assert minutes.status_code == 422
    assert all(said in minutes.text for said in ("有收获。", 'value="9999"', 'id="wrong-minutes"'))
    assert member.post(f"{at}/done", account="有收获。", minutes="45", day=day).status_code == 303
    assert "本人申报" in member.http.get("/learning").text
    person = shelf_id(served, "member")
    seen = served.person("staff").http.get(f"/learning/people/{person}").text
    assert "有收获" in seen
    assert "我的心里话" not in seen
    assert member.post(f"{at}/again").status_code == 303
    assert "0.75 学时" not in member.http.get("/learning").text
    assert member.post(f"{at}/drop").status_code == 303


def test_the_page_says_that_a_correction_stays(served: Served, shelf: Shelf) -> None:
    asked = studying_one(shelf, done=True)
    lecturer, at = served.person("lecturer"), f"/learning/study/{asked['study_id']}"
    assert f"{at}/again" in lecturer.http.get(at).text
    with served.ports.db.write() as session:
        entry = session.scalars(select(Evidence.id).where(Evidence.source_id == asked["study_id"])).one()
        evidence.take_back(session, entry, "那天在外地", utc_now(), None)
    page = lecturer.http.get(at).text
    assert f"{at}/again" not in page
    assert "那天在外地" in page
    assert lecturer.post(f"{at}/again").status_code == 409


@pytest.mark.slow
def test_a_correction_of_self_study_could_not_be_lifted(served: Served, shelf: Shelf) -> None:
    asked = studying_one(shelf, done=True)
    lecturer, staff = served.person("lecturer"), served.person("staff")
    person, study = shelf_id(served, "lecturer"), f"/learning/study/{asked['study_id']}"
    at = f"/learning/people/{person}"
    with served.ports.db.read() as session:
        entry = session.scalars(select(Evidence.id).where(Evidence.source_id == asked["study_id"])).one()
    assert staff.post(f"{at}/lift", entry=entry, reason="没有撤销过").status_code == 404
    assert staff.post(f"{at}/take-back", entry=entry, reason="那天在外地").status_code == 303
    assert f'action="{at}/lift"' in staff.http.get(at).text
    refused = staff.post(f"{at}/lift", entry=entry, reason=" ")
    assert (refused.status_code, 'id="wrong-reason"' in refused.text) == (422, True)
    assert lecturer.post(f"{at}/lift", entry=entry, reason="我自己来").status_code == 403
    before = lecturer.http.get("/api/v1/books").json()["items"]
    assert [one for one in before if one["kind"] == "studied"] == []
    assert staff.post(f"{at}/lift", entry=entry, reason="补看了笔记").status_code == 303
    assert staff.post(f"{at}/lift", entry=entry, reason="再来一次").status_code == 409
    [item] = [one for one in lecturer.http.get("/api/v1/books").json()["items"] if one["kind"] == "studied"]
    assert item["seconds"] > 0
    [taken] = [one for one in lecturer.http.get("/api/v1/books").json()["taken_back"] if one["lifted_for"]]
    assert (taken["reason"], taken["lifted_for"], taken["lifted_by"]) == ("那天在外地", "补看了笔记", "staff")
    page = lecturer.http.get("/learning").text
    assert all(said in page for said in ("那天在外地", "补看了笔记", "收回撤销"))
    assert f"{study}/again" in lecturer.http.get(study).text, "it is the member's own again"
    assert lecturer.post(f"{study}/again").status_code == 303
    assert [
        one for one in lecturer.http.get("/api/v1/books").json()["items"] if one["kind"] == "studied"
    ] == []
    with served.ports.db.read() as session:
        deeds = session.scalars(select(AuditEntry).where(AuditEntry.deed == Deed.EVIDENCE_LIFTED)).all()
    assert [(one.of_person, one.thing) for one in deeds] == [(person, entry)]


def test_no_correction_is_lifted_into_a_day_that_is_full_by_then(served: Served, shelf: Shelf) -> None:
    member, staff = newcomer(shelf), served.person("staff")
    with served.ports.db.write() as session:
        for minutes in ("600", "700", "720"):  # the others fit, because the first was taken back
            days = (today(), today())
            row = studying.plan(session, member, f"读书 {minutes}", None, *days, utc_now())
            studying.finish(session, member, row.id, "有收获。", minutes, today(), utc_now())
            session.flush()
            if minutes == "600":
                entry = session.scalars(select(Evidence.id).where(Evidence.source_id == row.id)).one()
                evidence.take_back(session, entry, "记错了", utc_now(), None)
    at = f"/learning/people/{member.person_id}"
    refused = staff.post(f"{at}/lift", entry=entry, reason="没有记错")
    assert (refused.status_code, "没有记错" in refused.text) == (422, True), "what was typed is kept"
    [taken] = staff.http.get(f"/api/v1/books/{member.person_id}").json()["taken_back"]
    assert taken["lifted_for"] == ""
    with served.ports.db.read() as session:
        row_id = session.scalars(select(Evidence.source_id).where(Evidence.id == entry)).one()
        pieces = session.scalars(select(Evidence.id).where(Evidence.source_id == row_id)).all()
    assert len(pieces) == 2, "nothing was said anew"


def shelf_id(served: Served, username: str) -> str:
    return Shelf(served).viewer(username).person_id or ""


def test_practice_is_confirmed_or_answered(served: Served, shelf: Shelf) -> None:
    member, staff = served.person("member"), served.person("staff")
    tomorrow = (today() + timedelta(days=1)).isoformat()
    wrong = member.post("/learning/practice", title="走访", place="村口", day=tomorrow, account="走访三户")
    assert wrong.status_code == 422
    assert all(said in wrong.text for said in ("走访三户", "村口", 'id="wrong-day"'))
    viewer = newcomer(shelf)
    with served.ports.db.write() as session:
        practice_id = practised(session, viewer)
    at = f"/learning/confirm/{practice_id}"
    silent = staff.post(at, decision="refuse", answer="")
    assert (silent.status_code, 'id="wrong-answer"' in silent.text) == (422, True)
    assert staff.post(at, decision="refuse", answer="和上一条是同一次").status_code == 303
    again = staff.post(at, decision="confirm")
    assert (again.status_code, "已经答复过了" in again.text) == (409, True)


@pytest.mark.slow
def test_rules_are_kept_as_typed_until_they_can_be_taken(served: Served, shelf: Shelf) -> None:
    staff, asked = served.person("staff"), rules_form(shelf)
    at = f"/learning/rules/{asked['node_id']}"
    for field, value in (
        ("hour_min", "5"),
        ("watched_steps", "30 0.5\n15 0.25"),
        ("watched_more", "much"),
        ("watched_more", "9E999999"),  # what it means has a million digits
        ("watched_more", "9E999990"),
        ("watched_more", "0.255"),
        ("watched_steps", "6000 0.25"),  # and not 600 minutes
        ("watched_steps", "15 9E999990"),
        ("first", "2001-01-01"),
        ("gathered", "practice"),
    ):
        refused = staff.post(at, **{**asked["form"], "basis": "县委〔2026〕3 号", field: value})
        assert refused.status_code == 422, field
        assert "县委〔2026〕3 号" in refused.text
        assert f'id="wrong-{field}"' in refused.text, field
    typed = typed_of(USUAL.model_copy(update={"hour_min": 45}), today())
    assert staff.post(at, **typed).status_code == 303
    page = staff.http.get(f"/learning/rules?node={asked['node_id']}").text
    assert "每 45 分钟 1 学时" in page
    assert "3 学时" in page, "50 + 40 + 45 minutes are three hours of 45"
    coming = (today() + timedelta(days=40)).isoformat()
    assert staff.post(at, **{**typed, "first": coming}).status_code == 303
    assert staff.post(f"{at}/remove", first=coming).status_code == 303
    held = staff.post(f"{at}/remove", first=today().isoformat())
    assert (held.status_code, "已经生效" in held.text) == (409, True)
