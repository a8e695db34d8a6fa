"""Weeks as pages, the API and the command line show them: home and the pages of weeks share this."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy.orm import Session

from library.catalog import queries as catalog
from library.catalog.permits import LessonState
from library.catalog.tables import Lesson
from library.core.clock import CHINA, local_day
from library.core.errors import Invalid
from library.core.permits import Viewer
from library.organisation import queries as organisation
from library.plays import queries as plays
from library.programme import queries, rules
from library.programme.permits import may_plan
from library.programme.rules import Plan, Reading, WeekMode, WeekState
from library.programme.weeks import Week, week_meant, week_of
from server.web.parts import LessonCard
from server.web.shown.marks import Marks

WEEKS_OFFERED = 53
"""From the present one on: a year of them."""

CardOf = Callable[[Lesson], LessonCard | None]


@dataclass(frozen=True, slots=True, kw_only=True)
class WeekLesson:
    """A lesson of a week: the `n`-th of its plan.

    Without an `id` it was deleted; with an id and no title the viewer may not see it: whoever plans is told
    of both. `open` says that it can be watched: its part has come out and it is published.
    """

    n: int
    id: str = ""
    title: str = ""
    state: LessonState | None = None
    open: bool = False
    card: LessonCard | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class WeekPart:
    """What one node planned of a week. `inherited`: a node above; `hidden`: so many of its lessons are not,
    or not yet, for the viewer. `late`: it came out later than planned."""

    node_id: str
    node: str
    inherited: bool
    mode: WeekMode
    theme: str
    text: str
    reading: tuple[Reading, ...]
    lessons: tuple[WeekLesson, ...]
    due_at: datetime
    released_at: datetime | None = None
    late: bool = False
    hidden: int = 0
    may_plan: bool = False

    @property
    def state(self) -> WeekState:
        """Whether it has come out."""
        return WeekState.COMING if self.released_at is None else WeekState.RELEASED


@dataclass(frozen=True, slots=True, kw_only=True)
class WeekView:
    """A week as somebody sees it: `parts` nearest first; its name is the theme of the leading one, `lead`."""

    week: str
    monday: date
    sunday: date
    state: WeekState
    parts: tuple[WeekPart, ...]
    lead: WeekPart

    @property
    def theme(self) -> str:
        """What it is about, "" where nobody says."""
        return self.lead.theme

    @property
    def shown(self) -> tuple[WeekPart, ...]:
        """The parts as pages show them: the one that gives the name stands under it."""
        return (self.lead, *(part for part in self.parts if part is not self.lead))


@dataclass(frozen=True, slots=True, kw_only=True)
class WeekLine:
    """A week in short."""

    week: str
    monday: date
    sunday: date
    theme: str


@dataclass(frozen=True, slots=True, kw_only=True)
class HomeWeeks:
    """What home shows: this week, the next, and those of which somebody watched nothing (their own alone)."""

    this: WeekView | None = None
    coming: WeekView | None = None
    missed: tuple[WeekLine, ...] = ()


def present(now: datetime) -> Week:
    """Return the present week."""
    return week_of(local_day(now))


def no_card(lesson: Lesson) -> LessonCard | None:
    """Return no card: for programs, which show no pictures."""
    return None


def weeks_offered(now: datetime, chosen: str) -> tuple[tuple[str, ...], str]:
    """Return the weeks that a form offers, the one that was `chosen` among them, and which of them is chosen:
    the next one where nothing was that can be read."""
    this = present(now)
    try:
        meant = week_meant(chosen)
    except Invalid:
        meant = this.after(1)
    near = {str(this.after(n)) for n in range(WEEKS_OFFERED)}
    return tuple(sorted(near | {str(meant)})), str(meant)


def home_weeks(session: Session, viewer: Viewer, now: datetime, card: CardOf) -> HomeWeeks:
    """Return what home shows of the weeks to a viewer."""
    chain, this = queries.chain(session, viewer), present(now)
    found = queries.weeks_seen(session, chain, this.after(-rules.LOOK_BACK), this.after(1))
    near = {week: parts for week, parts in found.items() if week >= this}
    views = week_views(session, viewer, chain[0], near, card)
    return HomeWeeks(
        this=views.get(this), coming=views.get(this.after(1)), missed=_missed(session, viewer, found, this)
    )


def with_marks(view: WeekView, own: Marks, lessons: Mapping[str, Lesson]) -> WeekView:
    """Return a week whose cards say what whoever looks saw of their lessons."""

    def marked(one: WeekLesson) -> WeekLesson:
        lesson = lessons.get(one.id)
        return replace(one, card=own.on(one.card, lesson)) if one.card and lesson else one

    parts = tuple(replace(part, lessons=tuple(map(marked, part.lessons))) for part in view.parts)
    return replace(view, parts=parts, lead=parts[view.parts.index(view.lead)])


def _missed(
    session: Session, viewer: Viewer, found: Mapping[Week, Sequence[Plan]], this: Week
) -> tuple[WeekLine, ...]:
    if viewer.person_id is None:
        return ()
    past = {
        week: queries.lesson_ids(part for part in parts if part.released_at is not None)
        for week, parts in found.items()
        if week < this
    }
    wanted = sorted({one for ids in past.values() for one in ids})
    if not wanted:
        return ()
    open_to_them = {
        one.id
        for one in catalog.lessons_by_ids(session, viewer, wanted)
        if one.state is LessonState.PUBLISHED
    }
    visible = {week: [one for one in ids if one in open_to_them] for week, ids in past.items()}
    watched = plays.watched_lessons(session, viewer.person_id, open_to_them)
    missed = rules.missed(visible, watched, this)
    return tuple(_line(week, rules.leading(found[week]).theme) for week in missed)


def _line(week: Week, theme: str) -> WeekLine:
    return WeekLine(week=str(week), monday=week.monday, sunday=week.sunday, theme=theme)


def week_views(
    session: Session, viewer: Viewer, own_id: str, found: Mapping[Week, Sequence[Plan]], card: CardOf
) -> dict[Week, WeekView]:
    """Return weeks as a viewer sees them, from the node `own_id`; a fixed number of statements."""
    ids = queries.lesson_ids(part for parts in found.values() for part in parts)
    lessons = {one.id: one for one in catalog.lessons_by_ids(session, viewer, ids)} if ids else {}
    nodes = {part.node_id for parts in found.values() for part in parts}
    known = {node_id: organisation.node(session, node_id) for node_id in nodes}

    def shown(part: Plan) -> WeekPart:
        node = known[part.node_id]
        plans = may_plan(viewer, node.path)
        return _part(part, node.name, lessons, card, plans=plans, inherited=part.node_id != own_id)

    return {week: _view(week, tuple(map(shown, parts)), parts) for week, parts in found.items()}


def _view(week: Week, shown: tuple[WeekPart, ...], parts: Sequence[Plan]) -> WeekView:
    lead = next(one for one in shown if one.node_id == rules.leading(parts).node_id)
    return WeekView(
        week=str(week),
        monday=week.monday,
        sunday=week.sunday,
        state=rules.state_of(parts),
        parts=shown,
        lead=lead,
    )


def _part(
    plan: Plan, node: str, lessons: Mapping[str, Lesson], card: CardOf, *, plans: bool, inherited: bool
) -> WeekPart:
    told, hidden = [], 0
    for n, lesson_id in enumerate(plan.lessons, 1):
        lesson = lessons.get(lesson_id or "")
        if lesson is not None:
            out = plan.released_at is not None and lesson.state is LessonState.PUBLISHED
            told.append(
                WeekLesson(
                    n=n, id=lesson.id, title=lesson.title, state=lesson.state, open=out, card=card(lesson)
                )
            )
        elif plans:
            told.append(WeekLesson(n=n, id=lesson_id or ""))
        elif lesson_id is not None:
            hidden += 1
    return WeekPart(
        node_id=plan.node_id,
        node=node,
        inherited=inherited,
        mode=plan.mode,
        theme=plan.theme,
        text=plan.text,
        reading=plan.reading,
        lessons=tuple(told),
        due_at=plan.due_at,
        released_at=plan.released_at,
        late=plan.late,
        hidden=hidden,
        may_plan=plans,
    )


def week_object(view: WeekView) -> dict[str, Any]:
    """Return a week as programs read it (docs/cli.md): moments are of UTC+8, as on the pages."""
    lead = view.lead
    return {
        **blank_week(view.week, view.monday),
        "state": str(view.state),
        "theme": lead.theme,
        "inherited_from": lead.node if lead.inherited else None,
        "release_at": _moment(lead.due_at),
        "released_at": _moment(lead.released_at),
        "late": lead.late,
        "lessons": [one for part in view.parts for one in _lessons(part)],
        "parts": [
            {
                "node_id": part.node_id,
                "node": part.node,
                "inherited": part.inherited,
                "mode": str(part.mode),
                "state": str(part.state),
                "theme": part.theme,
                "text": part.text,
                "reading": [{"text": one.text, "url": one.url} for one in part.reading],
                "lessons": _lessons(part),
                "hidden": part.hidden,
                "release_at": _moment(part.due_at),
                "released_at": _moment(part.released_at),
                "late": part.late,
            }
            for part in view.parts
        ],
    }


def blank_week(week: str, monday: date) -> dict[str, Any]:
    """Return a week of which there is nothing to see, as programs read it."""
    return {
        "week": week,
        "monday": monday.isoformat(),
        "sunday": (monday + timedelta(days=6)).isoformat(),
        "state": "none",
        "theme": "",
        "inherited_from": None,
        "release_at": None,
        "released_at": None,
        "late": False,
        "lessons": [],
        "parts": [],
    }


def _lessons(part: WeekPart) -> list[dict[str, Any]]:
    return [
        {
            "id": one.id or None,
            "title": one.title,
            "state": str(part.state),
            "published": one.state is LessonState.PUBLISHED,
            "inherited_from": part.node if part.inherited else None,
        }
        for one in part.lessons
    ]


def _moment(value: datetime | None) -> str | None:
    return value.astimezone(CHINA).isoformat(timespec="seconds") if value is not None else None
