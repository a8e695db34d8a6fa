"""Space, the queue and licences: filled with believable contents."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from library.intake.rules import RecordingState
from library.upkeep.waiting import Kind, Standing
from server.slices.upkeep import contexts as c
from server.web.parts import LessonRef, Pager, Reason, RefusedForm
from tests.server.pages.samples import NOW, TITLES, Sample, frame
from tests.server.slices.system.samples import ADMIN

_SIZES = {
    "originals": (1_204, 1_840_000_000_000),
    "clips": (412_880, 960_000_000_000),
    "backups": (98_400, 210_000_000_000),
    "database": (1, 4_800_000_000),
    "index": (40, 900_000_000),
    "reflections": (312, 400_000_000),
}
_TEXT = "Permission is hereby granted, free of charge, to any person obtaining a copy of this software.\n" * 4


def _row(kind: str, count: int, size_bytes: int) -> c.SpaceRow:
    return c.SpaceRow(kind=kind, count=count, size_bytes=size_bytes, share=size_bytes / 3_016_100_000_000)


_LESSONS = tuple(LessonRef(id=f"lesson{n}", title=title) for n, title in enumerate(TITLES))
QUEUE = c.JobsPage(
    frame=frame(ADMIN, "/system/jobs"),
    rows=(
        c.JobRow(
            kind=Kind.RECORDING,
            id="r1",
            standing=Standing.WORKING,
            since=NOW,
            lesson=_LESSONS[0],
            about="2026-03-12 余村.mp4",
            who="王芳",
            size_bytes=3_400_000_000,
            percent=41.0,
            may_give_up=True,
        ),
        c.JobRow(
            kind=Kind.RECORDING,
            id="r2",
            standing=Standing.FAILED,
            since=NOW,
            lesson=_LESSONS[1],
            about="第三讲最终版(2).mov",
            size_bytes=1_200_000_000,
            reason=Reason(code="disk_full"),
            may_retry=True,
        ),
        c.JobRow(
            kind=Kind.SPEECH,
            id="r3",
            standing=Standing.WAITING,
            since=NOW,
            lesson=_LESSONS[2],
            may_give_up=True,
        ),
        c.JobRow(
            kind=Kind.LETTER,
            id="l1",
            standing=Standing.WAITING,
            since=NOW,
            what="reset",
            who="陈志远",
            reason=Reason(code="letter_not_taken", args={"said": "451 4.7.1 greylisted, try again later"}),
            tries=2,
            next_at=NOW,
            may_retry=True,
            may_give_up=True,
        ),
        c.JobRow(
            kind=Kind.LETTER,
            id="l2",
            standing=Standing.FAILED,
            since=NOW,
            what="confirm",
            who="李明",
            reason=Reason(code="letter_given_up", args={"said": "550 5.1.1 user unknown"}),
            tries=1,
        ),
        c.JobRow(
            kind=Kind.ASKED,
            id="7",
            standing=Standing.WORKING,
            since=NOW,
            what="try",
            about="20260312T062800.000Z",
            who="赵敏",
            percent=62.0,
            may_give_up=True,
        ),
    ),
    kinds=((Kind.RECORDING, 45), (Kind.SPEECH, 4), (Kind.LETTER, 2), (Kind.ASKED, 1)),
    states=((Standing.WAITING, 46), (Standing.WORKING, 2), (Standing.FAILED, 4)),
    kind="",
    state="",
    pager=Pager(page=1, pages=2, total=52, url="/system/jobs"),
    total=52,
    failed=3,
    workers=(
        c.WorkerRow(name="worker-1", at=NOW, silent=False),
        c.WorkerRow(name="worker-2", at=NOW, silent=True),
    ),
)
UNFIT = c.UnfitPage(
    frame=frame(ADMIN, "/system/storage/unfit"),
    rows=tuple(
        c.UnfitRow(
            id=f"r{n}",
            lesson=_LESSONS[n],
            state=state,
            who=("王芳", "", "陈志远")[n],
            file_name=("2026-03-12 余村.mp4", "演讲稿.docx.mp4", "IMG_20260301_很长的手机文件名_最终版.MOV")[
                n
            ],
            size_bytes=size,
            since=NOW,
            reason=Reason(code=code) if code else None,
        )
        for n, (state, size, code) in enumerate(
            (
                (RecordingState.FAILED, 3_400_000_000, "disk_full"),
                (RecordingState.REFUSED, 1_700_000_000, "not_media"),
                (RecordingState.CANCELLED, 90_000_000, ""),
            )
        )
    ),
    count=3,
    size_bytes=5_190_000_000,
    pager=Pager(page=1, pages=1, total=3, url="/system/storage/unfit"),
    most=100,
    sweep_after_h=24,
)
BACKUPS = c.BackupsPage(
    frame=frame(ADMIN, "/system/backups"),
    rows=(
        c.BackupRow(
            name="20260312T062800.000Z",
            at=NOW,
            files=98_400,
            size_bytes=210_000_000_000,
            trial=c.TrialRow(asked_at=NOW, ended_at=NOW, percent=100.0),
        ),
        c.BackupRow(name="20260311T062800.000Z", at=NOW, fault="database", files=98_100, size_bytes=1),
        c.BackupRow(
            name="20260310T062800.000Z",
            at=NOW,
            files=97_000,
            size_bytes=208_000_000_000,
            missing=2,
            damaged=1,
            trial=c.TrialRow(
                asked_at=NOW,
                ended_at=NOW,
                percent=100.0,
                reason=Reason(code="backup_unfit", args={"count": 3, "first": "originals/ab"}),
            ),
        ),
        c.BackupRow(name="20260309T062800.000Z", at=NOW, files=96_000, size_bytes=207_000_000_000),
    ),
    pager=Pager(page=1, pages=1, total=4, url="/system/backups"),
)


def pages() -> Iterator[Sample]:
    """Measured, not yet, refused; a queue and an empty one; licences, none, and a text."""
    full = c.StoragePage(
        frame=frame(ADMIN, "/system/storage"),
        at=NOW,
        rows=tuple(_row(kind, *of) for kind, of in _SIZES.items()),
        total=3_016_100_000_000,
        lessons=tuple(
            (LessonRef(id=f"lesson{n}", title=title), 20_000_000_000 - n * 1_700_000_000)
            for n, title in enumerate((*TITLES, ""))
        ),
        goes=(_row("clip", 310, 41_000_000_000), _row("original", 4, 9_000_000_000)),
        goes_bytes=50_000_000_000,
        free_bytes=220_000_000_000,
        disk_bytes=4_000_000_000_000,
        bytes_a_day=9_400_000_000,
        days_left=23,
        seconds=212.4,
        swept=(NOW, 12, 3_100_000_000),
        unfit=(14, 22_600_000_000),
    )
    yield "storage", full
    yield "storage_never", c.StoragePage(frame=frame(ADMIN, "/system/storage"), at=None, waiting=("measure",))
    refused = Reason(code="sweep_refused")
    yield "storage_far", replace(full, far=True, goes=(), refused=refused, failed=refused, bytes_a_day=None)
    yield "jobs", QUEUE
    yield "jobs_empty", replace(QUEUE, rows=(), workers=(), kind="letter", state="failed", failed=0)
    yield "unfit", UNFIT
    yield (
        "unfit_confirm",
        replace(UNFIT, rows=UNFIT.rows[:2], count=2, size_bytes=5_100_000_000, confirming=True),
    )
    changed = Reason(code="unfit_changed", args={"count": 1, "confirmed": 2})
    yield "unfit_refused", replace(UNFIT, refused=RefusedForm(form="unfit", typed={}, reason=changed))
    yield "unfit_none", replace(UNFIT, rows=(), count=0, size_bytes=0)
    yield "backups", BACKUPS
    going = c.TrialRow(asked_at=NOW, ended_at=None, percent=37.0)
    yield "backups_trying", replace(BACKUPS, asked=going, asked_name=BACKUPS.rows[0].name, partial=True)
    yield "backups_away", replace(BACKUPS, rows=(), problem=Reason(code="shelf_away"))
    jinja = c.PartRow(name="jinja2", version="3.1.6", origin="pypi", licence="BSD-3-Clause", has_text=True)
    parts = (
        jinja,
        c.PartRow(name="hls.js", version="1.6.0", origin="npm", licence="Apache-2.0", has_text=False),
        c.PartRow(name="obscure", version="0.1", origin="pypi", licence="", has_text=False),
    )
    yield "licences", c.LicencesPage(frame=frame(ADMIN, "/system/licences"), rows=parts, total=114)
    yield (
        "licences_none",
        c.LicencesPage(frame=frame(ADMIN, "/system/licences"), rows=(), total=90, q="xyz", listed=False),
    )
    yield (
        "licence",
        c.LicencePage(
            frame=frame(ADMIN, "/system/licences/pypi/jinja2"),
            part=jinja,
            texts=(("LICENSE.txt", _TEXT),),
        ),
    )
