"""Pages of series: the list, one with its episodes, and what those who keep it change."""

from __future__ import annotations

import re

from fastapi import APIRouter
from sqlalchemy.orm import Session
from starlette.responses import Response

from library.core.errors import Invalid
from library.core.text import name_key
from library.works import queries
from library.works import series as actions
from library.works.rules import Move
from server.slices.works.series_desk import SeriesDeskDep
from server.web.deps import Lecturer, Reading
from server.web.limits.fields import BlockForm, LineForm, WordForm

router = APIRouter(include_in_schema=False)

_LESSON = re.compile(r"(?:^|/lessons/)([0-9a-z]{16})(?:[/?#]|$)")


def lesson_named(text: str) -> str:
    """Return the id of the lesson that somebody names by it or by the address of a page of it; raises
    Invalid("episode_unknown")."""
    found = _LESSON.search(text.strip())
    if found is None:
        raise Invalid("episode_unknown", field="lesson")
    return found[1]


def move_named(text: str) -> Move:
    """Return what is done with an episode; raises Invalid("unknown_choice")."""
    if text not in tuple(Move):
        raise Invalid("unknown_choice", field="how")
    return Move(text)


@router.get("/series")
def series_list(desk: SeriesDeskDep, session: Reading, page: int = 1) -> Response:
    """The series of which the viewer may see something."""
    return desk.list(session, page)


@router.post("/series")
def make(who: Lecturer, desk: SeriesDeskDep, title: LineForm = "", text: BlockForm = "") -> Response:
    """Make a series (lecturers and the staff)."""

    def act(session: Session) -> str:
        return actions.make(session, desk.viewer, title, text, desk.clock()).id

    return desk.make(act, title=title, text=text)


@router.get("/series/{series_id}")
def one(desk: SeriesDeskDep, session: Reading, series_id: str) -> Response:
    """One series: its episodes in their order."""
    return desk.page(session, series_id)


@router.post("/series/{series_id}/edit")
def edit(desk: SeriesDeskDep, series_id: str, title: LineForm = "", text: BlockForm = "") -> Response:
    """Change what is written about it (who made it, the staff)."""

    def act(session: Session) -> None:
        actions.describe(session, desk.viewer, series_id, title, text, desk.clock())

    return desk.change(series_id, act, "edit", "saved", title=title, text=text)


@router.post("/series/{series_id}/add")
def add(desk: SeriesDeskDep, series_id: str, lesson: LineForm = "") -> Response:
    """Put a lesson at its end: one that the viewer may change."""

    def act(session: Session) -> None:
        queries.series_for(session, desk.viewer, series_id, edit=True)
        actions.add(session, desk.viewer, series_id, lesson_named(lesson), desk.clock())

    return desk.change(series_id, act, "add", "saved", lesson=lesson)


@router.post("/series/{series_id}/move")
def move(desk: SeriesDeskDep, series_id: str, lesson: WordForm = "", how: WordForm = "") -> Response:
    """Move an episode, or take it out."""

    def act(session: Session) -> None:
        queries.series_for(session, desk.viewer, series_id)
        actions.move(session, desk.viewer, series_id, lesson, move_named(how), desk.clock())

    return desk.change(series_id, act, "move")


@router.post("/series/{series_id}/delete")
def delete(desk: SeriesDeskDep, series_id: str, confirm: LineForm = "") -> Response:
    """Take a series away; its lessons stay. Its title must be typed."""

    def act(session: Session) -> None:
        row = queries.series_for(session, desk.viewer, series_id, edit=True)
        if name_key(confirm) != name_key(row.title):
            raise Invalid("confirm_series", field="confirm")
        actions.remove(session, desk.viewer, series_id)

    return desk.change(series_id, act, "delete", "deleted", back="/series", confirm=confirm)
