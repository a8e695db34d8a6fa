"""Contexts of a clip's pictures."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from server.web.parts import Context, LessonRef, Picture, Reason


@dataclass(frozen=True, slots=True, kw_only=True)
class Still:
    """A picture that may stand for a clip: `number` from 1, where in the clip it was taken."""

    number: int
    at_s: float
    picture: Picture


@dataclass(frozen=True, slots=True, kw_only=True)
class PosterPage(Context):
    """GET /clips/{id}/poster : choose the picture that stands for a clip (who may edit its lesson).

    `stills` are empty for sound, and for a clip made before there were stills. `chosen` is the number of the
    present one, 0 when it is none of them.
    `problem`: why what was chosen was not taken.
    Form: POST /clips/{id}/poster (still).
    """

    template: ClassVar[str] = "watching/poster.html"
    lesson: LessonRef
    clip_id: str
    clip_title: str
    n: int
    stills: tuple[Still, ...]
    chosen: int
    problem: Reason | None = None
