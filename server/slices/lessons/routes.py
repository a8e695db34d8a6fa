"""Pages of lessons: home, the whole library, one lesson and what its owner and the staff may change."""

from __future__ import annotations

from dataclasses import replace
from typing import Annotated

from fastapi import APIRouter, Form, Request
from sqlalchemy.orm import Session
from starlette.responses import Response

from library.catalog import actions, queries, shelves
from library.catalog.permits import Action, LessonState
from library.catalog.rules import Genre, read_genre, split_topics
from library.catalog.tables import Lesson
from library.core.days import parse_date
from library.core.errors import Conflict, Invalid
from library.core.text import name_key
from library.review import actions as review
from library.versions import actions as versions
from server.slices.lessons.audience_form import AudienceFormDep
from server.slices.lessons.contexts import HomePage, LessonsPage, SheetPage, TopicLink
from server.slices.lessons.desk import EDITED, DeskDep, Done
from server.web.deps import AddressDep, CardsDep, ClockDep, MediaDep, PagesDep, Reading, WhoDep
from server.web.limits.fields import BlockForm, LineForm, WordForm, WordQuery
from server.web.pages import pager, safe_next
from server.web.parts import Facet
from server.web.shown.declarations import home_declarations
from server.web.shown.lesson_cards import lesson_ref
from server.web.shown.marks import go_on, marks_of
from server.web.shown.mondays import home_branches, own_week
from server.web.shown.sharing import share_lesson
from server.web.shown.weeks import home_weeks, present, with_marks

router = APIRouter(include_in_schema=False)

_PER_PAGE = 24
_ON_HOME = 12
_WATCHED_ON_HOME = 6
_TOPICS_ON_HOME = 12


@router.get("/")
def home(
    request: Request,
    session: Reading,
    who: WhoDep,
    pages: PagesDep,
    cards: CardsDep,
    media: MediaDep,
    clock: ClockDep,
) -> Response:
    """What is planned for this week, what is due, topics, newest and most watched lessons; none twice."""
    viewer, now = who.viewer, clock()
    in_weeks: dict[str, Lesson] = {}
    weeks = home_weeks(session, viewer, now, cards.noting(in_weeks))
    planned = {one.id for part in weeks.this.shown for one in part.lessons} if weeks.this else set()
    latest = shelves.newest_ids(session, viewer, shelves.LOOKED_AT)
    newest, watched = shelves.only_once(
        latest[: _ON_HOME + len(planned)], cards.most_watched(session), shown=planned, most=_ON_HOME
    )
    shown = queries.lessons_by_ids(session, viewer, (*newest, *watched))
    own = marks_of(session, viewer, [*shown, *in_weeks.values()])
    if weeks.this is not None:
        weeks = replace(weeks, this=with_marks(weeks.this, own, in_weeks))
    card_of = {card.id: card for card in cards.of(session, shown, own=own)}
    topics = shelves.some_topics(session, latest, _TOPICS_ON_HOME)
    context = HomePage(
        frame=pages.frame(request, session, who),
        weeks=weeks,
        own=own_week(session, viewer, present(now), weeks.this),
        branches=home_branches(session, viewer, now),
        declarations=home_declarations(session, viewer, now),
        newest=tuple(card_of[one] for one in newest),
        most_watched=tuple(card_of[one] for one in watched if one in card_of)[:_WATCHED_ON_HOME],
        topics=tuple(TopicLink(id=one, name=name, count=n) for one, name, n in topics),
        total=len(latest) if len(latest) < shelves.LOOKED_AT else shelves.count_published(session, viewer),
        most=shelves.MOST_COUNTED,
        go_on=go_on(session, viewer, media),
    )
    return pages.respond(request, who, context)


@router.get("/lessons")
def lessons(
    request: Request,
    session: Reading,
    who: WhoDep,
    pages: PagesDep,
    cards: CardsDep,
    topic: WordQuery = "",
    lecturer: WordQuery = "",
    year: WordQuery = "",
    genre: WordQuery = "",
    page: int = 1,
) -> Response:
    """The whole library, narrowed as one likes."""
    filters = queries.Filters(
        topic=topic or None,
        lecturer=lecturer or None,
        year=int(year) if year.isdecimal() and len(year) == 4 else None,
        genre=Genre(genre) if genre in tuple(Genre) else None,
        state=LessonState.PUBLISHED,
    )
    found = queries.lessons_page(session, who.viewer, filters, page, _PER_PAGE)
    topics, lecturers, years = queries.facets(session, who.viewer, filters)
    context = LessonsPage(
        frame=pages.frame(request, session, who),
        lessons=cards.of(session, found.items, who.viewer),
        pager=pager(found, "/lessons", topic=topic, lecturer=lecturer, year=year, genre=genre),
        topics=_facets(topics),
        lecturers=_facets(lecturers),
        years=_facets(years),
        genres=tuple(Facet(value=one, count=n) for one, n in queries.genres(session, who.viewer, filters)),
        topic=topic,
        lecturer=lecturer,
        year=year,
        genre=str(filters.genre or ""),
    )
    return pages.respond(request, who, context)


