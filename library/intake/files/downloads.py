"""Files to take along, made of published clips when asked for: an MP4 of a rendition, an M4A of the sound.

They lie in the folder of the clip's plan, where they are found again and served like everything else, and
nothing is lost when they are swept: they can be made again.
"""

from __future__ import annotations

import hashlib
import json
import os
import re
import shutil
import threading
import time
from collections.abc import Callable, Mapping
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import asdict, dataclass
from pathlib import Path

import obstore
from obstore.store import ObjectStore

from library.core.errors import NotFound, Throttled
from library.intake.files.objects import CHUNK_BYTES, clip_prefix, exists, keep_file
from transcode.encoding.remux import Labels, remux
from transcode.errors import Cancelled
from transcode.hls.files import PLAYLIST
from transcode.hls.playlist import parse_media_playlist
from transcode.planning.plan import SOUND_ONLY
from transcode.tools import Tools

AT_ONCE = 2
"""Remuxes at a time: they read and write as fast as the disk can, which viewers need too."""

MOST_WAITING = 40
_LEFT_BEHIND_S = 3600.0
_WORK = "download-"
_RENDITION = re.compile(rf"[1-9][0-9]{{0,4}}p|{SOUND_ONLY}")


@dataclass(frozen=True)
class Download:
    """What is wanted: one rendition of what a plan made of a clip, with what the file says about itself."""

    clip_id: str
    plan: str
    rendition: str
    labels: Labels

    @property
    def suffix(self) -> str:
        """What kind of file it becomes."""
        return ".m4a" if self.rendition == SOUND_ONLY else ".mp4"

    @property
    def file(self) -> str:
        """Its name in the plan's folder; other captions or another title make another file."""
        labels = {name: told for name, told in asdict(self.labels).items() if told or name != "captions_name"}
        told = json.dumps(labels, sort_keys=True)
        digest = hashlib.sha256(told.encode()).hexdigest()[:8]
        return f"download_{self.rendition}_{digest}{self.suffix}"


def choices(sizes_bytes: Mapping[str, int]) -> list[tuple[str, int]]:
    """Return the renditions to offer with their sizes: the best picture first, sound alone last."""

    def rank(rendition: str) -> int:
        return 0 if rendition == SOUND_ONLY else int(rendition.removesuffix("p"))

    known = [name for name in sizes_bytes if _RENDITION.fullmatch(name)]
    return [(name, sizes_bytes[name]) for name in sorted(known, key=rank, reverse=True)]


class Downloads:
    """Makes downloads, each once however many ask, a few at a time. `tools` are looked for when needed."""

    def __init__(self, store: ObjectStore, work: Path, tools: Callable[[], Tools]) -> None:
        self._store, self._work, self._tools = store, work, tools
        self._workers: ThreadPoolExecutor | None = None
        self._making: dict[str, Future[None]] = {}
        self._lock = threading.Lock()
        self._closed = threading.Event()

    def make(self, wanted: Download) -> Future[None]:
        """Return a promise of the file's being there: at once when it is, else when it has been made.

        Raises NotFound when the clip has no such rendition, Throttled when too many wait already. The promise
        breaks with TranscodeError, OSError, or the store's own errors.
        """
        prefix = clip_prefix(wanted.clip_id, wanted.plan)
        key = f"{prefix}/{wanted.file}"
        done: Future[None] = Future()
        if not _RENDITION.fullmatch(wanted.rendition):
            raise NotFound
        if exists(self._store, key):
            done.set_result(None)
            return done
        if not exists(self._store, f"{prefix}/{wanted.rendition}/{PLAYLIST}"):
            raise NotFound
        with self._lock:
            if self._closed.is_set():
                raise Cancelled
            if key in self._making:
                return self._making[key]
            if len(self._making) >= MOST_WAITING:
                raise Throttled("downloads_busy")
            if self._workers is None:
                self._workers = ThreadPoolExecutor(AT_ONCE, thread_name_prefix="download")
            promise = self._making[key] = self._workers.submit(self._make, wanted, prefix, key)
        promise.add_done_callback(lambda _: self._made(key))
        return promise

    def close(self) -> None:
        """End what is being made; nothing half-made stays."""
        self._closed.set()
        if self._workers is not None:
            self._workers.shutdown(cancel_futures=True)

    def _made(self, key: str) -> None:
        with self._lock:
            self._making.pop(key, None)

    def _make(self, wanted: Download, prefix: str, key: str) -> None:
        self._remove_leftovers()
        folder = self._work / f"{_WORK}{os.urandom(8).hex()}"
        folder.mkdir(parents=True)
        try:
            joined = folder / "joined.mp4"
            self._join(f"{prefix}/{wanted.rendition}", joined)
            remux(self._tools(), joined, folder / wanted.file, wanted.labels, self._closed.is_set)
            if not exists(self._store, f"{prefix}/{wanted.rendition}/{PLAYLIST}"):
                raise NotFound  # the lesson was deleted meanwhile: its folder must not come back
            keep_file(self._store, folder / wanted.file, key)
        finally:
            shutil.rmtree(folder, ignore_errors=True)

    def _join(self, rendition: str, joined: Path) -> None:
        """Write init and segments one after another: a fragmented MP4, whichever store they lie in."""
        text = bytes(obstore.get(self._store, f"{rendition}/{PLAYLIST}").bytes()).decode()
        playlist = parse_media_playlist(text)
        with joined.open("wb") as out:
            for name in (playlist.init_uri, *(segment.uri for segment in playlist.segments)):
                if self._closed.is_set():
                    raise Cancelled
                for chunk in obstore.get(self._store, f"{rendition}/{name}").stream(CHUNK_BYTES):
                    out.write(chunk)

    def _remove_leftovers(self) -> None:
        """Take away what a process left behind that was killed while it made a download."""
        for folder in self._work.glob(f"{_WORK}*"):
            try:
                old = time.time() - folder.stat().st_mtime > _LEFT_BEHIND_S
            except FileNotFoundError:  # another one has just finished
                continue
            if old:
                shutil.rmtree(folder, ignore_errors=True)
