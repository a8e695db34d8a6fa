"""One request at a declaration: its page, and the steps that are taken on it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Annotated

from fastapi import Depends, Request
from sqlalchemy.orm import Session
from starlette.responses import Response

from library.catalog import queries as catalog
from library.catalog.tables import Lesson
from library.core.errors import Conflict, Forbidden, Invalid
from library.core.permits import Viewer
from library.declaring import actions, queries, seen
from library.declaring.queries import Place, Wanted
from library.declaring.rules import levels_of
from library.declaring.states import Part, State, Step
from library.declaring.tables import Declaration
from server.slices.declaring.contexts import DeclarationPage
from server.web.deps import ClockDep, DatabaseDep, MediaDep, PagesDep, SignedIn
from server.web.errors import status_of
from server.web.pages import reason
from server.web.parts import RefusedForm
from server.web.shown.media_urls import MediaUrls

_ON = (Step.READ, Step.APPROVE, Step.SELECT, Step.RETURN, Step.DECLINE)
"""After these steps the reviewer goes on to the next declaration."""


def deciding(step: Step) -> Step:
    """Return a step of whoever decides; raises Forbidden for another, which has a route of its own."""
    if step not in (Step.APPROVE, Step.SELECT, Step.RETURN, Step.DECLINE, Step.PUBLISH):
        raise Forbidden
    return step


def number(text: str) -> int:
    """Return a whole number as a form has it; nonsense is one that nothing has."""
    return int(text) if text.isdecimal() and len(text) <= 9 else -1


def clip_objects(media: MediaUrls, lesson: Lesson) -> list[dict[str, object]]:
    """Return the clips of a lesson that play, as the page's player takes them."""
    return [
        {
            "n": clip.n,
            "start_s": clip.start_s,
            "end_s": clip.end_s,
            "master": media.of(lesson, clip, "master.m3u8"),
        }
        for clip in lesson.clips
        if clip.plan
    ]


class Desk:
    """Shows a declaration to those who have to do with it, and takes their steps; a form that is not taken
    comes back as typed."""

    def __init__(
        self,
        request: Request,
        who: SignedIn,
        pages: PagesDep,
        clock: ClockDep,
        db: DatabaseDep,
        media: MediaDep,
    ) -> None:
        self._request, self._who, self._pages, self._db, self._media = request, who, pages, db, media
        self.clock = clock

    @property
    def viewer(self) -> Viewer:
        """Who asks."""
        return self._who.viewer

    def change(
        self,
        declaration_id: str,
        act: Callable[[Session], Declaration],
        form: str,
        step: Step,
        *,
        place: str = "",
        typed: dict[str, str],
    ) -> Response:
        """Take a step; then the next declaration of the queue, or this page again at `place`."""
        try:
            with self._db.write() as session:
                before = queries.declaration_for(session, self.viewer, declaration_id)
                desk, place_before = before.level_node_id, Place(before.due_at, before.id)
                act(session)
                following = self._next(session, desk, place_before) if step in _ON else ""
        except (Invalid, Conflict) as error:
            refused = RefusedForm(form=form, typed=typed, reason=reason(error))
            with self._db.read() as session:
                return self.page(session, declaration_id, refused, status_of(error))
        to = f"/declarations/{following or declaration_id}{place}"
        if step in _ON and not following:
            to = "/declarations"
        return self._pages.redirect(to, f"declaration_{step}")

    def _next(self, session: Session, node_id: str, place: Place) -> str:
        for start in (place, None):
            rows, _more = queries.queue(session, Wanted((node_id,)), 2, start)
            for row in rows:
                if row.id != place.id:
                    return row.id
        return ""

    def page(
        self,
        session: Session,
        declaration_id: str,
        refused: RefusedForm | None = None,
        status: int = 200,
    ) -> Response:
        """Return the page of a declaration; raises NotFound."""
        now = self.clock()
        row = queries.declaration_for(session, self.viewer, declaration_id)
        one = seen.seen(session, self.viewer, row, now)
        before, after = "", ""
        if row.state is State.DECLARED and one.parts - {Part.LECTURER}:
            before, after = queries.beside(session, row)
        lesson = catalog.lesson(session, row.lesson_id)
        context = DeclarationPage(
            frame=self._pages.frame(self._request, session, self._who),
            one=one,
            before=before,
            after=after,
            plays=any(clip.plan for clip in lesson.clips),
            checklist=actions.points_of(levels_of(row.route)),
            refused=refused,
        )
        return self._pages.respond(self._request, self._who, context, status)


DeskDep = Annotated[Desk, Depends()]


def typed_of(**given: str | Sequence[str]) -> dict[str, str]:
    """Return what was typed into a form; several values of one field stand one after the other."""
    return {name: value if isinstance(value, str) else " ".join(value) for name, value in given.items()}
