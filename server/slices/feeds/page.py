"""The page where somebody makes, sees, renews and ends their private link to feeds."""

from __future__ import annotations

from urllib.parse import urlsplit

from fastapi import APIRouter, Request
from sqlalchemy.orm import Session
from starlette.responses import Response

from library.access import feed_links
from library.catalog.tables import Topic
from library.core.errors import NotFound
from library.core.permits import Viewer
from library.organisation import queries as organisation
from library.programme import queries as programme
from library.works import queries as works
from server.slices.feeds.contexts import FeedAddress, FeedsPage
from server.slices.feeds.feeds import MOST_LESSONS
from server.slices.feeds.reading import PUBLIC
from server.web.deps import (
    AddressDep,
    ClockDep,
    PagesDep,
    Reading,
    SecretDep,
    SettingsDep,
    SignedIn,
    Writing,
)
from server.web.limits.fields import WordQuery

router = APIRouter(include_in_schema=False)

_LOOPBACK = frozenset({"127.0.0.1", "localhost", "::1"})


@router.get("/account/feeds")
def feeds(
    request: Request,
    session: Reading,
    who: SignedIn,
    pages: PagesDep,
    site: AddressDep,
    secret: SecretDep,
    settings: SettingsDep,
    series: WordQuery = "",
    topic: WordQuery = "",
) -> Response:
    """The addresses of feeds, those of a series or a topic first where somebody comes from there."""
    link = feed_links.of(session, str(who.viewer.person_id))
    key = feed_links.key_of(link, secret) if link is not None else ""
    context = FeedsPage(
        frame=pages.frame(request, session, who),
        made_at=link.made_at if link is not None else None,
        feeds=_addresses(session, who.viewer, f"{site}/feeds/{key}", series, topic) if key else (),
        public=_addresses(session, Viewer(), f"{site}/feeds/{PUBLIC}", series, topic),
        downloads=settings.downloads,
        most=MOST_LESSONS,
        local=urlsplit(site).hostname in _LOOPBACK,
    )
    return pages.respond(request, who, context)


def _addresses(
    session: Session, viewer: Viewer, base: str, series_id: str, topic_id: str
) -> tuple[FeedAddress, ...]:
    def lessons(kind: str, name: str, path: str) -> FeedAddress:
        url = f"{base}/{path}.rss"
        return FeedAddress(kind=kind, name=name, url=url, sound_url=f"{url}?form=sound")  # type: ignore[arg-type]

    found: list[FeedAddress] = []
    if series_id:
        try:
            row = works.series_for(session, viewer, series_id)
            found.append(lessons("series", row.title, f"series/{row.id}"))
        except NotFound:
            pass  # not for everybody, or gone: then there is no address of it
    about = session.get(Topic, topic_id) if topic_id else None
    if about is not None:
        found.append(lessons("topic", about.name, f"topics/{about.id}"))
    found.append(FeedAddress(kind="weeks", name="", url=f"{base}/weeks.ics"))
    if viewer.signed_in:
        found.append(FeedAddress(kind="gatherings", name="", url=f"{base}/gatherings.ics"))
    found.append(lessons("lessons", "", "lessons"))
    found.append(FeedAddress(kind="reflections", name="", url=f"{base}/reflections.rss"))
    if viewer.signed_in:
        home = organisation.node(session, programme.chain(session, viewer)[0])
        found.append(lessons("node", home.name, f"nodes/{home.id}"))
    return tuple(found)


@router.post("/account/feeds/make")
def make(session: Writing, who: SignedIn, pages: PagesDep, clock: ClockDep) -> Response:
    """Make somebody's link, or another one in its place."""
    had = feed_links.of(session, str(who.viewer.person_id)) is not None
    feed_links.make(session, str(who.viewer.person_id), str(who.sign_in_id), clock())
    return pages.redirect("/account/feeds", "feeds_renewed" if had else "feeds_made")


@router.post("/account/feeds/end")
def end(session: Writing, who: SignedIn, pages: PagesDep) -> Response:
    """End somebody's link: what subscribed to it gets nothing more."""
    feed_links.drop(session, str(who.viewer.person_id))
    return pages.redirect("/account/feeds", "feeds_ended")
