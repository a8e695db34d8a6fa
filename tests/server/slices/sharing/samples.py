"""How lessons and weeks are handed on: filled with believable contents."""

from __future__ import annotations

import base64
from collections.abc import Iterator
from dataclasses import replace

import segno

from server.slices.sharing.contexts import EmbedPage, HandOnPage, HandOnWeekPage, PastedLesson
from server.slices.sharing.embedding import iframe
from server.web.parts import LessonRef
from server.web.shown.sharing import share
from tests.library.works.files import PNG
from tests.server.pages.samples import MEMBER, TITLES, Sample, frame

SITE = "https://weike.example.cn"


def pasted(n: int) -> PastedLesson:
    """The n-th lesson as a text to paste."""
    url = f"{SITE}/lessons/lesson{n}"
    return PastedLesson(
        title=TITLES[n],
        lecturer="王芳",
        summary="二十年前，余村靠开矿、办水泥厂，成了全县有名的富裕村。\n后来呢？",
        picture=f"data:image/png;base64,{base64.b64encode(PNG).decode()}" if n else "",
        code=segno.make(url).png_data_uri(scale=6),
        url=url,
    )


def pages() -> Iterator[Sample]:
    """The pages of handing on."""
    full = HandOnPage(
        frame=frame(MEMBER, "/lessons/lesson0/share"),
        lesson=LessonRef(id="lesson0", title=TITLES[0]),
        share=share(SITE, "/lessons/lesson0"),
        card_url="/poster/0.jpg",
        embed=iframe(SITE, "lesson0", TITLES[0]),
        public=True,
        pasted=pasted(0),
    )
    yield "hand-on", full
    yield "hand-on-bare", replace(full, card_url="", embed="", public=False)
    yield (
        "hand-on-week",
        HandOnWeekPage(
            frame=frame(None, "/weeks/2026-W11/share"),
            week="2026-W11",
            theme="绿水青山就是金山银山",
            texts=("先看十分钟的课，再想一想本村的“绿水青山”在哪里。",),
            readings=("《中国共产党章程》第一章",),
            lessons=(pasted(0), pasted(1)),
            hidden=1,
        ),
    )
    yield (
        "embed",
        EmbedPage(
            frame=frame(None, "/embed/clip1"),
            title=TITLES[0],
            clip_id="clip1",
            master_url="/media/master.m3u8",
            captions_url="",
            language="zh-CN",
            poster_url="/poster/0.jpg",
            beat_every_s=10,
        ),
    )
