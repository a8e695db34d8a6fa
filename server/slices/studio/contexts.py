"""Contexts of the studio."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from library.studio.rules import At, StepName
from server.web.parts import Context, LessonCard, LessonRef, Picture, Progress, Reason
from server.web.shown.studio import NextStep


@dataclass(frozen=True, slots=True, kw_only=True)
class StepLine:
    """One step of the way: where it is, where it is looked at ("" for nowhere). `mark`: it may be called
    done, or, when it was, be opened again (`marked`)."""

    name: StepName
    at: At
    url: str = ""
    mark: bool = False
    marked: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class FileLine:
    """The file that a lesson is made of, as whoever deletes it knows it."""

    name: str
    size_bytes: int


@dataclass(frozen=True, slots=True, kw_only=True)
class LeftLine:
    """That half of those who began a clip were gone at `at_s`, of `began` plays; `turned`: its picture had
    just changed; `said` is what was said then."""

    clip_id: str
    n: int
    title: str
    at_s: float
    began: int
    turned: bool
    said: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class AskedLine:
    """What several people look for that is said here `times` times, first at `at_s` of the clip `clip_id`."""

    text: str
    people: int
    times: int
    clip_id: str = ""
    at_s: float = 0.0


@dataclass(frozen=True, slots=True, kw_only=True)
class StudioPage(Context):
    """GET /lessons/{id}/studio (who may edit the lesson): what happens with it now, and what to do next.

    `next` is the one thing to do, `at` the step that it belongs to. `progress` is there while a recording is
    on its way or has failed; live through GET /lessons/{id}/events. `views` and `people` are all there ever
    were. Forms: POST of the address of `next` where it is posted; POST /lessons/{id}/studio/done and /again
    (step); POST /lessons/{id}/delete (confirm) where `may_delete`. `least` plays make a sentence.
    """

    template: ClassVar[str] = "studio/studio.html"
    lesson: LessonCard
    steps: tuple[StepLine, ...]
    at: StepName
    next: NextStep
    progress: Progress | None = None
    remarks: int = 0
    hears: bool = False
    file: FileLine | None = None
    may_delete: bool = False
    views: int = 0
    left: tuple[LeftLine, ...] = ()
    asked: tuple[AskedLine, ...] = ()
    least: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class FrameLine:
    """A picture that was taken from a clip: its value in the form ("clip.number"), and when it was there."""

    value: str
    n: int
    at_s: float
    picture: Picture


@dataclass(frozen=True, slots=True, kw_only=True)
class CoverPage(Context):
    """GET /lessons/{id}/cover?clip= (who may edit the lesson): the picture that stands for it or a clip.

    `clips` are those that may have one of their own, (id, number, title); `clip_id` is the one that is meant,
    "" for the whole lesson. `now` is the picture that is to stand there, `own`: somebody chose it, `waits`:
    with the draft; `drafted`: so does what is chosen here. `frames` are pictures to choose from;
    `masters` is what the player plays (JSON). `typed` is what was written in a form that was not
    taken, `problem` why. `fonts`: words can be written here. Forms: POST of the same address (clip, from,
    frame, file, words), POST /lessons/{id}/cover/undo (clip).
    """

    template: ClassVar[str] = "studio/cover.html"
    lesson: LessonRef
    clips: tuple[tuple[str, int, str], ...]
    clip_id: str = ""
    now: Picture | None = None
    own: bool = False
    waits: bool = False
    drafted: bool = False
    frames: tuple[FrameLine, ...] = ()
    masters: tuple[dict[str, object], ...] = ()
    words: str = ""
    problem: Reason | None = None
    fonts: bool = True
    most_bytes: int = 0
    words_max: int = 0
