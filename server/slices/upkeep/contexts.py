"""Contexts of space, of the queue and of licences."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import ClassVar

from library.intake.rules import RecordingState
from library.upkeep.waiting import Kind, Standing
from server.web.parts import Context, LessonRef, Pager, Reason, RefusedForm


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

    `waiting` are what was asked for and has not ended, `unfit` how many uploads came to nothing and of how
    many bytes, `far`: recordings lie in another machine's store.
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
    unfit: tuple[int, int] = (0, 0)


@dataclass(frozen=True, slots=True, kw_only=True)
class UnfitRow:
    """An upload of which nothing became: `id` is its recording's, `since` when it came."""

    id: str
    lesson: LessonRef
    state: RecordingState
    who: str
    file_name: str
    size_bytes: int
    since: datetime
    reason: Reason | None


@dataclass(frozen=True, slots=True, kw_only=True)
class UnfitPage(Context):
    """GET /system/storage/unfit?page= (role admin): uploads of which nothing became, the largest first;
    `count` and `size_bytes` of all. POST /system/storage/unfit (upload...): the chosen ones, to be confirmed
    (`confirming`): POST it again with count and confirm=yes. `sweep_after_h`: when the bytes go.
    """

    template: ClassVar[str] = "upkeep/unfit.html"
    rows: tuple[UnfitRow, ...]
    count: int
    size_bytes: int
    pager: Pager
    most: int
    sweep_after_h: int
    confirming: bool = False
    refused: RefusedForm | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class JobRow:
    """Something that somebody waits for: a `lesson`, or `what` a worker is asked for or a letter tells;
    `about` names a file or a backup."""

    kind: Kind
    id: str
    standing: Standing
    since: datetime
    lesson: LessonRef | None = None
    about: str = ""
    what: str = ""
    who: str = ""
    size_bytes: int = 0
    percent: float | None = None
    reason: Reason | None = None
    tries: int = 0
    next_at: datetime | None = None
    may_retry: bool = False
    may_give_up: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class WorkerRow:
    """A worker, when it gave its last sign of life, and whether that is too long ago."""

    name: str
    at: datetime
    silent: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class JobsPage(Context):
    """GET /system/jobs?kind=&state=&page= (role admin): all that somebody waits for, of the whole house.

    `kinds` and `states` are the choices with how many there are, `failed` how many recordings failed.
    Forms: POST /system/jobs/{kind}/{id}/retry (), .../give-up (), POST /system/jobs/retry () for all
    recordings that failed.
    """

    template: ClassVar[str] = "upkeep/jobs.html"
    rows: tuple[JobRow, ...]
    kinds: tuple[tuple[Kind, int], ...]
    states: tuple[tuple[Standing, int], ...]
    kind: str
    state: str
    pager: Pager
    total: int = 0
    failed: int = 0
    may_change: bool = True
    workers: tuple[WorkerRow, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class TrialRow:
    """How trying a backup out went: asked for at, ended at (None: not yet), how far, why it failed."""

    asked_at: datetime
    ended_at: datetime | None
    percent: float
    reason: Reason | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class BackupRow:
    """A backup on the shelf. `fault` is what is missing of it ("": it looks whole), `missing` and `damaged`
    files that the library had lost before."""

    name: str
    at: datetime
    fault: str = ""
    files: int = 0
    size_bytes: int = 0
    missing: int = 0
    damaged: int = 0
    trial: TrialRow | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class BackupsPage(Context):
    """GET /system/backups?page= (role admin): what lies in the folder of backups, the newest first.
    `problem`: the folder cannot be read; `partial`: one is being made. `asked`: a trial waits or runs.

    Form: POST /system/backups/test (name).
    """

    template: ClassVar[str] = "upkeep/backups.html"
    rows: tuple[BackupRow, ...]
    pager: Pager
    problem: Reason | None = None
    partial: bool = False
    asked: TrialRow | None = None
    asked_name: str = ""
    may_change: bool = True


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
