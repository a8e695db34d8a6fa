"""A clip inside another page, and what tells other programs how to put it there (oEmbed)."""

from __future__ import annotations

import html
import re
from typing import Any, Literal
from urllib.parse import urlsplit
from xml.sax.saxutils import escape

from fastapi import APIRouter, Request
from sqlalchemy.orm import Session
from starlette.responses import JSONResponse, Response

from library.catalog import queries
from library.catalog.clip_cues import cues_of
from library.catalog.permits import LessonState
from library.catalog.rules import CAPTIONED
from library.catalog.tables import Clip, Lesson
from library.core.errors import NotFound, SignInNeeded
from library.core.permits import NOBODY, Viewer
from server.slices.sharing.contexts import EmbedPage
from server.web.deps import AddressDep, MediaDep, PagesDep, Reading, RuleDep, SettingsDep, WhoDep
from server.web.limits.fields import LineQuery, WordQuery
from server.web.shown.media_urls import MediaUrls

router = APIRouter(include_in_schema=False)

WIDTH, HEIGHT = 640, 360
_NEVER_IN_XML = re.compile(r"[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_PAGE = re.compile(r"/(?:lessons|clips|embed)/([a-z0-9]{16})/?")


@router.get("/embed/{thing_id}")
def embed(
    request: Request,
    session: Reading,
    who: WhoDep,
    pages: PagesDep,
    media: MediaDep,
    settings: SettingsDep,
    rule: RuleDep,
    thing_id: str,
) -> Response:
    """A clip, or the first one of a lesson, as another page shows it."""
    lesson, clip = found(session, who.viewer, thing_id)
    has_captions = lesson.transcript in CAPTIONED and bool(cues_of(session, clip))
    context = EmbedPage(
        frame=pages.frame(request, session, who),
        title=lesson.title,
        clip_id=clip.id,
        master_url=media.of(lesson, clip, "master.m3u8"),
        captions_url=pages.at(f"/clips/{clip.id}/captions.vtt") if has_captions else "",
        language=lesson.language,
        poster_url=_poster(media, lesson, clip),
        beat_every_s=rule.beat_every_s,
    )
    answer = pages.respond(request, who, context)
    answer.headers["content-security-policy"] = policy(settings.embed_on)
    return answer


def policy(embed_on: str) -> str:
    """Return what an embedded page may load, and on which sites it may be shown."""
    return "; ".join(
        (
            "default-src 'self'",
            "img-src 'self' data:",
            "media-src 'self' blob:",
            "object-src 'none'",
            "base-uri 'none'",
            "form-action 'none'",
            "frame-ancestors " + (embed_on or "'none'"),
        )
    )


def _poster(media: MediaUrls, lesson: Lesson, clip: Clip) -> str:
    return media.poster(lesson, clip) or ""


def found(session: Session, viewer: Viewer, thing_id: str) -> tuple[Lesson, Clip]:
    """Return a published lesson that the viewer may see, and its clip that plays: the one with that id, or
    the first. Raises NotFound."""
    try:
        clip: Clip | None = queries.clip_for(session, viewer, thing_id)
        lesson = queries.lesson(session, clip.lesson_id if clip else "")
    except NotFound:
        lesson = queries.lesson_for(session, viewer, thing_id)
        clip = next((one for one in lesson.clips if one.plan), None)
    if lesson.state is not LessonState.PUBLISHED or clip is None or clip.plan is None or clip.n is None:
        raise NotFound
    return lesson, clip


def iframe(address: str, thing_id: str, title: str, width: int = WIDTH, height: int = HEIGHT) -> str:
    """Return the code that shows a lesson in another page."""
    return (
        f'<iframe src="{html.escape(address)}/embed/{thing_id}" width="{width}" height="{height}"'
        f' title="{html.escape(title)}" allow="fullscreen; autoplay" allowfullscreen loading="lazy"'
        ' referrerpolicy="origin" style="border:0"></iframe>'
    )


@router.get("/oembed")
def oembed(
    session: Reading,
    pages: PagesDep,
    settings: SettingsDep,
    address: AddressDep,
    url: LineQuery = "",
    format: WordQuery = "json",
    maxwidth: int = WIDTH,
    maxheight: int = HEIGHT,
) -> Response:
    """Tell how the page at `url` is shown elsewhere (oEmbed 1.0), of what everybody may watch.

    Where no site may show it inside of its own pages it is a link. Raises NotFound for every other address.
    """
    if format not in ("json", "xml"):
        return Response(status_code=501)
    match = _PAGE.fullmatch(urlsplit(url).path.removeprefix(settings.prefix))
    if match is None or not url.startswith(f"{address}/"):
        raise NotFound
    try:
        lesson, clip = found(session, NOBODY, match[1])
    except SignInNeeded:
        raise NotFound from None
    told: dict[str, Any] = {"version": "1.0", "title": lesson.title}
    if lesson.lecturer is not None:
        told["author_name"] = lesson.lecturer.name
    site = pages.renderer.site_name("zh-CN")
    told |= {"provider_name": site, "provider_url": f"{address}/", "cache_age": 3600}
    if settings.embed_on:
        width = min(max(200, maxwidth), 1920, max(200, maxheight) * 16 // 9)
        height = width * 9 // 16
        code = iframe(address, clip.id, lesson.title, width, height)
        told |= {"type": "video", "html": code, "width": width, "height": height}
    else:
        told["type"] = "link"
    return _as(told, "json" if format == "json" else "xml")


def _as(told: dict[str, Any], form: Literal["json", "xml"]) -> Response:
    headers = {"cache-control": "no-cache", "access-control-allow-origin": "*"}
    if form == "json":
        return JSONResponse(told, headers=headers)
    inside = "".join(
        f"<{name}>{escape(_NEVER_IN_XML.sub('', str(value)))}</{name}>" for name, value in told.items()
    )
    body = f'<?xml version="1.0" encoding="utf-8"?><oembed>{inside}</oembed>'
    return Response(body, media_type="text/xml; charset=utf-8", headers=headers)
