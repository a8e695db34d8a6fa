"""A lesson's card as a picture: its poster, its name, and the code that opens it. Pure but for the font."""

from __future__ import annotations

import io
from dataclasses import dataclass
from functools import cache, lru_cache
from typing import TYPE_CHECKING

from library.studio.covering.drawing import wrap
from server.fonts import Face, Fonts

if TYPE_CHECKING:
    from PIL import Image, ImageFont

WIDTH, HEIGHT = 1080, 1440
_POSTER = 608
_MARGIN, _CODE = 64, 320
_TITLE, _SMALL = 68, 38
_MOST_LINES = 4
_RED, _PAPER, _INK, _SOFT, _GOLD = "#a51d24", "#fffaf2", "#2b1d17", "#6b5549", "#d6aa54"
_KEPT = 64
"""Cards that are kept in memory, of some hundred kilobytes each."""


@dataclass(frozen=True)
class Card:
    """What a card shows. `poster` is a JPEG, b"" for none; `url` is what its code opens; `say` are the words
    under the code."""

    title: str
    who: str
    poster: bytes
    url: str
    site: str
    say: str


@lru_cache(maxsize=_KEPT)
def draw(card: Card, fonts: Fonts) -> bytes:
    """Return a card as JPEG; the same card is drawn once."""
    # Loaded where they are used: few requests draw.
    from PIL import Image, ImageDraw

    picture = Image.new("RGB", (WIDTH, HEIGHT), _PAPER)
    pen = ImageDraw.Draw(picture)
    poster = _poster(card.poster)
    if poster is not None:
        picture.paste(poster, (0, 0))
    else:
        pen.rectangle((0, 0, WIDTH, _POSTER), fill=_RED)
        pen.text((WIDTH / 2, _POSTER / 2), card.site, fill=_GOLD, font=_font(fonts.bold, 120), anchor="mm")
    pen.rectangle((0, _POSTER, WIDTH, _POSTER + 12), fill=_RED)
    y = _POSTER + 64
    bold = _font(fonts.bold, _TITLE)
    for line in wrap(card.title, bold, WIDTH - 2 * _MARGIN, _MOST_LINES):
        pen.text((_MARGIN, y), line, fill=_INK, font=bold)
        y += _TITLE + 24
    if card.who:
        pen.text((_MARGIN, y + 8), _one_line(card.who, fonts), fill=_SOFT, font=_font(fonts.regular, _SMALL))
    code = _code(card.url)
    at = (WIDTH - _MARGIN - code.width, HEIGHT - _MARGIN - code.height)
    picture.paste(code, at)
    pen.text((_MARGIN, at[1] + 96), card.site, fill=_RED, font=_font(fonts.bold, 64))
    pen.text((_MARGIN, at[1] + 196), card.say, fill=_SOFT, font=_font(fonts.regular, _SMALL))
    told = io.BytesIO()
    picture.save(told, "JPEG", quality=86, optimize=True)
    return told.getvalue()


def _poster(data: bytes) -> Image.Image | None:
    """Return a poster that fills its place; None for none, and for one that cannot be read."""
    from PIL import Image, ImageOps

    if not data:
        return None
    try:
        with Image.open(io.BytesIO(data), formats=["JPEG"]) as found:
            found.draft("RGB", (WIDTH * 2, _POSTER * 2))
            return ImageOps.fit(found.convert("RGB"), (WIDTH, _POSTER))
    except (OSError, Image.DecompressionBombError):
        return None


def _code(url: str) -> Image.Image:
    import segno
    from PIL import Image

    modules = segno.make(url, error="m", micro=False).matrix_iter(border=4)
    rows = [bytes(0 if dark else 255 for dark in row) for row in modules]
    code = Image.frombytes("L", (len(rows), len(rows)), b"".join(rows))
    # Whole pixels for each module, or they come out of different widths.
    side = max(1, _CODE // len(rows)) * len(rows)
    return code.resize((side, side), Image.Resampling.NEAREST).convert("RGB")


def _one_line(text: str, fonts: Fonts) -> str:
    font = _font(fonts.regular, _SMALL)
    shown = text
    while shown and font.getlength(shown + "…") > WIDTH - 3 * _MARGIN - _CODE:
        shown = shown[:-1]
    return text if shown == text else f"{shown}…"


@cache
def _font(face: Face, size: int) -> ImageFont.FreeTypeFont:
    from PIL import ImageFont

    return ImageFont.truetype(str(face.path), size, index=face.index)
