"""The picture that stands for a clip: chosen by content at first, by the lecturer when they wish."""

from __future__ import annotations

import obstore
from fastapi import APIRouter, Request
from sqlalchemy.orm import Session
from starlette.responses import Response

from library.catalog import actions, covers, queries
from library.catalog.permits import Action, media_audience
from library.core.errors import Invalid, NotFound
from library.intake.files.objects import clip_prefix
from server.slices.watching.poster_contexts import PosterPage, Still
from server.web.deps import DatabaseDep, MediaDep, PagesDep, Reading, StoreDep, WhoDep, Writing
from server.web.errors import status_of
from server.web.limits.fields import WordForm
from server.web.pages import Pages, reason
from server.web.parts import Reason
from server.web.shown.lesson_cards import lesson_ref
from server.web.shown.media_urls import MediaUrls
from server.web.who import Who
from transcode.pictures.stills import still_file, still_time_s

router = APIRouter(include_in_schema=False)

_PICTURE_LIFE_S = 3600
"""For so long caches show another picture than the one that was chosen since."""


@router.get("/clips/{clip_id}/poster")
def choose(
    request: Request, session: Reading, who: WhoDep, pages: PagesDep, media: MediaDep, clip_id: str
) -> Response:
    """The pictures to choose from (owner, staff)."""
    return pages.respond(request, who, _page(request, session, who, pages, media, clip_id))


def _page(
    request: Request,
    session: Session,
    who: Who,
    pages: Pages,
    media: MediaUrls,
    clip_id: str,
    problem: Reason | None = None,
) -> PosterPage:
    clip = queries.clip_for(session, who.viewer, clip_id)
    lesson = queries.lesson_for(session, who.viewer, clip.lesson_id, Action.EDIT)
    numbers = range(1, clip.stills + 1)
    return PosterPage(
        frame=pages.frame(request, session, who),
        lesson=lesson_ref(lesson),
        clip_id=clip.id,
        clip_title=clip.title,
        n=clip.n or 0,
        stills=tuple(
            Still(
                number=number,
                at_s=still_time_s(number, clip.stills, clip.duration_s or 0.0),
                picture=media.listed(lesson, clip, still_file(number)),
            )
            for number in numbers
        ),
        chosen=0 if clip.cover else next((n for n in numbers if still_file(n) == clip.poster), 0),
        problem=problem,
    )


@router.get("/clips/{clip_id}/picture.jpg")
def picture(db: DatabaseDep, who: WhoDep, store: StoreDep, clip_id: str) -> Response:
    """The picture that stands for a clip, at an address that stays: what cards of shared pages show."""
    with db.read() as session:
        clip = queries.clip_for(session, who.viewer, clip_id)
        if not clip.plan or not (clip.cover or clip.poster):
            raise NotFound
        folder, name = (clip.cover, covers.COVER) if clip.cover else (clip.plan, clip.poster)
        file = f"{clip_prefix(clip.id, folder)}/{name}"
        facts = queries.facts(queries.lesson(session, clip.lesson_id))
    # The database is given back first: a bucket may take its time, and crawlers come in crowds.
    try:
        data = bytes(obstore.get(store, file).bytes())
    except FileNotFoundError:
        raise NotFound from None
    public = media_audience(facts.state, facts.audience) == "everyone"
    headers = {"cache-control": f"{'public' if public else 'private'}, max-age={_PICTURE_LIFE_S}"}
    return Response(data, media_type="image/jpeg", headers=headers)


@router.post("/clips/{clip_id}/poster")
def put(
    request: Request,
    session: Writing,
    who: WhoDep,
    pages: PagesDep,
    media: MediaDep,
    clip_id: str,
    still: WordForm = "",
) -> Response:
    """Let another picture stand for a clip (owner, staff)."""
    clip = queries.clip_for(session, who.viewer, clip_id)
    lesson = queries.lesson_for(session, who.viewer, clip.lesson_id, Action.EDIT)
    try:
        actions.choose_poster(clip, still)
    except Invalid as error:
        context = _page(request, session, who, pages, media, clip_id, reason(error))
        return pages.respond(request, who, context, status_of(error))
    return pages.redirect(f"/lessons/{lesson.id}", "poster_changed")
