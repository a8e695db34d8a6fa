"""The desk of whoever keeps a call: made, changed, moved on, its judges."""

from __future__ import annotations

from collections.abc import Callable

from fastapi import APIRouter
from sqlalchemy.orm import Session
from starlette.responses import Response

from library.calls import actions, queries, rules
from library.calls.demands import HEIGHTS
from library.calls.rules import StageAction
from library.core.clock import local_day
from library.core.errors import Invalid
from server.slices.calls.contexts import CallDeskPage, CallFormPage, JudgeLine
from server.slices.calls.door import CallsDoor, DoorDep, call_path, keeping, work_row
from server.slices.calls.fields import CallFields, FieldsDep, typed_of, usual
from server.web.deps import Caller, Reading
from server.web.forms.numbers import version_of
from server.web.limits.fields import LineForm, WordForm
from server.web.parts import RefusedForm

router = APIRouter(include_in_schema=False)


def form_page(
    door: CallsDoor,
    session: Session,
    *,
    node_id: str = "",
    call_id: str = "",
    fields: CallFields | None = None,
    refused: RefusedForm | None = None,
) -> CallFormPage:
    """Return the form of a new call, or of one that is there, as it is or as it was typed."""
    scored, version = False, 0
    if call_id:
        call = keeping(session, door, call_id)
        node, draft, version = call.node, actions.draft_of(call), call.version
        scored = queries.standing(session, call.id).scores > 0
    else:
        within = queries.outermost(door.viewer)
        node = queries.node_to_call(session, door.viewer, node_id or (within[0] if within else ""))
        draft = usual(local_day(door.clock()))
    form, genres = (fields.typed, fields.genres) if fields is not None else typed_of(draft)
    return CallFormPage(
        frame=door.frame(session),
        call_id=call_id,
        node_id=node.id,
        node=node.name,
        version=version,
        form=form,
        genres=genres,
        heights=HEIGHTS,
        title_max=rules.TITLE_MAX,
        text_max=rules.TEXT_MAX,
        body_max=rules.BODY_MAX,
        scored=scored,
        refused=refused,
    )


@router.post("/calls")
def make(door: DoorDep, who: Caller, fields: FieldsDep, node: WordForm = "") -> Response:
    """Make a call, as a draft."""

    def act(session: Session) -> str:
        within = queries.outermost(door.viewer)
        at = node or (within[0] if within else "")
        return call_path(actions.make(session, door.viewer, at, fields.draft(), door.clock()).id, "/desk")

    def page(session: Session, refused: RefusedForm | None) -> CallFormPage:
        return form_page(door, session, node_id=node, fields=fields, refused=refused)

    return door.change(act, "call_made", "call", page, fields.typed)


@router.get("/calls/{call_id}/edit")
def edit_form(door: DoorDep, who: Caller, session: Reading, call_id: str) -> Response:
    """The form of a call."""
    return door.show(form_page(door, session, call_id=call_id))


@router.post("/calls/{call_id}/edit")
def edit(door: DoorDep, who: Caller, fields: FieldsDep, call_id: str, version: WordForm = "") -> Response:
    """Change a call."""

    def act(session: Session) -> str:
        actions.change(session, door.viewer, call_id, version_of(version), fields.draft(), door.clock())
        return call_path(call_id, "/desk")

    def page(session: Session, refused: RefusedForm | None) -> CallFormPage:
        return form_page(door, session, call_id=call_id, fields=fields, refused=refused)

    return door.change(act, "call_saved", "call", page, fields.typed)


# ------------------------------------------------------------------ its desk


def desk_page(door: CallsDoor, call_id: str, session: Session, refused: RefusedForm | None) -> CallDeskPage:
    """Return the desk of a call."""
    call = keeping(session, door, call_id)
    named = queries.shows_names(session, door.viewer, call)
    rows = queries.judge_rows(session, call, door.clock())
    is_open = call.stage is rules.Stage.OPEN
    return CallDeskPage(
        frame=door.frame(session),
        id=call.id,
        title=call.title,
        node=call.node.name,
        stage=call.stage,
        version=call.version,
        actions=rules.actions_in(call.stage),
        works=tuple(
            work_row(session, door.viewer, call, one, may_take_back=is_open)
            for one in queries.works(session, call, named=named)
        ),
        judges=tuple(
            JudgeLine(
                id=one.judge.id,
                name=one.name,
                scored=one.scored,
                due=one.due,
                handed_in_at=one.judge.handed_in_at,
            )
            for one in rows
        ),
        named=named,
        closes_on=call.closes_on,
        early=is_open and local_day(door.clock()) <= call.closes_on,
        refused=refused,
    )


@router.get("/calls/{call_id}/desk")
def desk(door: DoorDep, who: Caller, session: Reading, call_id: str) -> Response:
    """The desk of a call."""
    return door.show(desk_page(door, call_id, session, None))


def _on_desk(
    door: CallsDoor,
    call_id: str,
    act: Callable[[Session], str],
    done: str,
    form: str = "",
    typed: dict[str, str] | None = None,
) -> Response:
    def page(session: Session, refused: RefusedForm | None) -> CallDeskPage:
        return desk_page(door, call_id, session, refused)

    return door.change(act, done, form, page, typed)


@router.post("/calls/{call_id}/move")
def move(door: DoorDep, who: Caller, call_id: str, version: WordForm = "", action: WordForm = "") -> Response:
    """Move a call on."""

    def act(session: Session) -> str:
        if action not in tuple(StageAction):
            raise Invalid("unknown_choice", field="action")
        what = StageAction(action)
        actions.move(session, door.viewer, call_id, version_of(version), what, door.clock())
        return call_path(call_id, "/desk")

    return _on_desk(door, call_id, act, "call_moved")


@router.post("/calls/{call_id}/remove")
def remove(door: DoorDep, who: Caller, call_id: str, version: WordForm = "") -> Response:
    """Give up a draft."""

    def act(session: Session) -> str:
        actions.remove(session, door.viewer, call_id, version_of(version))
        return "/calls"

    return _on_desk(door, call_id, act, "call_removed")


@router.post("/calls/{call_id}/judges")
def invite(door: DoorDep, who: Caller, call_id: str, judge: LineForm = "") -> Response:
    """Make somebody a judge."""

    def act(session: Session) -> str:
        actions.invite(session, door.viewer, call_id, judge, door.clock())
        return call_path(call_id, "/desk#judges")

    return _on_desk(door, call_id, act, "judge_invited", "judge", {"judge": judge})


@router.post("/calls/{call_id}/judges/{judge_id}/dismiss")
def dismiss(door: DoorDep, who: Caller, call_id: str, judge_id: str) -> Response:
    """Take a judge who has scored nothing from a call."""

    def act(session: Session) -> str:
        actions.dismiss(session, door.viewer, call_id, judge_id)
        return call_path(call_id, "/desk#judges")

    return _on_desk(door, call_id, act, "judge_dismissed")


@router.post("/calls/{call_id}/judges/{judge_id}/give-back")
def give_back(door: DoorDep, who: Caller, call_id: str, judge_id: str) -> Response:
    """Let a judge change what they handed in."""

    def act(session: Session) -> str:
        actions.give_back(session, door.viewer, call_id, judge_id, door.clock())
        return call_path(call_id, "/desk#judges")

    return _on_desk(door, call_id, act, "scores_given_back")
