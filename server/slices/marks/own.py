"""One's own learning: what is due, what goes on, history, favourites, notes. Nobody else ever sees it."""

from __future__ import annotations

from typing import Annotated
from urllib.parse import quote

from fastapi import APIRouter, Depends
from sqlalchemy.orm import Session
from starlette.responses import Response

from library.catalog import queries as catalog
from library.catalog.tables import Lesson
from library.core.errors import NotFound
from library.marks import actions, queries, rules
from library.marks.queries import NoteFilters
from library.questions import queries as questions
from server.slices.marks import export
from server.slices.marks.contexts import (
    AskedLine,
    FavouritesPage,
    HistoryPage,
    LearningPage,
    NoteRow,
    NotesPage,
)
from server.slices.marks.shown import by_day, favourite_rows, history_rows, note_rows
from server.web.deps import AddressDep, CardsDep, MediaDep, Reading, RuleDep
from server.web.files.sheets import XLSX
from server.web.form_door import FormDoor
from server.web.forms.numbers import page_of, version_of
from server.web.forms.seconds import read_second
from server.web.language.i18n import N_
from server.web.limits.fields import BlockForm, LineForm, LineQuery, WordForm, WordQuery
from server.web.pages import pager, safe_next
from server.web.parts import RefusedForm
from server.web.shown.marks import go_on, marks_of
from server.web.shown.mondays import own_week
from server.web.shown.weeks import home_weeks, present

router = APIRouter(include_in_schema=False)

_GO_ON, _FEW = 6, 4


class MarksDoor(FormDoor):
    """Who asks, and what is open for them."""

    @property
    def person_id(self) -> str:
        """The id of who asks; the machine never asks for pages."""
        return self.who.viewer.person_id or ""

    def notes_page(
        self,
        session: Session,
        *,
        q: str = "",
        lesson: str = "",
        page: int = 1,
        clip: str = "",
        refused: RefusedForm | None = None,
    ) -> NotesPage:
        """Return the page of one's own notes."""
        found = None
        if lesson:
            known = catalog.lessons_by_ids(session, self.viewer, [lesson])
            found = (lesson, known[0].title if known else "")
        shown = queries.notes(session, self.viewer, NoteFilters(lesson_id=lesson or None, words=q), page)
        rows = note_rows(shown.items)
        if refused is not None and refused.form not in {"new", *(row.id for row in rows)}:
            rows = (*self._refused_row(session, refused.form), *rows)
        return NotesPage(
            frame=self.frame(session),
            rows=rows,
            pager=pager(shown, "/my-learning/notes", q=q, lesson=lesson),
            q=q,
            lesson=found,
            clip=clip,
            note_max=rules.NOTE_MAX,
            most=rules.NOTES_MOST,
            refused=refused,
        )

    def _refused_row(self, session: Session, note_id: str) -> tuple[NoteRow, ...]:
        """What was typed comes back under its note, also where that is on another page."""
        try:
            found = queries.one_note(session, self.viewer, note_id)
        except NotFound:
            return ()
        return note_rows([found])


DoorDep = Annotated[MarksDoor, Depends()]


@router.get("/my-learning")
def learning(door: DoorDep, session: Reading, cards: CardsDep, media: MediaDep, rule: RuleDep) -> Response:
    """What is due this week, what is left of it, what goes on, and what one keeps."""
    viewer, now = door.viewer, door.clock()
    planned: dict[str, Lesson] = {}
    weeks = home_weeks(session, viewer, now, cards.noting(planned))
    parts = weeks.this.parts if weeks.this is not None else ()
    open_cards = {one.id: one.card for part in parts for one in part.lessons if one.open and one.card}
    own = marks_of(session, viewer, [planned[one] for one in open_cards])
    marked = [own.on(card, planned[one]) for one, card in open_cards.items()]
    asked = questions.mine(session, viewer)
    context = LearningPage(
        frame=door.frame(session),
        most=(rules.FAVOURITES_MOST, rules.HISTORY_MOST, rules.NOTES_MOST),
        own=own_week(session, viewer, present(now), weeks.this),
        week=weeks.this,
        left=tuple(one for one in marked if not one.seen),
        open_lessons=len(open_cards),
        missed=weeks.missed,
        go_on=go_on(session, viewer, media, _GO_ON),
        favourites=favourite_rows(queries.favourites(session, viewer, 1, _FEW).items, media),
        notes=note_rows(queries.notes(session, viewer, NoteFilters()).items[:_FEW]),
        asked=tuple(
            AskedLine(text=one.row.text, state=one.row.state, lesson=one.lesson.title if one.lesson else "")
            for one in asked.items[:_FEW]
        ),
        complete_share=rule.complete_share,
    )
    return door.show(context)


