"""Several lessons into several weeks of several nodes at once: chosen, looked at before, taken back."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Annotated
from urllib.parse import urlencode

from fastapi import APIRouter, Depends, Query, Request
from sqlalchemy.orm import Session
from starlette.responses import Response

from library.catalog import queries as catalog
from library.core.errors import Conflict, Invalid, NotFound
from library.handling import actions
from library.handling import queries as handling
from library.handling.rules import MOST, UNDO_WITHIN, Outcome, Spread, may_undo
from library.organisation import queries as organisation
from library.programme import queries
from library.programme.weeks import Week, week_meant
from server.slices.programme.contexts import (
    FoundLesson,
    NodePlaces,
    PlacedLesson,
    TogetherDonePage,
    TogetherPage,
    TogetherPreview,
)
from server.slices.programme.looking import found_lesson, found_lessons
from server.web.deps import ClockDep, DatabaseDep, FinderDep, PagesDep, Planner, Reading
from server.web.form_door import FormDoor
from server.web.forms.numbers import number_of
from server.web.limits.fields import LineForm, WordForm, WordQuery, WordsForm, WordText
from server.web.parts import LessonRef, Reason, RefusedForm
from server.web.shown.weeks import weeks_offered

router = APIRouter(include_in_schema=False)

TOGETHER = "/weeks-at-once"
MOST_NODES = 20
"""Nodes of one batch: with the most lessons it is one transaction of two thousand small ones."""


class Chosen:
    """What was chosen and typed into the form."""

    def __init__(
        self,
        lesson: WordsForm = (),
        node: WordsForm = (),
        q: LineForm = "",
        at: LineForm = "",
        week: WordForm = "",
        spread: WordForm = "each",
    ) -> None:
        self.lessons, self.nodes = list(dict.fromkeys(lesson)), list(dict.fromkeys(node))
        self.q, self.at, self.week, self.spread = q, at, week, spread


ChosenDep = Annotated[Chosen, Depends()]


class Together(FormDoor):
    """Shows whoever plans weeks the form, and puts lessons into them."""

    def __init__(
        self,
        request: Request,
        who: Planner,
        pages: PagesDep,
        clock: ClockDep,
        db: DatabaseDep,
        finder: FinderDep,
    ) -> None:
        super().__init__(request, who, pages, clock, db)
        self._finder = finder

    def page(self, session: Session, chosen: Chosen, refused: RefusedForm | None = None) -> TogetherPage:
        """Return the form with what was chosen so far; raises Invalid for a node that nobody knows."""
        viewer = self.viewer
        within = queries.outermost(viewer)
        if chosen.at.strip() and refused is None:
            chosen.nodes.append(organisation.meant(session, within, chosen.at, "at").id)
        known = [queries.node_to_plan(session, viewer, one).id for one in chosen.nodes[:MOST_NODES]]
        listed = list(dict.fromkeys((*within, *known)))
        names = organisation.node_names(session, listed)
        lessons = {one.id: one for one in catalog.lessons_by_ids(session, viewer, chosen.lessons[:MOST])}
        found, away = found_lessons(session, viewer, self._finder, chosen.q, lessons)
        picked: tuple[FoundLesson, ...] = tuple(
            found_lesson(lessons[one]) for one in chosen.lessons if one in lessons
        )
        weeks, week = weeks_offered(self.clock(), chosen.week)
        return TogetherPage(
            frame=self.frame(session),
            nodes=tuple((one, names[one]) for one in listed if one in names),
            chosen_nodes=tuple(known) or tuple(listed[:1]),
            picked=picked,
            found=found,
            search_away=away,
            q=chosen.q,
            at=chosen.at if refused is not None else "",
            weeks=weeks,
            week=week,
            spread=Spread(chosen.spread) if chosen.spread in tuple(Spread) else Spread.EACH,
            most=MOST,
            refused=refused,
        )

    def preview(self, chosen: Chosen) -> TogetherPreview:
        """Return what would become of each lesson at each node; what is found out is rolled back."""
        with self.db.write() as session:
            asked = self._asked(session, chosen)
            placed = [
                (node, actions.place_preview(session, self.viewer, node, *asked, self.clock()))
                for node in chosen.nodes
            ]
        with self.db.read() as session:
            nodes = tuple(self._places(session, placed))
            return TogetherPreview(
                frame=self.frame(session),
                lessons=tuple(chosen.lessons),
                week=str(asked[0]),
                spread=asked[1],
                nodes=nodes,
                count=sum(one.outcome is Outcome.DONE for node in nodes for one in node.rows),
            )

    def place(self, session: Session, chosen: Chosen, seen: int) -> str:
        """Put them in, a batch for each node; returns where it is told. Raises Conflict where others go in
        than the `seen` ones."""
        asked = self._asked(session, chosen)
        now = self.clock()
        batches = [actions.place(session, self.viewer, node, *asked, now) for node in chosen.nodes]
        items = (one for batch in batches for one in handling.items(session, batch))
        count = sum(one.outcome is Outcome.DONE for one in items)
        if count != seen:
            raise Conflict("handling_counted", count=count, confirmed=seen)
        return done_at(batches)

    def _asked(self, session: Session, chosen: Chosen) -> tuple[Week, Spread, list[str]]:
        if chosen.spread not in tuple(Spread):
            raise Invalid("unknown_choice", field="spread")
        if not chosen.nodes:
            raise Invalid("together_no_node", field="node")
        if len(chosen.nodes) > MOST_NODES:
            raise Invalid("together_many_nodes", field="node", most=MOST_NODES, count=len(chosen.nodes))
        for one in chosen.nodes:
            queries.node_to_plan(session, self.viewer, one)
        return week_meant(chosen.week), Spread(chosen.spread), chosen.lessons

    def _places(
        self, session: Session, placed: Sequence[tuple[str, Sequence[actions.Placed]]]
    ) -> Iterator[NodePlaces]:
        names = organisation.node_names(session, [node for node, _ in placed])
        ids = {lesson for _, rows in placed for lesson, _, _, _ in rows}
        titles = {one.id: one.title for one in catalog.lessons_by_ids(session, self.viewer, sorted(ids))}
        for node, rows in placed:
            yield NodePlaces(
                id=node,
                name=names.get(node, ""),
                rows=tuple(
                    PlacedLesson(
                        lesson=LessonRef(id=lesson, title=titles.get(lesson, "")),
                        week=str(where.get("week", "")),
                        outcome=outcome,
                        reason=Reason(code=why) if why else None,
                    )
                    for lesson, outcome, where, why in rows
                ),
            )

    def done_page(self, session: Session, ids: Sequence[str]) -> TogetherDonePage:
        """Return what became of each, by nodes; raises NotFound for a batch that is not one's own."""
        batches = [handling.batch_for(session, self.viewer, one) for one in dict.fromkeys(ids)]
        if not batches:
            raise NotFound
        placed = [
            (
                batch.value.partition(" ")[0],
                [
                    (one.lesson_id, one.outcome, one.before, one.reason)
                    for one in handling.items(session, batch.id)
                ],
            )
            for batch in batches
        ]
        now = self.clock()
        nodes = tuple(self._places(session, placed))
        some = any(one.outcome is Outcome.DONE for node in nodes for one in node.rows)
        may = some and all(may_undo(one.at, one.undone_at, now) for one in batches)
        return TogetherDonePage(
            frame=self.frame(session),
            batches=tuple(one.id for one in batches),
            nodes=nodes,
            until=min(one.at for one in batches) + UNDO_WITHIN if may else None,
            undone=any(one.undone_at is not None for one in batches),
        )


