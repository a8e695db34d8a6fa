"""The same river on PostgreSQL and S3: only addresses in the settings differ."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from server.settings import Settings
from server.wiring import open_ports
from tests.support.client import Person
from tests.support.outside.postgres import PostgresServer
from tests.support.server import add_people, password, process

pytestmark = [pytest.mark.slow, pytest.mark.postgres, pytest.mark.dear(10)]


def named(person: Person, playlist: str, ending: str) -> str:
    """The first address in a playlist that ends so."""
    return next(line for line in person.http.get(playlist).text.splitlines() if line.endswith(ending))


def test_upload_to_search_on_postgresql_and_s3_also_after_a_kill(
    postgres_server: PostgresServer, s3_url: str, s3_options: dict[str, Any], short: Path, tmp_path: Path
) -> None:
    data, jobs = postgres_server.create(), postgres_server.create()
    environment = {
        "WEIKE_DATABASE_URL": postgres_server.url(data),
        "WEIKE_JOBS_URL": postgres_server.url(jobs),
        "WEIKE_STORE_URL": s3_url,
        "WEIKE_STORE_OPTIONS": json.dumps(s3_options),
    }
    folder = tmp_path / "data"
    settings = {name.removeprefix("WEIKE_").lower(): value for name, value in environment.items()}
    ports = open_ports(Settings(data=folder, **settings | {"store_options": s3_options}, _env_file=None))
    add_people(ports)
    ports.close()
    words = tmp_path / "words.srt"
    words.write_text("1\n00:00:02,000 --> 00:00:06,000\n发挥战斗堡垒作用。\n", encoding="utf-8")
    with process(folder, **environment) as running:
        with Person(running.base_url).sign_in("lecturer", password("lecturer")) as lecturer:
            lesson = lecturer.new_lesson("规模化的一课")
            assert lecturer.transcript(lesson, words).status_code == 200
            lecturer.upload(lesson, short)
        running.kill()
        running.start()
        with Person(running.base_url).sign_in("staff", password("staff")) as staff:
            found = staff.wait(lesson)
            assert found["recording"] == "ready", (found, running.log_tail())
            assert staff.post(f"/lessons/{lesson}/publish").status_code == 303
            master = found["clips"][0]["master"]
            rendition = next(
                line for line in staff.http.get(master).text.splitlines() if line.endswith(".m3u8")
            )
            playlist = master.replace("master.m3u8", rendition)
            segment = next(
                line for line in staff.http.get(playlist).text.splitlines() if line.endswith(".m4s")
            )
            answer = staff.http.get(playlist.replace("index.m3u8", segment), headers={"Range": "bytes=0-99"})
            assert (answer.status_code, len(answer.content)) == (206, 100)
            hits = staff.http.get("/api/v1/search", params={"q": "战斗堡垒"}).json()["hits"]
            assert [hit["lesson"] for hit in hits] == [lesson]
    assert not (folder / "objects").exists(), "something was kept on this machine beside the bucket"
