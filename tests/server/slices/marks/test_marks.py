"""My learning over HTTP: it goes on on another device; what a page costs; notes taken along."""

from __future__ import annotations

import io
import re
from datetime import timedelta
from pathlib import Path

import pytest
from docx import Document
from openpyxl import load_workbook
from starlette.testclient import TestClient

from library.catalog import actions as catalog_actions
from library.catalog import queries as catalog
from library.catalog.permits import LessonState
from library.core.clock import utc_now
from library.core.permits import Role, Viewer
from library.marks import actions, rules
from library.plays import actions as plays
from library.plays.crediting import Beat
from library.plays.rules import ViewRule
from library.programme import actions as programme
from library.programme import releasing
from library.programme.actions import Desk
from library.programme.rules import Draft
from library.works import series
from server.app import create_app
from server.commands.administrator import machine
from server.settings import Settings
from server.web.shown.weeks import present
from server.wiring import open_ports
from tests.library.test_statements import counted
from tests.server.conftest import Shelf
from tests.support import factories as make
from tests.support.databases import NOW
from tests.support.server import Served, empty_data
from tests.support.signing import token

pytestmark = pytest.mark.dear(6)


@pytest.mark.slow
def test_a_clip_goes_on_on_another_device_and_a_second_in_the_address_wins(
    served: Served, shelf: Shelf
) -> None:
    put = shelf.lesson(LessonState.PUBLISHED)
    phone = served.person("member")
    desk = served.person("member")
    nobody = served.person("nobody")
    said = phone.http.put(
        f"/api/v1/clips/{put.clip}/position", json={"at_s": 33.5}, headers={"X-CSRF-Token": phone.csrf()}
    )
    assert said.status_code == 204
    page = desk.http.get(f"/clips/{put.clip}").text
    assert '"start_s": 33.5' in page
    assert "从 0:33 接着播放" in page
    assert '"start_s": 12.0' in desk.http.get(f"/clips/{put.clip}?t=12").text
    assert '"start_s": 0.0' in desk.http.get(f"/clips/{put.clip}?t=0").text, "the way to the start"
    assert '"start_s": 0.0' in nobody.http.get(f"/clips/{put.clip}").text
    assert f'href="/clips/{put.clip}">继续：第 1 段 0:33' in desk.http.get(f"/lessons/{put.lesson}").text
    assert put.title in desk.http.get("/my-learning/history").text
    [listed] = [
        one for one in desk.http.get("/api/v1/positions").json()["positions"] if one["clip"] == put.clip
    ]
    assert (listed["at_s"], listed["resume_s"]) == (33.5, 33.5)


@pytest.mark.slow
def test_favourites_and_notes_work_without_scripts(served: Served, shelf: Shelf) -> None:
    put = shelf.lesson(LessonState.PUBLISHED)
    reader = served.person("other")
    assert reader.post(f"/clips/{put.clip}/favourite", keep="1").status_code == 303
    assert put.title in reader.http.get("/my-learning/favourites").text
    assert reader.post(f"/clips/{put.clip}/favourite", keep="0").status_code == 303
    assert put.title not in reader.http.get("/my-learning/favourites").text
    wrong = reader.post(f"/clips/{put.clip}/notes", at="9:99:99:9", text="写了很久的一段")
    assert wrong.status_code == 422
    assert "写了很久的一段" in wrong.text
    done = reader.post(f"/clips/{put.clip}/notes", at="0:07", text="# 记一笔\n<b>第二行</b>")
    assert done.headers["location"] == f"/clips/{put.clip}?t=7"
    page = reader.http.get("/my-learning/notes?q=记一笔").text
    assert "&lt;b&gt;第二行&lt;/b&gt;" in page
    assert f"/clips/{put.clip}?t=7" in page
    files = {one: reader.http.get(f"/my-learning/notes/export.{one}") for one in ("md", "txt", "docx")}
    assert "\\# 记一笔" in files["md"].text
    assert "\\<b\\>第二行" in files["md"].text
    assert "0:07" in files["txt"].content.decode("utf-8-sig")
    words = [one.text for one in Document(io.BytesIO(files["docx"].content)).paragraphs]
    assert "# 记一笔\n<b>第二行</b>" in words
    assert all("no-store" in one.headers["cache-control"] for one in files.values())


