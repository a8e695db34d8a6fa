"""The manual of docs/manual as chapters and sections: read once, drawn by markdown-it, searched."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from markdown_it import MarkdownIt
from markdown_it.token import Token
from markupsafe import Markup

_DOCS = Path(__file__).resolve().parents[3] / "docs"
CHAPTERS = {
    "zh-CN": ("member", "lecturer", "secretary", "staff", "administrator"),
    "en": ("en", "settings", "runbook"),
}
"""The chapters that a language lists, in order."""
_FILES = {
    **{name: f"manual/{name}.md" for name in CHAPTERS["zh-CN"]},
    "en": "manual/en/README.md",
    "start": "manual/README.md",
    "settings": "settings.md",
    "runbook": "runbook.md",
}
ENGLISH = frozenset({"en", "settings", "runbook"})
_BY_FILE = {(_DOCS / file).resolve(): name for name, file in _FILES.items()}
_AROUND = 40
"""Letters around what was found."""


@dataclass(frozen=True)
class Section:
    """What stands under a heading; `anchor` is its place on the page, `text` its words without marks."""

    chapter: str
    anchor: str
    title: str
    text: str


@dataclass(frozen=True)
class Chapter:
    """A chapter as HTML, with its sections."""

    name: str
    title: str
    html: str
    sections: tuple[Section, ...]


@dataclass(frozen=True)
class Found:
    """A section in which all words stand, and where the first of them does."""

    section: Section
    before: str
    words: str
    after: str


def anchor_of(title: str) -> str:
    """Return the place of a heading on its page."""
    return re.sub(r"[^\w]+", "-", title.strip().lower()).strip("-")


def chapter(name: str, prefix: str = "") -> Chapter | None:
    """Return a chapter, None for one that is not there (in an installation without docs/, none is)."""
    # Before the cache: what anybody types is not kept.
    return _read(name, prefix) if name in _FILES else None


@lru_cache(maxsize=4 * len(_FILES))
def _read(name: str, prefix: str) -> Chapter | None:
    path = _DOCS / _FILES[name]
    if not path.is_file():
        return None
    # No HTML of its own: what is no mark is text.
    reader = MarkdownIt("commonmark", {"html": False}).enable("table")
    tokens = reader.parse(path.read_text("utf-8"))
    sections = tuple(_sections(name, tokens))
    _lead(tokens, path.parent, prefix)
    title = next((one.title for one in sections), name)
    return Chapter(name, title, reader.renderer.render(tokens, reader.options, {}), sections)


def html(of: Chapter) -> Markup:
    """Return a chapter's HTML: it was drawn by us, from files of ours, without HTML of their own."""
    return Markup(of.html)  # noqa: S704


def search(language: str, typed: str, prefix: str = "") -> list[Found]:
    """Return the sections in which all words stand; those whose heading has them come first."""
    words = _folded(typed).split()
    if not words:
        return []
    found: list[tuple[bool, int, Found]] = []
    for n, name in enumerate(CHAPTERS["zh-CN" if language == "zh-CN" else "en"]):
        told = chapter(name, prefix)
        for section in told.sections if told is not None else ():
            whole = _folded(f"{section.title}\n{section.text}")
            if all(word in whole for word in words):
                in_title = all(word in _folded(section.title) for word in words)
                found.append((not in_title, n, _shown(section, words[0])))
    return [one for _, _, one in sorted(found, key=lambda each: each[:2])]


def _shown(section: Section, word: str) -> Found:
    at = _folded(section.text).find(word)
    if at < 0 or len(_folded(section.text)) != len(section.text):
        return Found(section, section.text[: 2 * _AROUND], "", "")
    end = at + len(word)
    return Found(
        section,
        section.text[max(0, at - _AROUND) : at],
        section.text[at:end],
        section.text[end : end + _AROUND],
    )


def _folded(text: str) -> str:
    return unicodedata.normalize("NFKC", text).lower()


def _sections(chapter_name: str, tokens: Sequence[Token]) -> Iterator[Section]:
    title, words = "", list[str]()
    heading = False
    for token in tokens:
        if token.type == "heading_open":
            heading = token.tag in ("h1", "h2")
        elif token.type == "inline":
            said = _text(token)
            if heading:
                if title:
                    yield Section(chapter_name, anchor_of(title), title, " ".join(words))
                title, words = said, []
            else:
                words.append(said)
        elif token.type == "heading_close":
            heading = False
        elif token.type in ("fence", "code_block"):
            words.append(token.content)
    if title:
        yield Section(chapter_name, anchor_of(title), title, " ".join(words))


def _lead(tokens: Sequence[Token], folder: Path, prefix: str) -> None:
    """Give headings their places, and links the addresses that they have here; one that leads out of the
    manual becomes words."""
    for n, token in enumerate(tokens):
        if token.type == "heading_open":
            token.attrSet("id", anchor_of(_text(tokens[n + 1])))
        elif token.type == "table_open":
            token.attrJoin("class", "told")
        if token.children:
            token.children = list(_linked(token.children, folder, prefix))


def _linked(tokens: Sequence[Token], folder: Path, prefix: str) -> Iterator[Token]:
    leads = True
    for token in tokens:
        if token.type == "link_open":
            href = link(str(token.attrGet("href") or ""), folder, prefix)
            leads = bool(href)
            token.attrSet("href", href)
        if leads or token.type not in ("link_open", "link_close"):
            yield token


def _text(token: Token) -> str:
    return "".join(
        one.content if one.type in ("text", "code_inline") else " " for one in token.children or ()
    ).strip()


def link(href: str, folder: Path, prefix: str) -> str:
    """Return the address here of what the manual links to: a chapter, a place on the page, or another site.

    "" for a file that is no chapter."""
    if href.startswith(("https://", "http://", "#", "mailto:")):
        return href
    path, _, place = href.partition("#")
    name = _BY_FILE.get((folder / path).resolve())
    if name is None:
        return ""
    return f"{prefix}/help/{name}" + (f"#{anchor_of(place)}" if place else "")
