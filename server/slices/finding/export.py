"""Taking a search along as a workbook."""

from __future__ import annotations

from urllib.parse import quote

from fastapi import APIRouter
from starlette.responses import Response

from library.core.clock import local_day
from library.core.errors import Invalid
from server.slices.finding.routes import SearchAsked, called
from server.slices.finding.workbook import MEDIA_TYPE, About, gather, workbook
from server.web.deps import AddressDep, ClockDep, DatabaseDep, FinderDep, PagesDep, Staff
from server.web.files.attachments import file_name
from server.web.files.exported import noted
from server.web.language.words import word

router = APIRouter(include_in_schema=False)


@router.get("/search/export.xlsx")
def export(
    who: Staff,
    pages: PagesDep,
    address: AddressDep,
    clock: ClockDep,
    db: DatabaseDep,
    finder: FinderDep,
    asked: SearchAsked,
) -> Response:
    """What the search page with the same address finds, all pages of it, for the staff."""
    if not asked.q.strip():
        raise Invalid("empty", field="q")
    catalogue, now = pages.renderer.catalogue(who.language), clock()
    with db.read() as session:
        texts = called(session, asked.chosen)
    chosen = {name: texts[name] or word(name, value, catalogue) for name, value in asked.chosen.items()}
    about = About(asked.q, chosen, asked.order, now)
    found = gather(
        db,
        finder,
        who.viewer,
        asked.q,
        catalogue,
        filters=asked.filters,
        sort=asked.order,
        base_url=address,
    )
    name = quote(f"{file_name(asked.q)} {local_day(now)}.xlsx", safe="")
    headers = {
        # RFC 8187; the plain name is for whoever does not read the other.
        "content-disposition": f"attachment; filename=\"weike-search.xlsx\"; filename*=UTF-8''{name}",
        "cache-control": "no-store",
    }
    made = workbook(found, about, catalogue)
    return Response(made, media_type=MEDIA_TYPE, headers=headers, background=noted(db, who, "search", "xlsx"))
