"""The queue, space and licences over HTTP."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest

from library.core.clock import utc_now
from library.intake.rules import RecordingState
from server.background.looks.space import UpkeepThread
from server.slices.upkeep import parts_list
from tests.server.conftest import Shelf
from tests.support import server


@pytest.mark.slow
def test_the_queue_is_that_of_the_whole_house_and_says_why(served: server.Served, shelf: Shelf) -> None:
    failed = shelf.lesson(recording=RecordingState.FAILED)
    waiting = shelf.lesson(owner="other", recording=RecordingState.WAITING)
    admin = served.person("admin")
    page = admin.http.get("/system/jobs").text
    assert failed.title in page
    assert waiting.title in page
    assert f'action="/lessons/{failed.lesson}/retry"' in page
    assert f'action="/lessons/{waiting.lesson}/cancel"' in page
    only = admin.http.get("/system/jobs?state=failed").text
    assert waiting.title not in only
    assert admin.post("/system/jobs/retry").status_code == 303
    assert failed.title not in admin.http.get("/system/jobs?state=failed").text
    assert admin.post(f"/lessons/{waiting.lesson}/cancel").status_code == 303
    assert waiting.title in admin.http.get("/system/jobs?state=cancelled").text


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
def test_every_part_is_listed_and_texts_come_from_this_machine(served: server.Served) -> None:
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
