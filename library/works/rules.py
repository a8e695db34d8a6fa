"""How much of what, and in which order. Pure."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Collection, Mapping, Sequence
from enum import StrEnum
from typing import Literal
from urllib.parse import quote

from library.core.errors import Invalid
from library.core.text import clean_line

TITLE_MAX = 120
TEXT_MAX = 2_000
MOST_EPISODES = 200
ABOUT_MAX = 600
PICTURE_MAX_BYTES = 16 * 1024 * 1024


Theirs = Literal["lecturer", "topic"]
"""Of whom or what something is written, with a picture."""
PICTURE_SIZES: Mapping[Theirs, tuple[int, int]] = {"lecturer": (320, 320), "topic": (960, 360)}
"""Width and height of their pictures, as we write them."""


class Move(StrEnum):
    """What is done with an episode in its series."""

    UP = "up"
    DOWN = "down"
    OUT = "out"


def moved(order: Sequence[str], seen: Collection[str], one: str, move: Move) -> list[str]:
    """Return an order with one moved by a place among those that whoever moves it sees, or taken out.

    What they do not see keeps its place. At the ends nothing moves.
    """
    if move is Move.OUT:
        return [other for other in order if other != one]
    places = [n for n, other in enumerate(order) if other in seen or other == one]
    at = next(k for k, n in enumerate(places) if order[n] == one)
    to = at + (1 if move is Move.DOWN else -1)
    if not 0 <= to < len(places):
        return list(order)
    changed = list(order)
    changed[places[at]], changed[places[to]] = changed[places[to]], changed[places[at]]
    return changed


def arranged(order: Sequence[str], seen: Collection[str], wanted: Sequence[str]) -> list[str]:
    """Return an order in which those that are seen stand as wanted; what is not seen keeps its place."""
    coming = iter(wanted)
    return [next(coming) if one in seen else one for one in order]


class HonourLevel(StrEnum):
    """At which level an honour was given, the highest first."""

    NATIONAL = "national"
    PROVINCIAL = "provincial"
    CITY = "city"
    COUNTY = "county"
    TOWN = "town"


class Shown(StrEnum):
    """Where an honour or a material stands with viewers: they see it; it waits in a draft and nobody saw it
    yet; or they saw it once, and it is kept for the versions that had it."""

    SHOWN = "shown"
    WAITS = "waits"
    KEPT = "kept"


AWARD_MAX = 120
BODY_MAX = 120
MOST_HONOURS = 30
FIRST_YEAR = 1921

FILE_NAME_MAX = 120
MATERIAL_MAX_BYTES = 40 * 2**20
CERTIFICATE_MAX_BYTES = 10 * 2**20
MOST_MATERIALS = 20

_ENDING = re.compile(r"\.[A-Za-z0-9]{1,8}$")
_FOLDER = re.compile(r"[/\\]")
_FORBIDDEN = re.compile(r'[\x00-\x1f\x7f:*?"<>|]+')


def honour_level(text: str) -> HonourLevel:
    """Return a level from its code; raises Invalid("unknown_choice")."""
    if text not in tuple(HonourLevel):
        raise Invalid("unknown_choice", field="level")
    return HonourLevel(text)


def honour_year(text: str, this_year: int) -> int:
    """Return a year; raises Invalid("honour_year") for one in which no honour was given yet."""
    digits = text.strip().removesuffix("年")
    if not (digits.isascii() and digits.isdecimal() and len(digits) == 4):
        raise Invalid("honour_year", field="year", first=FIRST_YEAR, last=this_year)
    if not FIRST_YEAR <= int(digits) <= this_year:
        raise Invalid("honour_year", field="year", first=FIRST_YEAR, last=this_year)
    return int(digits)


def shown_name(file_name: str, otherwise: str) -> str:
    """Return what a file is called on pages: its name without folders, ending and signs that no name has, at
    most FILE_NAME_MAX characters; `otherwise` where nothing is left. It never decides where the file lies."""
    name = clean_line(_FORBIDDEN.sub(" ", clean_line(_FOLDER.split(file_name)[-1])))
    while _ENDING.search(name):
        name = _ENDING.sub("", name)
    return name[:FILE_NAME_MAX].strip(" .") or otherwise[:FILE_NAME_MAX]


PLACE_MAX = 200

Point = tuple[float, float]
"""Degrees of latitude and longitude (WGS 84)."""


def read_point(text: str) -> Point | None:
    """Return the point that somebody typed as "30.52, 119.68" (latitude first); None for nothing.

    Raises Invalid("point_unreadable").
    """
    text = clean_line(text)
    if not text:
        return None
    parts = [part for part in re.split(r"[,，;；\s]+", text) if part]
    try:
        latitude, longitude = (float(part.rstrip("°NE")) for part in parts)
    except ValueError:
        raise Invalid("point_unreadable", field="point") from None
    if not (-90 <= latitude <= 90 and -180 <= longitude <= 180):  # nan is refused too
        raise Invalid("point_unreadable", field="point")
    return round(latitude, 6), round(longitude, 6)


def digest_of(award: str, level: HonourLevel, year: int) -> str:
    """Return by which an honour is known again that was taken away."""
    return hashlib.sha256(f"{level}\n{year}\n{award}".encode()).hexdigest()


def map_link(pattern: str, point: Point | None, name: str) -> str:
    """Return the address of a point on a map service, or of whatever the reader's phone has for maps; ""
    without one. `pattern` has places {lat}, {lon} and {name}."""
    if point is None:
        return ""
    values = {"{lat}": f"{point[0]:.6f}", "{lon}": f"{point[1]:.6f}", "{name}": quote(name, safe="")}
    for place, value in values.items():
        pattern = pattern.replace(place, value)
    return pattern


def next_episode(order: Sequence[str], seen: Collection[str]) -> str | None:
    """Return where somebody goes on in a series: the first unseen episode after the last seen one, else the
    first unseen one. None when they have seen all, and when they have seen nothing.

    >>> next_episode(["a", "b", "c"], {"b"})
    'c'
    >>> next_episode(["a", "b", "c"], {"b", "c"})
    'a'
    """
    if not any(one in seen for one in order):
        return None
    last = max(n for n, one in enumerate(order) if one in seen)
    unseen = [*order[last + 1 :], *order[:last]]
    return next((one for one in unseen if one not in seen), None)
