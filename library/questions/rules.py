"""What becomes of a question: state x step -> state; how many are taken. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from enum import StrEnum

from library.core.errors import Conflict, Throttled

TEXT_MAX = 300
ANSWER_MAX = 1_000
REASON_MAX = 200

OPEN_OF_ONE = 5
"""Questions of one person on one lesson that wait for an answer."""
A_DAY = 20
"""Questions that one person asks within DAY."""
OPEN_ON_LESSON = 200
"""Questions of all people on one lesson that wait; whoever comes then is told so."""
DAY = timedelta(days=1)
COUNTED = 99
"""The number beside the desk in the navigation counts no further."""


class QuestionState(StrEnum):
    """Where a question stands. Only a published one is shown to others than its asker and who answers."""

    OPEN = "open"
    ANSWERED = "answered"
    PUBLISHED = "published"
    DECLINED = "declined"


class QuestionStep(StrEnum):
    """What whoever answers does with it; ANSWER is for the asker alone, PUBLISH for all who see it."""

    ANSWER = "answer"
    PUBLISH = "publish"
    DECLINE = "decline"


_ANSWERABLE = (
    *(QuestionState.OPEN, QuestionState.ANSWERED, QuestionState.PUBLISHED, QuestionState.DECLINED),
)
_NEXT: Mapping[tuple[QuestionState, QuestionStep], QuestionState] = {
    # An answer can be improved, taken back from all, and given after all to what was declined.
    **{(state, QuestionStep.ANSWER): QuestionState.ANSWERED for state in _ANSWERABLE},
    **{(state, QuestionStep.PUBLISH): QuestionState.PUBLISHED for state in _ANSWERABLE},
    (QuestionState.OPEN, QuestionStep.DECLINE): QuestionState.DECLINED,
}


def following(state: QuestionState, step: QuestionStep) -> QuestionState:
    """Return the state after a step; raises Conflict("question_state") where it does not fit."""
    if (state, step) not in _NEXT:
        raise Conflict("question_state", state=state.value)
    return _NEXT[state, step]


def check_room(own_here: int, own_today: int, all_here: int) -> None:
    """Raise Throttled where somebody, or everybody together, has asked as much as is taken."""
    if own_here >= OPEN_OF_ONE:
        raise Throttled("questions_open", most=OPEN_OF_ONE, field="text")
    if own_today >= A_DAY:
        raise Throttled("questions_today", most=A_DAY, field="text")
    if all_here >= OPEN_ON_LESSON:
        raise Throttled("questions_lesson", most=OPEN_ON_LESSON, field="text")