def done_at(batches: Sequence[str]) -> str:
    """Return where it is told what became of some batches."""
    return f"{TOGETHER}/done?{urlencode([('batch', one) for one in batches])}"


TogetherDep = Annotated[Together, Depends()]


@router.get(TOGETHER)
def together(door: TogetherDep, session: Reading, node: WordQuery = "", week: WordQuery = "") -> Response:
    """The form, empty."""
    return door.show(door.page(session, Chosen(node=[node] if node else [], week=week)))


@router.post(TOGETHER)
def choose(door: TogetherDep, chosen: ChosenDep, do: WordForm = "") -> Response:
    """Look for more lessons or nodes, keeping those that are chosen; or see what would become of them."""
    try:
        if do == "preview":
            return door.show(door.preview(chosen))
        with door.db.read() as session:
            return door.show(door.page(session, chosen))
    except (Invalid, Conflict) as error:
        return door.refuse(error, "together", lambda session, refused: door.page(session, chosen, refused))


@router.post(TOGETHER + "/place")
def place(door: TogetherDep, chosen: ChosenDep, count: WordForm = "") -> Response:
    """Put the lessons into the weeks, as the preview has shown it."""
    return door.change(
        lambda session: door.place(session, chosen, number_of(count)),
        "handled",
        "together",
        lambda session, refused: door.page(session, chosen, refused),
    )


@router.get(TOGETHER + "/done")
def done(
    door: TogetherDep, session: Reading, batch: Annotated[Sequence[WordText], Query(max_length=MOST_NODES)]
) -> Response:
    """What became of each."""
    return door.show(door.done_page(session, batch))


@router.post(TOGETHER + "/undo")
def undo(door: TogetherDep, batch: WordsForm = ()) -> Response:
    """Take all of it back, as far as nobody has changed it since."""

    def act(session: Session) -> str:
        if not 0 < len(batch) <= MOST_NODES:
            raise NotFound
        for one in batch:
            actions.undo(session, door.viewer, one, door.clock())
        return done_at(batch)

    return door.change(
        act, "handling_undone", "together", lambda session, refused: door.page(session, Chosen(), refused)
    )
