"""Who plans the weeks of a node: what library.core.rights says of it. Pure."""

from __future__ import annotations

from library.core.permits import Viewer, node_chain
from library.core.rights import Act, Thing, allowed


def may_plan(viewer: Viewer, path: str) -> bool:
    """Tell whether the viewer may plan the weeks of a node: its secretary, the staff there or above."""
    return allowed(viewer, Act.WEEK_PLAN, Thing(path))


def chain_of(viewer: Viewer, root_id: str) -> tuple[str, ...]:
    """Return the ids of the nodes whose weeks a viewer sees, nearest first: from their home up to the root.

    Whoever has no home sees the root's.
    """
    home = next((one for one in viewer.belongs if one.is_home), None)
    return tuple(reversed(node_chain(home.path))) if home is not None else (root_id,)
