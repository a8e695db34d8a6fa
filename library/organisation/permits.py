"""Who may look at the tree and change which part of it: what library.core.rights says of a node. Pure."""

from __future__ import annotations

from library.core.permits import Viewer
from library.core.rights import Act, Thing, allowed


def may_look(viewer: Viewer, path: str) -> bool:
    """Tell whether the viewer may look at a node: the staff there or above it."""
    return allowed(viewer, Act.NODE_LOOK, Thing(path))


def may_arrange(viewer: Viewer, path: str) -> bool:
    """Tell whether the viewer may rename a node and add others below it: who administers it, or above it."""
    return allowed(viewer, Act.NODE_ARRANGE, Thing(path))


def may_place(viewer: Viewer, path: str) -> bool:
    """Tell whether the viewer may move, merge, close or reopen a node: who administers what is above it.

    A secretary does not take their own branch out of the county. The root stays.
    """
    return allowed(viewer, Act.NODE_PLACE, Thing(path))
