"""Pages of lessons: home, the whole library, one lesson and what its owner and the staff may change."""

from __future__ import annotations

from datetime import timedelta
from typing import Annotated

from fastapi import APIRouter, Form, Request
from starlette.responses import Response

from library.catalog import actions, queries, rules
from library.catalog.permits import Action, Audience, LessonState, may
from library.catalog.rules import TranscriptQuality, split_topics
from library.catalog.tables import Lesson
from library.core.clock import local_day, week_start
from library.core.errors import Conflict, Invalid
from library.core.text import name_key
from library.intake import queries as intake
from library.plays import queries as plays
from library.review import actions as review
from library.review import queries as review_queries
from server.slices.lessons.contexts import (
    HistoryLine,
    HomePage,
    LessonPage,
    LessonPowers,
    LessonsPage,
    SheetPage,
)
from server.web.deps import AddressDep, CardsDep, ClockDep, PagesDep, Reading, RuleDep, WhoDep, Writing
from server.web.lesson_cards import lesson_ref
from server.web.pages import pager, safe_next
from server.web.parts import Facet, Reason
from server.web.sharing import share_card, share_lesson
from server.web.who import Who

router = APIRouter(include_in_schema=False)

_PER_PAGE = 24
_ON_HOME = 12


@router.get("/")
def home(
    request: Request, session: Reading, who: WhoDep, pages: PagesDep, cards: CardsDep, clock: ClockDep
) -> Response:
    """Newest lessons, this week's, most watched."""
    viewer = who.viewer
    monday = week_start(local_day(clock()))
    shown = queries.Filters(state=LessonState.PUBLISHED)
    week = queries.Filters(state=LessonState.PUBLISHED, since=monday, until=monday + timedelta(days=7))
    newest = queries.lessons_page(session, viewer, shown, 1, _ON_HOME)
    watched = queries.lessons_by_ids(session, viewer, plays.most_watched(session, viewer, _ON_HOME))
    context = HomePage(
        frame=pages.frame(request, session, who),
        newest=cards.of(session, newest.items),
        this_week=cards.of(session, queries.lessons_page(session, viewer, week, 1, _ON_HOME).items),
        most_watched=cards.of(session, watched),
        total=newest.total,
    )
    return pages.respond(request, who, context)


@router.get("/lessons")
def lessons(
    request: Request,
    session: Reading,
    who: WhoDep,
    pages: PagesDep,
    cards: CardsDep,
    topic: str = "",
    lecturer: str = "",
    year: str = "",
    page: int = 1,
) -> Response:
    """The whole library, narrowed as one likes."""
    filters = queries.Filters(
        topic=topic or None,
        lecturer=lecturer or None,
        year=int(year) if year.isdecimal() and len(year) == 4 else None,
        state=LessonState.PUBLISHED,
    )
    found = queries.lessons_page(session, who.viewer, filters, page, _PER_PAGE)
    topics, lecturers, years = queries.facets(session, who.viewer, filters)
    context = LessonsPage(
        frame=pages.frame(request, session, who),
        lessons=cards.of(session, found.items),
        pager=pager(found, "/lessons", topic=topic, lecturer=lecturer, year=year),
        topics=_facets(topics),
        lecturers=_facets(lecturers),
        years=_facets(years),
        topic=topic,
        lecturer=lecturer,
        year=year,
    )
    return pages.respond(request, who, context)


def _facets(found: list[queries.Facet]) -> tuple[Facet, ...]:
    return tuple(Facet(value=value, count=count) for value, count in found)


@router.get("/lessons/{lesson_id}")
def lesson(
    request: Request,
    session: Reading,
    who: WhoDep,
    pages: PagesDep,
    cards: CardsDep,
    rule: RuleDep,
    address: AddressDep,
    lesson_id: str,
) -> Response:
    """One lesson: its clips in order and what may be done with it."""
    found = queries.lesson_for(session, who.viewer, lesson_id)
    powers = _powers(who, found)
    recording = intake.recording_of(session, found.id)
    lecturers, topics = queries.known_names(session, who.viewer) if powers.edit else ([], [])
    history = review_queries.history(session, found.id) if powers.see_progress else []
    twins = intake.twins(session, who.viewer, recording) if recording is not None and powers.edit else []
    clips = cards.of_clips(session, found)
    context = LessonPage(
        frame=pages.frame(request, session, who),
        lesson=cards.of(session, [found])[0],
        summary=found.summary,
        clips=clips,
        recording_state=recording.state if recording else "none",
        language=found.language,
        has_transcript=found.transcript is not TranscriptQuality.NONE,
        text=tuple(line.text for line in queries.cues(session, found.id)) if not found.clips else (),
        problem=Reason(code=recording.reason, args=recording.reason_args or {})
        if recording is not None and recording.reason and powers.see_progress
        else None,
        duplicates=tuple(lesson_ref(twin) for twin in twins),
        may=powers,
        history=tuple(HistoryLine(at=h.at, who=h.who, action=h.what, note=h.note) for h in history),
        known_lecturers=tuple(lecturers),
        known_topics=tuple(topics),
        same_topic=cards.other_years(session, who.viewer, [found]),
        rule=rule,
        share=share_lesson(address, found, f"/lessons/{found.id}"),
        card=share_card(address, found, f"/lessons/{found.id}", next((c for c in clips if c.ready), None)),
    )
    return pages.respond(request, who, context)


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


