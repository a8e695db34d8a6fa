"""Who sees the week of a branch: what library.core.rights says of it. Pure."""

from __future__ import annotations

from library.core.permits import Viewer, node_token
from library.core.rights import Act, Thing, allowed
from library.organisation.tables import Node


def may_view(viewer: Viewer, node: Node) -> bool:
    """Tell whether the viewer may see the week of a node: who belongs to it, its secretary, the staff."""
    thing = Thing(node.path, open_to=frozenset({node_token(node.id)}))
    return allowed(viewer, Act.MONDAY_VIEW, thing)


def may_see_missing(viewer: Viewer, node: Node) -> bool:
    """Tell whether the viewer sees by name who may still catch up: the secretary and the staff."""
    return allowed(viewer, Act.PEOPLE_LOOK, Thing(node.path))
