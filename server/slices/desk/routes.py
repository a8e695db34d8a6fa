"""The desk on pages."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Annotated, NamedTuple
from urllib.parse import urlencode

from fastapi import APIRouter, Depends, Query, Request
from sqlalchemy.orm import Session
from starlette.responses import Response

from library.catalog import queries as catalog
from library.catalog.permits import LessonState
from library.core.errors import Conflict, Invalid
from library.core.permits import Role, Viewer
from library.handling import actions, queries, views
from library.handling.rules import (
    FILTERS,
    MOST,
    UNDO_WITHIN,
    VIEWS_SHOWN,
    Outcome,
    Spread,
    What,
    clean_filters,
    may_undo,
)
from library.organisation import queries as organisation
from library.programme import queries as programme
from library.programme.weeks import Week, week_meant
from server.slices.desk.contexts import BatchPage, BatchRow, DeskPage, WeeksPage
from server.web.deps import CardsDep, ClockDep, DatabaseDep, PagesDep, Reading, Reviewer, Writing
from server.web.form_door import FormDoor
from server.web.forms.numbers import number_of, page_of
from server.web.limits.fields import LineForm, WordForm, WordQuery, WordsForm
from server.web.pages import pager, safe_next
from server.web.parts import Facet, LessonRef, Reason, RefusedForm
from server.web.shown.weeks import weeks_offered
from server.web.shown.work_rows import work_rows

router = APIRouter(include_in_schema=False)

DESK = "/desk"
_PER_PAGE = 50


class Desk(FormDoor):
    """Shows whoever handles lessons their list."""

    def __init__(
        self,
        request: Request,
        who: Reviewer,
        pages: PagesDep,
        clock: ClockDep,
        db: DatabaseDep,
        cards: CardsDep,
    ) -> None:
        super().__init__(request, who, pages, clock, db)
        self._cards = cards

    def page(
        self,
        session: Session,
        told: Mapping[str, str],
        number: int,
        refused: RefusedForm | None = None,
    ) -> DeskPage:
        """Return the list, narrowed as one likes."""
        narrowed = clean_filters(told)
        year = narrowed.get("year", "")
        state = narrowed.get("state", "")
        filters = catalog.Filters(
            topic=narrowed.get("topic"),
            lecturer=narrowed.get("lecturer"),
            year=int(year) if year.isdecimal() and len(year) == 4 else None,
            state=LessonState(state) if state in tuple(LessonState) else None,
            handled=True,
        )
        found = catalog.lessons_page(session, self.viewer, filters, number, _PER_PAGE)
        topics, lecturers, years = catalog.facets(session, self.viewer, filters)
        views = queries.views_for(session, self.viewer)
        nodes = [grant.node_id for grant in self.viewer.grants if grant.gives(Role.REVIEWER)]
        names = organisation.node_names(session, nodes)
        weeks, week = weeks_offered(self.clock(), refused.typed.get("week", "") if refused else "")
        return DeskPage(
            frame=self.frame(session),
            rows=work_rows(self._cards, session, list(found.items)),
            pager=pager(found, DESK, **{name: narrowed.get(name, "") for name in FILTERS}),
            state=str(filters.state or ""),
            topic=narrowed.get("topic", ""),
            lecturer=narrowed.get("lecturer", ""),
            year=year,
            topics=_facets(topics),
            lecturers=_facets(lecturers),
            years=_facets(years),
            views=tuple((view, f"{DESK}?{urlencode(view.filters)}") for view in views[:VIEWS_SHOWN]),
            views_cut=len(views) > VIEWS_SHOWN,
            nodes=tuple((one, names[one]) for one in dict.fromkeys(nodes) if one in names),
            known_topics=tuple(catalog.known_names(session, self.viewer)[1]),
            most=MOST,
            planned=self._planned(session),
            weeks=weeks,
            week=week,
            refused=refused,
        )

    def _planned(self, session: Session) -> tuple[tuple[str, str], ...]:
        """Return the topmost nodes whose weeks the viewer plans."""
        ids = programme.outermost(self.viewer)
        names = organisation.node_names(session, ids) if ids else {}
        return tuple((one, names[one]) for one in ids if one in names)

    def weeks_page(self, asked: Weeks) -> WeeksPage:
        """Return what would become of each lesson; what is found out is rolled back."""
        with self.db.write() as session:
            placed = actions.place_preview(session, self.viewer, *asked, self.clock())
        with self.db.read() as session:
            ids = [lesson for lesson, _, _, _ in placed]
            seen = {one.id: one.title for one in catalog.lessons_by_ids(session, self.viewer, ids)}
            node = programme.node_to_plan(session, self.viewer, asked.node_id)
            return WeeksPage(
                frame=self.frame(session),
                node_id=node.id,
                node=node.name,
                week=str(asked.first),
                spread=asked.spread,
                rows=tuple(
                    BatchRow(
                        lesson=LessonRef(id=lesson, title=seen.get(lesson, "")),
                        outcome=outcome,
                        reason=Reason(code=why) if why else None,
                        week=where["week"],
                    )
                    for lesson, outcome, where, why in placed
                ),
                count=sum(outcome is Outcome.DONE for _, outcome, _, _ in placed),
            )


class Weeks(NamedTuple):
    """Into which weeks of which node which lessons are to be put."""

    node_id: str
    first: Week
    spread: Spread
    lessons: Sequence[str]


def weeks_asked(
    session: Session, viewer: Viewer, node: str, week: str, spread: str, lessons: Sequence[str]
) -> Weeks:
    """Read what was chosen; raises Invalid: week_unreadable, unknown_choice, NotFound."""
    if spread not in tuple(Spread):
        raise Invalid("unknown_choice", field="spread")
    return Weeks(programme.node_to_plan(session, viewer, node).id, week_meant(week), Spread(spread), lessons)


DeskDep = Annotated[Desk, Depends()]


def _facets(found: list[catalog.Facet]) -> tuple[Facet, ...]:
    return tuple(Facet(value=value, count=count) for value, count in found)


@router.get(DESK)
def desk(
    desk: DeskDep,
    session: Reading,
    state: WordQuery = "",
    topic: WordQuery = "",
    lecturer: WordQuery = "",
    year: WordQuery = "",
    page: Annotated[int, Query(ge=1, le=10_000)] = 1,
) -> Response:
    """The lessons that somebody decides about."""
    told = {"state": state, "topic": topic, "lecturer": lecturer, "year": year}
    return desk.show(desk.page(session, told, page))


@router.post(DESK)
def handle(
    desk: DeskDep,
    lesson: WordsForm = (),
    what: WordForm = "",
    value: LineForm = "",
    audience: WordForm = "",
    state: WordForm = "",
    topic: LineForm = "",
    lecturer: LineForm = "",
    year: WordForm = "",
    page: WordForm = "",
    node: WordForm = "",
    week: WordForm = "",
    spread: WordForm = "each",
) -> Response:
    """Do something with each of the chosen lessons; what is refused brings back the list as it was."""
    told = {"state": state, "topic": topic, "lecturer": lecturer, "year": year}

    def act(session: Session) -> str:
        if what not in tuple(What):
            raise Invalid("unknown_choice", field="what")
        wanted = What(what)
        typed = audience if wanted is What.AUDIENCE else value
        batch = actions.handle(session, desk.viewer, wanted, typed, lesson, desk.clock())
        return f"{DESK}/batches/{batch}"

    typed = {"what": what, "value": value, "audience": audience, "lesson": " ".join(lesson)}
    typed |= {"node": node, "week": week, "spread": spread}
    if what == What.WEEK:
        try:
            with desk.db.read() as session:
                asked = weeks_asked(session, desk.viewer, node, week, spread, lesson)
            return desk.show(desk.weeks_page(asked))
        except (Invalid, Conflict) as error:
            return desk.refuse(
                error,
                "desk",
                lambda session, refused: desk.page(session, told, page_of(page), refused),
                typed,
            )
    return desk.change(
        act,
        "handled",
        "desk",
        lambda session, refused: desk.page(session, told, page_of(page), refused),
        typed,
    )


@router.post(DESK + "/weeks")
def place(
    desk: DeskDep,
    lesson: WordsForm = (),
    node: WordForm = "",
    week: WordForm = "",
    spread: WordForm = "each",
    count: WordForm = "",
) -> Response:
    """Put the chosen lessons into weeks, as the preview has shown it."""

    def act(session: Session) -> str:
        asked = weeks_asked(session, desk.viewer, node, week, spread, lesson)
        seen = number_of(count)
        return f"{DESK}/batches/{actions.place(session, desk.viewer, *asked, desk.clock(), seen)}"

    return desk.change(
        act,
        "handled",
        "desk",
        lambda session, refused: desk.page(session, {}, 1, refused),
        {
            "what": What.WEEK,
            "value": "",
            "audience": "",
            "lesson": " ".join(lesson),
            "node": node,
            "week": week,
            "spread": spread,
        },
    )


@router.get(DESK + "/batches/{batch_id}")
def batch(desk: DeskDep, session: Reading, batch_id: str) -> Response:
    """What became of each."""
    found = queries.batch_for(session, desk.viewer, batch_id)
    items = queries.items(session, batch_id)
    titles = dict(catalog.titles_of(session, [one.lesson_id for one in items]))
    seen = {one.id for one in catalog.lessons_by_ids(session, desk.viewer, [one.lesson_id for one in items])}
    counts = Counter(one.outcome for one in items)
    may = may_undo(found.at, found.undone_at, desk.clock()) and any(
        counts[one] for one in (Outcome.DONE, Outcome.DRAFTED)
    )
    context = BatchPage(
        frame=desk.frame(session),
        id=found.id,
        what=found.what,
        value=_shown_value(session, found.what, found.value),
        rows=tuple(
            BatchRow(
                lesson=LessonRef(
                    id=one.lesson_id, title=titles.get(one.lesson_id, "") if one.lesson_id in seen else ""
                ),
                outcome=one.outcome,
                reason=Reason(code=one.reason) if one.reason else None,
                week=one.before.get("week", "") if found.what is What.WEEK else "",
            )
            for one in items
        ),
        counts=tuple((one, counts[one]) for one in Outcome if counts[one]),
        until=found.at + UNDO_WITHIN if may else None,
        undone=found.undone_at is not None,
    )
    return desk.show(context)


def _shown_value(session: Session, what: What, value: str) -> str:
    if what is not What.WEEK:
        return value
    node_id = value.partition(" ")[0]
    return organisation.node_names(session, [node_id]).get(node_id, "")


@router.post(DESK + "/batches/{batch_id}/undo")
def undo(session: Writing, who: Reviewer, pages: PagesDep, clock: ClockDep, batch_id: str) -> Response:
    """Take back what was done."""
    actions.undo(session, who.viewer, batch_id, clock())
    return pages.redirect(f"{DESK}/batches/{batch_id}", "handling_undone")


@router.post(DESK + "/views")
def keep_view(
    desk: DeskDep,
    name: LineForm = "",
    node: WordForm = "",
    state: WordForm = "",
    topic: LineForm = "",
    lecturer: LineForm = "",
    year: WordForm = "",
) -> Response:
    """Keep what the list is narrowed to, under a name."""
    told = {"state": state, "topic": topic, "lecturer": lecturer, "year": year}

    def act(session: Session) -> str:
        views.keep(session, desk.viewer, name, told, desk.clock(), node_id=node or None)
        return safe_next(f"{DESK}?{urlencode(clean_filters(told))}")

    return desk.change(
        act, "saved", "view", lambda session, refused: desk.page(session, told, 1, refused), {"name": name}
    )


@router.post(DESK + "/views/{view_id}/forget")
def forget_view(session: Writing, who: Reviewer, pages: PagesDep, view_id: str) -> Response:
    """Forget a view."""
    views.forget(session, who.viewer, view_id)
    return pages.redirect(DESK, "deleted")
