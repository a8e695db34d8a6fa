"""The desk where the weeks of a node are planned: a calendar of months, and one week."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date, timedelta
from typing import Annotated
from urllib.parse import quote

from fastapi import APIRouter, Depends, Request
from sqlalchemy.orm import Session
from starlette.responses import Response

from library.core.clock import CHINA, local_day
from library.core.errors import Conflict, Invalid, NotFound, WeikeError
from library.core.permits import node_chain
from library.organisation import queries as organisation
from library.organisation.tables import Node
from library.programme import actions, queries, rules
from library.programme.actions import Desk as Plans
from library.programme.actions import desk_of
from library.programme.rules import Draft, Plan, WeekMode
from library.programme.weeks import Week, read_release, usual_release, week_meant, week_of
from server.slices.programme.contexts import (
    CalendarRow,
    PlanForm,
    PlanPage,
    ProgrammePage,
    TargetWeek,
)
from server.slices.programme.looking import found_lessons
from server.slices.programme.routes import card_of, week_at
from server.web.deps import CardsDep, ClockDep, DatabaseDep, FinderDep, PagesDep, Planner, Reading
from server.web.errors import status_of
from server.web.forms.numbers import number_of
from server.web.limits.fields import BlockForm, LineForm, LineQuery, WordForm, WordQuery, WordsForm
from server.web.pages import reason
from server.web.parts import RefusedForm
from server.web.shown.weeks import WeekPart, present, week_views

router = APIRouter(include_in_schema=False)

_REFUSALS = (Invalid, Conflict)
_TARGETS = 26
"""Weeks after this one into which it can be copied by ticking them; farther ones by repeating."""


class PlanDesk:
    """Shows whoever plans the weeks of a node, and changes them; a form not taken comes back as typed."""

    def __init__(
        self,
        request: Request,
        who: Planner,
        pages: PagesDep,
        clock: ClockDep,
        db: DatabaseDep,
        cards: CardsDep,
        finder: FinderDep,
    ) -> None:
        self._request, self.who, self._pages, self._db = request, who, pages, db
        self.clock, self._card, self._finder = clock, card_of(cards), finder

    def plans(self, session: Session, node_id: str) -> Plans:
        """Return the desk of a node; raises NotFound where the viewer does not plan."""
        return desk_of(self.who.viewer, queries.node_to_plan(session, self.who.viewer, node_id), self.clock())

    def change(
        self,
        node_id: str,
        week: str,
        form: str,
        act: Callable[[Session, Plans, Week], object],
        done: str,
        *,
        place: str = "",
        typed: dict[str, str] | None = None,
    ) -> Response:
        """Change something of a week; then its page again, at `place`."""
        wanted = week_at(week)
        try:
            with self._db.write() as session:
                act(session, self.plans(session, node_id), wanted)
        except (*_REFUSALS, NotFound) as error:
            if error.code == "not_found":
                raise
            return self._refuse(error, node_id, wanted, form, typed or {})
        return self._pages.redirect(f"/programme/{node_id}/{wanted}{place}", done)

    def _refuse(
        self, error: WeikeError, node_id: str, week: Week, form: str, typed: dict[str, str]
    ) -> Response:
        refused = RefusedForm(form=form, typed=typed, reason=reason(error))
        with self._db.read() as session:
            return self.page(session, node_id, week, refused=refused, status=status_of(error))

    # ------------------------------------------------------------------ one week

    def page(
        self,
        session: Session,
        node_id: str,
        week: Week,
        *,
        q: str = "",
        refused: RefusedForm | None = None,
        status: int = 200,
    ) -> Response:
        """Return the page of a week."""
        viewer = self.who.viewer
        node = queries.node_to_plan(session, viewer, node_id)
        chain = tuple(reversed(node_chain(node.path)))
        plans = queries.plans(session, chain, week, week)
        own = next((one for one in plans if one.node_id == node.id), None)
        above = rules.seen(one for one in plans if one.node_id != node.id)
        found, away = found_lessons(session, viewer, self._finder, q, own.lessons if own else ())
        context = PlanPage(
            frame=self._pages.frame(self._request, session, self.who),
            node_id=node.id,
            node=node.name,
            week=str(week),
            monday=week.monday,
            sunday=week.sunday,
            version=own.version if own else 0,
            part=self._parts(session, node.id, week, [own])[0] if own else None,
            above=self._parts(session, node.id, week, above) if above else (),
            before=self._near(week.after(-1)),
            after=self._near(week.after(1)),
            month=f"{week.monday + timedelta(days=3):%Y-%m}",
            targets=self._targets(session, node.id, week) if own else (),
            limits=(rules.THEME_MAX, rules.TEXT_MAX, rules.MOST_LESSONS),
            q=q,
            found=found,
            search_away=away,
            refused=refused,
            form=_form(own, week, refused),
        )
        return self._pages.respond(self._request, self.who, context, status)

    def _near(self, week: Week) -> str:
        return str(week) if rules.is_near(week, present(self.clock())) else ""

    def _parts(
        self, session: Session, node_id: str, week: Week, plans: Sequence[Plan]
    ) -> tuple[WeekPart, ...]:
        views = week_views(session, self.who.viewer, node_id, {week: plans}, self._card)
        return views[week].parts

    def _targets(self, session: Session, node_id: str, week: Week) -> tuple[TargetWeek, ...]:
        """Return the weeks into which this one can be copied: from the present one on, not planned yet."""
        first = max(present(self.clock()), week.after(1))
        taken = {one.week for one in queries.plans(session, [node_id], first, first.after(_TARGETS))}
        free = (first.after(n) for n in range(_TARGETS))
        return tuple(
            TargetWeek(week=str(one), monday=one.monday, sunday=one.sunday)
            for one in free
            if one not in taken and one != week
        )

    # ------------------------------------------------------------------ the calendar

    def calendar(self, session: Session, node_id: str, month: str, at: str) -> Response:
        """Return the weeks of a month at a node: the one that is named, else the topmost one plans."""
        viewer, refused, status = self.who.viewer, None, 200
        within = queries.outermost(viewer)
        node = queries.node_to_plan(session, viewer, node_id or within[0])
        if at.strip():
            try:
                node = organisation.meant(session, within, at, "at")
            except Invalid as error:
                refused = RefusedForm(form="at", typed={"at": at}, reason=reason(error))
                status = status_of(error)
        today = local_day(self.clock())
        first = _month(month) or today.replace(day=1)
        above = organisation.chains(session, [node])[node.id]
        named = sorted({node.id, *within})
        names = organisation.node_names(session, named)
        context = ProgrammePage(
            frame=self._pages.frame(self._request, session, self.who),
            node_id=node.id,
            node=node.name,
            above=tuple(one.name for one in above),
            closed=node.closed_at is not None,
            month=first,
            before=self._near_month(first - timedelta(days=1)),
            after=self._near_month(first + timedelta(days=31)),
            today=today,
            rows=self._rows(session, node, first, week_of(today)),
            nodes=tuple((one, names[one]) for one in named) if len(named) > 1 else (),
            refused=refused,
        )
        return self._pages.respond(self._request, self.who, context, status)

    def _near_month(self, day: date) -> str:
        """Return the month of a day, "" where none of its weeks can be planned."""
        weeks = (week_of(day.replace(day=1)), week_of(day.replace(day=28)))
        return f"{day:%Y-%m}" if any(map(self._near, weeks)) else ""

    def _rows(self, session: Session, node: Node, first: date, now: Week) -> tuple[CalendarRow, ...]:
        weeks = [week_of(first)]
        while weeks[-1].after(1).monday.replace(day=1) <= first:
            weeks.append(weeks[-1].after(1))
        chain = tuple(reversed(node_chain(node.path)))
        found = queries.weeks_seen(session, chain, weeks[0], weeks[-1])
        views = week_views(session, self.who.viewer, node.id, found, self._card)
        rows = []
        for week in weeks:
            parts = views[week].parts if week in views else ()
            rows.append(
                CalendarRow(
                    week=str(week),
                    days=tuple(week.monday + timedelta(days=n) for n in range(7)),
                    is_now=week == now,
                    near=rules.is_near(week, now),
                    own=next((part for part in parts if not part.inherited), None),
                    above=tuple((part.node, part.theme) for part in parts if part.inherited),
                )
            )
        return tuple(rows)


def _form(own: Plan | None, week: Week, refused: RefusedForm | None) -> PlanForm:
    """Return what the form of a week holds: what was typed into it, else the plan."""
    typed = refused.typed if refused is not None and refused.form == "words" else {}
    due_at = own.due_at if own else usual_release(week, CHINA)
    return PlanForm(
        theme=typed.get("theme", own.theme if own else ""),
        text=typed.get("text", own.text if own else ""),
        reading=typed.get("reading", rules.reading_text(own.reading) if own else ""),
        mode=WeekMode(typed.get("mode") or (own.mode if own else WeekMode.ADD)),
        release=typed.get("release", f"{due_at.astimezone(CHINA):%Y-%m-%dT%H:%M}"),
    )


def _month(text: str) -> date | None:
    try:
        first = date.fromisoformat(f"{text}-01")
    except ValueError:
        return None
    return first if 1951 <= first.year <= 2199 else None


PlanDeskDep = Annotated[PlanDesk, Depends()]


@router.get("/programme")
def programme(
    desk: PlanDeskDep, session: Reading, node: WordQuery = "", month: WordQuery = "", at: LineQuery = ""
) -> Response:
    """The calendar of a node's weeks."""
    return desk.calendar(session, node, month, at)


