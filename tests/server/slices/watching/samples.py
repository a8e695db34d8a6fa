"""The watch page, the picture of a clip, the rule: filled with believable contents."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from server.slices.watching import contexts as c
from server.web.parts import Episode, SeriesPlace
from server.web.shown.sharing import ShareCard, share
from tests.server.pages.samples import MEMBER, RULE, SENTENCES, TITLES, Sample, card, clips, frame


def cues() -> tuple[c.CueLine, ...]:
    """Forty lines of a transcript, 6.5 seconds each."""
    return tuple(
        c.CueLine(
            start_s=6.5 * n,
            end_s=6.5 * n + 6.2,
            text=SENTENCES[n % len(SENTENCES)],
            speaker=("主持人", "王芳")[n // 3 % 2] if n % 3 == 0 else "",
        )
        for n in range(40)
    )


DOWNLOADS = {
    "1080p": 212_000_000,
    "720p": 118_000_000,
    "480p": 61_000_000,
    "360p": 38_000_000,
    "audio": 5_000_000,
}


def pages() -> Iterator[Sample]:
    """The watch page in its states, choosing a picture, the rule."""
    page = c.ClipPage(
        frame=frame(MEMBER, "/clips/clip2"),
        lesson=card(0),
        clip=clips()[1],
        clips=clips(3),
        kind="video",
        master_url="/media/sig/1/everyone/clip2/plan/master.m3u8",
        captions_url="/clips/clip2/captions.vtt",
        cues=cues(),
        views=986,
        rule=RULE,
        most_people=60,
        share=share("http://127.0.0.1:8000", "/clips/clip2"),
        card=ShareCard(
            "http://127.0.0.1:8000/clips/clip2",
            SENTENCES[0],
            "http://127.0.0.1:8000/clips/clip2/picture.jpg",
        ),
        strip_url="/media/sig/1/everyone/clip2/plan/strip/index.vtt",
        rungs=tuple(c.DownloadChoice(quality=name, size_bytes=size) for name, size in DOWNLOADS.items()),
        downloads=tuple(c.DownloadChoice(quality=name, size_bytes=size) for name, size in DOWNLOADS.items()),
    )
    yield "clip", page
    following = Episode(id="lesson5", title=TITLES[5], clip_id="c5")
    place = SeriesPlace(id="s0", title="乡村振兴", n=1, count=5, next=following)
    yield "clip_last", replace(page, clip=clips()[2], series=place)
    yield "clip_in_wechat", replace(page, in_wechat=True)
    yield "clip_estimated", replace(page, cues_estimated=True, captions_url=None, start_s=65.0)
    yield "clip_recognised", replace(page, cues_recognised=True)
    yield (
        "clip_sound",
        replace(
            page,
            kind="sound",
            clip=clips()[0],
            clips=clips()[:1],
            cues=(),
            captions_url=None,
            views=1,
            lesson=card(2),
        ),
    )
    kept = {"keep_plays_days": 400, "keep_watchers_days": 800}
    yield "counting", c.CountingPage(frame=frame(None, "/counting"), rule=RULE, **kept)
