"""The manual on pages, for everybody."""

from __future__ import annotations

from fastapi import APIRouter, Request
from starlette.responses import Response

from library.core.errors import NotFound
from server.slices.manual import book
from server.slices.manual.contexts import ChapterPage, HelpPage, Hit
from server.web.deps import PagesDep, Reading, WhoDep
from server.web.help_links import chapter_for
from server.web.limits.fields import WordQuery

router = APIRouter(include_in_schema=False)


@router.get("/help")
def contents(request: Request, session: Reading, who: WhoDep, pages: PagesDep, q: WordQuery = "") -> Response:
    """The chapters, and what is found in them."""
    prefix, language = pages.at(""), who.language
    listed = [told for name in book.CHAPTERS[language] if (told := book.chapter(name, prefix)) is not None]
    context = HelpPage(
        frame=pages.frame(request, session, who),
        chapters=tuple((one.name, one.title) for one in listed),
        own=chapter_for(who.viewer) if language == "zh-CN" else "en",
        q=q,
        hits=tuple(_hit(one) for one in book.search(language, q, prefix)),
        missing=not listed,
    )
    return pages.respond(request, who, context)


def _hit(found: book.Found) -> Hit:
    section = found.section
    told = book.chapter(section.chapter)
    return Hit(
        url=f"/help/{section.chapter}#{section.anchor}",
        chapter=told.title if told is not None else "",
        title=section.title,
        before=found.before,
        words=found.words,
        after=found.after,
    )


@router.get("/help/{chapter}")
def chapter(request: Request, session: Reading, who: WhoDep, pages: PagesDep, chapter: str) -> Response:
    """A chapter."""
    told = book.chapter(chapter, pages.at(""))
    if told is None:
        raise NotFound
    context = ChapterPage(
        frame=pages.frame(request, session, who),
        title=told.title,
        lang="en" if told.name in book.ENGLISH else "zh-CN",
        body=book.html(told),
        sections=tuple((one.anchor, one.title) for one in told.sections[1:]),
    )
    return pages.respond(request, who, context)
