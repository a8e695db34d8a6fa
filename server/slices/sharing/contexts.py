"""Contexts of the pages of sharing."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from server.web.parts import Context, LessonRef
from server.web.shown.sharing import ShareLink


@dataclass(frozen=True, slots=True, kw_only=True)
class PastedLesson:
    """A lesson in a text to paste: `picture` and `code` are data: addresses, "" for none."""

    title: str
    lecturer: str
    summary: str
    picture: str
    code: str
    url: str


@dataclass(frozen=True, slots=True, kw_only=True)
class HandOnPage(Context):
    """GET /lessons/{lesson_id}/share (who may see it): a published lesson's card, the code that shows it in
    another page, and a text to paste into a public account.

    `card_url` is "" where no card can be drawn: there is no Chinese font. `embed` is the code, "" where no
    site may show it; `public`: everybody may watch it, so that what is handed on opens for everybody.
    """

    template: ClassVar[str] = "sharing/lesson.html"
    lesson: LessonRef
    share: ShareLink
    card_url: str
    embed: str
    public: bool
    pasted: PastedLesson


@dataclass(frozen=True, slots=True, kw_only=True)
class HandOnWeekPage(Context):
    """GET /weeks/{week}/share (everybody): a week as a text to paste into a public account.

    `hidden`: so many of its lessons are not for everybody, and are left out.
    """

    template: ClassVar[str] = "sharing/week.html"
    week: str
    theme: str
    texts: tuple[str, ...]
    readings: tuple[str, ...]
    lessons: tuple[PastedLesson, ...]
    hidden: int


@dataclass(frozen=True, slots=True, kw_only=True)
class EmbedPage(Context):
    """GET /embed/{thing_id} (who may see it): a clip as another page shows it.

    `master_url` and `captions_url` ("" for none) are its files.
    """

    template: ClassVar[str] = "sharing/embed.html"
    title: str
    clip_id: str
    master_url: str
    captions_url: str
    language: str
    poster_url: str
    beat_every_s: float
