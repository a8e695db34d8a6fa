"""What somebody signs in with besides a password, for who may change their account."""

from __future__ import annotations

from fastapi import APIRouter, Request
from starlette.responses import Response

from library.access import second_factor
from library.access import second_factor_queries as queries
from library.access.identities import linking
from library.core.errors import NotFound
from library.people import actions as people
from library.people.permits import may_erase
from server.slices.access.contexts import WaysInPage
from server.slices.access.ways import WaysDep
from server.web.deps import ClockDep, Eraser, PagesDep, Reading, Secretary, Writing
from server.web.routing.reading import reads

router = APIRouter(include_in_schema=False)


@router.get("/people/{person_id}/ways-in", dependencies=[reads("ways_in", of="person_id")])
def ways_in(
    request: Request, session: Reading, who: Secretary, pages: PagesDep, ways: WaysDep, person_id: str
) -> Response:
    """The ways in of somebody."""
    if not ways.offered:
        raise NotFound
    row = people.changeable(session, who.viewer, person_id)
    factor = queries.factor_of(session, person_id)
    context = WaysInPage(
        frame=pages.frame(request, session, who),
        person_id=person_id,
        name=row.name,
        username=row.username,
        factor_since=factor.confirmed_at if factor is not None else None,
        codes_left=factor.codes_left if factor is not None else 0,
        may_take_off=factor is not None and may_erase(who.viewer, row.id, row.held),
        links=ways.links_of(session, person_id, who.language),
    )
    return pages.respond(request, who, context)


@router.post("/people/{person_id}/second-factor/off")
def take_off(session: Writing, who: Eraser, pages: PagesDep, person_id: str) -> Response:
    """Take a second factor off whose person has lost it; administrators alone."""
    second_factor.take_off(session, who.viewer, person_id)
    return pages.redirect(f"/people/{person_id}/ways-in", "second_factor_taken")


@router.post("/people/{person_id}/links/{link_id}/end")
def end_link(
    session: Writing, who: Secretary, pages: PagesDep, clock: ClockDep, person_id: str, link_id: str
) -> Response:
    """End a link to an account elsewhere; browsers that came in through it are signed out."""
    linking.end_link(session, who.viewer, person_id, link_id, clock())
    return pages.redirect(f"/people/{person_id}/ways-in", "link_ended")
