"""Declarations under /api/v1."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter
from pydantic import BaseModel, Field
from sqlalchemy.orm import Session
from starlette.responses import Response

from library.catalog import queries as catalog
from library.core.permits import Viewer
from library.declaring import actions, queries, seen, settings
from library.declaring.actions import Given
from library.declaring.rules import AnswerKind, Check, Ending, LevelRule, Period, Said, Setting
from library.declaring.states import State, Step
from library.declaring.tables import Declaration
from server.slices.declaring.desk import clip_objects, deciding
from server.slices.declaring.queue import PER_PAGE, AskedDep, place_text, read_place
from server.web.deps import ClockDep, Decider, LevelArranger, MediaDep, Reading, SignedIn, Writing
from server.web.limits.fields import BlockText, WordQuery, WordText
from server.web.limits.sizes import ITEMS
from server.web.shown.declarations import declaration_object, line_object

router = APIRouter(prefix="/api/v1/declarations", tags=["declarations"])
levels_router = APIRouter(prefix="/api/v1/levels", tags=["declarations"])

Points = Annotated[list[Check], Field(max_length=len(Check))]


class LineOut(BaseModel):
    """A declaration in a list; moments are UTC+8. `blind`: lesson, lecturer and node are not for you."""

    id: str
    state: State
    title: str
    blind: bool
    lesson: str | None
    lecturer: str | None
    node: str | None
    level: int
    levels: int
    level_name: str | None
    round: int
    declared_at: str
    due_at: str
    late: bool
    selected: bool


class QueueOut(BaseModel):
    """Declarations by when they are due; `next` is what `after` takes for those that follow."""

    declarations: list[LineOut]
    next: str | None


class DeclarationOut(LineOut):
    """A declaration with its levels, remarks and history. `steps` is what you may do with it now; hand
    `moves` back with a step, so that of two who decide at once the second is told."""

    moves: int
    selected_by: str | None
    reads: int
    votes: int
    steps: list[Step]
    open_remarks: int
    route: list[dict[str, Any]]
    remarks: list[dict[str, Any]]
    history: list[dict[str, Any]]
    clips: list[dict[str, Any]] = []


class RemarkIn(BaseModel):
    """A remark at a second of the lecture, at a line of its transcript (`cue`), or about the whole."""

    text: BlockText
    at_s: Annotated[float, Field(ge=0, lt=1e6)] | None = None
    cue: int | None = None
    moves: int | None = None

    def said(self) -> Said:
        """The remark."""
        return Said(self.text, self.at_s, self.cue)


class DeclareIn(BaseModel):
    """A lesson to declare, or to declare again; `checked` are the points that were looked at."""

    lesson: WordText
    reason: BlockText = ""
    checked: Points = []
    moves: int | None = None


class AnswerIn(BaseModel):
    """How a remark is answered."""

    kind: AnswerKind
    text: BlockText = ""


class StepIn(BaseModel):
    """A step of a reviewer, or of the lecturer who takes it back."""

    reason: BlockText = ""
    moves: int | None = None


class DecideIn(StepIn):
    """A decision, with the points that were looked at and remarks; `step` is approve, select, return, decline
    or publish."""

    step: Step
    checked: Points = []
    remarks: Annotated[list[RemarkIn], Field(max_length=ITEMS)] = []


class LevelIO(BaseModel):
    """How the nodes so many steps below a node review (0: itself); without readers and deciders they do
    not."""

    down: int
    readers: int = 0
    deciders: int = 0
    due_days: int = 7
    checklist: Points = []
    blind: bool = False
    ending: Ending = Ending.PUBLISH


class SettingIn(BaseModel):
    """What a node says for itself and all below it; `quota` 0: any number."""

    levels: Annotated[list[LevelIO], Field(max_length=20)]
    quota: int = 0
    period: Period = Period.QUARTER


class SettingOut(SettingIn):
    """The setting in force at a node, and which node says it (None: nobody yet, the root decides)."""

    said_by: str | None


def _out(
    session: Session, viewer: Viewer, row: Declaration, clock: ClockDep, media: MediaDep
) -> DeclarationOut:
    one = seen.seen(session, viewer, row, clock())
    clips = clip_objects(media, catalog.lesson(session, row.lesson_id))
    return DeclarationOut(**declaration_object(one), clips=clips)


@router.get("")
def list_declarations(
    session: Reading, who: Decider, clock: ClockDep, asked: AskedDep, after: WordQuery = ""
) -> QueueOut:
    """What waits at the nodes where you review: all of them, one (`node`, its id), or one below (`at`: its
    code or name); in a `state`, with `late=1` only what is overdue."""
    wanted = asked.wanted(session, who.viewer, clock())
    rows, following = queries.queue(session, wanted, PER_PAGE, read_place(after))
    lines = [LineOut(**line_object(one)) for one in seen.lines(session, who.viewer, rows, clock())]
    return QueueOut(declarations=lines, next=place_text(following) or None)


@levels_router.get("/{node_id}")
def get_levels(session: Reading, who: LevelArranger, node_id: str) -> SettingOut:
    """The levels in force at a node (its staff)."""
    node = queries.node_to_arrange(session, who.viewer, node_id)
    source, setting = queries.setting_in_force(session, node)
    found = setting or Setting(())
    return SettingOut(
        levels=[LevelIO(**{**vars(one), "checklist": list(one.checklist)}) for one in found.levels],
        quota=found.quota,
        period=found.period,
        said_by=source.id if source is not None else None,
    )


@levels_router.put("/{node_id}")
def put_levels(
    session: Writing, who: LevelArranger, clock: ClockDep, node_id: str, body: SettingIn
) -> SettingOut:
    """Say how a node and those below it review, from the next declaration on (its staff)."""
    levels = tuple(
        LevelRule(**{**one.model_dump(), "checklist": tuple(one.checklist)}) for one in body.levels
    )
    settings.put(session, who.viewer, node_id, Setting(levels, body.quota, body.period), clock())
    return get_levels(session, who, node_id)


@levels_router.delete("/{node_id}", status_code=204)
def delete_levels(session: Writing, who: LevelArranger, node_id: str) -> Response:
    """Let a node go by what is said above it (its staff)."""
    settings.inherit(session, who.viewer, node_id)
    return Response(status_code=204)


@router.post("", status_code=201)
def declare(
    session: Writing, who: SignedIn, clock: ClockDep, media: MediaDep, body: DeclareIn
) -> DeclarationOut:
    """Declare a lesson, or declare it again after it was returned (its owner, the staff)."""
    given = Given(body.reason, checked=tuple(map(str, body.checked)), moves=body.moves)
    row = actions.declare(session, who.viewer, body.lesson, clock(), given)
    return _out(session, who.viewer, row, clock, media)


@router.get("/{declaration_id}")
def get_declaration(
    session: Reading, who: SignedIn, clock: ClockDep, media: MediaDep, declaration_id: str
) -> DeclarationOut:
    """One declaration, with the clips that play."""
    row = queries.declaration_for(session, who.viewer, declaration_id)
    return _out(session, who.viewer, row, clock, media)


@router.post("/{declaration_id}/remarks", status_code=201)
def remark(
    session: Writing, who: Decider, clock: ClockDep, media: MediaDep, declaration_id: str, body: RemarkIn
) -> DeclarationOut:
    """Remark something (reviewers of its level)."""
    row = actions.remark(session, who.viewer, declaration_id, body.said(), clock(), body.moves)
    return _out(session, who.viewer, row, clock, media)


@router.post("/{declaration_id}/remarks/{n}/answer")
def answer(
    session: Writing,
    who: SignedIn,
    clock: ClockDep,
    media: MediaDep,
    declaration_id: str,
    n: int,
    body: AnswerIn,
) -> DeclarationOut:
    """Answer the n-th remark (its owner, the staff)."""
    row = actions.answer(session, who.viewer, declaration_id, n, body.kind, body.text, clock())
    return _out(session, who.viewer, row, clock, media)


@router.post("/{declaration_id}/read")
def read(
    session: Writing, who: Decider, clock: ClockDep, media: MediaDep, declaration_id: str, body: StepIn
) -> DeclarationOut:
    """Say that you have read it (reviewers of its level); that decides nothing."""
    given = Given(body.reason, moves=body.moves)
    row = actions.take(session, who.viewer, declaration_id, Step.READ, clock(), given)
    return _out(session, who.viewer, row, clock, media)


@router.post("/{declaration_id}/decide")
def decide(
    session: Writing, who: Decider, clock: ClockDep, media: MediaDep, declaration_id: str, body: DecideIn
) -> DeclarationOut:
    """Approve it, choose it (精品), send it back, decline it, or publish what was chosen (reviewers of its
    level)."""
    given = Given(
        body.reason,
        tuple(one.said() for one in body.remarks),
        tuple(map(str, body.checked)),
        body.moves,
    )
    row = actions.take(session, who.viewer, declaration_id, deciding(body.step), clock(), given)
    return _out(session, who.viewer, row, clock, media)


@router.post("/{declaration_id}/withdraw")
def withdraw(
    session: Writing, who: SignedIn, clock: ClockDep, media: MediaDep, declaration_id: str, body: StepIn
) -> DeclarationOut:
    """Take a declaration back before it is decided (its owner, the staff)."""
    given = Given(body.reason, moves=body.moves)
    row = actions.take(session, who.viewer, declaration_id, Step.WITHDRAW, clock(), given)
    return _out(session, who.viewer, row, clock, media)


@router.post("/{declaration_id}/stop")
def stop(
    session: Writing, who: Decider, clock: ClockDep, media: MediaDep, declaration_id: str, body: StepIn
) -> DeclarationOut:
    """Stop it at once, with a reason; what was published is gone for viewers (reviewers of its node or
    above)."""
    given = Given(body.reason, moves=body.moves)
    row = actions.take(session, who.viewer, declaration_id, Step.STOP, clock(), given)
    return _out(session, who.viewer, row, clock, media)
