"""Contexts of watching and counting."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import ClassVar

from library.catalog.rules import LessonKind
from library.plays.rules import SPEEDS
from server.web.parts import ClipCard, Context, CountingRule, LessonCard, SeriesPlace
from server.web.shown.marks import ClipMarks
from server.web.shown.sharing import ShareCard, ShareLink


@dataclass(frozen=True, slots=True, kw_only=True)
class CueLine:
    """One line of what is said, in seconds from the start of its clip.

    `speaker`: who begins to speak with this line; "" while it is the same person, or nobody told.
    """

    start_s: float
    end_s: float
    text: str
    speaker: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class DownloadChoice:
    """A file to take along: GET /clips/{id}/download?quality= . `quality` is a height ("720p") or "audio"."""

    quality: str
    size_bytes: int


@dataclass(frozen=True, slots=True)
class PlayingBegins:
    """The signed addresses of a rendition's playlist, of its head and of its first segment."""

    playlist_url: str
    head_url: str
    segment_url: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ClipPage(Context):
    """GET /clips/{id}?t= : the watch page.

    `clips` are all clips of the lesson, this one among them; the next ready one plays on by itself.
    `start_s` is where playing begins (from ?t=, held inside the clip by the route; 0 otherwise).
    `captions_url` is a WebVTT address on this server or None. `cues_estimated` is True when the times were
    estimated from plain text, `cues_recognised` when the words are a machine's and nobody has corrected them.
    `master_url` (the playlist, signed) comes again from POST /api/v1/clips/{id}/plays when a play starts.
    `growing`: the clip is still being made and `master_url` is
    what there is of it, for those who work on the lesson. `strip_url` is the signed WebVTT of small pictures
    for the seek bar. `rungs` are the renditions that may be chosen instead of what the line carries, best
    first. `downloads` are in order of quality, none when the library does not offer them;
    `in_wechat`: the browser is WeChat's, which saves no files. `share`: how to hand it on, None while its
    lesson is not published; `card`: what is shown where it was handed on, None unless it is for everyone.
    `most_people`: how many the viewer may say are at a screening.
    `speeds`: how many times as fast as life the player can play. `start`: how the smallest picture begins,
    with which playing does; None when it is not known which one that is. `series`: where the lesson stands in
    one; its next lesson is offered at the end of the last clip. `marks` is what its reader marked for
    themselves; `resumed`: `start_s` is where they stopped.
    """

    template: ClassVar[str] = "watching/clip.html"
    lesson: LessonCard
    clip: ClipCard
    clips: tuple[ClipCard, ...]
    kind: LessonKind
    master_url: str
    captions_url: str | None
    cues: tuple[CueLine, ...]
    cues_estimated: bool = False
    cues_recognised: bool = False
    language: str = "zh-CN"
    start_s: float = 0.0
    growing: bool = False
    views: int = 0
    rule: CountingRule
    most_people: int = 2
    speeds: tuple[float, ...] = SPEEDS
    start: PlayingBegins | None = None
    strip_url: str | None = None
    rungs: tuple[DownloadChoice, ...] = ()
    downloads: tuple[DownloadChoice, ...] = ()
    in_wechat: bool = False
    share: ShareLink | None = None
    card: ShareCard | None = None
    series: SeriesPlace | None = None
    marks: ClipMarks = field(default_factory=ClipMarks)
    resumed: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class CountingPage(Context):
    """GET /counting : the rule in words, and for how many days what is kept."""

    template: ClassVar[str] = "watching/counting.html"
    rule: CountingRule
    keep_plays_days: int
    keep_watchers_days: int
