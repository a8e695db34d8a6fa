"""A picture of the site's own: looked into within bounds, and written anew by us."""

from __future__ import annotations

import io

from library.choices.rules import EMBLEM_BYTES, EMBLEM_PIXELS, EMBLEM_SIDE
from library.core.errors import Invalid

_FORMATS = ("PNG", "JPEG", "WEBP")


def rewritten(data: bytes) -> bytes:
    """Return a picture as a square PNG of ours, never enlarged: of what was in the file only the pixels stay.

    Raises Invalid("emblem_...") with its field. An SVG is refused: it is a program as much as a drawing.
    """
    # Loaded where it is used: few requests draw.
    from PIL import Image, ImageOps

    if not data:
        raise Invalid("emblem_missing", field="file")
    if len(data) > EMBLEM_BYTES:
        raise Invalid("emblem_large", field="file", most_bytes=EMBLEM_BYTES)
    if b"<svg" in data[:4096].lower() or data.lstrip()[:5] == b"<?xml":
        raise Invalid("emblem_svg", field="file")
    try:
        with Image.open(io.BytesIO(data), formats=_FORMATS) as found:
            width, height = found.size
            if width * height > EMBLEM_PIXELS:  # known from its header, before anything is unpacked
                raise Invalid("emblem_pixels", field="file", width=width, height=height)
            turned = ImageOps.exif_transpose(found.convert("RGBA"))
            side = min(EMBLEM_SIDE, max(turned.size))  # a small one stays as it is
            small = ImageOps.contain(turned, (side, side))
    except (
        *(OSError, ValueError, SyntaxError, EOFError, KeyError, IndexError, TypeError, OverflowError),
        *(Image.DecompressionBombError, Image.DecompressionBombWarning),
    ) as error:
        raise Invalid("emblem_unreadable", field="file") from error
    square = Image.new("RGBA", (side, side), (0, 0, 0, 0))
    square.paste(small, ((side - small.width) // 2, (side - small.height) // 2))
    told = io.BytesIO()
    square.save(told, "PNG", optimize=True)
    return told.getvalue()
