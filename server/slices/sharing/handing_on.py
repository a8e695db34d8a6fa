"""The pages from which a lesson or a week is handed on: its card, and a text to paste."""

from __future__ import annotations

import base64
from functools import cache

import obstore
from fastapi import APIRouter, Request
from obstore.store import ObjectStore
from sqlalchemy.orm import Session
from starlette.responses import Response

from library.catalog import covers, queries
from library.catalog.permits import Audience, LessonState
from library.catalog.tables import Clip, Lesson
from library.core.errors import Conflict, Invalid, NotFound
from library.core.permits import NOBODY, Viewer
from library.intake.files.objects import clip_prefix
from library.programme import queries as programme
from library.programme.weeks import read_week
from server import fonts
from server.fonts import FontMissing, Fonts
from server.slices.sharing.contexts import HandOnPage, HandOnWeekPage, PastedLesson
from server.slices.sharing.drawing import Card, draw
from server.slices.sharing.embedding import iframe
from server.web.deps import AddressDep, DatabaseDep, PagesDep, Reading, SettingsDep, StoreDep, WhoDep
from server.web.language.i18n import N_
from server.web.shown.lesson_cards import lesson_ref
from server.web.shown.sharing import share

router = APIRouter(include_in_schema=False)

_MOST_BYTES = 300_000
"""A larger picture is left out of a text to paste: public accounts take a few megabytes."""


@cache
def _fonts() -> Fonts | None:
    try:
        return fonts.find_fonts()
    except FontMissing:
        return None


@router.get("/lessons/{lesson_id}/share")
def hand_on(
    request: Request,
    session: Reading,
    who: WhoDep,
    pages: PagesDep,
    store: StoreDep,
    settings: SettingsDep,
    address: AddressDep,
    lesson_id: str,
) -> Response:
    """How a published lesson is handed on."""
    lesson = _published(session, who.viewer, lesson_id)
    public = lesson.audience is Audience.EVERYONE
    context = HandOnPage(
        frame=pages.frame(request, session, who),
        lesson=lesson_ref(lesson),
        share=share(address, f"/lessons/{lesson.id}"),
        card_url=f"/lessons/{lesson.id}/card.jpg" if _fonts() is not None else "",
        embed=iframe(address, lesson.id, lesson.title) if settings.embed_on and public else "",
        public=public,
        pasted=_pasted(store, address, lesson),
    )
    return pages.respond(request, who, context)


def _published(session: Session, viewer: Viewer, lesson_id: str) -> Lesson:
    lesson = queries.lesson_for(session, viewer, lesson_id)
    if lesson.state is not LessonState.PUBLISHED:
        raise Conflict("not_published")
    return lesson


@router.get("/lessons/{lesson_id}/card.jpg")
def card(
    db: DatabaseDep,
    who: WhoDep,
    pages: PagesDep,
    store: StoreDep,
    address: AddressDep,
    request: Request,
    lesson_id: str,
) -> Response:
    """The card of a published lesson as a picture."""
    with db.read() as session:
        lesson = _published(session, who.viewer, lesson_id)
        file = _poster_file(lesson)
        title, who_taught = lesson.title, lesson.lecturer.name if lesson.lecturer else ""
        public = lesson.audience is Audience.EVERYONE
    found = _fonts()
    if found is None:
        raise NotFound
    says = pages.renderer.catalogue(who.language).translations.gettext
    wanted = Card(
        title=title,
        who=who_taught,
        poster=_bytes(store, file),
        url=f"{address}/lessons/{lesson_id}?via=qr",
        site=pages.renderer.site_name(who.language),
        say=says(N_("扫码观看")),
    )
    data = draw(wanted, found)
    headers = {"cache-control": "no-cache" if public else "private, no-cache"}
    return Response(data, media_type="image/jpeg", headers=headers)


def _poster_file(lesson: Lesson) -> str:
    own = covers.of_lesson(lesson)
    if own is not None:
        return f"{clip_prefix(*own)}/{covers.COVER}"
    clip: Clip | None = next((one for one in lesson.clips if one.plan and (one.cover or one.poster)), None)
    if clip is None:
        return ""
    folder, name = (clip.cover, covers.COVER) if clip.cover else (clip.plan or "", clip.poster)
    return f"{clip_prefix(clip.id, folder)}/{name}"


def _bytes(store: ObjectStore, file: str) -> bytes:
    if not file:
        return b""
    try:
        return bytes(obstore.get(store, file).bytes())
    except FileNotFoundError:
        return b""


def _pasted(store: ObjectStore, address: str, lesson: Lesson) -> PastedLesson:
    import segno

    picture, url = _bytes(store, _poster_file(lesson)), f"{address}/lessons/{lesson.id}"
    inline = f"data:image/jpeg;base64,{base64.b64encode(picture).decode()}"
    return PastedLesson(
        title=lesson.title,
        lecturer=lesson.lecturer.name if lesson.lecturer else "",
        summary=lesson.summary,
        picture=inline if 0 < len(picture) <= _MOST_BYTES else "",
        code=segno.make(f"{url}?via=qr", error="m", micro=False).png_data_uri(scale=6),
        url=url,
    )


@router.get("/weeks/{week}/share")
def hand_on_week(
    request: Request,
    session: Reading,
    who: WhoDep,
    pages: PagesDep,
    store: StoreDep,
    address: AddressDep,
    week: str,
) -> Response:
    """A week that has come out as a text to paste: what of it is for everybody."""
    try:
        wanted = read_week(week)
    except Invalid:
        raise NotFound from None
    chain = programme.chain(session, who.viewer)
    parts = programme.weeks_seen(session, chain, wanted, wanted).get(wanted, ())
    out = [part for part in parts if part.released_at is not None]
    if not out:
        raise NotFound
    ids = programme.lesson_ids(out)
    lessons = queries.lessons_by_ids(session, NOBODY, ids)
    context = HandOnWeekPage(
        frame=pages.frame(request, session, who),
        week=str(wanted),
        theme=next((part.theme for part in out if part.theme), ""),
        texts=tuple(part.text for part in out if part.text),
        readings=tuple(one.text for part in out for one in part.reading),
        lessons=tuple(_pasted(store, address, one) for one in lessons),
        hidden=len(ids) - len(lessons),
    )
    return pages.respond(request, who, context)