@router.get("/programme/{node_id}/{week}")
def plan(desk: PlanDeskDep, session: Reading, node_id: str, week: str, q: LineQuery = "") -> Response:
    """One week of a node."""
    return desk.page(session, node_id, week_at(week), q=q)


@router.post("/programme/{node_id}/{week}/words")
def words(
    desk: PlanDeskDep,
    node_id: str,
    week: str,
    version: WordForm = "",
    theme: LineForm = "",
    text: BlockForm = "",
    reading: BlockForm = "",
    mode: WordForm = "add",
    release: WordForm = "",
) -> Response:
    """Say what a week is about, what is read, when it comes out."""
    known = WeekMode.REPLACE if mode == WeekMode.REPLACE else WeekMode.ADD

    def act(session: Session, plans: Plans, wanted: Week) -> object:
        due_at = read_release(release, wanted, plans.zone, "release")
        draft = Draft(theme, text, rules.reading_lines(reading), mode=known, due_at=due_at)
        return actions.put_words(session, plans, wanted, draft, number_of(version))

    typed = {"theme": theme, "text": text, "reading": reading, "mode": str(known), "release": release}
    return desk.change(node_id, week, "words", act, "week_saved", typed=typed)


@router.post("/programme/{node_id}/{week}/add")
def add(desk: PlanDeskDep, node_id: str, week: str, lesson: WordForm = "", q: LineForm = "") -> Response:
    """Put a lesson at the end of a week's; what was looked for stays, since there may be another."""

    def act(session: Session, plans: Plans, wanted: Week) -> object:
        return actions.add_lesson(session, plans, wanted, lesson)

    return desk.change(node_id, week, "lessons", act, "week_lesson_added", place=f"?q={quote(q)}#lessons")


