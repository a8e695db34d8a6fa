"""Context of the page on which one swipes."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import ClassVar

from library.mondays.swiping_rules import WhyNext
from server.web.parts import Context, Picture


@dataclass(frozen=True, slots=True, kw_only=True)
class SwipeClip:
    """A clip to swipe to: `n` of the `of` clips of its lesson. `master_url` is signed, and its
    renditions lie beside it; `sizes` are their bytes by name; `why` it comes here. `resume_s` is where it
    goes on, 0 for its start; `next` is the lesson's next clip that plays (id, number)."""

    id: str
    lesson_id: str
    title: str
    clip_title: str
    n: int
    of: int
    duration_s: float
    why: WhyNext
    master_url: str
    sizes: Mapping[str, int]
    poster_url: str | None = None
    picture: Picture | None = None
    lecturer: str = ""
    lecturer_id: str | None = None
    is_sound: bool = False
    resume_s: float = 0.0
    next: tuple[str, int] | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class SwipePage(Context):
    """GET /feed?topic=&lecturer= : clips one after the other, and an end.

    `name`, `back`: whose lessons were asked for and the way to their page; "" for everything. `of_week` clips
    were planned for this week, of which `week_left` are unseen. `cut`: more than `most` would have come.
    `looked_through`: so many of the newest lessons were looked through and no older ones; 0: all.
    `person` is "" for whoever has no account; `now_ms` is the server's clock, by which is told when
    somebody was where.
    """

    template: ClassVar[str] = "swiping/feed.html"
    clips: tuple[SwipeClip, ...]
    most: int
    name: str = ""
    back: str = ""
    of_week: int = 0
    week_left: int = 0
    cut: bool = False
    looked_through: int = 0
    person: str = ""
    now_ms: int = 0
