"""Where a secretary reads what was sent, publishes it or gives it back, and asks about a week."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Annotated

from fastapi import APIRouter, Depends, Request
from sqlalchemy.orm import Session
from starlette.responses import Response

from library.core.errors import Conflict, Invalid, WeikeError
from library.organisation import queries as organisation
from library.programme.weeks import read_week
from library.reflections import actions, asking, queries, rules
from library.reflections.actions import Readers
from library.reflections.permits import reaches_of
from library.reflections.queries import Told
from library.reflections.rules import Part, Reach, ReflectionState, steps_in
from server.slices.reflections.contexts import DeskPage, DeskRow, Invitation
from server.slices.reflections.desk_of_writer import version_of
from server.slices.reflections.shown import views
from server.web.deps import ClockDep, DatabaseDep, PagesDep, Reading, ReflectionReader, SettingsDep
from server.web.errors import status_of
from server.web.limits.fields import BlockForm, LineForm, WordForm, WordQuery
from server.web.pages import pager, reason
from server.web.parts import RefusedForm
from server.web.routing.reading import reads
from server.web.shown.weeks import present

router = APIRouter(include_in_schema=False)

SHOWN = (ReflectionState.SENT, ReflectionState.PUBLISHED)


def reach_of(text: str) -> Reach:
    """Return for whom something is published; raises Invalid("unknown_choice")."""
    if text not in tuple(Reach):
        raise Invalid("unknown_choice", field="reach")
    return Reach(text)


class Desk:
    """Shows what was sent to a secretary's people, and does what they decide."""

    def __init__(
        self,
        request: Request,
        who: ReflectionReader,
        pages: PagesDep,
        clock: ClockDep,
        db: DatabaseDep,
        settings: SettingsDep,
    ) -> None:
        self._request, self.who, self._pages, self._db = request, who, pages, db
        self.clock, self.settings = clock, settings

    def change(
        self,
        form: str,
        state: ReflectionState,
        act: Callable[[Session], object],
        said: str,
        typed: dict[str, str],
    ) -> Response:
        """Do something; then the list it was in, with the word `said`."""
        try:
            with self._db.write() as session:
                act(session)
        except (Invalid, Conflict) as error:
            return self._refuse(error, form, state, typed)
        return self._pages.redirect(f"/reflections/desk?state={state.value}", said)

    def state_of(self, reflection_id: str) -> ReflectionState:
        """Return in which list a reflection is; raises NotFound for what the viewer does not decide."""
        with self._db.read() as session:
            state = queries.to_decide(session, self.who.viewer, reflection_id).state
        return state if state in SHOWN else ReflectionState.SENT

    def _refuse(
        self, error: WeikeError, form: str, state: ReflectionState, typed: dict[str, str]
    ) -> Response:
        refused = RefusedForm(form=form, typed=typed, reason=reason(error))
        with self._db.read() as session:
            return self.page(session, state, refused=refused, status=status_of(error))

    def page(
        self,
        session: Session,
        state: ReflectionState,
        page: int = 1,
        refused: RefusedForm | None = None,
        status: int = 200,
    ) -> Response:
        """Return what waits, or what is published."""
        viewer = self.who.viewer
        found = queries.to_read(session, viewer, state, page)
        shown = [one.row.id for one in found.items]
        if refused is not None and refused.form not in (*shown, "ask"):
            refused = replace(refused, form="")
        week = str(present(self.clock()))
        nodes = queries.nodes_kept(session, viewer)
        asked = queries.prompts(session, [node.id for node in nodes], week)
        context = DeskPage(
            frame=self._pages.frame(self._request, session, self.who),
            rows=self._rows(session, found.items),
            pager=pager(found, "/reflections/desk", state=state.value),
            state=state,
            public_allowed=self.settings.reflections_public,
            week=week,
            remark_max=rules.REMARK_MAX,
            question_max=rules.QUESTION_MAX,
            ask_nodes=tuple((node.id, node.name) for node in nodes),
            asked=tuple(Invitation(node=node, question=question, week=week) for node, question in asked),
            refused=refused,
        )
        return self._pages.respond(self._request, self.who, context, status)

    def _rows(self, session: Session, told: Sequence[Told]) -> tuple[DeskRow, ...]:
        paths = queries.paths(session, {one.row.node_id for one in told if one.row.node_id})
        reaches = {node: reaches_of(self.who.viewer, path)[1:] for node, path in paths.items()}
        names = organisation.node_names(session, {one for its in reaches.values() for one in its})
        return tuple(
            DeskRow(
                view=view,
                reaches=tuple((node, names[node]) for node in reaches[one.row.node_id or ""]),
                steps=steps_in(one.row.state, Part.READER),
            )
            for one, view in zip(told, views(session, self.who.viewer, told), strict=True)
        )


DeskDep = Annotated[Desk, Depends()]


@router.get("/reflections/desk", dependencies=[reads("reflections")])
def desk(desk: DeskDep, session: Reading, state: WordQuery = "", page: int = 1) -> Response:
    """What was sent to the nodes whose people one keeps; what waits first."""
    chosen = ReflectionState.PUBLISHED if state == ReflectionState.PUBLISHED else ReflectionState.SENT
    return desk.page(session, chosen, page)


@router.post("/reflections/desk/ask")
def ask(desk: DeskDep, node: WordForm = "", week: WordForm = "", question: LineForm = "") -> Response:
    """Ask the people of a node to write about a week; an invitation, no more."""

    def act(session: Session) -> None:
        wanted = str(read_week(week)) if week else str(present(desk.clock()))
        asking.ask(session, desk.who.viewer, node, wanted, question, desk.clock())

    typed = {"node": node, "question": question}
    return desk.change("ask", ReflectionState.SENT, act, "reflection_asked", typed)


@router.post("/reflections/{reflection_id}/publish")
def publish(
    desk: DeskDep,
    reflection_id: str,
    version: WordForm = "",
    reach: WordForm = "branch",
    node: WordForm = "",
) -> Response:
    """Publish what was sent, or let others than before read it."""

    def act(session: Session) -> None:
        readers = Readers(reach_of(reach), node or None, desk.settings.reflections_public)
        number = version_of(version) or 0
        actions.publish(session, desk.who.viewer, reflection_id, number, readers, desk.clock())

    state, typed = desk.state_of(reflection_id), {"reach": reach, "node": node}
    return desk.change(reflection_id, state, act, "reflection_published_done", typed)


@router.post("/reflections/{reflection_id}/return")
def give_back(desk: DeskDep, reflection_id: str, version: WordForm = "", remark: BlockForm = "") -> Response:
    """Give it back with a remark; what was published is withdrawn by it."""

    def act(session: Session) -> None:
        number = version_of(version) or 0
        actions.return_to_writer(session, desk.who.viewer, reflection_id, number, remark, desk.clock())

    state = desk.state_of(reflection_id)
    return desk.change(reflection_id, state, act, "reflection_returned_done", {"remark": remark})
