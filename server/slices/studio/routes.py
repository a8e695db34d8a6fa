"""A lesson's page for its lecturer: what happens with it now, and what to do next."""

from __future__ import annotations

from fastapi import APIRouter, Request
from starlette.responses import Response

from library.catalog import queries as catalog
from library.catalog.permits import Action, LessonState, may
from library.catalog.tables import Lesson
from library.core.clock import local_day
from library.intake import queries as intake
from library.intake.rules import RecordingState
from library.plays.figures import Span
from library.plays.statistics import lesson_figures
from library.studio import actions, queries
from library.studio.queries import Where
from library.studio.rules import LEAST_PLAYS, LOOKED_AT, At
from server.slices.studio.contexts import AskedLine, FileLine, LeftLine, StepLine, StudioPage
from server.web.deps import CardsDep, ClockDep, FrequentDep, PagesDep, Reading, WhoDep, Writing
from server.web.limits.fields import WordForm
from server.web.parts import Progress, Reason
from server.web.shown.studio import next_step, step_url

router = APIRouter(include_in_schema=False)

_ASKED_SHOWN = 6
_TROUBLE = (RecordingState.FAILED, RecordingState.REFUSED, RecordingState.CANCELLED)


@router.get("/lessons/{lesson_id}/studio")
def studio(
    request: Request,
    session: Reading,
    who: WhoDep,
    pages: PagesDep,
    cards: CardsDep,
    clock: ClockDep,
    frequent: FrequentDep,
    lesson_id: str,
) -> Response:
    """What happens with a lesson now, and what to do next (its owner, the staff)."""
    viewer = who.viewer
    lesson = catalog.lesson_for(session, viewer, lesson_id, Action.EDIT)
    works = intake.works(session, [lesson.id])
    where = queries.where(session, viewer, [lesson], works)[lesson.id]
    recording, work = works.get(lesson.id, (None, None))
    published = lesson.state is LessonState.PUBLISHED
    views = 0
    left: tuple[LeftLine, ...] = ()
    asked: tuple[AskedLine, ...] = ()
    if published and may(viewer, Action.STATS, catalog.facts(lesson)):
        figures = lesson_figures(session, lesson.id, Span(None, local_day(clock())))
        views = figures.total.views
        curves = {c.clip_id: (c.curve.plays, c.curve.step_s) for c in figures.clips if c.curve is not None}
        left = tuple(_left(one) for one in queries.halves_left(session, lesson, curves))
        asked = tuple(
            _asked(one)
            for one in queries.asked_and_said(session, lesson, frequent.counts(session), _ASKED_SHOWN)
        )
    context = StudioPage(
        frame=pages.frame(request, session, who),
        lesson=cards.of(session, [lesson])[0],
        steps=_steps(lesson, where),
        at=where.way.at,
        next=next_step(lesson.id, where),
        progress=None
        if work is None or work.state is RecordingState.READY
        else Progress(
            state=work.state,
            percent=work.percent,
            steps=(),
            reason=Reason(code=work.reason, args=work.reason_args) if work.reason else None,
        ),
        remarks=where.facts.remarks,
        hears=where.facts.hears,
        file=FileLine(name=recording.file_name, size_bytes=recording.size_bytes)
        if recording is not None
        else None,
        may_delete=work is not None
        and work.state in _TROUBLE
        and may(viewer, Action.DELETE, catalog.facts(lesson)),
        views=views,
        left=left,
        asked=asked,
        least=LEAST_PLAYS,
    )
    return pages.respond(request, who, context)


def _steps(lesson: Lesson, where: Where) -> tuple[StepLine, ...]:
    open_to_marks = lesson.state is not LessonState.PUBLISHED
    return tuple(
        StepLine(
            name=step.name,
            at=step.at,
            url=step_url(lesson.id, step, where) if step.at is not At.LATER else "",
            mark=open_to_marks and step.name in LOOKED_AT and step.at in (At.NOW, At.RUNS),
            marked=open_to_marks and step.name in where.facts.seen,
        )
        for step in where.way.steps
    )


def _left(one: queries.Left) -> LeftLine:
    return LeftLine(
        clip_id=one.clip.id,
        n=one.clip.number,
        title=one.clip.title,
        at_s=one.half.at_s,
        began=one.half.began,
        turned=one.half.turn_s is not None,
        said=one.said,
    )


def _asked(one: queries.Asked) -> AskedLine:
    at_s = one.line.start_s if one.line is not None else None
    return AskedLine(
        text=one.text,
        people=one.people,
        times=one.times,
        clip_id=one.clip.id if one.clip is not None else "",
        at_s=max(0.0, at_s - one.clip.start_s) if one.clip is not None and at_s is not None else 0.0,
    )


@router.post("/lessons/{lesson_id}/studio/done")
def done(
    session: Writing, who: WhoDep, pages: PagesDep, clock: ClockDep, lesson_id: str, step: WordForm = ""
) -> Response:
    """Call a step done that needs nothing (its owner, the staff)."""
    lesson = catalog.lesson_for(session, who.viewer, lesson_id, Action.EDIT)
    actions.call_done(session, lesson, step, who.viewer.person_id, clock())
    return pages.redirect(_path(lesson), "step_done")


@router.post("/lessons/{lesson_id}/studio/again")
def again(session: Writing, who: WhoDep, pages: PagesDep, lesson_id: str, step: WordForm = "") -> Response:
    """Take back that a step was called done (its owner, the staff)."""
    lesson = catalog.lesson_for(session, who.viewer, lesson_id, Action.EDIT)
    actions.open_again(session, lesson, step)
    return pages.redirect(_path(lesson), "step_again")


def _path(lesson: Lesson) -> str:
    return f"/lessons/{lesson.id}/studio"
