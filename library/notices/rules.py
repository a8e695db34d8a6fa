"""What people are told of, on which ways, and for how long it is kept. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from enum import StrEnum

from library.core.permits import Viewer, group_token, node_chain, node_token

MOST = 500
"""Notices that one person is shown, the newest; of what was for them alone older ones are swept."""

KEPT = timedelta(days=180)
"""For so long a notice is kept."""

THING_MAX, KEY_MAX, ENDPOINT_MAX = 40, 120, 800


class Kind(StrEnum):
    """What a notice tells of. A slice that tells of something else adds its word here, and a sentence of the
    server (server.slices.notices.words)."""

    WEEK_OUT = "week_out"
    LESSON_PUBLISHED = "lesson_published"
    LESSON_WITHDRAWN = "lesson_withdrawn"
    DECLARATION_RETURNED = "declaration_returned"
    DECLARATION_DECIDED = "declaration_decided"
    UPLOAD_READY = "upload_ready"
    UPLOAD_FAILED = "upload_failed"
    SUGGESTION_ANSWERED = "suggestion_answered"
    GATHERING_PLANNED = "gathering_planned"
    GATHERING_CHANGED = "gathering_changed"
    GATHERING_CANCELLED = "gathering_cancelled"
    REFLECTION_PUBLISHED = "reflection_published"
    REFLECTION_RETURNED = "reflection_returned"
    REFLECTIONS_WAITING = "reflections_waiting"
    GRADE_DECIDED = "grade_decided"
    GRADE_APPEALED = "grade_appealed"
    QUESTION_ASKED = "question_asked"
    QUESTION_ANSWERED = "question_answered"


class Way(StrEnum):
    """How a notice reaches somebody; another way that is built adds its word here."""

    APP = "app"
    PUSH = "push"


BY_ITSELF: Mapping[Way, bool] = {Way.APP: True, Way.PUSH: True}
"""Which ways are open for whoever never chose; nobody is pushed to who told no browser to be."""


def audiences_of(viewer: Viewer) -> frozenset[str]:
    """Return the tokens of the audiences whose notices somebody gets.

    Every node from their home to the root, and their learning groups; for whoever has no home the root, as
    with the weeks. A guest is told by their own node.
    """
    home = next((node_chain(one.path) for one in viewer.belongs if one.is_home), ())
    if not home:
        paths = [grant.path for grant in viewer.grants] + [one.path for one in viewer.belongs]
        home = node_chain(paths[0])[:1] if paths else ()
    return frozenset(map(node_token, home)) | frozenset(map(group_token, viewer.groups))
