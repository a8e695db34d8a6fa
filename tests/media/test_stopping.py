"""Work that ends early: cancelled, on a full disk, with its parent killed."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import psutil
import pytest

from tests.media.conftest import FAST, Maker, picture, tone
from transcode.encoding.package import encode_clip
from transcode.errors import Cancelled, Failed
from transcode.planning.ladder import plan_clip
from transcode.reading.probe import probe
from transcode.tools import Tools

pytestmark = [pytest.mark.slow, pytest.mark.dear(27)]


def children_reading(source: Path) -> list[psutil.Process]:
    found = []
    for process in psutil.process_iter():
        try:
            if f"file:{source}" in process.cmdline() and process.status() != psutil.STATUS_ZOMBIE:
                found.append(process)
        except psutil.Error:
            continue
    return found


@pytest.fixture(scope="session")
def long_lecture(make: Maker) -> Path:
    """Enough to encode for half a minute."""
    return make("long.mp4", *picture("1280x720", "30", 4), *tone(4), *FAST, "-map", "0", "-map", "1")


@pytest.fixture
def slow(long_lecture: Path, make: Maker) -> Path:
    """The long lecture, many times over."""
    listed = long_lecture.with_name("list.txt")
    listed.write_text("file 'long.mp4'\n" * 60)
    return make("slow.mp4", "-f", "concat", "-i", str(listed), "-c", "copy")


def test_a_cancelled_encode_ends_its_child_and_writes_no_master(
    tools: Tools, slow: Path, tmp_path: Path
) -> None:
    def should_stop() -> bool:
        return any((tmp_path / "clip").rglob("*.m4s"))

    with pytest.raises(Cancelled):
        encode_clip(
            tools, slow, plan_clip(probe(tools, slow), 0, 240), tmp_path / "clip", should_stop=should_stop
        )
    assert not children_reading(slow)
    assert not (tmp_path / "clip/master.m3u8").exists()


def test_a_segment_that_ffmpeg_lost_in_silence_is_noticed(
    tools: Tools, lecture: Path, tmp_path: Path
) -> None:
    """/dev/full refuses every write; ffmpeg's HLS muxer says nothing and ends with 0."""
    folder = tmp_path / "clip" / "480p"
    folder.mkdir(parents=True)
    (folder / "00002.m4s").symlink_to("/dev/full")
    with pytest.raises(Failed) as caught:
        encode_clip(tools, lecture, plan_clip(probe(tools, lecture), 0, 14), tmp_path / "clip")
    assert caught.value.code == "bad_output"
    assert not (tmp_path / "clip/master.m3u8").exists()


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A disk of 200 kB."""
    folder = tmp_path / "disk"
    folder.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", "size=200k", "tmpfs", str(folder)]
    if os.geteuid() != 0 or subprocess.run(mount, capture_output=True, check=False).returncode:
        pytest.skip("mounting a small disk needs root and CAP_SYS_ADMIN")
    yield folder
    subprocess.run(["umount", str(folder)], check=True)


def test_a_disk_that_fills_up(tools: Tools, lecture: Path, small_disk: Path) -> None:
    with pytest.raises(Failed) as caught:
        encode_clip(tools, lecture, plan_clip(probe(tools, lecture), 0, 14), small_disk / "clip")
    assert caught.value.code == "disk_full"


def test_a_recording_that_breaks_off_is_not_published_as_a_shorter_one(
    tools: Tools, make: Maker, tmp_path: Path
) -> None:
    """Whatever is not noticed by the probe: here half of the file is gone afterwards."""
    whole = make("whole.mkv", *picture(seconds=20), *tone(20), *FAST)
    facts = probe(tools, whole)
    source = tmp_path / "broken.mkv"
    source.write_bytes(whole.read_bytes()[: whole.stat().st_size // 2])
    with pytest.raises(Failed) as caught:
        encode_clip(tools, source, plan_clip(facts, 0, facts.duration_s), tmp_path / "clip")
    assert caught.value.code == "short_output"
    assert not (tmp_path / "clip/master.m3u8").exists()


WORKER = """
import sys, threading
from pathlib import Path
from transcode.tools import Tools
from transcode.reading.probe import probe
from transcode.planning.ladder import plan_clip
from transcode.encoding.package import encode_clip
ffmpeg, ffprobe, source, folder = map(Path, sys.argv[1:])
tools = Tools(ffmpeg, ffprobe, "", "")
threading.Thread(
    target=lambda: encode_clip(tools, source, plan_clip(probe(tools, source), 0, 240), folder)
).start()
"""


def test_killing_the_parent_leaves_no_ffmpeg(wheel_tools: Tools, slow: Path, tmp_path: Path) -> None:
    arguments = [str(wheel_tools.ffmpeg), str(wheel_tools.ffprobe), str(slow), str(tmp_path / "clip")]
    parent = subprocess.Popen([sys.executable, "-c", WORKER, *arguments])
    deadline = time.monotonic() + 30
    while not list((tmp_path / "clip").rglob("*.m4s")):
        assert time.monotonic() < deadline
        assert parent.poll() is None
        time.sleep(0.05)
    assert children_reading(slow)
    parent.send_signal(signal.SIGKILL)
    parent.wait()
    psutil.wait_procs(children_reading(slow), timeout=5)
    assert not children_reading(slow)
