"""One request at a series: its page, and what those who keep it change on it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Annotated

from fastapi import Depends, Request
from sqlalchemy.orm import Session
from starlette.responses import Response

from library.core.errors import Conflict, Invalid, WeikeError
from library.core.permits import Viewer
from library.core.rights import Act, somewhere
from library.plays import queries as plays
from library.works import queries, rules
from server.slices.works.contexts import SeriesCard, SeriesListPage, SeriesPage
from server.web.deps import CardsDep, ClockDep, DatabaseDep, PagesDep, WhoDep
from server.web.errors import status_of
from server.web.pages import pager, reason
from server.web.parts import RefusedForm


class SeriesDesk:
    """Shows somebody series, and changes them as they ask; a form that is not taken comes back as typed."""

    def __init__(
        self,
        request: Request,
        who: WhoDep,
        pages: PagesDep,
        cards: CardsDep,
        clock: ClockDep,
        db: DatabaseDep,
    ) -> None:
        self._request, self._who, self._pages = request, who, pages
        self._cards, self._db = cards, db
        self.clock = clock

    @property
    def viewer(self) -> Viewer:
        """Who asks."""
        return self._who.viewer

    def make(self, act: Callable[[Session], str], **typed: str) -> Response:
        """Make a series and go to it."""
        try:
            with self._db.write() as session:
                series_id = act(session)
        except (Invalid, Conflict) as error:
            refused = _refused("new", error, typed)
            with self._db.read() as session:
                return self.list(session, 1, refused, status_of(error))
        return self._pages.redirect(f"/series/{series_id}", "series_made")

    def change(
        self,
        series_id: str,
        act: Callable[[Session], object],
        form: str,
        done: str = "",
        /,
        *,
        back: str = "",
        **typed: str,
    ) -> Response:
        """Change a series and go on to `back`, or to its page, with the word `done`."""
        try:
            with self._db.write() as session:
                act(session)
        except (Invalid, Conflict) as error:
            refused = _refused(form, error, typed)
            with self._db.read() as session:
                return self.page(session, series_id, refused, status_of(error))
        return self._pages.redirect(back or f"/series/{series_id}", done or None)

    def list(
        self, session: Session, page: int, refused: RefusedForm | None = None, status: int = 200
    ) -> Response:
        """Return a page of the series."""
        found = queries.series_page(session, self.viewer, page)
        covers = queries.covers(session, self.viewer, [row.series.id for row in found.items])
        pictures = {series_id: self._cards.one(lesson, 0).picture for series_id, lesson in covers.items()}
        context = SeriesListPage(
            frame=self._pages.frame(self._request, session, self._who),
            series=tuple(
                SeriesCard(
                    id=row.series.id,
                    title=row.series.title,
                    text=row.series.text,
                    count=row.count,
                    picture=pictures.get(row.series.id),
                )
                for row in found.items
            ),
            pager=pager(found, "/series"),
            title_max=rules.TITLE_MAX,
            text_max=rules.TEXT_MAX,
            may_make=somewhere(self.viewer, Act.SERIES_MAKE),
            refused=refused,
        )
        return self._pages.respond(self._request, self._who, context, status)

    def page(
        self, session: Session, series_id: str, refused: RefusedForm | None = None, status: int = 200
    ) -> Response:
        """Return the page of a series; raises as `queries.series_for` does."""
        row = queries.series_for(session, self.viewer, series_id)
        lessons = queries.episodes(session, self.viewer, series_id)
        order, person = [one.id for one in lessons], self.viewer.person_id
        seen = plays.watched_lessons(session, person, order) if person is not None else set()
        context = SeriesPage(
            frame=self._pages.frame(self._request, session, self._who),
            id=row.id,
            title=row.title,
            text=row.text,
            episodes=self._cards.of(session, lessons, self.viewer),
            total_s=sum(one.duration_s or 0.0 for one in lessons),
            seen=frozenset(seen) if person is not None else None,
            next_id=rules.next_episode(order, seen),
            title_max=rules.TITLE_MAX,
            text_max=rules.TEXT_MAX,
            may_edit=queries.may_edit(self.viewer, row),
            refused=refused,
        )
        return self._pages.respond(self._request, self._who, context, status)


def _refused(form: str, error: WeikeError, typed: dict[str, str]) -> RefusedForm:
    return RefusedForm(form=form, typed=typed, reason=reason(error))


SeriesDeskDep = Annotated[SeriesDesk, Depends()]