@router.post("/programme/{node_id}/{week}/take")
def take(desk: PlanDeskDep, node_id: str, week: str, n: WordForm = "", lesson: WordForm = "") -> Response:
    """Take a lesson out of a week."""

    def act(session: Session, plans: Plans, wanted: Week) -> object:
        return actions.take_lesson(session, plans, wanted, number_of(n), lesson)

    return desk.change(node_id, week, "lessons", act, "week_lesson_taken", place="#lessons")


@router.post("/programme/{node_id}/{week}/move")
def move(
    desk: PlanDeskDep,
    node_id: str,
    week: str,
    n: WordForm = "",
    lesson: WordForm = "",
    way: WordForm = "up",
) -> Response:
    """Put a lesson one place further up or down."""

    def act(session: Session, plans: Plans, wanted: Week) -> object:
        return actions.move_lesson(session, plans, wanted, number_of(n), lesson, up=way != "down")

    return desk.change(node_id, week, "lessons", act, "week_lesson_moved", place="#lessons")


@router.post("/programme/{node_id}/{week}/copy")
def copy(desk: PlanDeskDep, node_id: str, week: str, to: WordsForm = ()) -> Response:
    """Plan other weeks as this one is."""

    def act(session: Session, plans: Plans, wanted: Week) -> object:
        return actions.copy(session, plans, wanted, [week_meant(one, "to") for one in to])

    return desk.change(node_id, week, "copy", act, "week_copied", typed={"to": " ".join(to)})


@router.post("/programme/{node_id}/{week}/repeat")
def repeat(
    desk: PlanDeskDep, node_id: str, week: str, every: WordForm = "1", until: WordForm = ""
) -> Response:
    """Plan every so many weeks as this one is, until a day."""

    def act(session: Session, plans: Plans, wanted: Week) -> object:
        weeks = rules.repeated(wanted, number_of(every), week_meant(until, "until"))
        return actions.copy(session, plans, wanted, weeks)

    return desk.change(node_id, week, "repeat", act, "week_copied", typed={"every": every, "until": until})


@router.post("/programme/{node_id}/{week}/remove")
def remove(desk: PlanDeskDep, node_id: str, week: str, version: WordForm = "") -> Response:
    """Give up what a node planned for a week."""

    def act(session: Session, plans: Plans, wanted: Week) -> object:
        actions.remove(session, plans, wanted, number_of(version))
        return None

    return desk.change(node_id, week, "", act, "week_removed")
