"""Drawing the slides: red and gold for the cover, cream for the topics. No pictures of others."""

from __future__ import annotations

import math
import re
from dataclasses import dataclass
from functools import cache

from PIL import Image, ImageDraw, ImageFont

from server.demo.content import DemoLesson, Section
from server.demo.fonts import Face, Fonts

WIDTH, HEIGHT = 1280, 720
RIBBON_HEIGHT = 96
MARGIN = 96

RED, DEEP_RED, GOLD, PALE_GOLD = (176, 24, 28), (112, 8, 16), (214, 170, 84), (248, 226, 172)
CREAM, PAPER, INK, SOFT_INK = (250, 244, 230), (255, 252, 244), (58, 30, 24), (132, 98, 78)
Colour = tuple[int, int, int]

_NOT_AT_LINE_START = "，。：；！？、）》”’」』"
_SCALE = 3  # shapes with curves are drawn larger and shrunk: Pillow does not smooth edges


@dataclass(frozen=True)
class Pen:
    """Text in two weights."""

    fonts: Fonts

    def bold(self, size: int) -> ImageFont.FreeTypeFont:
        """Return the bold face, `size` in pixels."""
        return _load(self.fonts.bold, size)

    def regular(self, size: int) -> ImageFont.FreeTypeFont:
        """Return the regular face, `size` in pixels."""
        return _load(self.fonts.regular, size)


@cache
def _load(face: Face, size: int) -> ImageFont.FreeTypeFont:
    return ImageFont.truetype(str(face.path), size, index=face.index)


def draw(lesson: DemoLesson, n: int, fonts: Fonts) -> Image.Image:
    """Return slide `n` (from 0) of a lesson; the first is its cover."""
    pen = Pen(fonts)
    return _cover(lesson, pen) if n == 0 else _topic(lesson, lesson.sections[n], n, pen)


def wrap(text: str, font: ImageFont.FreeTypeFont, width: int) -> list[str]:
    """Return `text` in lines no wider than `width` pixels; no line begins with a closing mark."""
    lines = [""]
    for letter in text:
        if font.getlength(lines[-1] + letter) <= width or letter in _NOT_AT_LINE_START:
            lines[-1] += letter
        else:
            lines.append(letter)
    return lines