def test_a_refused_note_that_is_on_another_page_comes_back_with_its_words(
    served: Served, shelf: Shelf
) -> None:
    put = shelf.lesson(LessonState.PUBLISHED)
    reader = served.person("other")
    assert reader.post(f"/clips/{put.clip}/notes", at="0:07", text="只在这里的词").status_code == 303
    page = reader.http.get("/my-learning/notes?q=只在这里的词").text
    note = re.search(r"/my-learning/notes/([0-9a-z]{16})/edit", page)
    assert note is not None
    edit = f"/my-learning/notes/{note[1]}/edit"
    assert reader.post(edit, version="1", text="换了的话").status_code == 303
    late = reader.post(edit, version="1", text="写了很久的话", q="只在这里的词", page="1")
    assert late.status_code == 409
    assert "写了很久的话</textarea>" in late.text
    assert "换了的话" in late.text
    assert 'value="只在这里的词"' in late.text, "the search is still there"


@pytest.mark.slow
def test_a_note_is_in_no_page_of_those_who_look_after_the_lesson(served: Served, shelf: Shelf) -> None:
    put = shelf.lesson(LessonState.PUBLISHED)
    writer = served.person("member")
    assert writer.post(f"/clips/{put.clip}/notes", at="1", text="只给自己看的话").status_code == 303
    for name in ("lecturer", "staff", "admin"):
        other = served.person(name)
        for path in (
            f"/clips/{put.clip}",
            f"/lessons/{put.lesson}",
            "/my-learning",
            "/my-learning/notes",
        ):
            assert "只给自己看的话" not in other.http.get(path).text, (name, path)
        assert other.http.get(f"/api/v1/notes?clip={put.clip}").json()["notes"] == []
        assert "只给自己看的话" not in other.http.get("/system/audit").text


@pytest.mark.slow
def test_what_a_page_costs_more_for_ones_own_marks(tmp_path: Path) -> None:
    """Two statements for whoever has an account, none for a visitor; cards of a list one for all of them."""
    settings = Settings(data=empty_data(tmp_path / "data"), worker=False, _env_file=None)  # type: ignore[call-arg]
    with_ports = open_ports(settings, clock=lambda: NOW)
    try:
        with with_ports.db.write() as session:
            reader = make.person(session, (Role.MEMBER, make.root(session)))
            _token, secret = token(session, str(reader.person_id), "x", NOW)
            lessons = [make.lesson(session, f"课{n}", clips=3) for n in range(9)]
            lesson, clip = lessons[0].id, lessons[0].clips[0].id
            plan = Draft("主题", lessons=tuple(one.id for one in lessons))
            programme.put(session, Desk(machine(session), make.root(session).id, NOW), present(NOW), plan)
            releasing.release(session, NOW)
        app = create_app(settings, with_ports)
        signed, visitor = TestClient(app, headers={"Authorization": f"Bearer {secret}"}), TestClient(app)
        ours = ("marks_", "questions_", "plays_watcher")
        for path, most in ((f"/clips/{clip}", 2), (f"/lessons/{lesson}", 2), ("/lessons", 1), ("/weeks", 1)):
            for browser, allowed in ((visitor, 0), (signed, most)):
                browser.get(path)
                with counted(with_ports.db.engine) as statements:
                    assert browser.get(path).status_code == 200
                found = [one for one in statements if any(name in one for name in ours)]
                assert len(found) == allowed, (path, found)
    finally:
        with_ports.close()