@router.get("/my-learning/export.xlsx")
def take_everything(door: DoorDep, session: Reading, media: MediaDep, address: AddressDep) -> Response:
    """What one keeps, watched and wrote, as a workbook: as much as there can be of each."""
    viewer, catalogue = door.viewer, door.pages.renderer.catalogue(door.who.language)
    kept = queries.favourites(session, viewer, 1, rules.FAVOURITES_MOST, gone=True).items
    watched = queries.history(session, viewer, size=rules.HISTORY_MOST).items
    content = export.everything(
        list(zip(favourite_rows(kept, media), (one.at for one in kept), strict=True)),
        history_rows(session, viewer, watched, media),
        note_rows(queries.all_notes(session, viewer)),
        catalogue,
        address,
    )
    name = quote(f"{catalogue.say(N_('我的学习'))}-{door.today}.xlsx", safe="")
    headers = {
        "content-disposition": f"attachment; filename=\"weike-learning.xlsx\"; filename*=UTF-8''{name}",
        "cache-control": "private, no-store",
    }
    return Response(content, media_type=XLSX, headers=headers)


# ---------------------------------------------------------------------- history


@router.get("/my-learning/history")
def history(
    door: DoorDep, session: Reading, media: MediaDep, rule: RuleDep, q: LineQuery = "", page: int = 1
) -> Response:
    """What one watched in the last days."""
    shown = queries.history(session, door.viewer, q, page)
    context = HistoryPage(
        frame=door.frame(session),
        days=by_day(history_rows(session, door.viewer, shown.items, media)),
        pager=pager(shown, "/my-learning/history", q=q),
        q=q,
        paused=queries.is_paused(session, door.person_id),
        most=rules.HISTORY_MOST,
        kept_days=rules.HISTORY_KEPT.days,
        complete_share=rule.complete_share,
    )
    return door.show(context)


@router.post("/my-learning/history/forget")
def forget(door: DoorDep, clip: WordForm = "", all: WordForm = "") -> Response:
    """Delete one clip of one's history, or all of it."""
    with door.db.write() as session:
        if all == "1":
            actions.forget_all(session, door.person_id, door.clock())
        else:
            actions.forget_clip(session, door.person_id, clip)
    return door.pages.redirect(
        "/my-learning/history", "history_forgotten" if all == "1" else "history_clip_forgotten"
    )


@router.post("/my-learning/history/pause")
def pause(door: DoorDep, paused: WordForm = "") -> Response:
    """Keep no history from now on, or do so again."""
    with door.db.write() as session:
        actions.pause(session, door.person_id, paused=paused == "1")
    return door.pages.redirect(
        "/my-learning/history", "history_paused" if paused == "1" else "history_resumed"
    )


# ---------------------------------------------------------------------- favourites


@router.get("/my-learning/favourites")
def favourites(door: DoorDep, session: Reading, media: MediaDep, page: int = 1) -> Response:
    """What one keeps."""
    shown = queries.favourites(session, door.viewer, page, gone=True)
    context = FavouritesPage(
        frame=door.frame(session),
        rows=favourite_rows(shown.items, media),
        pager=pager(shown, "/my-learning/favourites"),
        most=rules.FAVOURITES_MOST,
    )
    return door.show(context)


@router.post("/my-learning/favourites/{thing_id}/remove")
def remove(door: DoorDep, thing_id: str) -> Response:
    """Keep something no more, also what one may not see any more."""
    with door.db.write() as session:
        actions.let_go(session, door.person_id, thing_id)
    return door.pages.redirect("/my-learning/favourites", "favourite_gone")


