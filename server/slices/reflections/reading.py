"""Published reflections: the list, one of them, and as a text for a public account."""

from __future__ import annotations

from urllib.parse import urlencode

from fastapi import APIRouter, Request
from sqlalchemy.orm import Session
from starlette.responses import Response

from library.core.errors import Conflict, Invalid, NotFound
from library.core.permits import NOBODY, Viewer
from library.organisation import queries as organisation
from library.programme.weeks import read_week
from library.reflections import queries
from library.reflections.permits import may_decide
from library.reflections.queries import Filters
from library.reflections.rules import Part, ReflectionState, steps_in
from server.slices.reflections.contexts import AboutView, PastePage, ReflectionPage, ReflectionsPage
from server.slices.reflections.shown import views
from server.web.deps import AddressDep, PagesDep, Reading, WhoDep
from server.web.limits.fields import WordQuery
from server.web.pages import pager
from server.web.parts import LessonRef
from server.web.shown.reflections import reflection_lines

router = APIRouter(include_in_schema=False)


def filters_of(lesson: str, week: str, node: str) -> Filters:
    """Return what an address narrows the list to; raises NotFound for a week that is none."""
    try:
        wanted = str(read_week(week)) if week else None
    except Invalid:
        raise NotFound from None
    return Filters(lesson or None, wanted, node or None)


@router.get("/reflections")
def reflections(
    request: Request,
    session: Reading,
    who: WhoDep,
    pages: PagesDep,
    address: AddressDep,
    lesson: WordQuery = "",
    week: WordQuery = "",
    node: WordQuery = "",
    page: int = 1,
) -> Response:
    """What is published, narrowed to a lesson, a week, a node."""
    viewer, filters = who.viewer, filters_of(lesson, week, node)
    about, node_name = _about(session, viewer, filters)
    found = queries.published(session, viewer, filters, page)
    narrowed = {
        name: value
        for name, value in (("lesson", filters.lesson_id), ("week", filters.week), ("node", filters.node_id))
        if value
    }
    context = ReflectionsPage(
        frame=pages.frame(request, session, who),
        rows=reflection_lines(session, viewer, found.items),
        pager=pager(found, "/reflections", **narrowed),
        about=about,
        node=node_name,
        feed_url=_feed_url(session, address, filters, narrowed),
        most=queries.MOST_LISTED if found.more else 0,
        write_query=urlencode({name: value for name, value in narrowed.items() if name != "node"}),
    )
    return pages.respond(request, who, context)


def _feed_url(session: Session, address: str, filters: Filters, narrowed: dict[str, str]) -> str:
    """Return the address of the same list as a feed for everybody, "" where everybody is told nothing of it:
    of a node's people, of a lesson that is not for everybody."""
    lesson_id = filters.lesson_id
    if filters.node_id or (lesson_id and not queries.lessons_seen(session, NOBODY, [lesson_id])):
        return ""
    tail = f"?{urlencode(narrowed)}" if narrowed else ""
    return f"{address}/feeds/public/reflections.rss{tail}"


def _about(session: Session, viewer: Viewer, filters: Filters) -> tuple[AboutView, str]:
    lessons = queries.lessons_seen(session, viewer, [filters.lesson_id])
    lesson = lessons.get(filters.lesson_id or "")
    if filters.lesson_id and lesson is None:
        raise NotFound
    name = ""
    if filters.node_id:
        name = organisation.node_names(session, [filters.node_id]).get(filters.node_id, "")
        if not name or not viewer.signed_in:
            raise NotFound
    ref = LessonRef(id=lesson.id, title=lesson.title) if lesson is not None else None
    return AboutView(lesson=ref, week=filters.week or ""), name


@router.get("/reflections/{reflection_id}")
def reflection(
    request: Request, session: Reading, who: WhoDep, pages: PagesDep, reflection_id: str
) -> Response:
    """One reflection, to whoever may read it."""
    row = queries.reflection_for(session, who.viewer, reflection_id)
    mine = row.person_id == who.viewer.person_id
    context = ReflectionPage(
        frame=pages.frame(request, session, who),
        view=views(session, who.viewer, [queries.told(session, row)])[0],
        mine=mine,
        steps=steps_in(row.state, Part.WRITER) if mine else frozenset(),
        may_decide=may_decide(who.viewer, queries.facts(session, row)),
    )
    return pages.respond(request, who, context)


@router.get("/reflections/{reflection_id}/share")
def share(
    request: Request,
    session: Reading,
    who: WhoDep,
    pages: PagesDep,
    address: AddressDep,
    reflection_id: str,
) -> Response:
    """A published one as a text to paste; the lesson's code only where everybody may see the lesson."""
    import segno

    row = queries.reflection_for(session, who.viewer, reflection_id)
    if row.state is not ReflectionState.PUBLISHED:
        raise Conflict("reflection_not_published")
    public = bool(queries.lessons_seen(session, NOBODY, [row.lesson_id]))
    url = f"{address}/lessons/{row.lesson_id}" if public else ""
    context = PastePage(
        frame=pages.frame(request, session, who),
        view=views(session, who.viewer, [queries.told(session, row)])[0],
        code=segno.make(f"{url}?via=qr", error="m", micro=False).png_data_uri(scale=6) if url else "",
        url=url,
    )
    return pages.respond(request, who, context)