def _facets(found: list[queries.Facet]) -> tuple[Facet, ...]:
    return tuple(Facet(value=value, count=count) for value, count in found)


@router.get("/lessons/{lesson_id}")
def lesson(desk: DeskDep, session: Reading, lesson_id: str) -> Response:
    """One lesson: its clips in order and what may be done with it."""
    return desk.page(session, lesson_id)


@router.get("/lessons/{lesson_id}/sheet")
def sheet(
    request: Request, session: Reading, who: WhoDep, pages: PagesDep, address: AddressDep, lesson_id: str
) -> Response:
    """A sheet of paper for the door, of a published lesson."""
    found = queries.lesson_for(session, who.viewer, lesson_id)
    share = share_lesson(address, found, f"/lessons/{found.id}")
    if share is None:
        raise Conflict("not_published")
    context = SheetPage(frame=pages.frame(request, session, who), lesson=lesson_ref(found), share=share)
    return pages.respond(request, who, context)


@router.post("/lessons/{lesson_id}/publish")
def publish(
    desk: DeskDep,
    lesson_id: str,
    note: BlockForm = "",
    next: LineForm = "",
) -> Response:
    """Publish a lesson (staff)."""

    def act(session: Session) -> None:
        review.publish(session, desk.viewer, lesson_id, note, desk.clock())

    return desk.change(lesson_id, act, "publish", "published", back=safe_next(next) if next else "")


@router.post("/lessons/{lesson_id}/withdraw")
def withdraw(desk: DeskDep, lesson_id: str, note: BlockForm = "") -> Response:
    """Take a published lesson back (staff)."""

    def act(session: Session) -> None:
        review.withdraw(session, desk.viewer, lesson_id, note, desk.clock())

    return desk.change(lesson_id, act, "withdraw", "withdrawn", note=note)


@router.post("/lessons/{lesson_id}/audience")
def audience(desk: DeskDep, lesson_id: str, form: AudienceFormDep) -> Response:
    """Say for whom a lesson is (staff, and its owner while it is not published)."""

    def act(session: Session) -> None:
        found = queries.lesson_for(session, desk.viewer, lesson_id, Action.AUDIENCE)
        wanted = form.wanted(session, desk.viewer, found)
        review.set_audience(session, desk.viewer, lesson_id, wanted, desk.clock())

    return desk.change(lesson_id, act, "audience", "audience_changed", **form.typed)


@router.post("/lessons/{lesson_id}/edit")
def edit(
    desk: DeskDep,
    lesson_id: str,
    title: LineForm = "",
    lecturer: LineForm = "",
    topics: LineForm = "",
    date: WordForm = "",
    summary: BlockForm = "",
    language: WordForm = "zh-CN",
    genre: WordForm = "lecture",
    seen: Annotated[int | None, Form(ge=0, lt=2**31)] = None,
) -> Response:
    """Change what people typed about a lesson (owner, staff); of a published one this waits as a draft."""
    typed = {
        "title": title,
        "lecturer": lecturer,
        "topics": topics,
        "date": date,
        "summary": summary,
        "language": language,
        "genre": genre,
    }

    def act(session: Session) -> Done:
        found = queries.lesson_for(session, desk.viewer, lesson_id, Action.EDIT)
        day = parse_date(date)
        details = actions.Details(
            title=title,
            lecturer=lecturer,
            topics=split_topics(topics),
            taught_on=day,
            clear_date=day is None,
            summary=summary,
            language=language,
            genre=read_genre(genre),
        )
        by = desk.viewer.person_id
        return EDITED[versions.edit(session, found, details, by, desk.clock(), seen=seen)](found.id)

    return desk.change(lesson_id, act, "edit", "saved", **typed)


@router.post("/lessons/{lesson_id}/delete")
def delete(desk: DeskDep, lesson_id: str, confirm: LineForm = "") -> Response:
    """Take a lesson away for good; the title must be typed, so that a slip of the finger cannot."""

    def act(session: Session) -> None:
        found = queries.lesson_for(session, desk.viewer, lesson_id, Action.DELETE)
        if name_key(confirm) != name_key(found.title):
            raise Invalid("confirm_title", field="confirm")
        actions.delete_lesson(session, found, desk.clock(), desk.viewer.person_id)

    back = "/mine" if desk.viewer.person_id else "/"
    return desk.change(lesson_id, act, "delete", "deleted", back=back, confirm=confirm)
