"""What may become of a declaration: state x step x part -> state, as one table. Pure data.

docs/declaring.md is drawn from here (tests/library/declaring/drawing.py), and nothing else decides. What is
not in the table happens to nobody.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from library.core.errors import Conflict, Forbidden
from library.core.rights import Act


class State(StrEnum):
    """Where a declaration is. A lesson without one stands at `draft`; no row has that state."""

    DRAFT = "draft"
    DECLARED = "declared"
    RETURNED = "returned"
    SELECTED = "selected"
    PUBLISHED = "published"
    DECLINED = "declined"
    WITHDRAWN = "withdrawn"
    STOPPED = "stopped"


OPEN = (State.DECLARED, State.RETURNED)
"""States of a declaration on its way: a lesson has at most one of them."""
OVER = (State.DECLINED, State.WITHDRAWN, State.STOPPED)
"""After these a lesson may be declared anew, as another declaration."""


class Step(StrEnum):
    """What somebody does with a declaration."""

    DECLARE = "declare"
    REMARK = "remark"
    ANSWER = "answer"
    READ = "read"
    APPROVE = "approve"
    SELECT = "select"
    RETURN = "return"
    DECLINE = "decline"
    PUBLISH = "publish"
    WITHDRAW = "withdraw"
    STOP = "stop"


class Part(StrEnum):
    """As what somebody does it."""

    LECTURER = "lecturer"
    READER = "reader"
    DECIDER = "decider"
    ABOVE = "above"


RIGHT_OF: Mapping[Part, Act] = {
    Part.LECTURER: Act.DECLARATION_MAKE,
    Part.READER: Act.DECLARATION_READ,
    Part.DECIDER: Act.DECLARATION_DECIDE,
    Part.ABOVE: Act.DECLARATION_STOP,
}
"""The right that makes somebody one: of the lesson, of the level at which it is, of the lesson's node."""


class Then(StrEnum):
    """What a step comes to: it is not the last one needed at its level; it is, and there is another level; it
    is the last of all, and that level publishes, or only chooses."""

    STAYS = "stays"
    CLIMBS = "climbs"
    PUBLISHES = "publishes"
    CHOOSES = "chooses"


@dataclass(frozen=True)
class Row:
    """One row of the table."""

    state: State
    step: Step
    part: Part
    to: State
    then: Then = Then.STAYS


def _votes(step: Step) -> tuple[Row, ...]:
    ends = {
        Then.STAYS: State.DECLARED,
        Then.CLIMBS: State.DECLARED,
        Then.PUBLISHES: State.PUBLISHED,
        Then.CHOOSES: State.SELECTED,
    }
    return tuple(Row(State.DECLARED, step, Part.DECIDER, to, then) for then, to in ends.items())


ROWS: tuple[Row, ...] = (
    Row(State.DRAFT, Step.DECLARE, Part.LECTURER, State.DECLARED),
    Row(State.RETURNED, Step.DECLARE, Part.LECTURER, State.DECLARED),
    Row(State.DECLARED, Step.ANSWER, Part.LECTURER, State.DECLARED),
    Row(State.RETURNED, Step.ANSWER, Part.LECTURER, State.RETURNED),
    Row(State.DECLARED, Step.REMARK, Part.READER, State.DECLARED),
    Row(State.DECLARED, Step.REMARK, Part.DECIDER, State.DECLARED),
    Row(State.DECLARED, Step.READ, Part.READER, State.DECLARED),
    Row(State.DECLARED, Step.READ, Part.READER, State.DECLARED, Then.CLIMBS),
    *_votes(Step.APPROVE),
    *_votes(Step.SELECT),
    Row(State.DECLARED, Step.RETURN, Part.DECIDER, State.RETURNED),
    Row(State.DECLARED, Step.DECLINE, Part.DECIDER, State.DECLINED),
    Row(State.SELECTED, Step.PUBLISH, Part.DECIDER, State.PUBLISHED),
    Row(State.PUBLISHED, Step.SELECT, Part.DECIDER, State.PUBLISHED),
    *(
        Row(state, Step.WITHDRAW, Part.LECTURER, State.WITHDRAWN)
        for state in (State.DECLARED, State.RETURNED, State.SELECTED)
    ),
    *(
        Row(state, Step.STOP, Part.ABOVE, State.STOPPED)
        for state in (State.DECLARED, State.RETURNED, State.SELECTED, State.PUBLISHED)
    ),
)

REASONED = frozenset({Step.DECLINE, Step.STOP})
"""Steps that need a reason; to return it needs one or a remark."""


def parts_for(state: State, step: Step) -> frozenset[Part]:
    """Return as what a step can be taken in a state; empty where it cannot be taken at all."""
    return frozenset(row.part for row in ROWS if row.state is state and row.step is step)


def after(state: State, step: Step, parts: frozenset[Part], then: Then = Then.STAYS) -> State:
    """Return the state after a step of somebody who has `parts` in it.

    Raises Conflict("declaration_state") where the step is not to be taken in this state by anybody, Forbidden
    where it is not theirs.
    """
    if not parts_for(state, step):
        raise Conflict("declaration_state", state=str(state), step=str(step))
    found = [
        row for row in ROWS if (row.state, row.step, row.then) == (state, step, then) and row.part in parts
    ]
    if not found:
        raise Forbidden
    return found[0].to


def steps_of(state: State, parts: frozenset[Part]) -> tuple[Step, ...]:
    """Return what somebody who has `parts` may do in a state, in the order of the steps."""
    return tuple(step for step in Step if parts_for(state, step) & parts)
