"""The picture that stands for a clip, at an address that stays."""

from __future__ import annotations

import obstore
from fastapi import APIRouter
from starlette.responses import Response

from library.catalog import covers, queries
from library.catalog.permits import media_audience
from library.core.errors import NotFound
from library.intake.files.objects import clip_prefix
from server.web.deps import DatabaseDep, StoreDep, WhoDep

router = APIRouter(include_in_schema=False)

_PICTURE_LIFE_S = 3600
"""For so long caches show another picture than the one that was chosen since."""


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
