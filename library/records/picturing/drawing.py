"""A photo, drawn anew: turned as it is seen, small, and without anything of the file but its pixels.

It runs in a bounded child only: what it reads strangers made. No place, no moment and no phone goes into what
comes out.
"""

from __future__ import annotations

import io
from typing import NamedTuple

from library.core.errors import Invalid

PHOTO_BYTES = 12 * 2**20
"""The largest file that is taken as one; what is kept is a twentieth of it."""
PHOTO_PIXELS = 60_000_000
PHOTO_SIDE = 1_600
_QUALITY = 82
_FORMATS = ("JPEG", "PNG", "WEBP")
"""A phone's JPEG of several pictures (MPO) is opened as a JPEG: its first is kept."""
_DRAWN = 16_000_000
"""Pixels of what cannot be read at a smaller size: everything but a JPEG."""


class Picture(NamedTuple):
    """A JPEG of ours."""

    data: bytes
    width: int
    height: int


def rewritten(data: bytes) -> Picture:
    """Return a picture as a JPEG of ours: turned as it is seen, at most PHOTO_SIDE, and without anything else
    that was in the file; the same file comes out as the same bytes.

    What it is its content says, not its name. Raises Invalid: photo_missing, photo_large, photo_pixels,
    photo_unreadable.
    """
    from PIL import Image, ImageOps  # loaded in the child alone

    if not data:
        raise Invalid("photo_missing", field="file")
    if len(data) > PHOTO_BYTES:
        raise Invalid("photo_large", field="file", most_bytes=PHOTO_BYTES)
    try:
        with Image.open(io.BytesIO(data), formats=_FORMATS) as found:
            width, height = found.size
            most = PHOTO_PIXELS if found.format in ("JPEG", "MPO") else _DRAWN
            if width * height > most:  # known from its header, before anything is unpacked
                raise Invalid("photo_pixels", field="file", width=width, height=height)
            found.draft("RGB", (PHOTO_SIDE, PHOTO_SIDE))
            small = ImageOps.exif_transpose(found).convert("RGB")
            small.thumbnail((PHOTO_SIDE, PHOTO_SIDE))
    except (
        *(OSError, ValueError, SyntaxError, EOFError, KeyError, IndexError, TypeError, OverflowError),
        *(Image.DecompressionBombError, Image.DecompressionBombWarning),
    ) as error:
        raise Invalid("photo_unreadable", field="file") from error
    # A picture of its own, because Pillow hands on what stands beside the pixels (a comment, a profile).
    clean = Image.new("RGB", small.size)
    clean.paste(small)
    told = io.BytesIO()
    clean.save(told, "JPEG", quality=_QUALITY, optimize=True, progressive=True)
    return Picture(told.getvalue(), *clean.size)
