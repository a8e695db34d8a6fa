"""What may be decided about a lesson: state x action -> state. Pure."""

from __future__ import annotations

from enum import StrEnum

from library.catalog.permits import LessonState
from library.core.errors import Conflict


class Decided(StrEnum):
    """What was decided about a lesson: that it is published, taken back, or for whom it is."""

    PUBLISH = "publish"
    WITHDRAW = "withdraw"
    AUDIENCE = "audience"


def published(state: LessonState, *, playable: bool, has_words: bool, draft: bool = False) -> LessonState:
    """Return the state after publishing a lesson, or the draft of one that is published.

    A lesson may be published when something of it plays, or when it is a text whose video is still to come;
    raises Conflict("already_published") and Conflict("nothing_to_publish").
    """
    if state is LessonState.PUBLISHED and not draft:
        raise Conflict("already_published")
    if not playable and not has_words:
        raise Conflict("nothing_to_publish")
    return LessonState.PUBLISHED


def withdrawn(state: LessonState) -> LessonState:
    """Return the state after withdrawing; raises Conflict("not_published")."""
    if state is not LessonState.PUBLISHED:
        raise Conflict("not_published")
    return LessonState.WITHDRAWN
