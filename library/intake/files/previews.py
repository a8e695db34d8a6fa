"""A clip that can be watched while it is still being made, by those who work on its lesson."""

from __future__ import annotations

import hashlib
from contextlib import suppress
from pathlib import Path

import obstore
import obstore.exceptions
from obstore.store import ObjectStore
from sqlalchemy.exc import SQLAlchemyError

from library.catalog import actions as catalog
from library.catalog import queries as catalog_queries
from library.core.errors import NotFound
from library.intake.files import objects
from library.intake.running import Run, Stopped
from transcode.hls.early_playlist import event_playlist, planned_segments
from transcode.hls.files import INIT
from transcode.hls.playlist import Segment
from transcode.planning.plan import Plan

GROWING = "growing.m3u8"
"""The playlist of what is there so far; its addresses are relative to it, pages sign them."""


def early_digest(plan: str) -> str:
    """Return the name of the folder for what is complete of a plan: like a plan's, and never the same."""
    return hashlib.sha256(f"early {plan}".encode()).hexdigest()[:12]


class Preview:
    """Told of each complete segment, brings it into the store and keeps the growing playlist.

    A preview is a convenience: an error of the store ends it and never the encode that it watches.
    """

    def __init__(self, run: Run, store: ObjectStore, clip_id: str, plan: Plan, folder: Path) -> None:
        self._run, self._store, self._clip_id, self._folder = run, store, clip_id, folder
        self._digest = early_digest(plan.digest)
        self._prefix = objects.clip_prefix(clip_id, self._digest)
        self._target_s = max(segment.duration_s for segment in planned_segments(plan))
        self._shared: dict[str, tuple[int, int]] = {}
        self._over = False

    def __call__(self, name: str, segments: tuple[Segment, ...]) -> None:
        """Bring what is new of rendition `name`; `segments` are all that are complete.

        Raises Stopped when the run is over: what nobody goes on with is not shown.
        """
        if self._over:
            return
        first = not self._shared
        try:
            self._share(name, segments)
        except (OSError, obstore.exceptions.BaseError):
            self._over = True
            return
        if first:
            with self._run.db.write() as session:
                self._run.recording(session)
                clip = catalog_queries.clip(session, self._clip_id)
                catalog.clip_growing(session, clip, self._digest)

    def take_back(self) -> None:
        """Leave nothing of a clip that came to nothing: on a full disk, above all, it must free its room.

        Not when the run is over: the next one may be showing the same clip by now, and the sweep comes later.
        """
        if not self._shared or self._run.is_over():
            return
        objects.delete_prefix(self._store, self._prefix)
        with suppress(Stopped, NotFound, SQLAlchemyError), self._run.db.write() as session:
            self._run.recording(session)
            catalog.clip_growing(session, catalog_queries.clip(session, self._clip_id), None)

    def _share(self, name: str, segments: tuple[Segment, ...]) -> None:
        for file in (INIT, *(segment.uri for segment in segments)):
            made = self._folder / name / file
            # A clip whose copied picture did not fit is encoded from the beginning, under the same names.
            facts = made.stat()
            now = (facts.st_ino, facts.st_mtime_ns)
            if self._shared.get(file) != now:
                objects.share_file(self._store, made, f"{self._prefix}/{name}/{file}")
                self._shared[file] = now
        listed = [Segment(f"{name}/{segment.uri}", segment.duration_s) for segment in segments]
        text = event_playlist(f"{name}/{INIT}", listed, self._target_s, ended=False)
        obstore.put(self._store, f"{self._prefix}/{GROWING}", text.encode())
