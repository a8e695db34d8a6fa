"""Space, the queue and licences: filled with believable contents."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from library.intake.rules import RecordingState
from server.slices.upkeep import contexts as c
from server.web.parts import LessonRef, Pager, Reason
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
    )
    yield "storage", full
    yield "storage_never", c.StoragePage(frame=frame(ADMIN, "/system/storage"), at=None, waiting=("measure",))
    refused = Reason(code="sweep_refused")
    yield "storage_far", replace(full, far=True, goes=(), refused=refused, failed=refused, bytes_a_day=None)
    states = (RecordingState.WORKING, RecordingState.WAITING, RecordingState.FAILED)
    queue = c.JobsPage(
        frame=frame(ADMIN, "/system/jobs"),
        rows=tuple(
            c.JobRow(
                lesson=LessonRef(id=f"lesson{n}", title=TITLES[n]),
                state=state,
                percent=41.0,
                who=("王芳", "", "陈志远")[n],
                file_name="2026-03-12 余村.mp4",
                size_bytes=3_400_000_000,
                since=NOW,
                reason=Reason(code="disk_full") if state is RecordingState.FAILED else None,
                may_retry=state is RecordingState.FAILED,
                may_cancel=state is not RecordingState.FAILED,
            )
            for n, state in enumerate(states)
        ),
        counts=((RecordingState.WORKING, 1), (RecordingState.WAITING, 41), (RecordingState.FAILED, 3)),
        state="",
        pager=Pager(page=1, pages=1, total=3, url="/system/jobs"),
        workers=(
            c.WorkerRow(name="worker-1", at=NOW, silent=False),
            c.WorkerRow(name="worker-2", at=NOW, silent=True),
        ),
        speech=(("waiting", 4), ("failed", 1)),
    )
    yield "jobs", queue
    yield "jobs_empty", replace(queue, rows=(), workers=(), speech=(), state="failed")
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
