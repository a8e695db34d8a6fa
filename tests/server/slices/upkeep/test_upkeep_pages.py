"""The queue, space and licences over HTTP."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import obstore
import pytest
from sqlalchemy import select, update

from library.audit.rules import Deed
from library.audit.tables import AuditEntry
from library.catalog.permits import LessonState
from library.catalog.tables import Clip
from library.core.clock import utc_now
from library.core.ids import new_id
from library.intake.rules import RecordingState
from library.intake.tables import Recording
from library.outbox import actions as outbox
from library.outbox.rules import Words
from library.outbox.tables import Letter
from server.background.backing_up import maker_of
from server.background.looks.space import UpkeepThread
from server.background.looks.trying import TryingThread
from server.keeping import state
from server.slices.upkeep import parts_list
from tests.server.conftest import Shelf
from tests.support import server
from tests.support.server import Served

pytestmark = pytest.mark.dear(5)


@pytest.mark.slow
def test_all_that_somebody_waits_for_is_one_list_and_twice_is_once(served: Served, shelf: Shelf) -> None:
    failed = shelf.lesson(recording=RecordingState.FAILED)
    waiting = shelf.lesson(owner="other", recording=RecordingState.WAITING)
    person = shelf.viewer("member").person_id or ""
    with served.ports.db.write() as session:
        now = utc_now()
        outbox.write(session, f"reset:{new_id()}", person, "li@example.org", Words("重设密码", "链接"), now)
        taken = outbox.take(session, now)
        assert taken is not None
        outbox.note_failed(session, taken.id, "451 <li@example.org> try later", now, for_good=False)
        recording = session.scalars(select(Recording.id).where(Recording.lesson_id == failed.lesson)).one()
    admin = served.person("admin")
    page = admin.http.get("/system/jobs").text
    assert all(said in page for said in (failed.title, waiting.title, "重设密码", "try later"))
    assert "li@example.org" not in page, "an address is nobody's business here"
    only = admin.http.get("/system/jobs?kind=letter&state=waiting").text
    assert waiting.title not in only
    assert "重设密码" in only

    for kind, its_id in (("letter", taken.id), ("recording", recording)):
        for _ in range(2):
            assert admin.post(f"/system/jobs/{kind}/{its_id}/retry").status_code == 303
        told = admin.http.post(
            f"/api/v1/system/jobs/{kind}/{its_id}/retry", headers={"X-CSRF-Token": admin.csrf()}
        )
        assert told.json() == {"changed": False}
    with served.ports.db.read() as session:
        noted = session.scalars(select(AuditEntry).where(AuditEntry.deed == Deed.RETRIED)).all()
        assert sorted(one.thing for one in noted) == sorted([taken.id, recording])
        letter = session.get_one(Letter, taken.id)
        assert letter.due_at <= utc_now()
    assert admin.post(f"/system/jobs/letter/{taken.id}/give-up").status_code == 303
    assert admin.post(f"/system/jobs/letter/{taken.id}/give-up").status_code == 409
    assert "不能再发" in admin.http.get("/system/jobs?kind=letter&state=failed").text
    assert admin.post(f"/system/jobs/recording/{recording}/give-up").status_code == 303
    assert admin.post("/system/jobs/nonsense/1/retry").status_code == 404


def test_a_letter_that_is_being_sent_is_not_sent_twice_by_impatience(served: Served, shelf: Shelf) -> None:
    person = shelf.viewer("member").person_id or ""
    with served.ports.db.write() as session:
        outbox.write(session, f"reset:{new_id()}", person, "b@example.org", Words("a", "b"), utc_now())
        taken = outbox.take(session, utc_now())
        assert taken is not None
    admin = served.person("admin")
    assert admin.post(f"/system/jobs/letter/{taken.id}/retry").status_code == 303
    with served.ports.db.write() as session:
        assert outbox.take(session, utc_now()) is None


@pytest.mark.slow
def test_uploads_of_which_nothing_became_go_counted_and_confirmed(served: Served, shelf: Shelf) -> None:
    gone, kept = shelf.lesson(recording=RecordingState.FAILED), shelf.lesson(recording=RecordingState.REFUSED)
    plays = shelf.lesson(LessonState.PUBLISHED)
    with served.ports.db.write() as session:
        rows = {
            one.lesson_id: one.id
            for one in session.scalars(
                select(Recording).where(Recording.lesson_id.in_([gone.lesson, kept.lesson, plays.lesson]))
            )
        }
        for row in session.scalars(select(Recording).where(Recording.lesson_id == plays.lesson)):
            row.state = RecordingState.FAILED  # cut anew, which failed: the old clips play on
        for lesson in (gone.lesson, kept.lesson):
            session.execute(update(Clip).where(Clip.lesson_id == lesson).values(ready_at=None))
    admin, at = served.person("admin"), "/system/storage/unfit"
    page = admin.http.get(at).text
    assert gone.title in page
    assert plays.title not in page, "what plays is nothing that came to nothing"
    assert admin.post(at).status_code == 422
    asked = admin.post(at, upload=rows[gone.lesson])
    assert (asked.status_code, "拿不回来" in asked.text) == (200, True)
    assert gone.title in admin.http.get(at).text, "nothing is deleted without a confirmation"
    both = [rows[gone.lesson], rows[kept.lesson]]
    wrong = admin.post(at, upload=both, count="1", confirm="yes")
    assert (wrong.status_code, gone.title in wrong.text) == (409, True)
    headers = {"X-CSRF-Token": admin.csrf()}
    api = "/api/v1/system/storage/unfit/delete"
    if plays.lesson in rows:
        theirs = {"ids": [rows[plays.lesson]], "count": 1}
        assert admin.http.post(api, headers=headers, json=theirs).status_code == 409
    assert admin.post(at, upload=rows[gone.lesson], count="1", confirm="yes").status_code == 303
    page = admin.http.get(at).text
    assert gone.title not in page
    assert kept.title in page
    assert admin.http.get(f"/lessons/{gone.lesson}").status_code == 404


@pytest.mark.slow
def test_backups_on_the_shelf_are_listed_and_tried_out_when_asked(tmp_path: Path) -> None:
    data, folder = server.new_data(tmp_path / "data"), tmp_path / "另一块硬盘"
    with server.in_thread(data, backup_to=folder) as served:
        admin, ports = served.person("admin"), served.ports
        assert "不在" in admin.http.get("/system/backups").text
        names = []
        for minutes in (2, 1):
            at = utc_now() - timedelta(minutes=minutes)
            maker = maker_of(ports.db, ports.store, ports.settings, lambda at=at: at, folder)
            names.append(maker.make(keep=5).backup.name)
        old, new = names
        database = next(file for file in (folder / "backups" / old).iterdir() if file.suffix == ".sqlite")
        database = folder / "backups" / old / "weike.sqlite" if "manifest" in database.name else database
        database.unlink()
        page = admin.http.get("/system/backups").text
        assert all(said in page for said in (old, new, "数据库不全", "看上去完整", "没有演练过"))
        assert str(tmp_path) not in page, "no path of the machine"
        assert admin.post("/system/backups/test", name="../../etc").status_code == 404
        for _ in range(2):
            assert admin.post("/system/backups/test", name=new).status_code == 303
        assert "正在演练" in admin.http.get("/system/backups").text
        TryingThread(ports, folder).work()
        assert "演练成功" in admin.http.get("/system/backups").text
        headers = {"X-CSRF-Token": admin.csrf()}
        asked = admin.http.post(f"/api/v1/system/backups/{old}/test", headers=headers)
        assert asked.json() == {"asked": True}
        TryingThread(ports, folder).work()
        told = {one["name"]: one for one in admin.http.get("/api/v1/system/backups").json()["backups"]}
        assert (told[new]["fault"], told[new]["trial"]["reason"]) == ("", "")
        assert (told[old]["fault"], told[old]["trial"]["reason"]) == ("database", "backup_damaged")
        assert "演练没有成功" in admin.http.get("/system/backups").text
        assert state.read(data).test is not None
        assert state.read(data).test.name == new, "an old one says nothing of how it stands now"
        folder.rename(tmp_path / "away")
        gone = admin.http.get("/system/backups").text
        assert "硬盘没有挂上" in gone
        assert str(tmp_path) not in gone
        assert admin.post("/system/backups/test", name=new).status_code == 409


@pytest.mark.slow
def test_the_list_of_what_waits_said_of_a_broken_backup_that_nothing_was_wrong(tmp_path: Path) -> None:
    """It named the backup instead of what is missing in it, and counted none."""
    data, folder = server.new_data(tmp_path / "data"), tmp_path / "shelf"
    with server.in_thread(data, backup_to=folder) as served:
        Shelf(served).lesson(LessonState.PUBLISHED)
        ports = served.ports
        for name in ("a", "b"):
            obstore.put(ports.store, f"originals/{name}", name.encode())
        made = maker_of(ports.db, ports.store, ports.settings, utc_now, folder).make(keep=5).backup.name
        lost = [path for path in (folder / "objects").rglob("*") if path.is_file()]
        for path in lost:
            path.unlink()
        admin = served.person("admin")
        assert admin.post("/system/backups/test", name=made).status_code == 303
        TryingThread(ports, folder).work()
        for page in ("/system/jobs?kind=asked", "/system/backups"):
            said = admin.http.get(page).text
            assert f"{len(lost)} 处不对" in said, page
            assert f"例如 {made}" not in said, page


@pytest.mark.slow
def test_what_belongs_to_nobody_goes_when_somebody_says_so_and_what_plays_stays(tmp_path: Path) -> None:
    data = server.new_data(tmp_path / "data")
    with server.in_thread(data, sweep_after_h=1, media_life_s=60) as served:
        put = Shelf(served).lesson()
        old = data / "objects" / "clips" / "0000000000000001" / "old"
        old.mkdir(parents=True)
        (old / "0.m4s").write_bytes(b"x" * 4096)
        admin, worker = served.person("admin"), UpkeepThread(served.ports)
        assert "还没有数过" in admin.http.get("/system/storage").text
        worker.work()
        assert "没有可以清走的" in admin.http.get("/system/storage").text, "it is young"
        served.ports.clock = lambda: utc_now() + timedelta(days=2)
        worker = UpkeepThread(served.ports)
        assert admin.post("/system/storage/measure").status_code == 303
        worker.work()
        assert "可以清走的" in admin.http.get("/system/storage").text
        assert admin.post("/system/storage/sweep").status_code == 422, "nothing without a confirmation"
        assert old.exists()
        assert admin.post("/system/storage/sweep", confirm="yes").status_code == 303
        worker.work()
        assert not (old / "0.m4s").exists()
        assert any((data / "objects" / "clips" / put.clip).rglob("*"))
        assert "上一次手动清走" in admin.http.get("/system/storage").text


@pytest.mark.slow
def test_every_part_is_listed_and_texts_come_from_this_machine(served: Served) -> None:
    admin = served.person("admin")
    page = admin.http.get("/system/licences").text
    for one in ("jinja2", "fastapi", "hls.js", "ffmpeg-python"):
        assert f">{one}<" in page.lower()
    assert ">fastapi<" not in admin.http.get("/system/licences?q=whoosh").text.lower()
    shown = admin.http.get("/system/licences/pypi/jinja2")
    assert "Redistribution and use in source and binary forms" in shown.text
    for path in ("pypi/../../etc", "pypi/%2e%2e%2fpyproject.toml", "npm/nothing", "pypi/nothing"):
        assert admin.http.get(f"/system/licences/{path}").status_code == 404
    assert sum(1 for one in parts_list.parts() if one.licence) > 0.8 * len(parts_list.parts())
