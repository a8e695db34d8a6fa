"""Contexts of space, of the queue and of licences."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import ClassVar

from library.intake.rules import RecordingState
from server.web.parts import Context, LessonRef, Pager, Reason


@dataclass(frozen=True, slots=True, kw_only=True)
class SpaceRow:
    """A kind of thing: how many, of how many bytes, and what share of all (0 to 1)."""

    kind: str
    count: int
    size_bytes: int
    share: float = 0.0


@dataclass(frozen=True, slots=True, kw_only=True)
class StoragePage(Context):
    """GET /system/storage (role admin): what takes space, as of `at`; None: nothing was measured yet.

    `waiting` are what was asked for and has not ended, `far`: recordings lie in another machine's store.
    `days_left` is what the growth of `bytes_a_day` leaves; both None where nothing can be said. `goes` is
    what can go, `refused` why that is not known. `swept` is how the last clearing went.
    Forms: POST /system/storage/measure (), POST /system/storage/sweep (confirm=yes).
    """

    template: ClassVar[str] = "upkeep/storage.html"
    at: datetime | None
    rows: tuple[SpaceRow, ...] = ()
    total: int = 0
    lessons: tuple[tuple[LessonRef, int], ...] = ()
    goes: tuple[SpaceRow, ...] = ()
    goes_bytes: int = 0
    free_bytes: int = 0
    disk_bytes: int = 0
    far: bool = False
    bytes_a_day: float | None = None
    days_left: int | None = None
    seconds: float = 0.0
    waiting: tuple[str, ...] = ()
    refused: Reason | None = None
    swept: tuple[datetime, int, int] | None = None
    failed: Reason | None = None
    sweep_after_h: int = 24
    keep_replaced_days: int = 30


@dataclass(frozen=True, slots=True, kw_only=True)
class JobRow:
    """A recording that a run is at, or that waits for one, or whose run ended without clips that play."""

    lesson: LessonRef
    state: RecordingState
    percent: float
    who: str
    file_name: str
    size_bytes: int
    since: datetime
    reason: Reason | None
    may_retry: bool
    may_cancel: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class WorkerRow:
    """A worker, when it gave its last sign of life, and whether that is too long ago."""

    name: str
    at: datetime
    silent: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class JobsPage(Context):
    """GET /system/jobs?state=&page= (role admin): recordings at work, waiting and failed, of the whole house.

    `counts` are by state, `speech` how many recordings wait to be heard, are heard now, and failed.
    Forms: POST /lessons/{id}/retry, POST /lessons/{id}/cancel, POST /system/jobs/retry () for all.
    """

    template: ClassVar[str] = "upkeep/jobs.html"
    rows: tuple[JobRow, ...]
    counts: tuple[tuple[RecordingState, int], ...]
    state: str
    pager: Pager
    workers: tuple[WorkerRow, ...] = ()
    speech: tuple[tuple[str, int], ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class PartRow:
    """A part: where it comes from (pypi, npm), its licence ("": it says none), whether its text is here."""

    name: str
    version: str
    origin: str
    licence: str
    has_text: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class LicencesPage(Context):
    """GET /system/licences?q= (role admin): the parts of which this is made. `listed`: from the list of the
    set-up; else from what is installed."""

    template: ClassVar[str] = "upkeep/licences.html"
    rows: tuple[PartRow, ...]
    total: int
    q: str = ""
    listed: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class LicencePage(Context):
    """GET /system/licences/{origin}/{name} (role admin): the texts that a part brings, each by its file."""

    template: ClassVar[str] = "upkeep/licence.html"
    part: PartRow
    texts: tuple[tuple[str, str], ...]
