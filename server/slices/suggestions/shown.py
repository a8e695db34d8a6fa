"""Suggestions as pages and the API show them, and where a new one goes."""

from __future__ import annotations

import re
from collections.abc import Sequence

from sqlalchemy.orm import Session

from library.catalog import queries as catalog
from library.core.errors import NotFound
from library.core.permits import Viewer
from library.organisation import queries as organisation
from library.people import queries as people
from library.suggestions.rules import SuggestionState, actions_in, page_of
from library.suggestions.tables import Suggestion
from server.slices.suggestions.contexts import DeskRow, OwnAnswer, PublicRow
from server.web.parts import LessonRef

_LESSON = re.compile(r"/lessons/([a-z0-9]{16})(?:/.*)?")


def lesson_at(session: Session, viewer: Viewer, about: str) -> tuple[LessonRef, str] | None:
    """Return the lesson whose page a path is, and its node; None where there is none that the viewer sees."""
    match = _LESSON.fullmatch(page_of(about))
    if match is None:
        return None
    try:
        lesson = catalog.lesson_for(session, viewer, match[1])
    except NotFound:
        return None
    return LessonRef(id=lesson.id, title=lesson.title), lesson.node_id


def _lessons(session: Session, viewer: Viewer, rows: Sequence[Suggestion]) -> dict[str, LessonRef]:
    """Return the lessons that suggestions are about, as far as the viewer sees them."""
    ids = sorted({row.lesson_id for row in rows if row.lesson_id is not None})
    found = catalog.lessons_by_ids(session, viewer, ids) if ids else []
    return {one.id: LessonRef(id=one.id, title=one.title) for one in found}


def public_rows(session: Session, viewer: Viewer, rows: Sequence[Suggestion]) -> tuple[PublicRow, ...]:
    """Return released suggestions as everybody may read them."""
    lessons = _lessons(session, viewer, rows)
    return tuple(
        PublicRow(
            text=row.text if row.text_shown else "",
            answer=row.answer,
            done=row.done,
            at=row.changed_at,
            lesson=lessons.get(row.lesson_id or ""),
        )
        for row in rows
        if row.state is SuggestionState.RELEASED
    )


def own_answer(row: Suggestion) -> OwnAnswer:
    """Return a suggestion as the holder of its receipt may read it."""
    return OwnAnswer(
        text=row.text, state=row.state, handed_in=row.created_at, answer=row.answer, done=row.done
    )


def desk_rows(session: Session, viewer: Viewer, rows: Sequence[Suggestion]) -> tuple[DeskRow, ...]:
    """Return suggestions as the staff see them."""
    lessons = _lessons(session, viewer, rows)
    persons = {one for row in rows for one in (row.person_id, row.answered_by) if one is not None}
    names = people.names_of(session, persons)
    nodes = organisation.node_names(session, {row.node_id for row in rows})
    return tuple(
        DeskRow(
            id=row.id,
            version=row.version,
            state=row.state,
            text=row.text,
            contact=row.contact,
            by=names.get(row.person_id or "", ""),
            node=nodes.get(row.node_id, ""),
            about=row.page,
            lesson=lessons.get(row.lesson_id or ""),
            handed_in=row.created_at,
            answer=row.answer,
            done=row.done,
            answered_by=names.get(row.answered_by or "", ""),
            text_shown=row.text_shown,
            actions=actions_in(row.state),
        )
        for row in rows
    )
