"""Space, what somebody waits for, and backups under /api/v1."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Annotated

from fastapi import APIRouter, Query
from pydantic import BaseModel, Field

from library.core.errors import Invalid
from library.intake.rules import RecordingState
from library.upkeep import actions, again, queries, unfit, waiting
from library.upkeep.rules import Sum, Task
from library.upkeep.waiting import Kind, Standing
from server.slices.upkeep.backups import ask_trial, problem_of, trials_of
from server.slices.upkeep.queue import kind_meant
from server.web.deps import Admin, ClockDep, Reading, SettingsDep, ShelfLooksDep, SystemChanger, Writing
from server.web.limits.fields import WordText

router = APIRouter(prefix="/api/v1/system", tags=["system"])

_PER_PAGE = 50
Number = Annotated[int, Query(ge=1, le=10_000)]


class SumOut(BaseModel):
    """So many things of so many bytes."""

    count: int
    size_bytes: int


class LargeOut(BaseModel):
    """A lesson and what all that belongs to it takes."""

    lesson_id: str
    size_bytes: int


class StorageOut(BaseModel):
    """What took space at `at` (null: nothing was measured yet), by kind; `goes` is what can go, `refused` a
    code why that is not known. `far`: recordings lie in another machine's store. `waiting` is what was asked
    for and has not ended; `unfit` are uploads of which nothing became."""

    at: datetime | None
    kinds: dict[str, SumOut]
    lessons: list[LargeOut]
    goes: dict[str, SumOut]
    refused: str
    free_bytes: int
    disk_bytes: int
    far: bool
    waiting: list[Task]
    unfit: SumOut


class AskedOut(BaseModel):
    """Whether it was asked for now; false: somebody has asked already, and it has not ended."""

    asked: bool


class SweepIn(BaseModel):
    """What whoever asks has seen in `goes`: `count` of all kinds together, as of the moment `at`."""

    at: datetime
    count: int


class UnfitOut(BaseModel):
    """An upload of which nothing became; `reason` is a code."""

    id: str
    lesson_id: str
    title: str
    state: RecordingState
    file_name: str
    size_bytes: int
    since: datetime
    reason: str


class UnfitsOut(BaseModel):
    """One page of them, the largest first; `total` and `size_bytes` are of all."""

    total: int
    size_bytes: int
    page: int
    uploads: list[UnfitOut]


class UnfitDelete(BaseModel):
    """Which are deleted; `count` is how many of them you have seen."""

    ids: Annotated[list[WordText], Field(max_length=unfit.MOST)]
    count: int


class JobOut(BaseModel):
    """Something that somebody waits for, since when; `reason` is a code, `may_retry` and `may_give_up` what
    can be done. `title` is the lesson's, or what a worker is asked for."""

    kind: Kind
    id: str
    state: Standing
    since: datetime
    lesson_id: str
    title: str
    size_bytes: int
    percent: float | None
    reason: str
    tries: int
    next_at: datetime | None
    may_retry: bool
    may_give_up: bool


class JobsOut(BaseModel):
    """One page of all that somebody waits for, the oldest first."""

    total: int
    page: int
    jobs: list[JobOut]


class ChangedOut(BaseModel):
    """Whether that changed anything; false: it waits or runs already."""

    changed: bool


class TrialOut(BaseModel):
    """How trying a backup out went; `ended_at` is null while it goes on, `reason` a code, "" for well."""

    asked_at: datetime
    ended_at: datetime | None
    percent: float
    reason: str


class BackupOut(BaseModel):
    """A backup on the shelf. `fault` is "" for one that looks whole, else what is missing: facts, database,
    list; `missing` and `damaged` are files that the library itself had lost."""

    name: str
    at: datetime
    fault: str
    files: int
    size_bytes: int
    missing: int
    damaged: int
    trial: TrialOut | None


class BackupsOut(BaseModel):
    """What lies in the folder of backups, the newest first; `problem` is a code why it cannot be read."""

    problem: str
    total: int
    page: int
    backups: list[BackupOut]


def _sums(told: Mapping[str, Sum]) -> dict[str, SumOut]:
    return {kind: SumOut(count=one.count, size_bytes=one.size_bytes) for kind, one in told.items()}


@router.get("/storage")
def storage(session: Reading, who: Admin) -> StorageOut:
    """What takes space, and what can go (administrators). Counted by a worker once a day and when asked."""
    measured = queries.latest(session)
    count, size = unfit.sums(session)
    figures = measured.figures if measured else None
    return StorageOut(
        at=measured.at if measured else None,
        kinds=_sums(figures.kinds) if figures else {},
        lessons=[LargeOut(lesson_id=one, size_bytes=n) for one, n in (figures.lessons if figures else ())],
        goes=_sums(figures.goes) if figures else {},
        refused=figures.refused if figures else "",
        free_bytes=figures.free_bytes if figures else 0,
        disk_bytes=figures.disk_bytes if figures else 0,
        far=figures.far if figures else False,
        waiting=[one.task for one in queries.waiting(session)],
        unfit=SumOut(count=count, size_bytes=size),
    )