def _powers(who: Who, found: Lesson) -> LessonPowers:
    facts = queries.facts(found)
    publish, edit = may(who.viewer, Action.PUBLISH, facts), may(who.viewer, Action.EDIT, facts)
    published = found.state is LessonState.PUBLISHED
    return LessonPowers(
        edit=edit,
        publish=publish and not published,
        withdraw=publish and published,
        audience=publish,
        delete=may(who.viewer, Action.DELETE, facts),
        see_progress=edit,
        see_stats=may(who.viewer, Action.STATS, facts),
    )


@router.post("/lessons/{lesson_id}/publish")
def publish(
    session: Writing,
    who: WhoDep,
    pages: PagesDep,
    clock: ClockDep,
    lesson_id: str,
    note: Annotated[str, Form()] = "",
    next: Annotated[str, Form()] = "",
) -> Response:
    """Publish a lesson (staff)."""
    review.publish(session, who.viewer, lesson_id, note, clock())
    return pages.redirect(safe_next(next) if next else f"/lessons/{lesson_id}", "published")


@router.post("/lessons/{lesson_id}/withdraw")
def withdraw(
    session: Writing,
    who: WhoDep,
    pages: PagesDep,
    clock: ClockDep,
    lesson_id: str,
    note: Annotated[str, Form()] = "",
) -> Response:
    """Take a published lesson back (staff)."""
    review.withdraw(session, who.viewer, lesson_id, note, clock())
    return pages.redirect(f"/lessons/{lesson_id}", "withdrawn")


@router.post("/lessons/{lesson_id}/audience")
def audience(
    session: Writing,
    who: WhoDep,
    pages: PagesDep,
    clock: ClockDep,
    lesson_id: str,
    audience: Annotated[str, Form()],
) -> Response:
    """Say for whom a lesson is (staff)."""
    if audience not in tuple(Audience):
        raise Invalid("unknown_choice", field="audience")
    review.set_audience(session, who.viewer, lesson_id, Audience(audience), clock())
    return pages.redirect(f"/lessons/{lesson_id}", "audience_changed")


@router.post("/lessons/{lesson_id}/edit")
def edit(
    session: Writing,
    who: WhoDep,
    pages: PagesDep,
    lesson_id: str,
    title: Annotated[str, Form()] = "",
    lecturer: Annotated[str, Form()] = "",
    topics: Annotated[str, Form()] = "",
    date: Annotated[str, Form()] = "",
    summary: Annotated[str, Form()] = "",
    language: Annotated[str, Form()] = "zh-CN",
) -> Response:
    """Change what people typed about a lesson (owner, staff)."""
    found = queries.lesson_for(session, who.viewer, lesson_id, Action.EDIT)
    day = rules.parse_date(date)
    details = actions.Details(
        title=title,
        lecturer=lecturer,
        topics=split_topics(topics),
        taught_on=day,
        clear_date=day is None,
        summary=summary,
        language=language,
    )
    actions.edit(session, found, details)
    return pages.redirect(f"/lessons/{lesson_id}", "saved")


@router.post("/lessons/{lesson_id}/delete")
def delete(
    session: Writing,
    who: WhoDep,
    pages: PagesDep,
    clock: ClockDep,
    lesson_id: str,
    confirm: Annotated[str, Form()] = "",
) -> Response:
    """Take a lesson away for good; the title must be typed, so that a slip of the finger cannot."""
    found = queries.lesson_for(session, who.viewer, lesson_id, Action.DELETE)
    if name_key(confirm) != name_key(found.title):
        raise Invalid("confirm_title", field="confirm")
    actions.delete_lesson(session, found, clock())
    return pages.redirect("/mine" if who.viewer.person_id else "/", "deleted")
