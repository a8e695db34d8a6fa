"""Who sees a call, and who keeps it: what library.core.rights says of it. Pure."""

from __future__ import annotations

from library.calls.rules import Stage
from library.core.permits import Viewer, node_token
from library.core.rights import Act, Thing, allowed


def may_keep(viewer: Viewer, path: str) -> bool:
    """Tell whether the viewer calls for works at a node: the staff there or above."""
    return allowed(viewer, Act.CALL_KEEP, Thing(path))


def may_view(viewer: Viewer, node_id: str, path: str, stage: Stage, *, judges: bool) -> bool:
    """Tell whether the viewer sees a call: its keepers always, judges and those it is for once it is out."""
    judge = viewer.person_id if judges else None
    thing = Thing(path, judge, str(stage), frozenset({node_token(node_id)}))
    return allowed(viewer, Act.CALL_VIEW, thing)


def may_judge(viewer: Viewer, judge_id: str | None) -> bool:
    """Tell whether a place among the judges is the viewer's."""
    return allowed(viewer, Act.CALL_JUDGE, Thing(owner_id=judge_id))
