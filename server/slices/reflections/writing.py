"""Writing a reflection: the editor beside the clip, quotes, what it is like, and sending it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated

from fastapi import APIRouter, Depends
from sqlalchemy.orm import Session
from starlette.responses import PlainTextResponse, RedirectResponse, Response

from library.catalog import queries as catalog
from library.core.clock import CHINA
from library.core.errors import Invalid, WeikeError
from library.core.ids import new_id
from library.organisation import queries as organisation
from library.reflections import actions, queries, rules
from library.reflections.actions import About, Draft
from library.reflections.likeness.comparing import compare
from library.reflections.permits import home_of
from library.reflections.rules import Part, steps_in
from server.slices.reflections.contexts import CheckPage, OwnReflectionsPage, ReflectionPage
from server.slices.reflections.desk_of_writer import (
    REFUSALS,
    WriterDeskDep,
    second_asked,
    second_of,
    version_of,
)
from server.slices.reflections.shown import own_rows, views
from server.web.deps import Reading
from server.web.errors import status_of
from server.web.limits.fields import BlockForm, LineForm, WordForm, WordQuery
from server.web.pages import pager, reason
from server.web.parts import RefusedForm

router = APIRouter(include_in_schema=False)


@dataclass(frozen=True)
class WrittenForm:
    """What the editor's form says."""

    version: str
    title: str
    text: str
    lesson: str
    week: str
    gathering: str

    @property
    def typed(self) -> dict[str, str]:
        """What comes back when it is not taken."""
        return {"title": self.title, "text": self.text}


def written_form(
    version: WordForm = "",
    title: LineForm = "",
    text: BlockForm = "",
    lesson: WordForm = "",
    week: WordForm = "",
    gathering: WordForm = "",
) -> WrittenForm:
    """Read the editor's form."""
    return WrittenForm(version, title, text, lesson, week, gathering)


WrittenDep = Annotated[WrittenForm, Depends(written_form)]


@router.get("/reflections/mine")
def mine(desk: WriterDeskDep, session: Reading, page: int = 1) -> Response:
    """One's own: drafts, what was sent, what is published."""
    found = queries.mine(session, desk.viewer, page)
    context = OwnReflectionsPage(
        frame=desk.pages.frame(desk.request, session, desk.who),
        rows=own_rows(session, desk.viewer, found.items),
        pager=pager(found, "/reflections/mine"),
        invitations=desk.invitations(session),
    )
    return desk.pages.respond(desk.request, desk.who, context)


@router.get("/reflections/export.txt")
def export(desk: WriterDeskDep, session: Reading) -> Response:
    """All that somebody wrote, drafts too, as one text to keep."""
    rows = queries.all_of(session, str(desk.viewer.person_id))
    quotes = queries.quotes_of(session, [row.id for row in rows])
    names = queries.lessons_seen(session, desk.viewer, {row.lesson_id for row in rows})
    words = desk.pages.renderer.catalogue(desk.who.language)
    blocks = []
    for row in rows:
        lesson = names.get(row.lesson_id or "")
        head = [row.title or words.say("（没有标题）"), f"{row.made_at.astimezone(CHINA):%Y-%m-%d %H:%M}"]
        head += [lesson.title] if lesson is not None else []
        head += [row.week] if row.week else []
        said = []
        for part in rules.with_marks(row.text, quotes.get(row.id, [])):
            said.append(part if isinstance(part, str) else f"「{part.text}」")
        blocks.append("\n".join([*head, "", "".join(said).strip()]))
    body = ("\n\n" + "-" * 20 + "\n\n").join(blocks) + "\n"
    headers = {
        "content-disposition": 'attachment; filename="reflections.txt"',
        "cache-control": "private, no-store",
    }
    return PlainTextResponse("\ufeff" + body, headers=headers)


@router.get("/reflections/write")
def write(
    desk: WriterDeskDep,
    session: Reading,
    lesson: WordQuery = "",
    week: WordQuery = "",
    gathering: WordQuery = "",
    clip: WordQuery = "",
    t: WordQuery = "",
) -> Response:
    """Begin to write, or go on with what was begun about the same."""
    if clip and not lesson:
        lesson = catalog.clip_for(session, desk.viewer, clip).lesson_id
    about = desk.about(session, lesson, week, gathering)
    begun = queries.draft_about(session, desk.viewer, about.lesson_id, about.week, about.gathering_id)
    if begun is not None:
        where = f"?clip={clip}&t={second_asked(t):g}" if clip else ""
        return RedirectResponse(f"/reflections/{begun.id}/edit{where}", 303)
    return desk.page(session, new_id(), about, clip, second_asked(t))


@router.get("/reflections/{reflection_id}/edit")
def edit(
    desk: WriterDeskDep, session: Reading, reflection_id: str, clip: WordQuery = "", t: WordQuery = ""
) -> Response:
    """Go on writing; what was sent is read instead."""
    if desk.editable(session, reflection_id) is None:
        return RedirectResponse(f"/reflections/{reflection_id}", 303)
    return desk.page(session, reflection_id, About(), clip, second_asked(t))


@router.post("/reflections/{reflection_id}/save")
def save(desk: WriterDeskDep, form: WrittenDep, reflection_id: str, then: WordForm = "save") -> Response:
    """Keep what was written, and perhaps go on to see what it is like."""
    to = f"/reflections/{reflection_id}/" + ("check" if then == "check" else "edit")
    return _saved(desk, form, reflection_id, to, None if then == "check" else "reflection_saved")


