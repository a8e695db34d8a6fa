"""weike ingest: the same pipeline as the web upload, from a file of this machine."""

from __future__ import annotations

import contextlib
import os
import signal
import sqlite3
import time
from collections.abc import Callable
from pathlib import Path

import m3u8
import pytest
from sqlalchemy import func, select

from library.catalog.tables import Cue, Lesson
from library.intake.arriving import local
from library.intake.tables import Original, Recording
from server.wiring import Ports
from tests.flow import media
from tests.flow.test_bad_input import small_disk
from tests.server.commands.conftest import Ran, Weike, start
from transcode.errors import Failed

pytestmark = [pytest.mark.slow, pytest.mark.dear(40)]


def rows(ports: Ports) -> dict[str, int]:
    """How many rows there are of what an ingest makes."""
    with ports.db.read() as session:
        return {
            table.__tablename__: session.scalar(select(func.count()).select_from(table)) or 0
            for table in (Lesson, Recording, Original, Cue)
        }


def nothing_is_left(ports: Ports) -> bool:
    files = [file for file in (ports.settings.data / "objects").rglob("*") if file.is_file()]
    return not any(rows(ports).values()) and not list(ports.uploads.iterdir()) and not files


def is_one_sentence(ran: Ran) -> bool:
    return ran.out == "" and ran.err.startswith("weike: ") and ran.err.count("\n") == 1


def test_a_recording_becomes_clips_that_play(
    weike: Weike, ports: Ports, short: Path, words: Path, tmp_path: Path
) -> None:
    before = (short.read_bytes(), short.stat().st_mtime_ns, short.stat().st_ino, short.stat().st_nlink)
    ran = weike(
        *("ingest", short, "--title", "😀 “绿水青山” ../-rf", "--lecturer", "王芳", "--topic", "生态"),
        *("--topic", "乡村", "--date", "2026-03-05", "--summary", "简介", "--transcript", words),
        *("--audience", "signed_in", "--publish", "--json"),
    )
    assert ran.code == 0, ran.err
    said = ran.json
    assert set(said) >= {"lesson", "recording", "state", "clips", "title", "lesson_state", "duration_s"}
    assert (said["state"], said["lesson_state"], said["title"]) == (
        "ready",
        "published",
        "😀 “绿水青山” ../-rf",
    )
    (clip,) = said["clips"]
    assert (clip["n"], clip["start_s"]) == (1, 0.0)
    assert clip["end_s"] == pytest.approx(5.0, abs=0.2)
    assert clip["duration_s"] == pytest.approx(clip["end_s"] - clip["start_s"], abs=0.2)
    assert "/signed_in/" in clip["master"]
    assert clip["master"].startswith("http://127.0.0.1:8000/media/")
    master = m3u8.load(clip["master_file"])
    assert master.is_variant
    assert all((Path(clip["master_file"]).parent / p.uri).is_file() for p in master.playlists)
    assert (
        short.read_bytes(),
        short.stat().st_mtime_ns,
        short.stat().st_ino,
        short.stat().st_nlink,
    ) == before
    assert list(ports.uploads.iterdir()) == []
    assert list(ports.work.iterdir()) == []
    hit = weike("search", "红船精神", "--json").json["hits"][0]
    assert (hit["lesson"], hit["clip"]) == (said["lesson"], clip["id"])

    again = weike("ingest", short, "--title", "又一次", "--json")
    assert again.code == 0
    assert again.err, "a note says that nothing was made"
    assert again.json == {**said, "already_here": True, "clips": again.json["clips"]}
    assert rows(ports)["catalog_lesson"] == 1
    assert list(ports.uploads.iterdir()) == []

    twin = weike("ingest", short, "--title", "又一次", "--again", "--json")
    assert twin.code == 0
    assert twin.json["lesson"] != said["lesson"]
    assert rows(ports) == {"catalog_lesson": 2, "intake_recording": 2, "intake_original": 1, "catalog_cue": 2}


@pytest.mark.parametrize(
    ("name", "written"),
    [
        ("text.mp4", b"hello, this is text\n" * 50),
        ("list.mp4", b"#EXTM3U\n#EXTINF:5,\nhttp://127.0.0.1/a.ts\n"),
    ],
)
def test_a_refused_recording_leaves_nothing(
    weike: Weike, ports: Ports, tmp_path: Path, name: str, written: bytes
) -> None:
    (tmp_path / name).write_bytes(written)
    ran = weike("ingest", tmp_path / name, "--title", "x", "--json")
    assert ran.code == 2
    assert is_one_sentence(ran)
    assert nothing_is_left(ports)


def test_bad_input_ends_with_2_at_once(weike: Weike, ports: Ports, tmp_path: Path, short: Path) -> None:
    (tmp_path / "empty.mp4").touch()
    (tmp_path / "movie.exe").write_bytes(b"x")
    (tmp_path / "bad.srt").write_bytes(b"no times at all")
    for arguments in (
        (tmp_path / "nowhere.mp4", "--title", "x"),
        (tmp_path, "--title", "x"),
        (tmp_path / "empty.mp4", "--title", "x"),
        (tmp_path / "movie.exe", "--title", "x"),
        (short, "--title", " "),
        (short, "--title", "长" * 2000),
        (short, "--title", "x", "--date", "tomorrow"),
        (short, "--title", "x", "--transcript", tmp_path / "nowhere.srt"),
        (short, "--title", "x", "--transcript", tmp_path / "bad.srt"),
        (short, "--title", "x", "--transcript", short),
        (short, "--title", "x", "--audience", "nobody"),
        (short,),
    ):
        ran = weike("ingest", *arguments, "--json")
        assert ran.code == 2, arguments
        assert is_one_sentence(ran), ran.err
    assert nothing_is_left(ports)


