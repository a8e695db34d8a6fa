"""The staff's desk: what people suggest, answered, made public or set aside."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Annotated

from fastapi import APIRouter, Depends, Request
from sqlalchemy.orm import Session
from starlette.responses import Response

from library.core.errors import Conflict, Invalid, WeikeError
from library.suggestions import actions, queries, rules
from library.suggestions.rules import SuggestionAction, SuggestionState
from library.suggestions.tables import Suggestion
from server.slices.suggestions.contexts import SuggestionsDeskPage
from server.slices.suggestions.shown import desk_rows
from server.web.deps import Answerer, ClockDep, DatabaseDep, PagesDep, Reading
from server.web.errors import status_of
from server.web.forms.numbers import version_of
from server.web.limits.fields import BlockForm, LineForm, WordForm, WordQuery
from server.web.pages import pager, reason
from server.web.parts import RefusedForm
from server.web.routing.reading import reads

router = APIRouter(include_in_schema=False)

SIMPLE = (SuggestionAction.TAKE_BACK, SuggestionAction.SET_ASIDE, SuggestionAction.REOPEN)
"""What needs no more than the word."""


def simple_action(text: str) -> SuggestionAction:
    """Return one of SIMPLE; raises Invalid."""
    if text not in SIMPLE:
        raise Invalid("unknown_choice", field="action")
    return SuggestionAction(text)


class Desk:
    """Shows staff what was suggested, and does what they decide; a form not taken comes back as typed."""

    def __init__(
        self, request: Request, who: Answerer, pages: PagesDep, clock: ClockDep, db: DatabaseDep
    ) -> None:
        self._request, self.who, self._pages, self._db = request, who, pages, db
        self.clock = clock

    def change(
        self,
        suggestion_id: str,
        act: Callable[[Session], Suggestion],
        said: str,
        /,
        **typed: str,
    ) -> Response:
        """Do something with a suggestion; then the list it was in, with the word `said`."""
        state = SuggestionState.RECEIVED
        try:
            with self._db.write() as session:
                # Who may not see it learns nothing: NotFound before anything else is looked at.
                state = queries.suggestion_for(session, self.who.viewer, suggestion_id).state
                act(session)
        except (Invalid, Conflict) as error:
            return self._refuse(error, suggestion_id, state, typed)
        return self._pages.redirect(f"/suggestions/desk?state={state.value}", said)

    def _refuse(
        self, error: WeikeError, suggestion_id: str, state: SuggestionState, typed: dict[str, str]
    ) -> Response:
        refused = RefusedForm(form=suggestion_id, typed=typed, reason=reason(error))
        with self._db.read() as session:
            return self.page(session, state=state, refused=refused, status=status_of(error))

    def page(
        self,
        session: Session,
        *,
        state: SuggestionState = SuggestionState.RECEIVED,
        page: int = 1,
        refused: RefusedForm | None = None,
        status: int = 200,
    ) -> Response:
        """Return what waits, or what is in another state."""
        shown = queries.of_staff(session, self.who.viewer, state, page)
        if refused is not None and refused.form not in [row.id for row in shown.items]:
            refused = replace(refused, form="")
        context = SuggestionsDeskPage(
            frame=self._pages.frame(self._request, session, self.who),
            rows=desk_rows(session, self.who.viewer, shown.items),
            pager=pager(shown, "/suggestions/desk", state=state.value),
            state=state,
            answer_max=rules.ANSWER_MAX,
            done_max=rules.DONE_MAX,
            refused=refused,
        )
        return self._pages.respond(self._request, self.who, context, status)


DeskDep = Annotated[Desk, Depends()]


@router.get("/suggestions/desk", dependencies=[reads("suggestions")])
def desk(desk: DeskDep, session: Reading, state: WordQuery = "", page: int = 1) -> Response:
    """What people suggest to the nodes one staffs; what waits first."""
    chosen = SuggestionState(state) if state in tuple(SuggestionState) else SuggestionState.RECEIVED
    return desk.page(session, state=chosen, page=page)


@router.post("/suggestions/{suggestion_id}/answer")
def answer(
    desk: DeskDep,
    suggestion_id: str,
    version: WordForm = "",
    answer: BlockForm = "",
    done: LineForm = "",
) -> Response:
    """Answer a suggestion, and say what was done."""

    def act(session: Session) -> Suggestion:
        said = (version_of(version), answer, done)
        return actions.answer(session, desk.who.viewer, suggestion_id, *said, desk.clock())

    return desk.change(suggestion_id, act, "suggestion_answered", answer=answer, done=done)


@router.post("/suggestions/{suggestion_id}/release")
def release(desk: DeskDep, suggestion_id: str, version: WordForm = "", with_text: WordForm = "") -> Response:
    """Let everybody read the answer, and the words too where that was ticked."""

    def act(session: Session) -> Suggestion:
        number = version_of(version)
        return actions.release(
            session, desk.who.viewer, suggestion_id, number, with_text == "1", desk.clock()
        )

    return desk.change(suggestion_id, act, "suggestion_released", with_text=with_text)


@router.post("/suggestions/{suggestion_id}/change")
def change(desk: DeskDep, suggestion_id: str, version: WordForm = "", action: WordForm = "") -> Response:
    """Take it back from the public, set it aside, or take it up again."""

    def act(session: Session) -> Suggestion:
        what, number = simple_action(action), version_of(version)
        return actions.change(session, desk.who.viewer, suggestion_id, number, what, desk.clock())

    return desk.change(suggestion_id, act, "suggestion_changed_done")
