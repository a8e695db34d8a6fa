"""Who sees what people suggest before it is public, and answers it. Pure."""

from __future__ import annotations

from library.core.permits import Viewer
from library.core.rights import Act, Thing, allowed


def may_answer(viewer: Viewer, path: str) -> bool:
    """Tell whether the viewer may read and answer what went to a node: the staff there or above."""
    return allowed(viewer, Act.SUGGESTIONS_ANSWER, Thing(path))