def test_no_room_is_a_failure_that_leaves_nothing(
    weike: Weike, ports: Ports, short: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("WEIKE_KEEP_FREE_BYTES", str(2**60))
    ran = weike("ingest", short, "--title", "x", "--json")
    assert ran.code == 1
    assert is_one_sentence(ran)
    assert nothing_is_left(ports)


def test_a_disk_that_fills_up_while_a_file_is_copied(tmp_path: Path) -> None:
    large, uploads = tmp_path / "large.mp4", tmp_path / "uploads"
    large.write_bytes(os.urandom(3_000_000))
    uploads.mkdir()
    with small_disk(uploads, 1_000_000):
        with pytest.raises(Failed) as caught, local.copied(large, uploads):
            pass
        assert caught.value.code == "disk_full"
        assert list(uploads.iterdir()) == []


def test_what_a_killed_copy_left_is_swept_and_what_is_being_copied_is_not(ports: Ports, short: Path) -> None:
    left = ports.uploads / "local-0123456789abcdef0123456789abcdef"
    left.write_bytes(b"half a file")
    of_the_web = ports.uploads / "0123456789abcdef0123456789abcdef"
    of_the_web.write_bytes(b"half an upload")
    with local.copied(short, ports.uploads) as copy:
        local.remove_leftovers(ports.db, ports.uploads)
        assert {file.name for file in ports.uploads.iterdir()} == {of_the_web.name, copy.upload_id}


def test_a_failed_recording_is_tried_again(
    weike: Weike, ports: Ports, short: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    broken = tmp_path / "ffmpeg"
    broken.write_text(f'#!/bin/sh\n[ "$1" = -version ] && exec {media.tools().ffmpeg} -version\nexit 1\n')
    broken.chmod(0o755)
    monkeypatch.setenv("WEIKE_FFMPEG", str(broken))
    ran = weike("ingest", short, "--title", "x", "--json")
    assert ran.code == 1
    assert is_one_sentence(ran)
    assert rows(ports)["catalog_lesson"] == 1, "what failed can be tried again, here or on its page"
    monkeypatch.delenv("WEIKE_FFMPEG")
    ran = weike("ingest", short, "--title", "x", "--json")
    assert (ran.code, ran.json["state"], ran.json["already_here"]) == (0, "ready", True)
    assert rows(ports)["catalog_lesson"] == 1


def test_ctrl_c_says_that_it_goes_on_and_it_does(
    data: Path, weike: Weike, short: Path, tmp_path: Path
) -> None:
    ffprobe, hold = media.held_ffprobe(tmp_path)
    hold.touch()
    running = start(data, "ingest", short, "--title", "x", "--json", WEIKE_FFPROBE=str(ffprobe))
    _until(lambda: _state(data) == "working")
    running.send_signal(signal.SIGINT)
    hold.unlink()
    out, err = running.communicate(timeout=60)
    assert (running.returncode, out) == (1, "")
    assert "weike serve" in err
    assert _state(data) != "ready"
    again = weike("ingest", short, "--title", "x", "--json")
    assert (again.code, again.json["state"], again.json["already_here"]) == (0, "ready", True)


def _state(data: Path) -> str | None:
    file = data / "weike.sqlite"
    if not file.exists():
        return None
    with (
        contextlib.closing(sqlite3.connect(file)) as connection,
        contextlib.suppress(sqlite3.OperationalError),
    ):
        row = connection.execute("SELECT state FROM intake_recording").fetchone()
        return row[0] if row else None
    return None


def _until(what: Callable[[], bool]) -> None:
    end = time.monotonic() + 60
    while not what():
        assert time.monotonic() < end, "it never came to that"
        time.sleep(0.1)


HOUR = "1\n01:00:01,000 --> 01:00:02,500\n开场第一句话\n\n2\n01:00:03,000 --> 01:00:09,000\n绿水青山\n"


def test_what_was_moved_and_cut_off_is_said_and_a_worse_transcript_replaces_nothing(
    weike: Weike, ports: Ports, short: Path, tmp_path: Path
) -> None:
    (tmp_path / "hour.srt").write_text(HOUR, "utf-8")
    (tmp_path / "elsewhere.srt").write_text(HOUR.replace("01:00:0", "03:23:0"), "utf-8")
    ran = weike("ingest", short, "--title", "整点", "--transcript", tmp_path / "hour.srt", "--json")
    assert ran.code == 0, ran.err
    said = ran.json
    assert [(one["code"], one["count"]) for one in said["warnings"]] == [
        ("shifted_hours", 2),
        ("past_the_end", 1),
    ]
    assert said["cues"] == 2
    assert all(one["text"] in ran.err for one in said["warnings"])
    hit = weike("search", "开场第一句话", "--json").json["hits"][0]
    assert hit["lesson_start_s"] == pytest.approx(1.0, abs=0.05)
    # The same recording again, with words that lie elsewhere.
    again = weike("ingest", short, "--title", "x", "--transcript", tmp_path / "elsewhere.srt", "--json")
    assert (again.code, again.json["already_here"]) == (0, True)
    assert [one["code"] for one in again.json["warnings"]][:2] == ["transcript_waits", "worse_outside"]
    assert weike("search", "开场第一句话", "--json").json["total"] == 1
    listed = weike("transcript", said["lesson"]).out
    assert "elsewhere.srt" in listed
