"""Contexts of the manual."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from markupsafe import Markup

from server.web.parts import Context


@dataclass(frozen=True, slots=True, kw_only=True)
class Hit:
    """A section that was found: where it is, what it is called, and the words with what is around them."""

    url: str
    chapter: str
    title: str
    before: str
    words: str
    after: str


@dataclass(frozen=True, slots=True, kw_only=True)
class HelpPage(Context):
    """GET /help?q= : the chapters (name, title), the one for this reader first marked `own`; with words the
    sections in which they stand. `missing`: this installation has no manual."""

    template: ClassVar[str] = "manual/help.html"
    chapters: tuple[tuple[str, str], ...]
    own: str
    q: str = ""
    hits: tuple[Hit, ...] = ()
    missing: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class ChapterPage(Context):
    """GET /help/{chapter} : a chapter in `lang`, with its sections (anchor, title)."""

    template: ClassVar[str] = "manual/chapter.html"
    title: str
    lang: str
    body: Markup
    sections: tuple[tuple[str, str], ...]
