"""Who reads a question before it is published, and who answers it: what library.core.rights says. Pure."""

from __future__ import annotations

from library.catalog.permits import LessonFacts, thing_of
from library.core.permits import Viewer
from library.core.rights import Act, allowed


def may_answer(viewer: Viewer, lesson: LessonFacts) -> bool:
    """Tell whether the viewer answers what is asked about a lesson: its lecturer, and its node's staff."""
    return allowed(viewer, Act.QUESTION_ANSWER, thing_of(lesson))
