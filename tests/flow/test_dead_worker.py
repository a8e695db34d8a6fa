"""A worker that dies or freezes in the middle of a job: another one makes the lesson."""

from __future__ import annotations

import os
import signal
from pathlib import Path

import pytest
from sqlalchemy import text

from server.commands.doctor.processes import left_jobs
from server.settings import Settings
from server.wiring import open_ports
from tests.flow import media
from tests.flow.watching import ffmpeg_of, until
from tests.support.client import Person
from tests.support.outside.postgres import PostgresServer
from tests.support.server import Process, add_people, password, process

pytestmark = [pytest.mark.slow, pytest.mark.postgres, pytest.mark.dear(51)]


@pytest.mark.spread("comes_back")
@pytest.mark.parametrize("comes_back", [False, True], ids=["killed", "frozen"])
def test_what_a_dead_worker_had_begun_is_made_by_another(
    postgres_server: PostgresServer, tmp_path: Path, comes_back: bool
) -> None:
    urls = {name: postgres_server.url(postgres_server.create()) for name in ("database_url", "jobs_url")}
    environment = {f"WEIKE_{name.upper()}": url for name, url in urls.items()}
    environment |= {"WEIKE_WORKER_DEAD_AFTER_S": "2"}
    data = tmp_path / "data"
    ports = open_ports(Settings(data=data, **urls, _env_file=None))  # type: ignore[arg-type]
    add_people(ports)
    recording = media.make(tmp_path / "lecture.mp4", 20, size="1280x720", fps=10)
    with process(data, **environment, WEIKE_EXECUTOR_ID="one") as one:
        with Person(one.base_url).sign_in("lecturer", password("lecturer")) as lecturer:
            lesson = lecturer.new_lesson("换一台机器接着做")
            lecturer.upload(lesson, recording)
        encoder = stopped_encoder(one)
        one.freeze()
        left = left_jobs(urls["jobs_url"])
        assert left is not None
        assert left["one"] > 0, "doctor counts what it leaves"
        if not comes_back:
            one.kill()
        with (
            # An index of its own, as another machine has: who is frozen holds the lock of the shared one.
            process(data, **environment, WEIKE_EXECUTOR_ID="two", WEIKE_INDEX=str(tmp_path / "index")) as two,
            Person(two.base_url).sign_in("staff", password("staff")) as staff,
        ):
            made = staff.wait(lesson, 60)
            assert (made["recording"], len(made["clips"])) == ("ready", 1), two.log_tail()
            assert "a worker is dead" in two.log.read_text("utf-8")
            media.played_s(two.base_url + made["clips"][0]["master"])
            if comes_back:
                one.thaw()
                os.kill(encoder, signal.SIGCONT)
                until("the old run is given up", lambda: ffmpeg_of(one.pid) is None)
                again = staff.wait(lesson, 10)["clips"]
                assert [clip["id"] for clip in again] == [clip["id"] for clip in made["clips"]]
                media.played_s(two.base_url + again[0]["master"])
        with ports.db.read() as session:
            rows = session.execute(text("SELECT state, attempt FROM intake_recording")).all()
            assert [tuple(row) for row in rows] == [("ready", 1)], "runs are counted from 0"
    ports.close()


def stopped_encoder(running: Process) -> int:
    """Stop the ffmpeg that encodes, so that its step cannot end; returns its process id."""
    caught: list[int] = []

    def look() -> bool:
        found = ffmpeg_of(running.pid)
        if found is None or b"libx264" not in Path(f"/proc/{found}/cmdline").read_bytes():
            return False
        os.kill(found, signal.SIGSTOP)
        caught.append(found)
        return True

    try:
        until("an encoder", look, 40)
    except AssertionError as error:
        raise AssertionError(f"{error}\n{running.log_tail()}") from None
    return caught[0]