@router.post("/storage/measure", status_code=202)
def measure(session: Writing, who: SystemChanger, clock: ClockDep) -> AskedOut:
    """Ask a worker to count now (administrators)."""
    return AskedOut(asked=actions.ask(session, who.viewer.person_id, Task.MEASURE, clock()))


@router.post("/storage/sweep", status_code=202)
def sweep(session: Writing, who: SystemChanger, clock: ClockDep, body: SweepIn) -> AskedOut:
    """Ask a worker to take away what belongs to nobody any more (administrators); it does not come back.

    422 unless `at` and `count` are those of the last report: you have seen what you let go.
    """
    measured = queries.latest(session)
    goes = sum(one.count for one in measured.figures.goes.values()) if measured else 0
    if measured is None or (body.at, body.count) != (measured.at, goes):
        raise Invalid("upkeep_confirm", field="count")
    return AskedOut(asked=actions.ask(session, who.viewer.person_id, Task.SWEEP, clock()))


@router.get("/storage/unfit")
def list_unfit(session: Reading, who: Admin, page: Number = 1) -> UnfitsOut:
    """Uploads of which nothing became: refused, failed or cancelled (administrators)."""
    found = unfit.unfit(session, page, _PER_PAGE)
    return UnfitsOut(
        total=found.total,
        size_bytes=unfit.sums(session)[1],
        page=found.number,
        uploads=[
            UnfitOut(
                id=one.recording_id,
                lesson_id=one.lesson_id,
                title=one.title,
                state=one.state,
                file_name=one.file_name,
                size_bytes=one.size_bytes,
                since=one.since,
                reason=one.reason,
            )
            for one in found.items
        ],
    )


@router.post("/storage/unfit/delete")
def delete_unfit(session: Writing, who: SystemChanger, clock: ClockDep, body: UnfitDelete) -> SumOut:
    """Delete some of them with their lessons, for good (administrators): all, or none with 409 where it is
    not `count` of them any more."""
    count, size = unfit.delete(session, who.viewer, body.ids, body.count, clock())
    return SumOut(count=count, size_bytes=size)


@router.get("/jobs")
def list_jobs(
    session: Reading,
    who: Admin,
    clock: ClockDep,
    kind: Kind | None = None,
    state: Standing | None = None,
    page: Number = 1,
) -> JobsOut:
    """Everything that somebody waits for, of the whole house (administrators)."""
    found = waiting.lines(session, clock(), kind, state, page, _PER_PAGE)
    return JobsOut(
        total=found.total,
        page=found.number,
        jobs=[
            JobOut(
                kind=one.kind,
                id=one.id,
                state=one.standing,
                since=one.since,
                lesson_id=one.lesson_id,
                title=one.title,
                size_bytes=one.size_bytes,
                percent=one.percent,
                reason=one.reason,
                tries=one.tries,
                next_at=one.next_at,
                may_retry=one.may_retry,
                may_give_up=one.may_give_up,
            )
            for one in found.items
        ],
    )


@router.post("/jobs/{kind}/{its_id}/retry")
def retry(session: Writing, who: SystemChanger, clock: ClockDep, kind: str, its_id: str) -> ChangedOut:
    """Begin one again, or let a letter be tried now (administrators); twice is once."""
    return ChangedOut(changed=again.retry(session, who.viewer, kind_meant(kind), its_id, clock()))


@router.post("/jobs/{kind}/{its_id}/give-up", status_code=204)
def give_up(session: Writing, who: SystemChanger, clock: ClockDep, kind: str, its_id: str) -> None:
    """Give one up (administrators)."""
    again.give_up(session, who.viewer, kind_meant(kind), its_id, clock())


@router.get("/backups")
def list_backups(
    session: Reading, who: Admin, settings: SettingsDep, looks: ShelfLooksDep, page: Number = 1
) -> BackupsOut:
    """What lies in the folder of backups (administrators); no path is told."""
    found = looks.listing(settings.backup_to)
    problem, trials = problem_of(found), trials_of(session, settings)
    rows = []
    for one in found.backups[(page - 1) * _PER_PAGE : page * _PER_PAGE]:
        trial = trials.get(one.name)
        rows.append(
            BackupOut(
                name=one.name,
                at=one.at,
                fault=one.fault,
                files=one.files,
                size_bytes=one.size_bytes,
                missing=one.missing,
                damaged=one.damaged,
                trial=TrialOut(
                    asked_at=trial.asked_at,
                    ended_at=trial.ended_at,
                    percent=trial.percent,
                    reason=trial.reason.code if trial.reason else "",
                )
                if trial
                else None,
            )
        )
    return BackupsOut(
        problem=problem.code if problem else "", total=len(found.backups), page=page, backups=rows
    )


@router.post("/backups/{name}/test", status_code=202)
def test_backup(
    session: Writing,
    who: SystemChanger,
    settings: SettingsDep,
    looks: ShelfLooksDep,
    clock: ClockDep,
    name: str,
) -> AskedOut:
    """Ask a worker to try a backup out (administrators); see its `trial` in the list."""
    found = looks.listing(settings.backup_to)
    return AskedOut(asked=ask_trial(session, who.viewer.person_id, found, clock(), name))
