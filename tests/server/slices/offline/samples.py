"""What is kept on this device: a clip to keep, one that may not be, the page without a network."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from server.slices.offline import contexts as c
from tests.server.pages.samples import MEMBER, TITLES, Sample, frame


def pages() -> Iterator[Sample]:
    """With a clip, refused, switched off, as it is kept."""
    clip = c.KeepClip(
        id="clip0", title=TITLES[0], duration_s=412.0, choices=(("audio", 2_400_000), ("480p", 9_200_000))
    )
    full = c.OfflinePage(frame=frame(MEMBER, "/offline"), kept_days=30, most_pages=40, clip=clip)
    yield "offline", full
    yield "offline_refused", replace(full, clip=None, refused=True)
    yield "offline_off", replace(full, clip=None, enabled=False)
    yield "offline_shell", replace(full, frame=frame(None, "/offline"), clip=None, bare=True)
