"""The page of the addresses of feeds."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from server.slices.feeds.contexts import FeedAddress, FeedsPage
from tests.server.pages.samples import MEMBER, NOW, Sample, frame

BASE = "https://weike.example.cn/feeds/01hzx3v9k2m4n6p8" + "0123456789abcdef" * 2 + "01234567"


def _lessons(kind: str, name: str, path: str, base: str = BASE) -> FeedAddress:
    url = f"{base}/{path}.rss"
    return FeedAddress(kind=kind, name=name, url=url, sound_url=f"{url}?form=sound")  # type: ignore[arg-type]


def pages() -> Iterator[Sample]:
    """With a link and without."""
    public = "https://weike.example.cn/feeds/public"
    none = FeedsPage(
        frame=frame(MEMBER, "/account/feeds"),
        made_at=None,
        feeds=(),
        public=(
            FeedAddress(kind="weeks", name="", url=f"{public}/weeks.ics"),
            _lessons("lessons", "", "lessons", public),
        ),
        downloads=False,
        most=100,
        local=True,
    )
    yield "feeds-none", none
    own = (
        _lessons("series", "党史十讲", "series/s1"),
        FeedAddress(kind="weeks", name="", url=f"{BASE}/weeks.ics"),
        FeedAddress(kind="gatherings", name="", url=f"{BASE}/gatherings.ics"),
        _lessons("lessons", "", "lessons"),
        _lessons("node", "安吉县天荒坪镇余村党支部", "nodes/n10"),
    )
    yield "feeds", replace(none, made_at=NOW, feeds=own, downloads=True, local=False)
