"""Colours of a site's own, checked against what they stand on by day and by night. Pure.

Contrast as WCAG 2.2 defines it (relative luminance of sRGB). What is near is measured in Oklab (Björn
Ottosson, 2020): a colour keeps its hue there while it gets lighter or darker.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from functools import lru_cache

from library.core.errors import Invalid

LEAST_RATIO = 4.5
"""What text needs (WCAG 2.2, 1.4.3, AA)."""

_HEX = re.compile(r"#[0-9a-f]{6}")
_WASH_SHARE = 0.1
_STEPS = 100

Rgb = tuple[float, float, float]


class Theme(StrEnum):
    """By day and by night."""

    LIGHT = "light"
    DARK = "dark"


@dataclass(frozen=True)
class _Ground:
    """What the colours of frontend/src/shared/colours.css are there: behind text in the accent, and on it."""

    behind: tuple[str, ...]
    on: str
    card: str


_GROUNDS: Mapping[Theme, _Ground] = {
    Theme.LIGHT: _Ground(("#faf6ee", "#fffdf9", "#f2ebde"), "#fff9ee", "#fffdf9"),
    Theme.DARK: _Ground(("#191512", "#231e1a", "#2d2722"), "#2a0c0a", "#231e1a"),
}
ON_BUTTON = "#fff9ee"
"""The words on buttons, by day and by night."""


@dataclass(frozen=True)
class Palette:
    """The colours that follow from an accent in one theme."""

    accent: str
    deep: str
    wash: str
    button: str
    button_deep: str


def read(text: str) -> str:
    """Return a colour as "#rrggbb"; raises Invalid("colour_unknown")."""
    typed = text.strip().lower()
    typed = typed if typed.startswith("#") else f"#{typed}"
    if re.fullmatch(r"#[0-9a-f]{3}", typed):
        typed = "#" + "".join(2 * digit for digit in typed[1:])
    if not _HEX.fullmatch(typed):
        raise Invalid("colour_unknown")
    return typed


def ratio(one: str, other: str) -> float:
    """Return the contrast of two colours, from 1 to 21."""
    a, b = _luminance(one), _luminance(other)
    return (max(a, b) + 0.05) / (min(a, b) + 0.05)


def least_ratio(colour: str, theme: Theme) -> float:
    """Return the smallest contrast that an accent has with what it stands on, and with what stands on it."""
    ground = _GROUNDS[theme]
    return min(
        *(ratio(colour, one) for one in ground.behind),
        ratio(colour, _wash(colour, ground)),
        ratio(colour, ground.on),
    )


def passes(colour: str, theme: Theme) -> bool:
    """Tell whether an accent can be read in a theme."""
    return least_ratio(colour, theme) >= LEAST_RATIO


def nearest(colour: str, theme: Theme) -> str:
    """Return the colour nearest to `colour` that passes: itself, or one of its hue that is lighter or darker
    and, where that alone is too far, paler."""
    if passes(colour, theme):
        return colour
    lightness, a, b = _oklab(_channels(colour))
    wanted = sorted(
        (
            (step / _STEPS - lightness) ** 2 + (1 - pale) ** 2 * (a * a + b * b),
            step / _STEPS,
            pale * a,
            pale * b,
        )
        for pale in (1.0, 0.75, 0.5, 0.25, 0.0)
        for step in range(_STEPS + 1)
    )
    shown = (_srgb(lab) for _, *lab in wanted)
    return next(one for one in (_hex(rgb) for rgb in shown if rgb is not None) if passes(one, theme))


def check(colour: str, theme: Theme) -> None:
    """Raise Invalid("colour_contrast") with the measured ratio and the nearest colour that passes."""
    measured = least_ratio(colour, theme)
    if measured < LEAST_RATIO:
        # Rounded down: nobody is told 4.5 of a colour that is refused for having less.
        shown = int(measured * 100) / 100
        raise Invalid(
            "colour_contrast",
            theme=theme.value,
            ratio=f"{shown:.2f}",
            least=f"{LEAST_RATIO}",
            nearest=nearest(colour, theme),
        )


def palette(colour: str, theme: Theme) -> Palette:
    """Return what follows from an accent that passes: a stronger one for what is pointed at, a wash, and
    buttons on which words can be read."""
    ground = _GROUNDS[theme]
    deep = _mixed(colour, "#000000" if theme is Theme.LIGHT else "#ffffff", 0.22)
    button = _darker_until(colour, ON_BUTTON)
    return Palette(colour, deep, _wash(colour, ground), button, _mixed(button, "#000000", 0.15))


def _darker_until(colour: str, words: str) -> str:
    """Return `colour`, or the first darker one on which `words` can be read."""
    for step in range(101):
        one = _mixed(colour, "#000000", step / 100)
        if ratio(one, words) >= LEAST_RATIO:
            return one
    raise AssertionError("nothing is darker than black")


def _wash(colour: str, ground: _Ground) -> str:
    return _mixed(ground.card, colour, _WASH_SHARE)


def _mixed(one: str, other: str, share: float) -> str:
    pairs = zip(_channels(one), _channels(other), strict=True)
    red, green, blue = (a + (b - a) * share for a, b in pairs)
    return _hex((red, green, blue))


def _channels(colour: str) -> Rgb:
    red, green, blue = (int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5))
    return red, green, blue


def _hex(rgb: Rgb) -> str:
    return "#" + "".join(f"{round(255 * min(1.0, max(0.0, one))):02x}" for one in rgb)


def _linear(channel: float) -> float:
    return channel / 12.92 if channel <= 0.04045 else ((channel + 0.055) / 1.055) ** 2.4


@lru_cache(maxsize=1024)
def _luminance(colour: str) -> float:
    red, green, blue = map(_linear, _channels(colour))
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def _oklab(rgb: Rgb) -> Rgb:
    red, green, blue = map(_linear, rgb)
    long = (0.4122214708 * red + 0.5363325363 * green + 0.0514459929 * blue) ** (1 / 3)
    medium = (0.2119034982 * red + 0.6806995451 * green + 0.1073969566 * blue) ** (1 / 3)
    short = (0.0883024619 * red + 0.2817188376 * green + 0.6299787005 * blue) ** (1 / 3)
    return (
        0.2104542553 * long + 0.7936177850 * medium - 0.0040720468 * short,
        1.9779984951 * long - 2.4285922050 * medium + 0.4505937099 * short,
        0.0259040371 * long + 0.7827717662 * medium - 0.8086757660 * short,
    )


def _srgb(lab: Sequence[float]) -> Rgb | None:
    """Return a colour of Oklab as sRGB, None for one that no screen shows."""
    lightness, a, b = lab
    long = (lightness + 0.3963377774 * a + 0.2158037573 * b) ** 3
    medium = (lightness - 0.1055613458 * a - 0.0638541728 * b) ** 3
    short = (lightness - 0.0894841775 * a - 1.2914855480 * b) ** 3
    linear = (
        4.0767416621 * long - 3.3077115913 * medium + 0.2309699292 * short,
        -1.2684380046 * long + 2.6097574011 * medium - 0.3413193965 * short,
        -0.0041960863 * long - 0.7034186147 * medium + 1.7076147010 * short,
    )
    if any(not -0.0005 <= one <= 1.0005 for one in linear):
        return None
    red, green, blue = (
        12.92 * one if one <= 0.0031308 else 1.055 * one ** (1 / 2.4) - 0.055
        for one in (min(1.0, max(0.0, part)) for part in linear)
    )
    return red, green, blue
