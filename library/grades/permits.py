"""Who keeps grades, and who sees one: what library.core.rights says of it. Pure."""

from __future__ import annotations

from library.core.permits import Viewer
from library.core.rights import Act, Thing, allowed


def may_keep(viewer: Viewer, path: str) -> bool:
    """Tell whether the viewer proposes, decides and freezes the grades of a node: its secretary, or above."""
    return allowed(viewer, Act.GRADES_KEEP, Thing(path))


def may_rule(viewer: Viewer, path: str) -> bool:
    """Tell whether the viewer makes the rule sets of a node."""
    return allowed(viewer, Act.GRADES_RULES, Thing(path))


def may_waive(viewer: Viewer, path: str) -> bool:
    """Tell whether the viewer switches points of 减负 off at a node."""
    return allowed(viewer, Act.GRADES_WAIVE, Thing(path))


def may_look(viewer: Viewer, path: str, person_id: str | None) -> bool:
    """Tell whether the viewer sees a grade that a node decided of a person."""
    return allowed(viewer, Act.GRADES_LOOK, Thing(path, person_id))
