"""Contexts of the pages of declarations."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import ClassVar

from library.declaring.checking import Checked
from library.declaring.rules import Check, Ending, Period
from library.declaring.seen import Seen, SeenLevel, SeenLine
from library.declaring.states import State
from server.web.parts import Context, LessonRef, RefusedForm


@dataclass(frozen=True, slots=True, kw_only=True)
class DeclarationsPage(Context):
    """GET /declarations?node=&at=&state=&late=&after= (reviewers): what waits, by when it is due.

    `nodes` (id, name) are those where the viewer reviews; `node` is the chosen one ("" for all of them),
    `node_name` the name of one below that `at` asked for. `count` of what waits there goes up to `most`.
    `more_desks` of their nodes are left out, and are asked for one by one.
    `next` is the address of what follows, "" for none. `ticks`: the rows can be ticked and approved together.
    Form: POST /declarations/bulk (ids ...).
    """

    template: ClassVar[str] = "declaring/declarations.html"
    rows: tuple[SeenLine, ...]
    nodes: tuple[tuple[str, str], ...]
    node: str
    node_name: str
    state: State
    late: bool
    count: int
    count_late: int
    most: int
    next: str = ""
    paged: bool = False
    more_desks: int = 0
    ticks: bool = False
    arranges: bool = False
    export: str = ""
    refused: RefusedForm | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class BulkPage(Context):
    """POST /declarations/bulk (ids ...): what is about to be approved, by number and title, before it is.

    Form: POST /declarations/bulk/confirm (ids ..., moves ..., count, checked ...).
    """

    template: ClassVar[str] = "declaring/bulk.html"
    rows: tuple[tuple[SeenLine, int], ...]
    checklist: tuple[Check, ...]
    refused: RefusedForm | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class DeclarationPage(Context):
    """GET /declarations/{id} (its own side, and reviewers of its node or above).

    `before` and `after` are the ids of its neighbours in the queue of its level, "" for none. `plays` tells
    whether there is something to play. `checklist` is what the lecturer looks at before declaring again.
    Forms, all POST /declarations/{id}/...: remarks (at, text, moves), remarks/{n}/answer (kind, text),
    read (reason, moves), decide (step, reason, checked ..., moves), withdraw (reason, moves), stop (reason);
    POST /lessons/{lesson_id}/declare (reason, checked ..., moves). `refused`: one of them that was not taken,
    named by its last word, "answer-{n}" for an answer.
    """

    template: ClassVar[str] = "declaring/declaration.html"
    one: Seen
    before: str = ""
    after: str = ""
    plays: bool = False
    checklist: tuple[Check, ...] = ()
    refused: RefusedForm | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class DeclarePage(Context):
    """GET /lessons/{id}/declare (its owner, the staff): what a machine sees of it, the levels it will pass,
    what is to be looked at first, and how many its node may still declare (`quota` None: any number).

    Form: POST /lessons/{id}/declare (reason, checked ...).
    """

    template: ClassVar[str] = "declaring/declare.html"
    lesson: LessonRef
    node: str
    found: tuple[Checked, ...]
    route: tuple[SeenLevel, ...]
    checklist: tuple[Check, ...]
    quota: tuple[int, int, Period] | None = None
    earlier: tuple[Seen, ...] = ()
    refused: RefusedForm | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class LevelRow:
    """How the nodes so many steps below a node review; `names` are some of them."""

    down: int
    names: tuple[str, ...]
    readers: str
    deciders: str
    due_days: str
    checklist: frozenset[Check]
    blind: bool
    ending: Ending


@dataclass(frozen=True, slots=True, kw_only=True)
class LevelsPage(Context):
    """GET /levels?node=&at= (the staff): how a node and those below it review.

    `own`: the node says so itself; else `source` is the node above whose setting holds ("" for none yet).
    `above` are the levels above it, which it does not change. `refused` names "levels" or "at".
    Forms: POST /levels/{node_id} (readers ..., deciders ..., due_days ..., endings ...,
    checklist "down:point" ..., blind down ..., quota, period), POST .../{node_id}/inherit ().
    """

    template: ClassVar[str] = "declaring/levels.html"
    node_id: str
    node: str
    nodes: tuple[tuple[str, str], ...]
    own: bool
    source: str
    above: tuple[tuple[str, SeenLevel | None], ...]
    rows: tuple[LevelRow, ...]
    quota: str
    period: Period
    limits: Mapping[str, int]
    refused: RefusedForm | None = None
