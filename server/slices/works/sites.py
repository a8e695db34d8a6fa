"""Pages of sites: the list, one with the lessons held there, and what the staff change."""

from __future__ import annotations

from fastapi import APIRouter
from sqlalchemy.orm import Session
from starlette.responses import Response

from library.core.errors import Invalid
from library.core.text import name_key
from library.works import queries
from library.works import sites as actions
from library.works.rules import read_point
from library.works.sites import SiteWords
from server.slices.works.site_desk import SiteDeskDep
from server.web.deps import Reading, Staff
from server.web.limits.fields import BlockForm, LineForm

router = APIRouter(include_in_schema=False)


@router.get("/sites")
def sites(desk: SiteDeskDep, session: Reading, page: int = 1) -> Response:
    """Where lessons are held."""
    return desk.list(session, page)


@router.post("/sites")
def make(
    who: Staff,
    desk: SiteDeskDep,
    name: LineForm = "",
    place: LineForm = "",
    point: LineForm = "",
    text: BlockForm = "",
) -> Response:
    """Make a site (the staff)."""

    def act(session: Session) -> str:
        what = SiteWords(name, place, text, read_point(point))
        return f"/sites/{actions.make(session, desk.viewer, what, desk.clock()).id}"

    typed = {"name": name, "place": place, "point": point, "text": text}
    return desk.change("", act, "new", "saved", **typed)


@router.get("/sites/{site_id}")
def one(desk: SiteDeskDep, session: Reading, site_id: str, page: int = 1) -> Response:
    """One site, with the lessons held there."""
    return desk.page(session, site_id, page)


@router.post("/sites/{site_id}/edit")
def edit(
    desk: SiteDeskDep,
    site_id: str,
    name: LineForm = "",
    place: LineForm = "",
    point: LineForm = "",
    text: BlockForm = "",
) -> Response:
    """Change what is written about it (the staff of its node)."""

    def act(session: Session) -> str:
        queries.site_kept(session, desk.viewer, site_id)
        actions.describe(session, desk.viewer, site_id, SiteWords(name, place, text, read_point(point)))
        return f"/sites/{site_id}"

    typed = {"name": name, "place": place, "point": point, "text": text}
    return desk.change(site_id, act, "edit", "saved", **typed)


@router.post("/sites/{site_id}/delete")
def delete(desk: SiteDeskDep, site_id: str, confirm: LineForm = "") -> Response:
    """Take a site away; its lessons stay. Its name must be typed."""

    def act(session: Session) -> str:
        row = queries.site_kept(session, desk.viewer, site_id)
        if name_key(confirm) != row.folded:
            raise Invalid("confirm_site", field="confirm")
        actions.remove(session, desk.viewer, site_id)
        return "/sites"

    return desk.change(site_id, act, "delete", "deleted", confirm=confirm)
