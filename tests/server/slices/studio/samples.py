"""The studio: filled with believable contents."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from library.catalog.permits import LessonState
from library.intake.rules import RecordingState
from library.studio.rules import LEAST_PLAYS, WORDS_MAX, At, Do, StepName
from server.slices.studio import contexts as c
from server.web.parts import LessonRef, Picture, Progress, Reason
from server.web.shown.studio import NextStep
from tests.server.pages.samples import LECTURER, TITLES, Sample, card, frame

_PICTURE = "/media/sig/1/everyone/clip1/plan/stills/00003.jpg"


def _steps(*ats: At) -> tuple[c.StepLine, ...]:
    names = [name for name in StepName if name is not StepName.REMARKS]
    filled = (*ats, *(At.LATER for _ in range(len(names) - len(ats))))
    looked = (StepName.CUTS, StepName.WORDS, StepName.COVER)
    return tuple(
        c.StepLine(
            name=name,
            at=at,
            url="/lessons/lesson0/cut" if at is not At.LATER else "",
            mark=name in looked and at is At.NOW,
            marked=name is StepName.CUTS and at is At.DONE,
        )
        for name, at in zip(names, filled, strict=True)
    )


def pages() -> Iterator[Sample]:
    """The contexts of the studio."""
    lesson = replace(card(0), state=LessonState.DRAFT)
    page = c.StudioPage(
        frame=frame(LECTURER, "/lessons/lesson0/studio"),
        lesson=lesson,
        steps=_steps(At.DONE, At.DONE, At.DONE, At.NOW, At.NOW),
        at=StepName.WORDS,
        next=NextStep(do=Do.WORDS, url="/lessons/lesson0/words"),
        file=c.FileLine(name="余村 2026-03-12.mp4", size_bytes=1_288_490_188),
        least=LEAST_PLAYS,
    )
    yield "studio", page
    yield (
        "studio_working",
        replace(
            page,
            steps=_steps(At.DONE, At.RUNS),
            at=StepName.WORK,
            next=NextStep(do=Do.LOOK_ON, url="/lessons/lesson0/progress"),
            progress=Progress(state=RecordingState.WORKING, percent=41.0, steps=()),
        ),
    )
    yield (
        "studio_refused",
        replace(
            page,
            steps=_steps(At.WRONG),
            at=StepName.FILE,
            next=NextStep(do=Do.ANOTHER_FILE, url="/upload"),
            progress=Progress(
                state=RecordingState.REFUSED, percent=0.0, steps=(), reason=Reason(code="truncated")
            ),
            may_delete=True,
        ),
    )
    yield (
        "studio_published",
        replace(
            page,
            lesson=card(0),
            steps=_steps(*(At.DONE for _ in range(7))),
            at=StepName.PUBLISHED,
            next=NextStep(do=Do.FIGURES, url="/lessons/lesson0/stats"),
            views=2_418,
            left=(
                c.LeftLine(
                    clip_id="clip2",
                    n=2,
                    title="关掉矿山之后",
                    at_s=400.0,
                    began=318,
                    turned=True,
                    said="这一年，村里的收入掉了一半。",
                ),
            ),
            asked=(c.AskedLine(text="两山", people=37, times=7, clip_id="clip1", at_s=64.0),),
        ),
    )
    cover = c.CoverPage(
        frame=frame(LECTURER, "/lessons/lesson0/cover"),
        lesson=LessonRef(id="lesson0", title=TITLES[0]),
        clips=(("clip1", 1, ""), ("clip2", 2, "关掉矿山之后")),
        now=Picture(url=_PICTURE),
        own=True,
        frames=tuple(
            c.FrameLine(value=f"clip1.{n}", n=1, at_s=31.0 * n, picture=Picture(url=_PICTURE))
            for n in range(1, 13)
        ),
        masters=({"n": 1, "title": "", "master": "/media/sig/1/everyone/clip1/plan/master.m3u8"},),
        words="绿水青山就是金山银山",
        most_bytes=16 * 2**20,
        words_max=WORDS_MAX,
    )
    yield "cover", cover
    yield "cover_waits", replace(cover, waits=True, drafted=True)
    wrong = Reason(code="cover_small", args={"field": "file", "width": 320, "height": 180})
    yield "cover_refused", replace(cover, own=False, problem=wrong)
    yield "cover_nothing", replace(cover, clips=(), frames=(), masters=(), now=None, own=False)
