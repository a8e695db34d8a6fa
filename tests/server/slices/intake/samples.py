"""Uploading, progress, cutting, the own lessons: filled with believable contents."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from library.catalog.permits import LessonState
from server.slices.intake import contexts as c
from server.web.parts import LessonRef, Progress, Reason, Step, Unfinished
from tests.server.pages.samples import LECTURER, SENTENCES, TITLES, Sample, frame, pager, work_rows
from tests.server.slices.intake.cutting import cuts

UNFINISHED = (
    Unfinished(
        lesson_id="l9",
        title="怎样开好一次组织生活会",
        file_name="组织生活会 2026-03-01.mp4",
        received_bytes=734_003_200,
        size_bytes=1_932_735_283,
    ),
)
STEPS = (
    Step(id="probe-0", kind="probe", state="done", percent=100),
    Step(id="split-0", kind="split", state="done", percent=100),
    Step(id="clip-1", kind="clip", n=1, state="done", percent=100, clip_url="/clips/clip1"),
    Step(id="clip-2", kind="clip", n=2, state="running", percent=41.7, eta_s=96),
    Step(
        id="clip-3",
        kind="clip",
        n=3,
        state="failed",
        percent=12,
        reason=Reason(code="disk_full"),
        retry=True,
    ),
    Step(id="captions-0", kind="captions", state="waiting", percent=0),
    Step(id="index-0", kind="index", state="waiting", percent=0),
)


def pages() -> Iterator[Sample]:
    """Uploading, progress, cutting, the own lessons."""
    yield (
        "upload",
        c.UploadPage(
            frame=frame(LECTURER, "/upload"),
            max_bytes=8 * 1024**3,
            left_bytes=21 * 1024**3,
            media_suffixes=(".mp4", ".mov", ".mkv", ".mp3"),
            known_lecturers=("王芳",),
            known_topics=("党史",),
            unfinished=UNFINISHED,
        ),
    )
    progress = c.ProgressPage(
        frame=frame(LECTURER, "/lessons/lesson0/progress"),
        lesson=LessonRef(id="lesson0", title=TITLES[0]),
        lesson_state=LessonState.DRAFT,
        progress=Progress(state="working", percent=46.2, steps=STEPS),
    )
    yield "progress", replace(progress, may_cancel=True)
    options = (
        c.TrackOption(index=1, n=1, about="话筒，aac", taken=False),
        c.TrackOption(index=2, n=2, about="chi，会议声音，aac", taken=True),
    )
    tracks = (c.TrackGroup(kind="audio", options=options),)
    yield "progress_tracks", replace(progress, may_cancel=True, remaking=True, tracks=tracks)
    yield (
        "progress_cut_again",
        replace(
            progress,
            recutting=True,
            may_retry=True,
            progress=Progress(state="failed", percent=40, steps=STEPS),
        ),
    )
    cancelled = Progress(state="cancelled", percent=40, steps=STEPS[:2])
    yield "progress_cancelled", replace(progress, may_retry=True, progress=cancelled)
    ready = Progress(state="ready", percent=100, steps=STEPS[:3])
    yield "progress_ready", replace(progress, progress=ready, may_publish=True, may_retry=False)
    refused = Progress(
        state="refused", percent=0, steps=(), reason=Reason(code="too_long", args={"limit_s": 28_800})
    )
    yield "progress_refused", replace(progress, progress=refused)
    cut = c.CutPage(
        frame=frame(LECTURER, "/lessons/lesson0/cut"),
        lesson=LessonRef(id="lesson0", title=TITLES[0]),
        cuts=cuts(SENTENCES),
    )
    yield "cut", cut
    yield (
        "cut_plain",
        replace(
            cut, cuts=cuts(SENTENCES, sentences=[], storyboard=None, turns=[], wave=None, state="working")
        ),
    )
    proposals = {
        "pauses": [{"start_s": 0, "end_s": 500}],
        "chapters": [{"start_s": 0, "end_s": 590, "title": "一"}],
    }
    yield "cut_pending", replace(cut, cuts=cuts(SENTENCES, pending=True, state="failed", proposals=proposals))
    yield "cut_waiting", replace(cut, cuts=cuts(SENTENCES, state="working", clips=[]))
    yield "cut_nothing", replace(cut, cuts=cuts(SENTENCES, state="refused", clips=[]))
    mine = c.MinePage(frame=frame(LECTURER, "/mine"), rows=work_rows(), pager=pager(), unfinished=UNFINISHED)
    yield "mine", mine
    yield "mine_empty", replace(mine, rows=(), unfinished=())
