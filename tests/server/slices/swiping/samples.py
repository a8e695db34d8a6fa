"""The page on which one swipes: with clips of every reason, and with none left."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from library.mondays.swiping_rules import WhyNext
from server.slices.swiping import contexts as c
from server.web.parts import Picture
from tests.server.pages.samples import MEMBER, TITLES, Sample, frame

WHYS = (WhyNext.WEEK, WhyNext.WEEK, WhyNext.MISSED, WhyNext.TOPIC, WhyNext.NEW)


def pages() -> Iterator[Sample]:
    """With clips, of a topic, and at an end."""
    clips = tuple(
        c.SwipeClip(
            id=f"clip{n}",
            lesson_id=f"lesson{n}",
            title=TITLES[n % len(TITLES)],
            clip_title="小事不出村" if n == 1 else "",
            n=n % 2 + 1,
            of=2 if n < 2 else 1,
            duration_s=312.0 + 40 * n,
            why=why,
            master_url=f"/media/k/s/1/e/clip{n}/p/master.m3u8",
            sizes={"480p": 9_200_000, "audio": 2_400_000},
            poster_url=f"/poster/{n}.jpg" if n != 3 else None,
            picture=Picture(url=f"/poster/{n}.jpg") if n != 3 else None,
            lecturer="王芳",
            lecturer_id="l1",
            resume_s=83.4 if n == 0 else 0.0,
        )
        for n, why in enumerate(WHYS)
    )
    full = c.SwipePage(
        frame=frame(MEMBER, "/feed"), clips=clips, most=30, person="p1", of_week=3, week_left=2
    )
    yield "feed", full
    yield "feed_week_done", replace(full, clips=clips[2:], week_left=0, cut=True, looked_through=60)
    asked = tuple(replace(one, why=WhyNext.ASKED) for one in clips[:2])
    topic = replace(
        full, frame=frame(None, "/feed"), clips=asked, name="生态文明", back="/topics/t1", of_week=0
    )
    yield "feed_topic", replace(topic, week_left=0)
    yield "feed_empty", replace(full, clips=(), week_left=0)
