"""What comes next where one swipes from clip to clip, and why. Pure.

Nothing is learned about anybody and nothing is pushed: what was planned for this week, then what somebody
missed, then what is about the same, then what is new; each only while they have not seen it. Then it ends.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

MOST_CLIPS = 30
"""Clips of one page; it says so where it ends."""


class WhyNext(StrEnum):
    """Why a clip comes here, in the order in which they come."""

    ASKED = "asked"
    WEEK = "week"
    MISSED = "missed"
    TOPIC = "topic"
    NEW = "new"


@dataclass(frozen=True)
class NextClip:
    """A clip that comes, and why."""

    clip_id: str
    lesson_id: str
    why: WhyNext


@dataclass(frozen=True)
class Swipe:
    """What comes, in its order. `of_week` clips were planned for this week, of which `week_left` are unseen;
    `cut`: more would have come."""

    clips: tuple[NextClip, ...]
    of_week: int = 0
    week_left: int = 0
    cut: bool = False


def swipe(
    shelves: Mapping[WhyNext, Sequence[str]],
    clips_of: Mapping[str, Sequence[str]],
    seen: Collection[str],
    most: int = MOST_CLIPS,
) -> Swipe:
    """Return what comes: the unseen clips of the lessons of each reason, in the order of the reasons; those
    of a lesson stay together and in their order, and no clip comes twice.

    `clips_of` has the clips that play, by lesson; a lesson that is not there has none.
    """
    found = list(_unseen(shelves, clips_of, seen))
    week = {clip for one in shelves.get(WhyNext.WEEK, ()) for clip in clips_of.get(one, ())}
    return Swipe(
        clips=tuple(found[:most]),
        of_week=len(week),
        week_left=len(week - set(seen)),
        cut=len(found) > most,
    )


def _unseen(
    shelves: Mapping[WhyNext, Sequence[str]], clips_of: Mapping[str, Sequence[str]], seen: Collection[str]
) -> Iterator[NextClip]:
    told = set(seen)
    for why in WhyNext:
        for lesson_id in shelves.get(why, ()):
            for clip_id in clips_of.get(lesson_id, ()):
                if clip_id not in told:
                    told.add(clip_id)
                    yield NextClip(clip_id, lesson_id, why)
