"""Who watches the demonstration's lessons: viewers of four weeks, drawn by dice, that give figures a shape.

Pure.
"""

from __future__ import annotations

import random
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime, time, timedelta

from library.core.clock import CHINA
from library.plays.rules import Kind, Source

DAYS = 28
_VISITORS, _MEMBERS, _SCREENINGS = (20, 45), (1, 3), (1, 3)
_SOURCES = {Source.FEED: 6, Source.SEARCH: 2, Source.LINK: 3, Source.QR: 2}
_MONDAY = 4.0
"""How much more is watched on a Monday, the day of the week's lesson."""


@dataclass(frozen=True)
class Sitting:
    """One viewer before one clip, without a break: when, and which seconds of it.

    `viewer` is which visitor, or which of those who have an account; of a group, who shows it to `people`.
    """

    kind: Kind
    viewer: int
    people: int
    source: Source
    began: datetime
    start_s: float
    end_s: float


def sittings(clip: str, length_s: float, now: datetime, *, visitors: bool, members: int) -> list[Sitting]:
    """Return who watched a clip in the DAYS before today, in the order of time; the same for a clip on a day.

    `visitors`: whether people without an account may watch it. `members`: how many accounts there are.
    """
    dice = random.Random(clip)  # noqa: S311 - nothing to guess here
    found = list(_drawn(dice, length_s, now, visitors=visitors, members=members))
    return sorted(found, key=lambda one: one.began)


def _drawn(
    dice: random.Random, length_s: float, now: datetime, *, visitors: bool, members: int
) -> Iterator[Sitting]:
    for n in range(dice.randint(*_VISITORS) if visitors else 0):
        yield _one(dice, Kind.VISITOR, n, 1, length_s, now)
    for member in range(members):
        for _again in range(dice.randint(*_MEMBERS)):
            yield _one(dice, Kind.MEMBER, member, 1, length_s, now)
    for _screening in range(dice.randint(*_SCREENINGS) if members else 0):
        one = _one(dice, Kind.GROUP, dice.randrange(members), dice.randint(6, 32), length_s, now)
        yield replace(one, source=Source.LINK, start_s=0.0, end_s=length_s)


def _one(dice: random.Random, kind: Kind, n: int, people: int, length_s: float, now: datetime) -> Sitting:
    source = dice.choices(list(_SOURCES), list(_SOURCES.values()))[0]
    # Two of three see the end; the others leave, most of them early.
    start_s = dice.uniform(0, length_s / 2) if source is Source.SEARCH else 0.0
    left = 1.0 if dice.random() < 2 / 3 else dice.betavariate(1, 2)
    return Sitting(
        kind, n, people, source, _moment(dice, now), start_s, start_s + (length_s - start_s) * left
    )


def _moment(dice: random.Random, now: datetime) -> datetime:
    """Before work, at noon or in the evening of one of the days before today."""
    today = now.astimezone(CHINA).date()
    days = [today - timedelta(days=n) for n in range(1, DAYS + 1)]
    weights = [_MONDAY if day.weekday() == 0 else 0.4 if day.weekday() > 4 else 1.0 for day in days]
    hour = dice.choices((7, 8, 12, 19, 20), (4, 3, 2, 1, 2))[0]
    at = time(hour, dice.randrange(60), dice.randrange(60), tzinfo=CHINA)
    return datetime.combine(dice.choices(days, weights)[0], at)
