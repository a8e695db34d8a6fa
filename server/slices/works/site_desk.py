"""One request at a site: its page, and what those who keep it change on it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Annotated

from fastapi import Depends, Request
from sqlalchemy.orm import Session
from starlette.responses import Response

from library.core.errors import Conflict, Invalid
from library.core.permits import Viewer
from library.core.rights import Act, somewhere
from library.core.text import NAME_MAX
from library.works import queries, rules
from server.slices.works.contexts import SiteCard, SitePage, SitesPage
from server.web.deps import CardsDep, ClockDep, DatabaseDep, PagesDep, SettingsDep, WhoDep
from server.web.errors import status_of
from server.web.pages import pager, reason
from server.web.parts import RefusedForm
from server.web.shown.works import map_of


class SiteDesk:
    """Shows somebody sites, and changes them as they ask; a form that is not taken comes back as typed."""

    def __init__(
        self,
        request: Request,
        who: WhoDep,
        pages: PagesDep,
        cards: CardsDep,
        settings: SettingsDep,
        clock: ClockDep,
        db: DatabaseDep,
    ) -> None:
        self._request, self._who, self._pages = request, who, pages
        self._cards, self._settings, self._db = cards, settings, db
        self.clock = clock

    @property
    def viewer(self) -> Viewer:
        """Who asks."""
        return self._who.viewer

    def change(
        self, site_id: str, act: Callable[[Session], str], form: str, done: str, **typed: str
    ) -> Response:
        """Change a site ("" a new one) and go on to what `act` returns, with the word `done`."""
        try:
            with self._db.write() as session:
                back = act(session)
        except (Invalid, Conflict) as error:
            refused = RefusedForm(form=form, typed=typed, reason=reason(error))
            with self._db.read() as session:
                if site_id:
                    return self.page(session, site_id, 1, refused, status_of(error))
                return self.list(session, 1, refused, status_of(error))
        return self._pages.redirect(back, done)

    def list(
        self, session: Session, page: int, refused: RefusedForm | None = None, status: int = 200
    ) -> Response:
        """Return a page of the sites."""
        found = queries.sites_page(session, self.viewer, page)
        context = SitesPage(
            frame=self._pages.frame(self._request, session, self._who),
            sites=tuple(
                SiteCard(id=row.site.id, name=row.site.name, place=row.site.place, count=row.count)
                for row in found.items
            ),
            pager=pager(found, "/sites"),
            name_max=NAME_MAX,
            place_max=rules.PLACE_MAX,
            text_max=rules.TEXT_MAX,
            may_make=somewhere(self.viewer, Act.SITE_KEEP),
            refused=refused,
        )
        return self._pages.respond(self._request, self._who, context, status)

    def page(
        self,
        session: Session,
        site_id: str,
        page: int,
        refused: RefusedForm | None = None,
        status: int = 200,
    ) -> Response:
        """Return the page of a site; raises NotFound."""
        row = queries.site(session, site_id)
        found = queries.lessons_at(session, self.viewer, site_id, page)
        context = SitePage(
            frame=self._pages.frame(self._request, session, self._who),
            id=row.id,
            name=row.name,
            place=row.place,
            text=row.text,
            point="" if row.latitude is None else f"{row.latitude:g}, {row.longitude:g}",
            map_url=map_of(row, self._settings.map_url),
            lessons=self._cards.of(session, found.items, self.viewer),
            pager=pager(found, f"/sites/{row.id}"),
            name_max=NAME_MAX,
            place_max=rules.PLACE_MAX,
            text_max=rules.TEXT_MAX,
            may_edit=queries.may_keep(self.viewer, row),
            refused=refused,
        )
        return self._pages.respond(self._request, self._who, context, status)


SiteDeskDep = Annotated[SiteDesk, Depends()]
