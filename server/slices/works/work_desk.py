"""One request at what belongs to a lesson: its honours, its materials."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Annotated, Literal

from fastapi import Depends, Request
from sqlalchemy.orm import Session
from starlette.responses import Response

from library.catalog import queries as catalog
from library.catalog.permits import Action, may
from library.core.clock import local_day
from library.core.errors import Conflict, Invalid, Throttled, TooLarge
from library.core.permits import Viewer
from library.versions import belongings
from library.versions import queries as versions
from library.versions.actions import Saved
from library.works import queries, rules
from library.works.formats import WORDED, WordsRead
from library.works.tables import LessonFile
from server.slices.works.contexts import WorkPage
from server.web.deps import ClockDep, DatabaseDep, PagesDep, WhoDep
from server.web.errors import status_of
from server.web.pages import reason
from server.web.parts import MaterialLine, RefusedForm, Waits
from server.web.shown.lesson_cards import lesson_ref
from server.web.shown.works import honour_line, material_line, site_ref


class WorkDesk:
    """Shows what belongs to a lesson to those who work on it, and changes it as they ask."""

    def __init__(
        self, request: Request, who: WhoDep, pages: PagesDep, clock: ClockDep, db: DatabaseDep
    ) -> None:
        self._request, self._who, self._pages, self._db = request, who, pages, db
        self.clock = clock

    @property
    def viewer(self) -> Viewer:
        """Who asks."""
        return self._who.viewer

    @property
    def this_year(self) -> int:
        """The Chinese year of today."""
        return local_day(self.clock()).year

    def check(self, lesson_id: str, action: Action) -> str:
        """Return the lesson's title to who may do something with it; raises as `catalog.lesson_for`."""
        with self._db.read() as session:
            return catalog.lesson_for(session, self.viewer, lesson_id, action).title

    def change(
        self, lesson_id: str, act: Callable[[], Saved | None], form: str, done: str, **typed: str
    ) -> Response:
        """Change what belongs to a lesson; a form that is not taken comes back as typed."""
        try:
            saved = act()
        except (Invalid, Conflict, Throttled, TooLarge) as error:
            refused = RefusedForm(form=form, typed=typed, reason=reason(error))
            with self._db.read() as session:
                return self.page(session, lesson_id, refused, status_of(error))
        said = {Saved.DRAFT: "draft_saved", Saved.NOTHING: "draft_same"}.get(saved, done) if saved else done
        return self._pages.redirect(f"/lessons/{lesson_id}/works", said)

    def page(
        self, session: Session, lesson_id: str, refused: RefusedForm | None = None, status: int = 200
    ) -> Response:
        """Return the page of what belongs to a lesson."""
        lesson = catalog.lesson_for(session, self.viewer, lesson_id, Action.EDIT)
        facts = catalog.facts(lesson)
        here, old = belongings.materials(session, lesson.id)
        context = WorkPage(
            frame=self._pages.frame(self._request, session, self._who),
            lesson=lesson_ref(lesson),
            honours=tuple(honour_line(*one) for one in belongings.honours_here(session, lesson.id)),
            materials=tuple(_worked_on(*one) for one in here),
            old=tuple(map(material_line, old)),
            may_forget=may(self.viewer, Action.PUBLISH, facts),
            drafted=belongings.is_drafted(session, lesson),
            has_draft=versions.draft(session, lesson.id) is not None,
            site=site_ref(session, lesson.id),
            known_sites=tuple(queries.site_names(session)),
            may_honour=may(self.viewer, Action.HONOUR, facts),
            this_year=self.this_year,
            first_year=rules.FIRST_YEAR,
            award_max=rules.AWARD_MAX,
            body_max=rules.BODY_MAX,
            most_materials=rules.MOST_MATERIALS,
            material_bytes=rules.MATERIAL_MAX_BYTES,
            certificate_bytes=rules.CERTIFICATE_MAX_BYTES,
            refused=refused,
        )
        return self._pages.respond(self._request, self._who, context, status)


def _worked_on(row: LessonFile, waits: Waits) -> MaterialLine:
    words: Literal["found", "beginning", "none", "nothing", "unread"] = "unread"
    if row.words_read in (WordsRead.BEGINNING, WordsRead.NOTHING):
        words = "beginning" if row.words else "nothing"
    elif row.words is not None or row.format not in WORDED:
        words = "found" if row.words else "none"
    return replace(material_line(row, waits), downloads=row.downloads, words=words)


WorkDeskDep = Annotated[WorkDesk, Depends()]