def _saved(
    desk: WriterDeskDep,
    form: WrittenForm,
    reflection_id: str,
    to: str,
    done: str | None,
    clip: str = "",
    at: str | None = None,
    n: int | None = None,
) -> Response:
    with desk.db.read() as session:
        about = desk.about(session, form.lesson, form.week, form.gathering)

    def act(session: Session) -> None:
        draft = Draft(form.title, form.text)
        version = version_of(form.version) or None
        actions.save(session, desk.viewer, reflection_id, draft, about, version, desk.clock())
        if at is not None:
            actions.quote(session, desk.viewer, reflection_id, clip, second_of(at), desk.clock())
        if n is not None:
            actions.unquote(session, desk.viewer, reflection_id, n, desk.clock())

    return desk.change(reflection_id, act, to, done, "write", about, **form.typed)


@router.post("/reflections/{reflection_id}/quote")
def quote(
    desk: WriterDeskDep, form: WrittenDep, reflection_id: str, clip: WordForm = "", at: WordForm = ""
) -> Response:
    """Keep what was written, and quote what is said at a second of the clip."""
    try:
        second = second_of(at)
    except Invalid:
        second = 0.0  # said below, with the form
    to = f"/reflections/{reflection_id}/edit?clip={clip if clip.isalnum() else ''}&t={second:g}"
    return _saved(desk, form, reflection_id, to, "reflection_quoted", clip, at)


@router.post("/reflections/{reflection_id}/unquote")
def unquote(desk: WriterDeskDep, form: WrittenDep, reflection_id: str, n: WordForm = "") -> Response:
    """Keep what was written, and take a quote out."""
    number = int(n) if n.isdecimal() and len(n) <= 2 else 0
    return _saved(
        desk, form, reflection_id, f"/reflections/{reflection_id}/edit", "reflection_saved", n=number
    )


@router.get("/reflections/{reflection_id}/check")
def check(desk: WriterDeskDep, session: Reading, reflection_id: str) -> Response:
    """Show its writer what it is like, before it is sent: nothing of it is kept."""
    return _check(desk, session, reflection_id)


def _check(
    desk: WriterDeskDep, session: Session, reflection_id: str, error: WeikeError | None = None
) -> Response:
    row = desk.editable(session, reflection_id)
    if row is None:
        return RedirectResponse(f"/reflections/{reflection_id}", 303)
    home, compared = home_of(desk.viewer), compare(session, desk.viewer, row)
    context = CheckPage(
        frame=desk.pages.frame(desk.request, session, desk.who),
        view=views(session, desk.viewer, [queries.told(session, row)])[0],
        likenesses=tuple(compared.likenesses),
        more=compared.more,
        at_least=compared.at_least,
        reader=organisation.node(session, home).name if home else "",
        refused=RefusedForm(form="send", typed={}, reason=reason(error)) if error is not None else None,
    )
    return desk.pages.respond(desk.request, desk.who, context, status_of(error) if error else 200)


@router.post("/reflections/{reflection_id}/send")
def send(desk: WriterDeskDep, reflection_id: str) -> Response:
    """Hand it to the secretary of one's home."""
    try:
        with desk.db.write() as session:
            actions.send(session, desk.viewer, reflection_id, desk.clock())
    except REFUSALS as error:
        with desk.db.read() as session:
            return _check(desk, session, reflection_id, error)
    return desk.pages.redirect(f"/reflections/{reflection_id}", "reflection_sent_done")


@router.post("/reflections/{reflection_id}/withdraw")
def withdraw(desk: WriterDeskDep, reflection_id: str) -> Response:
    """Take one's own back, before or after it was published."""
    try:
        with desk.db.write() as session:
            actions.withdraw(session, desk.viewer, reflection_id, desk.clock())
    except REFUSALS as error:
        return _read(desk, reflection_id, error)
    return desk.pages.redirect(f"/reflections/{reflection_id}/edit", "reflection_withdrawn")


@router.post("/reflections/{reflection_id}/delete")
def delete(desk: WriterDeskDep, reflection_id: str, confirm: WordForm = "") -> Response:
    """Delete one's own for good; a tick is asked for."""
    try:
        with desk.db.write() as session:
            queries.own(session, desk.viewer, reflection_id)
            if confirm != "1":
                raise Invalid("reflection_confirm", field="confirm")
            actions.delete(session, desk.viewer, reflection_id, desk.clock())
    except REFUSALS as error:
        return _read(desk, reflection_id, error)
    return desk.pages.redirect("/reflections/mine", "reflection_deleted")


def _read(desk: WriterDeskDep, reflection_id: str, error: WeikeError) -> Response:
    with desk.db.read() as session:
        row = queries.own(session, desk.viewer, reflection_id)
        context = ReflectionPage(
            frame=desk.pages.frame(desk.request, session, desk.who),
            view=views(session, desk.viewer, [queries.told(session, row)])[0],
            mine=True,
            steps=steps_in(row.state, Part.WRITER),
            refused=RefusedForm(form="own", typed={}, reason=reason(error)),
        )
        return desk.pages.respond(desk.request, desk.who, context, status_of(error))
