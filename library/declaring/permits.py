"""Who has which part in a declaration: what library.core.rights says of it. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from library.core.permits import Role, Viewer
from library.core.rights import Act, Thing, allowed
from library.declaring.rules import Level
from library.declaring.states import RIGHT_OF, Part, State


@dataclass(frozen=True)
class Standing:
    """Where a declaration stands: the paths of the lesson's node and of its present level's, whose lesson it
    is, and who sent it up last."""

    node_path: str
    level_path: str
    owner_id: str | None
    declared_by: str | None = None


def own(viewer: Viewer, where: Standing) -> bool:
    """Tell whether somebody stands on the lecturer's side of it: it is theirs, or they sent it up."""
    return viewer.person_id is not None and viewer.person_id in (where.owner_id, where.declared_by)


def parts_of(viewer: Viewer, where: Standing) -> frozenset[Part]:
    """Return the parts that somebody has in a declaration; nobody reviews their own."""
    things = {
        Part.LECTURER: Thing(where.node_path, where.owner_id),
        Part.READER: Thing(where.level_path),
        Part.DECIDER: Thing(where.level_path),
        Part.ABOVE: Thing(where.node_path),
    }
    found = {part for part, thing in things.items() if allowed(viewer, RIGHT_OF[part], thing)}
    return frozenset(found - {Part.READER, Part.DECIDER} if own(viewer, where) else found)


def may_see(viewer: Viewer, where: Standing) -> bool:
    """Tell whether somebody may look at a declaration: its own side, and reviewers at its node or above."""
    return own(viewer, where) or allowed(viewer, Act.DECLARATION_VIEW, Thing(where.node_path, where.owner_id))


def hidden(
    viewer: Viewer, where: Standing, levels: Sequence[Level], paths: Sequence[str], at: int, state: State
) -> bool:
    """Tell whether lecturer and node are hidden from somebody: they decide now or later at a blind level of
    it, or did so, and it is not decided for good that people see it.

    `paths` are those of the levels' nodes, `at` is the place of the present one. The lecturer's own side, and
    whoever reviews at no level of it, know it anyway.
    """
    if own(viewer, where) or state in (State.SELECTED, State.PUBLISHED):
        return False
    highest = highest_of(viewer, paths)
    mine = levels[at : highest + 1] if highest >= at else levels[: highest + 1]
    return any(level.blind for level in mine)


def highest_of(viewer: Viewer, paths: Sequence[str]) -> int:
    """Return the place of the highest level at which somebody reviews, -1 for none."""
    return max((n for n, path in enumerate(paths) if viewer.holds_at(Role.REVIEWER, path)), default=-1)
