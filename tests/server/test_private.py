"""What lies in the data folder is for its owner alone; nginx's group may read clips and scripts."""

from __future__ import annotations

import json
import os
import shutil
import stat
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from library.core.ids import new_id
from library.intake.files import objects
from server import private
from server.settings import Settings
from server.wiring import open_ports, open_store
from tests.server.commands.conftest import start
from tests.support import needs, server
from tests.support.client import Person

pytestmark = pytest.mark.dear(11)

GROUP = 12345
"""A group of which nobody here is."""


def modes(folder: Path) -> Iterator[tuple[Path, int]]:
    """Every file and folder with its mode, the folder itself first."""
    for path in (folder, *folder.rglob("*")):
        yield path, stat.S_IMODE(path.lstat().st_mode)


def open_to_others(folder: Path) -> list[str]:
    """What others than the owner may do anything with."""
    return [f"{oct(mode)} {path}" for path, mode in modes(folder) if mode & 0o077]


@pytest.mark.slow
def test_database_uploads_and_originals_could_be_read_by_everybody(tmp_path: Path) -> None:
    old = server.new_data(tmp_path / "data")
    for path, _ in list(modes(old)):  # as older versions left them
        path.chmod(0o755 if path.is_dir() else 0o644)
    for secret in ("secret", "media_secret"):
        (old / secret).chmod(0o600)
    (old / "objects" / "originals" / "ab").mkdir(parents=True)
    (old / "objects" / "originals" / "ab" / "c").write_bytes(b"x")
    with server.process(old) as process, Person(process.base_url) as lecturer:
        lecturer.sign_in("lecturer", server.password("lecturer"))
        begun = lecturer.begin_upload(lecturer.new_lesson("课"), "x.mp4", 10)
        assert lecturer.send_chunk(begun.headers["Location"], b"12345", 0).status_code == 204
        assert {one.name for one in old.iterdir()} >= {"weike.sqlite", "weike.sqlite-wal", "index", "uploads"}
        assert open_to_others(old) == []


@pytest.mark.slow
def test_a_command_makes_nothing_that_others_can_read(tmp_path: Path) -> None:
    data = tmp_path / "data"
    before = os.umask(0o022)
    try:
        with start(data, "migrate", "--json") as child:
            assert child.wait(60) == 0
        assert open_to_others(data) == []
        with start(data, "doctor", "--json") as child:
            told = json.loads(child.communicate(timeout=120)[0])
        assert {check["name"]: check["status"] for check in told["checks"]}["modes"] == "ok"
        (data / "weike.sqlite").chmod(0o644)
        with start(data, "doctor", "--json") as child:
            told = json.loads(child.communicate(timeout=120)[0])
        [check] = [check for check in told["checks"] if check["name"] == "modes"]
        assert check["status"] == "warn", "nobody reaches it: the folder around it is closed"
        assert "weike.sqlite" in check["message"]
    finally:
        os.umask(before)


def settings(data: Path, group: str) -> Settings:
    """The settings of a library whose media a group may read."""
    return Settings(data=data, media_group=group, _env_file=None)  # type: ignore[call-arg]


@pytest.mark.slow
def test_nginx_under_its_own_account_reads_clips_and_nothing_else(tmp_path: Path) -> None:
    if os.geteuid() != 0 or shutil.which("setpriv") is None:
        needs.missing("root and setpriv are needed to be somebody else")
    data = server.new_data(tmp_path / "data")
    before = os.umask(0o077)
    try:
        earlier = data / "objects" / "clips" / "earlier" / "plan" / "master.m3u8"
        earlier.parent.mkdir(parents=True)
        earlier.write_bytes(b"#EXTM3U")
        chosen = settings(data, str(GROUP))
        open_ports(chosen).close()
        made = tmp_path / "made"
        (made / "720p").mkdir(parents=True)
        for name in ("master.m3u8", "720p/00001.m4s"):
            (made / name).write_bytes(b"x")
        clip = new_id()
        files = ["720p/00001.m4s", "master.m3u8"]
        objects.publish_folder(open_store(chosen), made, f"clips/{clip}/plan", files)
        download = tmp_path / "d.mp4"
        download.write_bytes(b"x")
        objects.keep_file(open_store(chosen), download, f"clips/{clip}/plan/download_720p_0.mp4")
        original = tmp_path / "o.mp4"
        original.write_bytes(b"x")
        objects.keep_file(open_store(chosen), original, "originals/ab/abc")
    finally:
        os.umask(before)
    tmp_path.chmod(0o755)
    for parent in tmp_path.parents:
        if parent.stat().st_uid == os.geteuid() and not parent.stat().st_mode & 0o001:
            parent.chmod(parent.stat().st_mode | 0o011)

    def readable(file: Path) -> bool:
        other = ["setpriv", "--reuid=54321", f"--regid={GROUP}", "--clear-groups", "cat", str(file)]
        return subprocess.run(other, capture_output=True, check=False).returncode == 0

    folder = data / "objects" / "clips" / clip / "plan"
    for file in (earlier, folder / "master.m3u8", folder / "720p" / "00001.m4s", data / "media_secret"):
        assert readable(file), file
    assert readable(folder / "download_720p_0.mp4")
    for file in (data / "weike.sqlite", data / "secret", data / "objects" / "originals" / "ab" / "abc"):
        assert not readable(file), file
    assert private.too_open(chosen) == []
    open_ports(settings(data, "")).close()
    assert not readable(folder / "master.m3u8"), "and it can be taken back"


def test_a_group_that_is_not_there_is_told_at_once(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="group"):
        settings(tmp_path, "no-such-group-here")
