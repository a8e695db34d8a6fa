"""Uploading, progress, cutting, the own lessons: filled with believable contents."""

from __future__ import annotations

import base64
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

from library.catalog.permits import LessonState
from library.catalog.rules import TranscriptQuality
from library.hearing.rules import AskedAs, Chosen, SpeechMode
from library.studio.rules import Do
from server.slices.intake import contexts as c
from server.slices.intake.transcripts_json import ShiftOut, VersionOut
from server.web.parts import LessonRef, Progress, Reason, Step, Unfinished
from server.web.shown.recognition import RecognitionPart
from server.web.shown.remarks import WarningOut
from server.web.shown.studio import NextStep
from tests.server.pages.samples import LECTURER, NOW, SENTENCES, TITLES, Sample, frame, pager, work_rows
from tests.server.slices.intake.cutting import cuts

UNFINISHED = (
    Unfinished(
        lesson_id="l9",
        title="怎样开好一次组织生活会",
        file_name="组织生活会 2026-03-01.mp4",
        received_bytes=734_003_200,
        size_bytes=1_932_735_283,
        until=NOW.date(),
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


ACCOUNT = (
    Reason(code="shifted_hours", args={"count": 412, "hours": 1}),
    Reason(code="past_the_end", args={"count": 3, "last_s": 1931.0, "length_s": 1925.0}),
    Reason(code="transcript_waits", args={"count": 1, "n": 3, "name": "组织生活会（另一场）.srt"}),
)


def _version(n: int, **about: Any) -> VersionOut:
    usual: dict[str, Any] = {
        "in_use": False,
        "waits": False,
        "made_at": NOW,
        "by": "王芳",
        "file_name": "组织生活会.srt",
        "quality": "exact",
        "cues": 412,
        "inside": 1.0,
        "covered": 0.93,
        "shift_s": 0.0,
        "shift_reason": "none",
        "offered_shift": None,
        "warnings": [],
    }
    return VersionOut(**{"n": n, **usual, **about})


def _transcripts() -> Iterator[Sample]:
    """A lesson's transcripts: one in use that may be moved, one that fits worse, the first."""
    odd = [WarningOut(code="outside", count=388, text="388 行字幕全都在录像之外，一行也没有显示。")]
    versions = (
        _version(3, file_name="组织生活会（另一场）.srt", cues=388, inside=0.0, covered=0.0, warnings=odd),
        _version(2, in_use=True, shift_s=-3600.0, shift_reason="hours"),
        _version(1, quality="plain", inside=None, covered=None, file_name="", by=None, cues=120),
    )
    lines = [[3600.0 + 5 * n + 1, 3600.0 + 5 * n + 5, SENTENCES[n % len(SENTENCES)]] for n in range(300)]
    wave = base64.b64encode(bytes(0 if n % 50 > 42 else 120 + n * 7 % 100 for n in range(19_250))).decode()
    page = c.TranscriptsPage(
        frame=frame(LECTURER, "/lessons/lesson0/transcripts"),
        lesson=LessonRef(id="lesson0", title=TITLES[0]),
        quality=TranscriptQuality.EXACT,
        versions=versions,
        most_versions=50,
        account=ACCOUNT,
        board={
            "n": 2,
            "left_out": 112,
            "shift_s": -3600.0,
            "duration_s": 1925.0,
            "lines": lines,
            "pauses": [[5.0 * n + 4.3, 5.0 * n + 5] for n in range(380)],
            "wave": {"step_s": 0.1, "levels": wave},
        },
    )
    yield "transcripts", page
    offered = ShiftOut(shift_s=-3588.5, confidence=0.86)
    yield (
        "transcripts_asked",
        replace(
            page,
            versions=(versions[0], versions[1].model_copy(update={"offered_shift": offered}), versions[2]),
            asked=versions[0],
            against=(
                Reason(code="worse_outside", args={"count": 388, "new_percent": 0, "old_percent": 100}),
                Reason(code="worse_words", args={"count": 900, "new": 2100, "old": 6100}),
            ),
            beginnings={2: tuple(SENTENCES[:3]), 3: ("同志们，今天我们开另一个会。", "请大家坐好。")},
        ),
    )
    changed = (
        (("讲一讲绿水", False), ("清", True), ("山", False)),
        (("讲一讲绿水", False), ("青", True), ("山", False)),
    )
    yield (
        "transcripts_held",
        replace(
            page,
            asked=versions[0],
            differences=c.Differences(
                differ=26,
                same=386,
                rows=(
                    *(c.DifferenceRow(12.0 * n + 4, *changed) for n in range(1, 6)),
                    c.DifferenceRow(80.0, (), (("请大家看屏幕。", True),)),
                ),
            ),
            beginnings={2: tuple(SENTENCES[:2]), 3: tuple(SENTENCES[:2])},
        ),
    )
    yield (
        "transcripts_none",
        replace(
            page,
            versions=(),
            account=(),
            board=None,
            quality=TranscriptQuality.NONE,
            recognition=RecognitionPart(offered=True),
        ),
    )
    yield from _heard(page)


def _heard(page: c.TranscriptsPage) -> Iterator[Sample]:
    """What a machine made of a recording without words, while it is at it; and of a text."""
    draft = tuple(
        c.DraftLine(
            start_s=7.0 * n + 0.4,
            parts=((text[:4], False), (text[4:7], n % 3 == 1), (text[7:], False)),
        )
        for n, text in enumerate(SENTENCES[k % len(SENTENCES)] for k in range(40))
    )
    repairs = (
        c.RepairLine(k=0, start_s=61.2, was="三会议课", now="三会一课", undone=False),
        c.RepairLine(k=1, start_s=93.0, was="王方", now="王芳", undone=True),
    )
    version = _version(
        1, in_use=True, quality="recognised", by=None, file_name="", inside=None, covered=None, cues=40
    )
    draft_page = replace(
        page,
        quality=TranscriptQuality.RECOGNISED,
        versions=(version,),
        board=None,
        account=(
            Reason(code="words_repaired", args={"count": 1}),
            Reason(code="not_understood", args={"count": 2}),
        ),
        recognition=RecognitionPart(
            state="working",
            offered=True,
            goes_on=True,
            percent=42.4,
            left_s=540.0,
            holds=Chosen(SpeechMode.ALWAYS, by_lecturer=True),
            owner="王芳",
            asked_as=AskedAs.LECTURER,
        ),
        own=True,
        heard=c.HeardPart(n=1, draft=draft, draft_left=12, repairs=repairs),
    )
    yield "transcripts_heard", draft_page
    aligned = _version(2, in_use=True, quality="plain", file_name="讲稿.docx", inside=None, covered=None)
    beyond = tuple(
        c.BeyondLine(n=n, start_s=300.0 + 9 * n, text=SENTENCES[n % len(SENTENCES)], taken=n == 1)
        for n in range(4)
    )
    yield (
        "transcripts_aligned",
        replace(
            draft_page,
            quality=TranscriptQuality.ALIGNED,
            versions=(aligned, version.model_copy(update={"in_use": False})),
            account=(
                Reason(code="script_unsaid", args={"count": 3, "lines": 412}),
                Reason(code="script_beyond", args={"count": 3}),
            ),
            recognition=RecognitionPart(
                state="done",
                offered=True,
                percent=100.0,
                holds=Chosen(SpeechMode.ON_REQUEST),
                asked_as=AskedAs.TEXT,
                asked_by="王芳",
            ),
            own=False,
            heard=c.HeardPart(n=2, unsaid=tuple(SENTENCES[:3]), beyond=beyond),
        ),
    )
    yield (
        "transcripts_unheard",
        replace(
            draft_page,
            quality=TranscriptQuality.ESTIMATED,
            versions=(aligned,),
            account=(Reason(code="script_not_said", args={"count": 380, "lines": 412}),),
            recognition=RecognitionPart(
                state="failed",
                why_not=Reason(code="speech_extra_missing", args={"package": "faster-whisper"}),
                percent=12.0,
                reason=Reason(code="speech_failed", args={"said": "the model cannot be loaded"}),
                asked_as=AskedAs.WANTED,
                asked_by="李站长",
            ),
            heard=None,
        ),
    )
    yield (
        "transcripts_not_wanted",
        replace(
            draft_page,
            quality=TranscriptQuality.ESTIMATED,
            versions=(aligned,),
            account=(Reason(code="speech_not_wanted"),),
            recognition=RecognitionPart(
                why_not=Reason(code="speech_not_wanted"), holds=Chosen(SpeechMode.NEVER, by_lecturer=True)
            ),
            heard=None,
        ),
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
            speech=True,
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
        c.TrackOption(index=2, n=2, about="中文，会议声音，aac", taken=True),
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
    ready = Progress(state="ready", percent=100, steps=STEPS[:3], account=ACCOUNT)
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
    yield from _transcripts()
    rows = work_rows()
    steps = {
        row.lesson.id: NextStep(do=do, url="/upload")
        for row, do in zip(rows, (Do.LOOK_ON, Do.ANOTHER_FILE, Do.FIGURES), strict=True)
    }
    mine = c.MinePage(
        frame=frame(LECTURER, "/mine"), rows=rows, steps=steps, pager=pager(), unfinished=UNFINISHED
    )
    yield "mine", mine
    yield "mine_empty", replace(mine, rows=(), unfinished=())
