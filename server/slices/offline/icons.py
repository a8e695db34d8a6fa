"""The application's pictures as telephones want them: PNG, drawn when asked for and never kept on disk.

iPhones know no SVG here, and fill a transparent edge with black; Android cuts a circle or a drop out of what
is called maskable, of which the middle four fifths stay in sight.
"""

from __future__ import annotations

import io
from collections.abc import Mapping
from functools import lru_cache
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from PIL.Image import Image

OWN = "weike"
"""The name of Weike's own picture, beside the hashes of sites' emblems."""


class Kind(NamedTuple):
    """A picture: its side in pixels, the share that the emblem fills, whether its edge is filled, too."""

    side: int
    share: float
    filled: bool
    purpose: str = ""


KINDS: Mapping[str, Kind] = {
    "apple-180": Kind(180, 0.84, True),
    "any-192": Kind(192, 1.0, False, "any"),
    "any-512": Kind(512, 1.0, False, "any"),
    "maskable-512": Kind(512, 0.66, True, "maskable"),
}
"""All that may be asked for."""

_RED, _PAPER, _GOLD, _WHITE = (165, 29, 36, 255), (255, 247, 232, 255), (240, 201, 112, 255), (255,) * 4
_GRID, _FINE = 48, 4


@lru_cache(maxsize=2 * len(KINDS))
def drawn(name: str, emblem: bytes | None) -> bytes:
    """Return the picture called `name` of KINDS as PNG: of a site's emblem (a square PNG of ours) on white
    where its edge is filled, else of our own."""
    from PIL import Image  # loaded where it is used: few requests draw

    kind = KINDS[name]
    if emblem is None:
        picture = _own(kind)
    else:
        with Image.open(io.BytesIO(emblem), formats=("PNG",)) as found:
            side = round(kind.side * kind.share)
            small = found.convert("RGBA").resize((side, side), Image.Resampling.LANCZOS)
        picture = Image.new("RGBA", (kind.side, kind.side), _WHITE if kind.filled else (0, 0, 0, 0))
        at = (kind.side - side) // 2
        picture.alpha_composite(small, (at, at))
    told = io.BytesIO()
    (picture.convert("RGB") if kind.filled else picture).save(told, "PNG", optimize=True)
    return told.getvalue()


def _own(kind: Kind) -> Image:
    """Draw frontend/src/shared/icon.svg: a screen with a play sign, and a line under it."""
    from PIL import Image, ImageDraw

    side = kind.side * _FINE
    picture = Image.new("RGBA", (side, side), _RED if kind.filled else (0, 0, 0, 0))
    pen = ImageDraw.Draw(picture)
    # What fills its square already has a red edge of its own, and needs less of one.
    scale = side * (min(1.0, kind.share * 1.2) if kind.filled else 1.0) / _GRID
    edge = (side - scale * _GRID) / 2

    def at(*places: float) -> list[float]:
        return [edge + scale * place for place in places]

    if not kind.filled:
        pen.rounded_rectangle((0, 0, side - 1, side - 1), radius=11 * scale, fill=_RED)
    pen.rounded_rectangle(at(11.5, 12.5, 36.5, 33), radius=2.5 * scale, fill=_PAPER)
    pen.polygon(at(20.5, 16.8, 30.8, 22.75, 20.5, 28.7), fill=_RED)
    pen.rounded_rectangle(at(13.7, 36.2, 34.3, 38.8), radius=1.3 * scale, fill=_GOLD)
    return picture.resize((kind.side, kind.side), Image.Resampling.LANCZOS)
