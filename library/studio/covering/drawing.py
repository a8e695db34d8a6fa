"""A cover: somebody's picture, cut to the form of a poster, with words on it. Pure but for the font.

It runs in a bounded child only: what it reads strangers made. Nothing of the file but its pixels goes into
what comes out: no place, no camera, no name.
"""

from __future__ import annotations

import io
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from library.core.errors import Invalid

if TYPE_CHECKING:
    from PIL import Image, ImageFont

WIDTH, HEIGHT = 1280, 720
SMALL_WIDTH = 480
LEAST_WIDTH, LEAST_HEIGHT = 320, 180
"""What small cameras and old recordings have: their frames are covers too."""
MOST_PIXELS = 50_000_000
"""The largest that telephones make; a file of some kilobytes may say that it is of many more."""
FORMATS = ("JPEG", "PNG", "WEBP")
_LETTERS, _LEAST_LETTERS, _MARGIN, _MOST_LINES = 84, 52, 64, 2
_NOT_AT_LINE_START = "，。：；！？、）》”’」』"


@dataclass(frozen=True)
class Drawn:
    """A cover: with its words, small (WebP), and without words."""

    cover: bytes
    small: bytes
    plain: bytes


def draw(data: bytes, words: str, font: Path, index: int) -> Drawn:
    """Return the cover of a picture; `words` "" for none. Raises Invalid("cover_...")."""
    plain = opened(data)
    cover = plain.copy()
    if words:
        write(cover, words, font, index)
    small = cover.copy()
    small.thumbnail((SMALL_WIDTH, SMALL_WIDTH))
    return Drawn(_saved(cover, "JPEG", 86), _saved(small, "WEBP", 76), _saved(plain, "JPEG", 92))


def fitted(data: bytes, size: tuple[int, int]) -> bytes:
    """Return a picture as a JPEG of a size, of what is too high rather its upper part; raises
    Invalid("cover_...")."""
    return _saved(opened(data, size, (0.5, 0.3)), "JPEG", 84)


def opened(
    data: bytes, size: tuple[int, int] = (WIDTH, HEIGHT), centre: tuple[float, float] = (0.5, 0.5)
) -> Image.Image:
    """Return a picture as it is meant to be looked at, filling a form (that of a poster); raises Invalid."""
    from PIL import Image, ImageOps, UnidentifiedImageError

    Image.MAX_IMAGE_PIXELS = MOST_PIXELS
    try:
        with Image.open(io.BytesIO(data), formats=FORMATS) as found:
            width, height = found.size
            if width * height > MOST_PIXELS:
                raise Invalid("cover_pixels", field="file", most=MOST_PIXELS // 1_000_000)
            found.draft("RGB", (WIDTH * 2, HEIGHT * 2))  # of a JPEG no more is decoded than is used
            upright = ImageOps.exif_transpose(found)
            if min(upright.size) < LEAST_HEIGHT or max(upright.size) < LEAST_WIDTH:
                raise Invalid("cover_small", field="file", width=LEAST_WIDTH, height=LEAST_HEIGHT)
            return ImageOps.fit(_on_white(upright), size, Image.Resampling.LANCZOS, centering=centre)
    except UnidentifiedImageError:
        raise Invalid("cover_type", field="file") from None
    except (Image.DecompressionBombError, Image.DecompressionBombWarning):
        raise Invalid("cover_pixels", field="file", most=MOST_PIXELS // 1_000_000) from None
    except (OSError, ValueError, SyntaxError, EOFError, KeyError, IndexError, TypeError, OverflowError):
        raise Invalid("cover_damaged", field="file") from None


def _on_white(picture: Image.Image) -> Image.Image:
    from PIL import Image

    if picture.mode not in ("RGBA", "LA", "PA") and "transparency" not in picture.info:
        return picture.convert("RGB")
    clear = picture.convert("RGBA")
    ground = Image.new("RGBA", clear.size, "white")
    ground.alpha_composite(clear)
    return ground.convert("RGB")


def write(picture: Image.Image, words: str, font: Path, index: int) -> None:
    """Write words at the foot of a picture, white on a shade, in two lines at most."""
    from PIL import Image, ImageDraw, ImageFont

    size, room = _LETTERS, WIDTH - 2 * _MARGIN
    while True:
        face = ImageFont.truetype(str(font), size, index=index)
        lines = wrap(words, face, room, _MOST_LINES)
        if size <= _LEAST_LETTERS or not lines[-1].endswith("…"):
            break
        size -= 8
    step = round(size * 1.3)
    top = HEIGHT - _MARGIN - step * len(lines)
    # Darker downwards, from a little above the words: white letters are read on snow too.
    begins = top - size
    shade = Image.new("L", (1, HEIGHT))
    for y in range(HEIGHT):
        shade.putpixel((0, y), max(0, min(215, 215 * (y - begins) // max(1, top - begins))))
    picture.paste("#140806", (0, 0), shade.resize(picture.size))
    pen = ImageDraw.Draw(picture)
    for n, line in enumerate(lines):
        pen.text((_MARGIN, top + n * step), line, fill="#ffffff", font=face)


def wrap(text: str, font: ImageFont.FreeTypeFont, width: int, most_lines: int) -> list[str]:
    """Return words in lines; what is too long ends with an ellipsis."""
    lines = [""]
    for letter in " ".join(text.split()):
        if font.getlength(lines[-1] + letter) <= width or letter in _NOT_AT_LINE_START:
            lines[-1] += letter
        elif len(lines) == most_lines:
            lines[-1] = f"{lines[-1][:-1]}…"
            break
        else:
            lines.append(letter.lstrip())
    return lines


def _saved(picture: Image.Image, form: str, quality: int) -> bytes:
    kept = io.BytesIO()
    picture.save(kept, form, quality=quality, **({"optimize": True} if form == "JPEG" else {"method": 4}))
    return kept.getvalue()