@pytest.mark.slow
def test_how_far_one_is_stands_on_every_card_and_on_nobody_elses(served: Served, shelf: Shelf) -> None:
    """On the weeks' cards and on what a search finds nothing stood, whoever looked; a place stood nowhere."""
    now, week = utc_now(), present(utc_now())
    words = "枫桥的事枫桥办"
    begun, done = (shelf.lesson(LessonState.PUBLISHED, words=words) for _ in range(2))
    with served.ports.db.write() as session:
        staff: Viewer = machine(session)
        desk = Desk(staff, shelf.root(), now)
        programme.put(session, desk, week, Draft("主题", lessons=(begun.lesson, done.lesson)))
        releasing.release(session, now)
        made = series.make(session, staff, "十讲", "", now)
        for put in (begun, done):
            lesson = catalog.lesson(session, put.lesson)
            details = catalog_actions.Details(put.title, "韩老师", ["枫桥经验"])
            catalog_actions.edit(session, lesson, details)
            series.add(session, staff, made.id, put.lesson, now)
        lecturer, topic = lesson.lecturer_id, lesson.topics[0].topic_id
        in_series = f"/series/{made.id}"
        me = str(shelf.viewer("member").person_id)
        clips = [catalog.clip(session, put.clip) for put in (begun, done)]
        actions.stop_at(session, me, clips[0], 15.0, None, now)
        play = plays.start(session, clips[1], f"p:{me}", now - timedelta(minutes=2))
        plays.credit_beats(session, [Beat(play.id, [(0, 60)], 1.0, now)], ViewRule())
    shelf.index()
    everywhere = ["/", "/lessons", "/weeks", f"/weeks/{week}", f"/topics/{topic}", f"/lecturers/{lecturer}"]
    everywhere += [in_series, f"/search?q={words}"]
    for path in everywhere:
        own = served.person("member").http.get(path).text
        assert ("看到 25%" in own, "看完</span>" in own) == (True, True), path
        for name in ("other", "nobody"):
            theirs = served.person(name).http.get(path).text
            assert begun.title in theirs
            assert ("看到 25%" in theirs, "看完</span>" in theirs) == (False, False), (path, name)


@pytest.mark.slow
def test_all_of_ones_own_is_one_file_and_nobody_elses(served: Served, shelf: Shelf) -> None:
    """Favourites and the history could be taken along by programs only."""
    put, secret = shelf.lesson(LessonState.PUBLISHED), "=HYPERLINK(1)只给自己看"
    reader, other = served.person("staff"), served.person("other")
    reader.post(f"/clips/{put.clip}/favourite", keep="1")
    reader.post(f"/clips/{put.clip}/notes", at="0:09", text=secret)
    reader.api("PUT", f"/clips/{put.clip}/position", json={"at_s": 33.0})
    for path in ("/my-learning", "/my-learning/history", "/my-learning/favourites"):
        assert 'href="/my-learning/export.xlsx"' in reader.http.get(path).text
    answer = reader.http.get("/my-learning/export.xlsx")
    assert "%E6%88%91%E7%9A%84%E5%AD%A6%E4%B9%A0-" in answer.headers["content-disposition"]
    book = load_workbook(io.BytesIO(answer.content))
    assert book.sheetnames == ["收藏", "观看历史", "笔记"]
    cells = {sheet.title: [cell for row in sheet.iter_rows() for cell in row] for sheet in book}
    for name, wanted in (("收藏", put.title), ("观看历史", timedelta(seconds=33)), ("笔记", secret)):
        assert wanted in [cell.value for cell in cells[name]], name
        assert all(cell.data_type != "f" for cell in cells[name])
    theirs = load_workbook(io.BytesIO(other.http.get("/my-learning/export.xlsx").content))
    assert all(put.title not in [cell.value for row in sheet.iter_rows() for cell in row] for sheet in theirs)


def test_limits_stand_on_the_pages(served: Served) -> None:
    reader = served.person("member")
    assert str(rules.NOTES_MOST) in reader.http.get("/my-learning/notes").text
    assert str(rules.FAVOURITES_MOST) in reader.http.get("/my-learning/favourites").text
    assert str(rules.HISTORY_MOST) in reader.http.get("/my-learning/history").text