def _kept(door: MarksDoor, lesson_id: str, clip_id: str | None, keep: str, back: str) -> Response:
    with door.db.write() as session:
        if keep != "1":
            actions.let_go(session, door.person_id, clip_id or lesson_id)
        elif clip_id is not None:
            clip = catalog.clip_for(session, door.viewer, clip_id)
            actions.keep(session, door.person_id, catalog.lesson(session, clip.lesson_id), clip, door.clock())
        else:
            lesson = catalog.lesson_for(session, door.viewer, lesson_id)
            actions.keep(session, door.person_id, lesson, None, door.clock())
    return door.pages.redirect(back, "favourite_kept" if keep == "1" else "favourite_gone")


@router.post("/clips/{clip_id}/favourite")
def keep_clip(door: DoorDep, clip_id: str, keep: WordForm = "1", next: LineForm = "") -> Response:
    """Keep a clip, or keep it no more."""
    with door.db.read() as session:
        catalog.clip_for(session, door.viewer, clip_id)
    return _kept(door, "", clip_id, keep, safe_next(next) if next else f"/clips/{clip_id}")


@router.post("/lessons/{lesson_id}/favourite")
def keep_lesson(door: DoorDep, lesson_id: str, keep: WordForm = "1", next: LineForm = "") -> Response:
    """Keep a lesson, or keep it no more."""
    with door.db.read() as session:
        catalog.lesson_for(session, door.viewer, lesson_id)
    return _kept(door, lesson_id, None, keep, safe_next(next) if next else f"/lessons/{lesson_id}")


# ---------------------------------------------------------------------- notes


@router.get("/my-learning/notes")
def notes(
    door: DoorDep, session: Reading, q: LineQuery = "", lesson: WordQuery = "", page: int = 1
) -> Response:
    """One's own notes."""
    return door.show(door.notes_page(session, q=q, lesson=lesson, page=page))


@router.get("/my-learning/notes/export.{ending}")
def take_along(door: DoorDep, session: Reading, address: AddressDep, ending: str) -> Response:
    """All notes as a file: md, txt or docx."""
    if ending not in export.WRITERS:
        raise NotFound
    kind, write = export.WRITERS[ending]
    catalogue = door.pages.renderer.catalogue(door.who.language)
    rows = note_rows(queries.all_notes(session, door.viewer))
    headers = {
        "content-disposition": f'attachment; filename="weike-notes.{ending}"',
        "cache-control": "private, no-store",
    }
    return Response(write(rows, catalogue, address), media_type=kind, headers=headers)


@router.post("/clips/{clip_id}/notes")
def write(door: DoorDep, clip_id: str, at: WordForm = "", text: BlockForm = "") -> Response:
    """Write a note at a second of a clip; without scripts one goes back to that second."""

    def act(session: Session) -> str:
        clip = catalog.clip_for(session, door.viewer, clip_id)
        second = read_second(at or "0", "note_second")
        actions.write(session, door.person_id, clip, second, text, door.clock())
        return f"/clips/{clip_id}?t={second:g}"

    def page(session: Session, refused: RefusedForm | None) -> NotesPage:
        return door.notes_page(session, clip=clip_id, refused=refused)

    return door.change(act, "note_written", "new", page, {"at": at, "text": text})


@router.post("/my-learning/notes/{note_id}/edit")
def edit(
    door: DoorDep,
    note_id: str,
    version: WordForm = "",
    text: BlockForm = "",
    q: LineForm = "",
    lesson: WordForm = "",
    page: WordForm = "",
) -> Response:
    """Change a note of one's own."""

    def act(session: Session) -> str:
        number = version_of(version)
        actions.rewrite(session, door.person_id, note_id, number, text, door.clock())
        return "/my-learning/notes"

    def again(session: Session, refused: RefusedForm | None) -> NotesPage:
        return door.notes_page(session, q=q, lesson=lesson, page=page_of(page), refused=refused)

    return door.change(act, "note_written", note_id, again, {"text": text})


@router.post("/my-learning/notes/{note_id}/delete")
def delete(door: DoorDep, note_id: str) -> Response:
    """Delete a note of one's own for good."""
    with door.db.write() as session:
        actions.delete_note(session, door.person_id, note_id)
    return door.pages.redirect("/my-learning/notes", "note_deleted")