def _cover(lesson: DemoLesson, pen: Pen) -> Image.Image:
    image = _glow(DEEP_RED, (206, 40, 36), (WIDTH // 2, HEIGHT // 3), 1.3)
    paint = ImageDraw.Draw(image)
    _rays(image)
    paint.rectangle((28, 28, WIDTH - 29, HEIGHT - 29), outline=GOLD, width=2)
    paint.rectangle((36, 36, WIDTH - 37, HEIGHT - 37), outline=(150, 70, 40), width=1)
    _star(image, (WIDTH // 2, 112), 34, GOLD)
    _centred(paint, lesson.school, pen.bold(28), 164, PALE_GOLD)
    lines, font = _title_lines(lesson.title, pen)
    top = 326 - len(lines) * round(font.size * 0.68)
    for n, line in enumerate(lines):
        y = top + n * round(font.size * 1.36)
        _centred(paint, line, font, y + 3, DEEP_RED)
        _centred(paint, line, font, y, (255, 236, 186))
    y = top + len(lines) * round(font.size * 1.36) + 26
    paint.line((WIDTH // 2 - 210, y, WIDTH // 2 - 20, y), fill=GOLD, width=2)
    paint.line((WIDTH // 2 + 20, y, WIDTH // 2 + 210, y), fill=GOLD, width=2)
    _star(image, (WIDTH // 2, y), 9, GOLD)
    _centred(paint, f"主讲　{lesson.lecturer}", pen.regular(30), y + 24, (255, 246, 226))
    _pills(paint, lesson.topics, pen.regular(22), y + 92)
    return image


def _topic(lesson: DemoLesson, section: Section, n: int, pen: Pen) -> Image.Image:
    image = _glow(CREAM, PAPER, (WIDTH // 2, HEIGHT // 2), 1.1)
    header = _glow(DEEP_RED, RED, (WIDTH // 3, 0), 1.0).crop((0, 0, WIDTH, 132))
    image.paste(header, (0, 0))
    paint = ImageDraw.Draw(image)
    paint.rectangle((0, 132, WIDTH, 137), fill=GOLD)
    _star(image, (MARGIN - 38, 68), 22, GOLD)
    font = _fit(section.title, pen, 46, WIDTH - 2 * MARGIN)
    paint.text((MARGIN, 68), section.title, font=font, fill=(255, 240, 204), anchor="lm")
    _points(paint, section.points, pen)
    foot = HEIGHT - RIBBON_HEIGHT - 18
    paint.text(
        (MARGIN, foot),
        f"{lesson.school}　{lesson.lecturer}",
        font=pen.regular(20),
        fill=SOFT_INK,
        anchor="lm",
    )
    _progress(image, n, len(lesson.sections), foot)
    return image


def _points(paint: ImageDraw.ImageDraw, points: tuple[str, ...], pen: Pen) -> None:
    top, bottom = 172, HEIGHT - RIBBON_HEIGHT - 52
    step = min((bottom - top) // len(points), 120)
    y = top + (bottom - top - step * len(points)) // 2
    for n, point in enumerate(points, start=1):
        box = (MARGIN - 20, y + 8, WIDTH - MARGIN + 20, y + step - 8)
        paint.rounded_rectangle(box, radius=12, fill=PAPER, outline=(234, 216, 180), width=2)
        paint.rounded_rectangle((box[0], box[1], box[0] + 72, box[3]), radius=12, fill=RED)
        paint.rectangle((box[0] + 58, box[1], box[0] + 72, box[3]), fill=RED)
        middle = y + step // 2
        paint.text((box[0] + 36, middle), str(n), font=pen.bold(34), fill=PALE_GOLD, anchor="mm")
        paint.text((box[0] + 104, middle), point, font=_fit(point, pen, 36, 940), fill=INK, anchor="lm")
        y += step


def _fit(text: str, pen: Pen, size: int, width: int) -> ImageFont.FreeTypeFont:
    while pen.bold(size).getlength(text) > width:
        size -= 2
    return pen.bold(size)


def _title_lines(title: str, pen: Pen) -> tuple[list[str], ImageFont.FreeTypeFont]:
    """Break at colons and commas where that makes the lines fit; else where they are full."""
    parts = [part for part in re.split("[：，]", title) if part]
    for size in range(76 if len(parts) < 3 else 58, 40, -4):
        font = pen.bold(size)
        if len(parts) <= 3 and all(font.getlength(part) <= WIDTH - 2 * MARGIN for part in parts):
            return parts, font
    font = pen.bold(44)
    return wrap(title, font, WIDTH - 2 * MARGIN), font


def _centred(
    paint: ImageDraw.ImageDraw, text: str, font: ImageFont.FreeTypeFont, y: int, colour: Colour
) -> None:
    paint.text((WIDTH // 2, y), text, font=font, fill=colour, anchor="ma")


def _pills(paint: ImageDraw.ImageDraw, words: tuple[str, ...], font: ImageFont.FreeTypeFont, y: int) -> None:
    widths = [round(font.getlength(word)) + 44 for word in words]
    x = (WIDTH - sum(widths) - 16 * (len(words) - 1)) // 2
    for word, width in zip(words, widths, strict=True):
        paint.rounded_rectangle((x, y, x + width, y + 40), radius=20, outline=GOLD, width=2)
        paint.text((x + width // 2, y + 20), word, font=font, fill=PALE_GOLD, anchor="mm")
        x += width + 16


def _progress(image: Image.Image, n: int, count: int, y: int) -> None:
    """One dot per section; those behind us and the present one are filled."""
    radius, step = 7, 26
    left = WIDTH - MARGIN - step * (count - 1)
    paint = ImageDraw.Draw(image)
    for k in range(count):
        x = left + k * step
        fill = RED if k == n else GOLD if k < n else (232, 220, 196)
        paint.ellipse((x - radius, y - radius, x + radius, y + radius), fill=fill)


def _glow(outer: Colour, inner: Colour, centre: tuple[int, int], reach: float) -> Image.Image:
    """A ground that is lighter around `centre`."""
    radius = round(WIDTH * reach)
    # Pillow's gradient reaches 255 in the corners of its square; reached at the sides, it leaves no edges.
    light = Image.radial_gradient("L").point([min(255, v * 10 // 7) for v in range(256)])
    light = light.resize((radius, radius), Image.Resampling.BILINEAR)
    mask = Image.new("L", (WIDTH, HEIGHT), 255)
    mask.paste(light, (centre[0] - radius // 2, centre[1] - radius // 2))
    return Image.composite(Image.new("RGB", mask.size, outer), Image.new("RGB", mask.size, inner), mask)


def _rays(image: Image.Image) -> None:
    """Faint beams from behind the star."""
    mask = Image.new("L", (WIDTH, HEIGHT), 0)
    paint = ImageDraw.Draw(mask)
    centre, far = (WIDTH / 2, 112.0), 1400.0
    for k in range(0, 48, 2):
        angles = (math.tau * k / 48, math.tau * (k + 1) / 48)
        rim = [(centre[0] + far * math.cos(a), centre[1] + far * math.sin(a)) for a in angles]
        paint.polygon([centre, *rim], fill=14)
    image.paste(Image.new("RGB", image.size, PALE_GOLD), (0, 0), mask)


def _star(image: Image.Image, centre: tuple[int, int], radius: int, colour: Colour) -> None:
    size = radius * 2 * _SCALE
    mask = Image.new("L", (size, size), 0)
    points = [
        (size / 2 + r * math.sin(math.pi * k / 5), size / 2 - r * math.cos(math.pi * k / 5))
        for k in range(10)
        for r in [
            size / 2 * (1.0 if k % 2 == 0 else 0.382)
        ]  # the inner points of a regular five-pointed star
    ]
    ImageDraw.Draw(mask).polygon(points, fill=255)
    small = mask.resize((radius * 2, radius * 2), Image.Resampling.LANCZOS)
    image.paste(Image.new("RGB", small.size, colour), (centre[0] - radius, centre[1] - radius), small)


def ribbon(phase: float) -> Image.Image:
    """Return the moving strip at the foot of every slide; phase 1.0 looks as phase 0.0 does."""
    width, height = WIDTH // 2, RIBBON_HEIGHT // 2  # half size: it is soft anyway, and four times cheaper
    layers = (  # colour, opacity, height of the crest, height of the waves, waves across, turns in a loop
        (GOLD, 130, 0.38, 0.16, 1.5, 1),
        (RED, 235, 0.56, 0.13, 1.0, -1),
        (DEEP_RED, 255, 0.78, 0.10, 2.0, 1),
    )
    image = Image.new("RGBA", (width, height), (*GOLD, 0))
    for colour, opacity, crest, swing, waves, turns in layers:
        edge = [
            (x, height * (crest + swing * math.sin(math.tau * (waves * x / width + turns * phase))))
            for x in range(0, width + 8, 8)
        ]
        layer = Image.new("RGBA", image.size, (*colour, 0))
        paint = ImageDraw.Draw(layer)
        paint.polygon([*edge, (width, height), (0, height)], fill=(*colour, opacity))
        paint.line(edge, fill=(*PALE_GOLD, 220), width=1)
        image = Image.alpha_composite(image, layer)
    return image.resize((WIDTH, RIBBON_HEIGHT), Image.Resampling.BICUBIC)
