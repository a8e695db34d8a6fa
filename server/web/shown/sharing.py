"""What is handed on: an address, and the same as a QR code for phones and for paper."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import groupby
from urllib.parse import quote, urlsplit

from library.catalog.permits import Audience, LessonState
from library.catalog.tables import Lesson
from server.web.parts import ClipCard

_QUIET = 4
"""Modules that stay white around a code, or readers do not find it."""

_LOOPBACK = frozenset({"127.0.0.1", "localhost", "::1"})

_DESCRIPTION_MAX = 120
"""Characters that chats and networks show of a description, at most."""


@dataclass(frozen=True, slots=True)
class ShareLink:
    """An address to hand on. The code's own address also says that it was scanned.

    `code` is the path of the dark modules in a square of `size`; `local`: the address is of this machine
    alone, because nobody has set a public one.
    """

    url: str
    code: str
    size: int
    local: bool


@dataclass(frozen=True, slots=True)
class ShareCard:
    """What chats and social networks show of a page that was handed on: they read it as strangers.

    `description` and `image` (a whole address that needs no cookie and stays) may be "". `oembed` tells
    programs how the page is shown elsewhere.
    """

    url: str
    description: str
    image: str
    oembed: str = ""


def share_card(base_url: str, lesson: Lesson, path: str, clip: ClipCard | None) -> ShareCard | None:
    """Return the card of a page of a lesson, `clip` the one whose picture and words stand for it.

    None for what a stranger may not see: a card would tell what is in it.
    """
    if lesson.state != LessonState.PUBLISHED or lesson.audience != Audience.EVERYONE:
        return None
    words = " ".join((lesson.summary or (clip.first_words if clip else "")).split())
    description = words if len(words) <= _DESCRIPTION_MAX else f"{words[: _DESCRIPTION_MAX - 1]}…"
    if lesson.cover and path == f"/lessons/{lesson.id}":
        image = f"{base_url}{path}/picture.jpg"
    else:
        image = f"{base_url}/clips/{clip.id}/picture.jpg" if clip and clip.poster_url else ""
    url = base_url + path
    return ShareCard(url, description, image, f"{base_url}/oembed?url={quote(url, safe='')}")


def share(base_url: str, path: str) -> ShareLink:
    """Return what is needed to hand on the page at `path`, which has no query."""
    url = base_url + path
    code, size = qr_path(f"{url}?via=qr")
    return ShareLink(url, code, size, urlsplit(base_url).hostname in _LOOPBACK)


def share_lesson(base_url: str, lesson: Lesson, path: str) -> ShareLink | None:
    """Return how to hand on a page of a lesson, None while the lesson is not published."""
    return share(base_url, path) if lesson.state == LessonState.PUBLISHED else None


def qr_path(text: str) -> tuple[str, int]:
    """Return the dark modules of a QR code (level M) as an SVG path, and the side of its square."""
    import segno

    modules = segno.make(text, error="m", micro=False).matrix
    strokes = []
    for y, row in enumerate(modules, start=_QUIET):
        x = _QUIET
        for dark, run in groupby(row):
            width = len(list(run))
            if dark:
                strokes.append(f"M{x} {y}h{width}v1h-{width}z")
            x += width
    return "".join(strokes), len(modules) + 2 * _QUIET
