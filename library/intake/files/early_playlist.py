"""The playlist of a clip that is still being made, for whoever works on its lesson.

It changes every few seconds, so it comes from here and not from /media, where everything may be kept for a
year; the segments that it names lie there, signed like all others.
"""

from __future__ import annotations

import re
from collections.abc import Callable

import obstore
from obstore.store import ObjectStore

from library.catalog.tables import Clip
from library.core.errors import NotFound
from library.intake.files.objects import clip_prefix
from library.intake.files.previews import GROWING

_MAP = re.compile(r'(#EXT-X-MAP:.*URI=")([^"]+)(")')


def growing_playlist(store: ObjectStore, clip: Clip, sign: Callable[[str, str], str]) -> str:
    """Return what there is of a clip; once it is made, the whole of it, so that a player reads on to its end.

    `sign` makes an address from (plan, file). Raises NotFound while there is nothing yet.
    """
    if clip.plan is not None:
        master = _text(store, clip.id, clip.plan, "master.m3u8")
        first = next(line for line in master.splitlines() if line and not line.startswith("#"))
        return with_addresses(_text(store, clip.id, clip.plan, first), first, _of(sign, clip.plan))
    if clip.early is not None:
        return with_addresses(_text(store, clip.id, clip.early, GROWING), GROWING, _of(sign, clip.early))
    raise NotFound


def with_addresses(playlist: str, place: str, sign: Callable[[str], str]) -> str:
    """Return a media playlist with every relative address signed; `place` is the playlist's own file name."""
    folder = place.rpartition("/")[0]
    prefix = f"{folder}/" if folder else ""
    lines = []
    for line in playlist.splitlines():
        if line and not line.startswith("#"):
            lines.append(sign(prefix + line))
        else:
            lines.append(_MAP.sub(lambda found: found[1] + sign(prefix + found[2]) + found[3], line))
    return "\n".join(lines) + "\n"


def _of(sign: Callable[[str, str], str], plan: str) -> Callable[[str], str]:
    return lambda file: sign(plan, file)


def _text(store: ObjectStore, clip_id: str, plan: str, file: str) -> str:
    try:
        return bytes(obstore.get(store, f"{clip_prefix(clip_id, plan)}/{file}").bytes()).decode()
    except FileNotFoundError:
        raise NotFound from None
